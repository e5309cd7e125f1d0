// Every message of a whole system that lives through a day in short, held against asyncapi.yaml.
import Foundation
import StationProtocol
import TestBed
import Testing

@Suite("Messages of a living system")
struct LiveMessageTests {
  /// What a system can bring about within seconds. The other kinds take a minute of refusals, a
  /// full store, a damaged row or a clock that jumps; fixtures hold those.
  private static let kinds: Set<Record.Kind> = [
    .station(.started), .entry(.granted), .entry(.refused), .door(.opened), .door(.closed),
    .door(.locked), .door(.exitRequested), .occupancy(.passage), .alarm(.raised),
    .alarm(.cleared), .exchange(.intended), .exchange(.dispensing), .exchange(.ended),
    .exchange(.slotCounted), .exchange(.slotQuarantined), .exchange(.slotReleased),
    .command(.accepted), .command(.ended), .door(.modeChanged),
  ]

  @Test("all that a living system says is in asyncapi.yaml, and all its channels are heard")
  func wholeSystem() throws {
    let account = (name: "onlooker", password: UUID().uuidString)
    let system = try WholeSystem(
      stations: ["gate-1"], members: ["m-1"], walkStep: 20,
      hasMachine: true, onlooker: account)
    let ear = try Onlooker(system.folder, system.broker, account)
    try Self.live(system, ear)
    let messages = try ear.messages
    let channels = try Checker.ask("channels", .messages).map(String.init)
    #expect(try Self.channels(of: messages) == Set(channels).subtracting(Self.claimed))
    let heard = try Self.records(messages)
    #expect(heard.isSuperset(of: Self.kinds), "\(heard.map(\.rawValue).sorted())")
    try system.stop()
  }

  /// The channels of boards that show certificates.
  private static let claimed: Set<String> = ["identity", "identityReply"]

  @Test("all that a claimed board and the service say of its certificate is in asyncapi.yaml")
  func claimedBoard() throws {
    let account = (name: "onlooker", password: UUID().uuidString)
    let bed = try ClaimBed(onlooker: account)
    let ear = try Onlooker(bed.folder, bed.broker, account)
    #expect(try bed.claim(bed.management.claimCode(for: "gate-1"), at: "board").status == 0)
    _ = try bed.station("gate-1", board: "board")
    let wish = try bed.management.api.call(
      "POST", "/stations/gate-1/certificate-renewals", json: "{}")
    #expect(wish.status == 202)
    try ear.wait(for: "a certificate and its use") { heard in
      guard let issued = heard.lastIndex(where: { $0.text.contains("\"issued\"") }) else {
        return false
      }
      return heard[issued...].contains { $0.topic.hasSuffix("/identity") }
    }
    #expect(try Self.channels(of: ear.messages).isSuperset(of: Self.claimed))
  }

  /// The channels on which something was said, all of it as the contract has it.
  private static func channels(of messages: [SentMessage]) throws -> Set<String> {
    let verdicts = try SentMessage.verdicts(messages)
    for (message, verdict) in zip(messages, verdicts) where verdict.fault != nil {
      let payload = String(decoding: message.payload, as: UTF8.self)
      Issue.record("\(message.topic): \(verdict.fault ?? ""): \(payload)")
    }
    return Set(verdicts.compactMap(\.channel))
  }

  /// Everything that makes a message: people at the door, and each program's end and return.
  private static func live(_ system: WholeSystem, _ ear: Onlooker) throws {
    let station = system.stations[0]
    try ear.wait(for: "the state that is retained") { texts in
      texts.contains { $0.topic.hasSuffix("/state/alarms") }
    }
    try station.order("/code", ["kind": "good", "member": "m-1"])
    try ear.waitForRecord(.entry(.granted))
    try station.order("/walk", ["action": "in"])
    try ear.waitForRecord(.occupancy(.passage))
    for kind in ["same", "expired", "foreign", "garbage"] {
      try station.order("/code", ["kind": kind])
    }
    try ear.waitForRecord(.entry(.refused))
    try ear.waitForRecord(.door(.locked))
    // Before anyone leaves: for half a minute after the exit button an opening forces nothing.
    try station.order("/door", ["action": "force"])
    try ear.waitForRecord(.alarm(.raised))
    try station.order("/door", ["action": "close"])
    try ear.waitForRecord(.alarm(.cleared))
    try station.order("/exit", [:])
    try ear.waitForRecord(.door(.exitRequested))
    try exchange(system, ear)
    try order(system, ear)
    station.kill()
    try ear.wait(for: "the station's will") { $0.contains { $0.text.contains("\"lost\"") } }
    try station.start()
    try ear.waitForRecord(.station(.started))
    system.management.kill()
    try ear.wait(for: "the service's will") {
      $0.contains { $0.topic == "ws/v1/service/status" && $0.text.contains("false") }
    }
    try system.management.start()
    try system.waitForDelivery(from: station)
    try station.stopDaemon()
    try ear.wait(for: "the station's farewell") { $0.contains { $0.text.contains("\"stopping\"") } }
    try ear.wait(for: "an acknowledgement") { $0.contains { $0.topic.hasSuffix("/ack") } }
  }

