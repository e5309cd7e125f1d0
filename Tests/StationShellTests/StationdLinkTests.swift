// stationd with a real broker, and with people who mean it harm.
import Foundation
import Linux
import MQTT
import MemberCode
import StationProtocol
import TestBed
import Testing
import Time

@testable import StationShell

@Suite("stationd and its broker")
final class StationdLinkTests {
  let broker: Broker
  let bench: DaemonBench
  let loop: EventLoop
  let service: MQTTClient
  let brokerFolder: WorkFolder
  let board: TestBoard
  let seal = AnswerSeal(StationID("one")!)
  var batches: [RecordBatch] = []
  var statuses: [StatusPayload] = []
  var births: [BirthPayload] = []
  /// The service has heard itself: its subscription is read, and nothing that is said is missed.
  var isListening = false
  private static let echo = "ws/v1/one/listening"

  init() throws {
    brokerFolder = try WorkFolder()
    broker = try Broker(brokerFolder, accounts: ["one": "right", "service": "watching"])
    bench = try DaemonBench(brokerPort: broker.port)
    board = try TestBoard(bench.socketPath)
    loop = try EventLoop()
    service = try MQTTClient(
      loop: loop,
      options: MQTTOptions(
        host: "127.0.0.1", port: broker.port, clientID: "service", user: "service",
        password: "watching"))
    service.onConnected = { [unowned service] in
      service.subscribe(["ws/v1/one/#"])
      _ = service.publish(MQTTMessage(topic: Self.echo, payload: []))
    }
    service.onMessage = { [unowned self] in receive($0) }
    service.start()
    try loop.serve(until: "the service") { [unowned self] in isListening }
  }

  deinit { service.stop() }

  @Test("what it says on coming, on going, and what the broker says when it is killed")
  func life() throws {
    let daemon = try bench.start()
    try until("the birth") { [unowned self] in !births.isEmpty }
    #expect(statuses.last?.isOnline == true)
    #expect(statuses.last?.session == births.last?.session)
    daemon.kill()
    try until("the will") { [unowned self] in statuses.last?.isOnline == false }
    #expect(statuses.last?.reason == .lost)
    #expect(statuses.last?.session == births.last?.session)
    let again = try bench.start()
    try until("the next birth") { [unowned self] in births.last?.session.boot == 2 }
    #expect(try again.stop() == 0)
    try until("its last word") { [unowned self] in statuses.last?.reason == .stopping }
    #expect(statuses.filter { $0.reason == .lost }.count == 1)
  }

