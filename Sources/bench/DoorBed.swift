// A broker and the management service for one station that runs inside this process.
import MemberCode
import TestBed

/// Real processes on free loopback ports.
final class DoorBed {
  let broker: Broker
  let management: ManagementUnderTest
  private let folder: WorkFolder
  /// The password of the station and of the service at the broker.
  static let password = "secret"

  init() throws {
    folder = try WorkFolder()
    broker = try Broker(
      folder, accounts: [DoorStation.name: Self.password, "service": Self.password])
    management = try ManagementUnderTest(
      folder, brokerPort: broker.port, password: Self.password,
      issuerKey: String(decoding: SigningKey.generate().privatePEM, as: UTF8.self))
  }

  /// A station that knows this broker.
  var plan: DoorStation.Plan {
    DoorStation.Plan(brokerPort: broker.port, password: Self.password)
  }

  func file(_ name: String) -> String { folder.file(name) }

  func waitForStation() throws {
    try Deadline.wait(until: "the station to be online") { [management] in
      try management.station(DoorStation.name)["online"] as? Bool == true
    }
  }
}
