// A service that has heard everything that a station can say, well formed or not.
import Foundation
import MemberCode
import StationProtocol
import TestBed
import Time

/// Broker and service, filled with the fixtures of messages by mosquitto's own client.
final class FilledManagement {
  private static let station = "gate-1"
  private static let stream = StreamID(bits: 0x5EED)

  let folder: WorkFolder
  let broker: Broker
  let management: ManagementUnderTest
  let caller: Caller
  private let password = UUID().uuidString
  private var next: UInt64 = 1

  /// The service certifies boards, and itself shows a password.
  private static var authority: AuthorityPlan {
    var plan = AuthorityPlan(port: 8883)
    plan.showsCertificate = false
    return plan
  }

  init() throws {
    folder = try WorkFolder()
    let service = UUID().uuidString
    broker = try Broker(folder, accounts: ["service": service, Self.station: password])
    management = try ManagementUnderTest(
      folder, brokerPort: broker.port, password: service,
      issuerKey: String(decoding: SigningKey.generate().privatePEM, as: UTF8.self),
      authority: Self.authority)
    caller = Caller(management, folder)
    try folder.write(
      "-u \(Self.station)\n-P \(password)\n", to: "station/mosquitto_pub")
    try Deadline.wait(until: "the service to reach its broker") {
      try HTTPClient(base: "http://\(management.address)").call("GET", "/health")
        .object["broker"] as? Bool == true
    }
  }

  deinit {
    management.kill()
    broker.kill()
  }

  /// Says all there is to say, and waits until it is stored.
  func fill() throws {
    try Self.enrol(caller)
    // A record before the floor of the birth that follows: the service notices a gap.
    let batches = try FixtureTable("messages/out")
    let early = try RecordBatch(json: try batches.valid("one-record").input)
    try publish(MessageKind.out.topic, early.json)
    try wait(for: 1, in: "events")
    try LedgerContents.fill(folder.file("management/management.sqlite"))
    for kind in [
      MessageKind.status, .birth, .door, .occupancy, .climate, .energy, .vending,
      .codes, .alarms,
    ] {
      let name = kind == .status ? "connected" : kind == .birth ? "operations" : "plain"
      try publish(kind.topic, try FixtureTable("messages/\(kind.rawValue)").valid(name).input)
    }
    for fixture in batches.valid + batches.invalid { try publishRenumbered(fixture.input) }
    try wait(for: batches.invalid.count, in: "quarantine")
    try Deadline.wait(until: "the gap that the service notices") {
      try management.api.call("GET", "/events?kind=gap").text.contains("\"seq\":null")
    }
  }

  /// Publishes a batch with numbers that nothing else has; one without any goes as it is.
  private func publishRenumbered(_ text: [UInt8]) throws {
    guard let batch = try? RecordBatch(json: text) else {
      return try publish(MessageKind.out.topic, text)
    }
    let numbered = RecordBatch(stream: Self.stream, first: next, records: batch.records)
    try publish(MessageKind.out.topic, numbered.json)
    next += UInt64(batch.records.count)
  }

  private func wait(for count: Int, in list: String) throws {
    try Deadline.wait(until: "\(count) \(list) to be stored") { try stored(list) >= count }
  }

  private static func enrol(_ caller: Caller) throws {
    for json in ["{\"id\":\"m-1\",\"label\":\"Courier\"}", "{\"id\":\"m-2\"}"] {
      _ = try caller.call("POST", "/api/v1/members", json: json)
    }
  }

  /// How many entries a list of the service has.
  func stored(_ list: String) throws -> Int {
    let answer = try management.api.call("GET", "/\(list)?limit=1000")
    return (answer.object[list] as? [Any])?.count ?? 0
  }

  private func publish(_ topic: String, _ payload: [UInt8]) throws {
    let file = folder.file("station/payload")
    try Data(payload).write(to: URL(fileURLWithPath: file))
    let told = try Program.run(
      "mosquitto_pub",
      ["-p", "\(broker.port)", "-V", "5", "-q", "1", "-t", topic, "-f", file],
      environment: ["XDG_CONFIG_HOME": folder.file("station")])
    guard told.status == 0 else { throw TestBedError("mosquitto_pub: \(told.output)") }
  }

  /// Takes the tables away from under the service, and gives it something to store.
  func breakStore() throws {
    let path = folder.file("management/management.sqlite")
    let tables = try Program.run(
      "sqlite3", [path, ".timeout 5000", "SELECT name FROM sqlite_master WHERE type = 'table'"])
    let renames = tables.output.split(separator: "\n").filter { !$0.hasPrefix("sqlite_") }
      .map { "ALTER TABLE \($0) RENAME TO lost_\($0);" }
    let told = try Program.run("sqlite3", [path, ".timeout 5000", renames.joined()])
    guard told.status == 0 else { throw TestBedError("sqlite3: \(told.output)") }
    let batch = RecordBatch(
      stream: Self.stream, first: next,
      records: [
        Record(at: WallTime(seconds: 1), isTrusted: true, body: .stream(.unreadable)).json
      ])
    try publish(MessageKind.out.topic, batch.json)
  }
}
