// A broker and the management service with a hundred stations, for the figures of the service.
import MemberCode
import TestBed

/// Real processes on free loopback ports.
final class ServiceBed {
  static let stations = 100

  let folder: WorkFolder
  let broker: Broker
  let management: ManagementUnderTest
  let crowd: StationCrowd

  /// - Parameter beforehand: is given the broker while nobody uses the service's account there.
  init(beforehand: (Broker, WorkFolder) throws -> Void = { _, _ in }) throws {
    folder = try WorkFolder()
    var accounts = StationCrowd.accounts(Self.stations)
    accounts["service"] = StationCrowd.password
    broker = try Broker(folder, accounts: accounts)
    try beforehand(broker, folder)
    management = try ManagementUnderTest(
      folder, brokerPort: broker.port, password: StationCrowd.password,
      issuerKey: String(decoding: SigningKey.generate().privatePEM, as: UTF8.self))
    crowd = try StationCrowd(Self.stations, brokerPort: broker.port)
    try Deadline.wait(until: "every station to be online") { [management] in
      let list = try management.api.call("GET", "/stations").text
      return list.components(of: "\"online\":true") == Self.stations
    }
  }
}

extension String {
  /// How often another text stands in this one.
  func components(of part: String) -> Int {
    var count = 0
    var rest = self[...]
    while let found = rest.firstRange(of: part) {
      count += 1
      rest = rest[found.upperBound...]
    }
    return count
  }
}