  private static func exchange(_ system: WholeSystem, _ ear: Onlooker) throws {
    let station = system.stations[0]
    _ = try system.management.enrol("m-1")
    try system.management.issue(100, reason: "test")
    try system.management.grant(100, to: "m-1", reason: "test")
    try station.buy(slot: 1, member: "m-1")
    try station.waitForPhase("dispensed")
    try station.orderMachine("fault 1 jam")
    try station.buy(slot: 1, member: "m-1")
    try ear.waitForRecord(.exchange(.slotQuarantined))
    try station.orderMachine("fault 1 none")
    try station.fill(slot: 1, stock: 3)
    try ear.waitForRecord(.exchange(.slotReleased))
  }

  private static func order(_ system: WholeSystem, _ ear: Onlooker) throws {
    let id = try system.management.order("gate-1", #""op":"open","ap":1"#)
    let command = try system.management.waitForEnd(of: id, at: "gate-1")
    #expect(command["state"] as? String == "done")
    try ear.waitForRecord(.command(.ended))
    try system.management.lockDown("gate-1", true)
    try ear.wait(for: "lock-down in force") {
      $0.contains { $0.topic.hasSuffix("/config/reported") && $0.text.contains("true") }
    }
    try system.management.lockDown("gate-1", false)
    try ear.waitForRecord(.door(.modeChanged))
  }

  private static func records(_ messages: [SentMessage]) throws -> Set<Record.Kind> {
    var kinds: Set<Record.Kind> = []
    for message in messages where message.topic.hasSuffix("/out") {
      for record in try RecordBatch(json: Array(message.payload)).records {
        kinds.insert(try Record(json: Array(record)).kind)
      }
    }
    return kinds
  }
}

/// mosquitto's own client, which hears everything that goes over the broker.
private final class Onlooker {
  private let program: Program
  private let path: String

  init(
    _ folder: WorkFolder, _ broker: Broker, _ account: (name: String, password: String)
  ) throws {
    path = folder.file("onlooker.log")
    // In its own configuration file, so that no other account of this machine reads the password.
    try folder.write(
      "-u \(account.name)\n-P \(account.password)\n", to: "onlooker/mosquitto_sub")
    program = try Program(
      "mosquitto_sub",
      [
        "-p", "\(broker.port)", "-V", "5", "-q", "1", "--retain-as-published", "-t", "#",
        "-F", "%t %q %r %x",
      ], log: path, environment: ["XDG_CONFIG_HOME": folder.file("onlooker")])
  }

  /// Everything heard so far, in order.
  var messages: [SentMessage] {
    get throws {
      let log = program.log
      // The last line may still be on its way.
      let whole = log[..<(log.lastIndex(of: "\n") ?? log.startIndex)]
      return try whole.split(separator: "\n").map { line in
        let words = line.split(separator: " ", omittingEmptySubsequences: false)
        guard words.count == 4, let qos = Int(words[1]), ["0", "1"].contains(words[2]),
          let payload = Self.bytes(words[3])
        else { throw TestBedError("mosquitto_sub: \(line)") }
        return SentMessage(
          topic: String(words[0]), payload: payload, qos: qos, retained: words[2] == "1")
      }
    }
  }

  func wait(for what: String, _ look: ([Heard]) -> Bool) throws {
    try Deadline.wait(until: what) {
      look(
        try messages.map {
          Heard(topic: $0.topic, text: String(decoding: $0.payload, as: UTF8.self))
        })
    }
  }

  func waitForRecord(_ kind: Record.Kind) throws {
    try wait(for: "a record \(kind.rawValue)") {
      $0.contains {
        $0.topic.hasSuffix("/out") && $0.text.contains("\"kind\":\"\(kind.rawValue)\"")
      }
    }
  }

  struct Heard {
    var topic: String
    var text: String
  }

  private static func bytes(_ hexadecimal: Substring) -> Data? {
    let digits = Array(hexadecimal.utf8)
    guard digits.count.isMultiple(of: 2) else { return nil }
    var data = Data()
    for place in stride(from: 0, to: digits.count, by: 2) {
      guard let byte = UInt8(String(decoding: digits[place..<place + 2], as: UTF8.self), radix: 16)
      else { return nil }
      data.append(byte)
    }
    return data
  }
}
