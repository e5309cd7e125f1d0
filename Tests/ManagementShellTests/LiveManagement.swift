// A real broker, a real managementd, and stand-ins for stations, for one test.
import Foundation
import Linux
import MemberCode
import StationProtocol
import TestBed
import Testing

final class LiveManagement {
  let folder: WorkFolder
  let broker: Broker
  let management: ManagementUnderTest
  let issuer = SigningKey.generate()
  private let accounts = ["service": UUID().uuidString, "gate-1": UUID().uuidString]

  init() throws {
    folder = try WorkFolder()
    broker = try Broker(folder, accounts: accounts)
    management = try ManagementUnderTest(
      folder, brokerPort: broker.port, password: accounts["service"] ?? "",
      issuerKey: String(decoding: issuer.privatePEM, as: UTF8.self))
    try Deadline.wait(until: "the service to reach its broker") {
      try HTTPClient(base: "http://\(management.address)").call("GET", "/health").status == 200
        && health()["broker"] as? Bool == true
    }
  }

  deinit {
    management.kill()
    broker.kill()
  }

  func health() throws -> [String: Any] { try plain.call("GET", "/health").object }

  var api: HTTPClient { management.api }

  /// Without a token, from the root of the server.
  var plain: HTTPClient { HTTPClient(base: "http://\(management.address)") }

  func api(token: String) -> HTTPClient {
    HTTPClient(
      base: "http://\(management.address)/api/v1", headers: ["Authorization": "Bearer \(token)"])
  }

  func station(will: StatusPayload? = nil) throws -> StationStandIn {
    try StationStandIn(
      Sample.gate, brokerPort: broker.port, password: accounts["gate-1"] ?? "", will: will)
  }

  /// A code of a member, as the union's app gets one.
  func code(of member: MemberID) throws -> CodeText {
    let text = try CodeIssuer(issuer).issue(member, life: .seconds(60), at: Clock.wall)
    return try #require(CodeText(text))
  }

  func view() throws -> [String: Any] { try management.station("gate-1") }

  /// The sequence numbers that are stored, in the order of storing.
  func stored() throws -> [Int] {
    try management.records(of: "gate-1").compactMap { $0["seq"] as? Int }
  }
}

enum Sample {
  static let gate = StoreContractTests.gate
  static let stream = StreamID(bits: 0x5EED)

  static func passage(_ inside: Int64) -> Record {
    Record(
      at: Clock.wall, isTrusted: true,
      body: .occupancy(.passage(StoreContractTests.door(), .inward, inside: inside)))
  }

  static func batch(_ first: UInt64, _ records: [Record]) -> RecordBatch {
    RecordBatch(stream: stream, first: first, records: records.map(\.json))
  }

  static func session(_ connection: Int64) -> SessionID {
    SessionID(stream: stream, boot: 1, connection: connection)
  }
}
