// stationd with an exchange machine: a choice at the screen, a code, a motor, and what is shown.
import Foundation
import Linux
import MQTT
import StationProtocol
import TestBed
import Testing
import Twins

@testable import StationShell

@Suite("stationd and its exchange machine")
final class StationdMachineTests {
  let brokerFolder: WorkFolder
  let broker: Broker
  let bench: DaemonBench
  let board: TestBoard
  let loop: EventLoop
  let service: MQTTClient
  let reader: PseudoTerminal
  let machine: Program
  let seal = AnswerSeal(StationID("one")!)
  var records: [Record] = []
  var holds: [Exchange] = []

  init() throws {
    brokerFolder = try WorkFolder()
    broker = try Broker(brokerFolder, accounts: ["one": "right", "service": "watching"])
    bench = try DaemonBench(brokerPort: broker.port)
    board = try TestBoard(bench.socketPath)
    reader = try PseudoTerminal()
    machine = try Program(
      Checkout.program("machineboard"),
      [
        "--line", bench.folder.file("machine"), "--control", bench.folder.file("control"),
        "--turn", "700", "--fell", bench.folder.file("fell"),
      ], log: bench.folder.file("machineboard.log"))
    bench.sections = """
      [reader machine]
      serves = machine
      device = \(reader.path)
      speed = 115200
      [machine]
      driver = channel-board
      device = \(bench.folder.file("machine"))
      [article water]
      chinese = 水
      english = Water
      [slot 3]
      article = water
      price = 30
      capacity = 8
      [screen]
      port = 0
      address-file = \(bench.folder.file("screen"))
      pages = \(Checkout.file("Sources/StationShell/Screen"))
      texts = \(Checkout.file("Sources/Texts"))
      """
    loop = try EventLoop()
    service = try MQTTClient(
      loop: loop,
      options: MQTTOptions(
        host: "127.0.0.1", port: broker.port, clientID: "service", user: "service",
        password: "watching"))
    service.onConnected = { [unowned service] in service.subscribe(["ws/v1/one/#"]) }
    service.onMessage = { [unowned self] in receive($0) }
    service.start()
    try loop.serve(until: "the service") { [service] in service.isConnected }
  }

  deinit {
    service.stop()
    machine.kill()
  }

  @Test("a member picks, shows a code, gets one article and is told what is left")
  func exchange() throws {
    let (daemon, screen, client) = try start()
    #expect(try client.call("POST", "/select", json: #"{"slot":3}"#).status == 200)
    try until("the choice", screen) { $0 == "chosen" }
    _ = reader.write(try bench.code())
    try until("the drop", screen) { $0 == "dispensed" }
    #expect(holds.map(\.price.number) == [30])
    let phase = Self.phase(screen)
    #expect(phase["balance"] as? Int == 70 && phase["price"] as? Int == 30)
    #expect(try Files.read(bench.folder.file("fell")).count(where: { $0 == 0x0A }) == 1)
    try loop.serve(until: "the outcome in the book") { [unowned self] in
      outcomes == [.dispensed]
    }
    #expect(try daemon.stop() == 0)
  }

  @Test("a jam is told as one, costs nothing, and the slot can be taken into use with the key")
  func jam() throws {
    let (daemon, screen, client) = try start()
    #expect(try order("fault 3 jam") == "ok")
    #expect(try client.call("POST", "/select", json: #"{"slot":3}"#).status == 200)
    try until("the choice", screen) { $0 == "chosen" }
    _ = reader.write(try bench.code())
    try until("the jam", screen) { $0 == "failed" }
    #expect(Self.phase(screen)["reason"] as? String == "did-not-turn")
    #expect(Self.phase(screen)["balance"] as? Int == 100)
    try loop.serve(until: "the outcome in the book") { [unowned self] in
      outcomes == [.failed(.didNotTurn)]
    }
    #expect(!FileManager.default.fileExists(atPath: bench.folder.file("fell")))
    #expect(Self.slot(screen)["quarantine"] as? String == "did-not-turn")
    #expect(try client.call("POST", "/release", json: #"{"slot":3}"#).status == 409)
    board.say("input maintenance 1")
    try loop.serve(until: "maintenance") { Self.state(screen)["maintenance"] as? Bool == true }
    #expect(try client.call("POST", "/count", json: #"{"slot":3,"stock":5}"#).status == 200)
    try loop.serve(until: "the count") { Self.slot(screen)["stock"] as? Int == 5 }
    #expect(Self.slot(screen)["quarantine"] == nil)
    #expect(try daemon.stop() == 0)
  }

