// What the attacks are tried on: broker and service as they are shipped, and accounts to steal.
import Foundation
import MemberCode
import StationProtocol
import TestBed
import Testing

/// A broker with the shipped configuration and access list, a managementd, and an account for
/// each station. Whose account is stolen, and which stations really run, the attack decides.
final class AttackBed {
  let folder: WorkFolder
  let broker: Broker
  let management: ManagementUnderTest
  /// The key with which codes are issued.
  let issuer = SigningKey.generate()
  private let accounts: [String: String]
  private var stations: [StationUnderTest] = []

  /// - Parameter names: of the stations that have an account.
  init(stations names: [String]) throws {
    folder = try WorkFolder()
    var accounts = ["service": UUID().uuidString]
    for name in names { accounts[name] = UUID().uuidString }
    self.accounts = accounts
    broker = try Broker(folder, accounts: accounts)
    management = try ManagementUnderTest(
      folder, brokerPort: broker.port, password: accounts["service"] ?? "",
      issuerKey: String(decoding: issuer.privatePEM, as: UTF8.self))
    try waitForLink(isUp: true)
  }

  private func waitForLink(isUp: Bool) throws {
    try Deadline.wait(until: "the service to know its link \(isUp ? "up" : "down")") {
      let health = try HTTPClient(base: "http://\(management.address)").call("GET", "/health")
      return health.object["broker"] as? Bool == isUp
    }
  }

  /// Stops the broker and starts it on what it has kept; the service is there again afterwards.
  func restartBroker() throws {
    try broker.stop()
    try waitForLink(isUp: false)
    try broker.start()
    try waitForLink(isUp: true)
  }

  deinit {
    for station in stations { try? station.stop() }
    management.kill()
    broker.kill()
  }

  /// The attacker at the broker, with the account of a station.
  func steal(_ name: String) throws -> StationStandIn {
    try StationStandIn(
      try #require(StationID(name)), brokerPort: broker.port,
      password: try #require(accounts[name], "no account of \(name)"))
  }

  /// A real station that nobody attacks.
  /// - Parameters:
  ///   - place: where its files lie, for a second one of the same name.
  ///   - configure: what is different from a plain station with one door.
  func start(
    _ name: String, in place: WorkFolder? = nil,
    configure: (inout StationPlan) -> Void = { _ in }
  ) throws -> StationUnderTest {
    var plan = StationPlan(
      name: name, password: try #require(accounts[name], "no account of \(name)"),
      brokerPort: broker.port, issuerKey: String(decoding: issuer.publicPEM, as: UTF8.self))
    plan.demoIssuer = String(decoding: issuer.privatePEM, as: UTF8.self)
    plan.members = ["m-1"]
    plan.walkStep = 20
    configure(&plan)
    let station = try StationUnderTest(plan, in: place ?? folder)
    stations.append(station)
    return station
  }

  /// The words of the alarms that the service shows for a station.
  func alarms(of name: String) throws -> [String] {
    let alarms = try management.station(name)["alarms"] as? [[String: Any]] ?? []
    return alarms.compactMap { $0["alarm"] as? String }
  }

  /// Whether `make attack LONG=1` asks for the long forms.
  static var isLong: Bool { ProcessInfo.processInfo.environment["ATTACK_LONG"] == "1" }
}