  @Test("forged, foreign and malformed acknowledgements delete nothing, and are recorded as such")
  func acknowledgements() throws {
    let terminal = try bench.plugInReader()
    let daemon = try bench.start()
    try board.greet("input contact-1 1")
    try until("records") { [unowned self] in !batches.isEmpty }
    let batch = batches[0]
    let forged: [[UInt8]] = [
      ack(StreamID(bits: 1), upto: batch.last), ack(StreamID(bits: 1), upto: 1 << 53),
      // Of another batch under the same numbers, and of the right one without an envelope.
      seal.acknowledgement(batch.last, of: batch.stream, naming: [batch.json + [0x20]]),
      Acknowledgement(
        stream: batch.stream, upto: batch.last, batches: [PayloadDigest(of: batch.json)]
      ).json,
      Array("{".utf8), [], [0xFF, 0x00], Array("{\"stream\":1,\"upto\":-1}".utf8),
      Array(String(repeating: "[", count: 60_000).utf8),
      [UInt8](repeating: 0x78, count: 100_000), [UInt8](repeating: 0x78, count: 260_000),
    ]
    for _ in 1...20 {
      for payload in forged + AbusePayloads.all { #expect(acknowledge(payload)) }
    }
    // The door is not the broker's business.
    _ = terminal.write(try bench.code())
    try until("the grant") { [board] in board.counts["show 1 granted -"] == 1 }
    let sent = batches.count
    // Nothing was acknowledged, so the patience of five seconds ends and all is sent again.
    try until("the first record again") { [unowned self] in
      batches.dropFirst(sent).contains { $0.first == 1 }
    }
    #expect(daemon.log.split(separator: "\n").count < 40, "\(daemon.log)")
    let refused = batches.flatMap(\.records).compactMap { json -> MessageRefusal? in
      guard case .station(.messagesRefused(let ground, 1))? = try? Record(json: json).body else {
        return nil
      }
      return ground
    }
    #expect(Set(refused) == [.foreignAcknowledgement, .unreadable])
    #expect(Set(batches.map(\.stream)) == [batch.stream])
    try acknowledgeAll(of: batch.stream)
    #expect(try daemon.stop() == 0)
  }

  @Test("one beyond what was written begins a new stream, just once in an hour")
  func beyond() throws {
    let daemon = try bench.start()
    try board.greet("input contact-1 1")
    try until("records") { [unowned self] in !batches.isEmpty }
    let old = batches[0]
    // Somebody else has gone on in this stream; the service has the first batch of this one.
    let beyond = ack(old.stream, upto: 1 << 53)
    for _ in 1...20 { #expect(acknowledge(beyond)) }
    try until("a new stream that says why") { [unowned self] in
      guard let new = batches.last?.stream, new != old.stream else { return false }
      return bodies(of: new).contains(.alarm(.raised(.acknowledgementForeign, nil)))
    }
    let fresh = try #require(batches.last?.stream)
    #expect(births.last?.session == SessionID(stream: fresh, boot: 1, connection: 2))
    // Not once more within the hour: the right one counts in the stream that is there by now.
    for _ in 1...20 {
      #expect(acknowledge(ack(fresh, upto: 1 << 53)))
    }
    try acknowledgeAll(of: fresh)
    #expect(Set(births.map(\.session.stream)) == [old.stream, fresh])
    #expect(try daemon.stop() == 0)
  }

  @Test("an acknowledgement that the broker has kept is refused, also when it would be right")
  func retained() throws {
    let first = try bench.start()
    try until("records") { [unowned self] in !batches.isEmpty }
    let stream = batches[0].stream
    #expect(try first.stop() == 0)
    let kept = MQTTMessage(
      topic: "ws/v1/one/ack", payload: ack(stream, upto: 1), isRetained: true)
    #expect(service.publish(kept))
    let second = try bench.start()
    try until("the refusal") { [unowned self] in
      batches.flatMap(\.records).contains { json in
        (try? Record(json: json).body) == .station(.messagesRefused(.retained, count: 1))
      }
    }
    let floor = try Program.run("sqlite3", [bench.store, "SELECT floor FROM identity"]).output
    #expect(floor == "1\n")
    #expect(try second.stop() == 0)
  }

  @Test("after the loss of its store, its status, birth and will speak of one new session")
  func lostStore() throws {
    let terminal = try bench.plugInReader()
    let daemon = try bench.start()
    try board.greet("input contact-1 1")
    try until("the birth") { [unowned self] in !births.isEmpty }
    let old = births[0].session.stream
    // The daemon may be committing at this moment.
    let dropped = try Program.run(
      "sqlite3", ["-cmd", ".timeout 10000", bench.store, "DROP TABLE outbox"])
    try #require(dropped.status == 0, "\(dropped.output)")
    _ = terminal.write(try bench.code())
    try until("a birth of another stream") { [unowned self] in
      births.last.map { $0.session.stream != old } == true
        && statuses.last?.session == births.last?.session
    }
    #expect(births.last?.session.boot == 1)
    try until("the grant in the new stream") { [unowned self] in
      batches.contains {
        $0.stream != old && $0.records.contains { (try? Record(json: $0).kind) == .entry(.granted) }
      }
    }
    #expect(!statuses.contains { $0.reason == .lost })
    daemon.kill()
    try until("the will") { [unowned self] in statuses.last?.reason == .lost }
    #expect(statuses.last?.session == births.last?.session)
  }

  @Test(
    "records of a store that was set aside reach the service beside those of now; its file goes")
  func remainder() throws {
    let aside = "\(bench.store).remainder-1"
    let (store, recovered) = try StationStore.open(path: aside, fresh: StreamID(bits: 0xB))
    let last = UInt64(RecordBatch.mostRecords) + 10
    try store.commit(batch((1...last).map { entry($0) }, trim: 2))
    try store.close()
    let daemon = try bench.start()
    let old = recovered.stream
    try until("the first of them") { [unowned self] in batches.contains { $0.stream == old } }
    #expect(batches.first { $0.stream == old }?.first == 3)
    var acknowledged = 0
    try until("all of them") { [unowned self] in
      for batch in batches.dropFirst(acknowledged) {
        _ = acknowledge(ack(batch.stream, upto: batch.last))
      }
      acknowledged = batches.count
      let sent = batches.filter { $0.stream == old }.flatMap { $0.first...$0.last }
      return Set(sent) == Set(3...last)
    }
    try Deadline.wait(until: "the file to be gone") {
      !FileManager.default.fileExists(atPath: aside)
    }
    #expect(births.allSatisfy { $0.session.stream != old })
    #expect(try daemon.stop() == 0)
    #expect(daemon.log.contains("the service has all of \(aside)"))
  }

  @Test(
    "where the service has other records under their numbers, they come in a stream of their own")
  func copiedRemainder() throws {
    let aside = "\(bench.store).remainder-1"
    let (store, recovered) = try StationStore.open(path: aside, fresh: StreamID(bits: 0xB))
    try store.commit(batch((1...5).map { entry($0) }, trim: nil))
    try store.close()
    let daemon = try bench.start()
    let old = recovered.stream
    try until("them") { [unowned self] in batches.contains { $0.stream == old } }
    let records = batches.first { $0.stream == old }?.records ?? []
    #expect(acknowledge(ack(old, upto: 9, conflict: 3)))
    let main = try #require(births.last?.session.stream)
    try until("the last three in another stream, and the alarm") { [unowned self] in
      batches.contains {
        ![old, main].contains($0.stream) && $0.first == 1 && $0.records == Array(records[2...])
      } && bodies(of: main).contains(.alarm(.raised(.storeCopied, nil)))
    }
    let fresh = try #require(batches.last { ![old, main].contains($0.stream) }?.stream)
    #expect(acknowledge(ack(fresh, upto: 3)))
    try Deadline.wait(until: "the file to be gone") {
      !FileManager.default.fileExists(atPath: aside)
    }
    #expect(births.allSatisfy { $0.session.stream == main })
    #expect(try daemon.stop() == 0)
  }

  @Test("a flood of garbage at the reader neither keeps a good code out nor fills anything")
  func flood() throws {
    let terminal = try bench.plugInReader()
    let daemon = try bench.start()
    try board.greet("input contact-1 1")
    let seed = UInt64.random(in: 1...UInt64.max)
    var random = Generator(state: seed)
    let start = Clock.now
    var sent = 0
    while Clock.now - start < .seconds(2) {
      let garbage = (0..<3000).map { _ in
        random.next() % 20 == 0 ? 0x0D : UInt8(0x20 + random.next() % 0x5F)
      }
      sent += terminal.write(garbage)
      board.listen()
    }
    // The line is full of garbage; the good code stands behind it.
    var code = [0x0D] + (try bench.code())
    let shown = Clock.now
    try board.wait(until: "the grant (seed \(seed))") { lines in
      code.removeFirst(terminal.write(code))
      return lines.contains("show 1 granted -")
    }
    print("a good code behind \(sent) bytes of garbage opened after \(Clock.now - shown)")
    #expect(Clock.now - shown < .seconds(2))
    #expect(daemon.log.split(separator: "\n").count <= 20, "\(daemon.log)")
    #expect(!daemon.log.contains("lines of access point 1: the"), "\(daemon.log)")
    #expect(try daemon.stop() == 0)
    let rows = try Program.run("sqlite3", [bench.store, "SELECT MAX(seq) FROM outbox"])
    let last = Int(rows.output.trimmingCharacters(in: .whitespacesAndNewlines)) ?? 0
    #expect((1...25).contains(last))
  }

  private func receive(_ message: MQTTMessage) {
    switch message.topic {
    case Self.echo: isListening = true
    case "ws/v1/one/out":
      if let batch = try? RecordBatch(json: message.payload) { batches.append(batch) }
    case "ws/v1/one/status":
      if let status = try? StatusPayload(json: message.payload) { statuses.append(status) }
    case "ws/v1/one/birth":
      if let birth = try? BirthPayload(json: message.payload) { births.append(birth) }
    default: break
    }
  }

  private func until(_ what: String, _ look: @escaping () -> Bool) throws {
    try loop.serve(until: what) { [board] in
      board.listen()
      return look()
    }
  }

  /// The records that have come in a stream, each once, from the first number on.
  private func records(of stream: StreamID) -> [[UInt8]] {
    var records: [[UInt8]] = []
    for batch in batches where batch.stream == stream {
      guard batch.first <= records.count + 1 else { continue }
      records.replaceSubrange((Int(batch.first) - 1)..., with: batch.records)
    }
    return records
  }

  private func bodies(of stream: StreamID) -> [Record.Body] {
    records(of: stream).compactMap { try? Record(json: $0).body }
  }

  /// Acknowledges what has come in a stream, and waits until its rows are gone.
  private func acknowledgeAll(of stream: StreamID) throws {
    let last = batches.filter { $0.stream == stream }.map(\.last).max() ?? 0
    #expect(acknowledge(ack(stream, upto: last)))
    try Deadline.wait(until: "the deletion, which waits for company") {
      let floor = try Program.run("sqlite3", [bench.store, "SELECT floor FROM identity"]).output
      return Int(floor.trimmingCharacters(in: .whitespacesAndNewlines)) == Int(last) + 1
    }
  }

  /// One that names what has come in a stream.
  private func ack(_ stream: StreamID, upto: UInt64, conflict: UInt64? = nil) -> [UInt8] {
    let payloads = batches.filter { $0.stream == stream }.map(\.json)
    return seal.acknowledgement(upto, of: stream, conflict: conflict, naming: payloads)
  }

  private func acknowledge(_ payload: [UInt8]) -> Bool {
    service.publish(MQTTMessage(topic: "ws/v1/one/ack", payload: payload))
  }
}

private struct Generator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return state >> 33
  }
}