  @Test("an open machine, a faulty detector and a dead board are told as what they are")
  func stops() throws {
    let (daemon, screen, _) = try start()
    board.say("input machine-door 0")
    try loop.serve(until: "the door") { Self.state(screen)["stop"] as? String == "machine-open" }
    board.say("input machine-door 1")
    try loop.serve(until: "sales") { Self.state(screen)["stop"] == nil }
    #expect(try order("detector faulty") == "ok")
    try loop.serve(30, until: "the detector") {
      Self.state(screen)["stop"] as? String == "drop-sensor-faulty"
    }
    #expect(try order("detector good") == "ok")
    try loop.serve(30, until: "sales again") { Self.state(screen)["stop"] == nil }
    #expect(try order("line deaf") == "ok")
    try loop.serve(30, until: "the loss") {
      Self.state(screen)["stop"] as? String == "machine-lost"
    }
    #expect(try daemon.stop() == 0)
  }

  // MARK: - The surroundings

  private func start() throws -> (Program, EventStream, HTTPClient) {
    let daemon = try bench.start()
    try board.greet("input contact-1 1", "input machine-door 1", "input maintenance 0")
    let address = try Files.read(bench.folder.file("screen"))
    let client = HTTPClient(
      base: "http://" + String(decoding: address, as: UTF8.self).trimmingCharacters(in: .newlines))
    #expect(try client.call("GET", "/index.html").status == 200)
    let screen = try EventStream(client, "/events")
    try loop.serve(until: "sales") {
      !Self.state(screen).isEmpty && Self.state(screen)["stop"] == nil
    }
    return (daemon, screen, client)
  }

  private func until(
    _ what: String, _ screen: EventStream, _ look: @escaping (String?) -> Bool
  ) throws {
    try loop.serve(until: what) { look(Self.phase(screen)["kind"] as? String) }
  }

  private static func state(_ screen: EventStream) -> [String: Any] {
    screen.events.last { $0.name == "state" }?.object ?? [:]
  }

  private static func phase(_ screen: EventStream) -> [String: Any] {
    state(screen)["phase"] as? [String: Any] ?? [:]
  }

  private static func slot(_ screen: EventStream) -> [String: Any] {
    (state(screen)["slots"] as? [[String: Any]])?.first ?? [:]
  }

  private var outcomes: [ExchangeOutcome] {
    records.compactMap {
      if case .exchange(.ended(_, let outcome)) = $0.body { outcome } else { nil }
    }
  }

  /// A line to the machine, and its answer.
  private func order(_ line: String) throws -> String {
    let connection = try LocalConnection(path: bench.folder.file("control"))
    _ = connection.send(line: line)
    return try Deadline.wait(for: "the machine's answer") { connection.lines()?.first }
  }

  private func receive(_ message: MQTTMessage) {
    switch Topic(path: message.topic) {
    case .out?:
      guard let batch = try? RecordBatch(json: message.payload) else { return }
      records += batch.records.compactMap { try? Record(json: $0) }
      let ack = seal.acknowledgement(batch.last, of: batch.stream, naming: [message.payload])
      _ = service.publish(MQTTMessage(topic: "ws/v1/one/ack", payload: ack))
    case .request(let station)?:
      guard let request = try? StationRequest(json: message.payload),
        case .hold(let exchange) = request.question,
        let reply = try? seal.reply(.held(balance: 70), to: message.payload)
      else { return }
      holds.append(exchange)
      _ = service.publish(MQTTMessage(topic: Topic.reply(station).path, payload: reply))
    default: break
    }
  }
}
