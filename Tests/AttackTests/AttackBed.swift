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
    // Two for the owner of the broker: an account is one client to it.
    var accounts = [
      "service": UUID().uuidString, "ear": UUID().uuidString, "mouth": UUID().uuidString,
    ]
    for name in names { accounts[name] = UUID().uuidString }
    self.accounts = accounts
    broker = try Broker(folder, accounts: accounts, onlooker: "ear", owner: "mouth")
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
    plan.serviceKey = management.commandKey
    plan.demoIssuer = String(decoding: issuer.privatePEM, as: UTF8.self)
    plan.members = ["m-1"]
    plan.walkStep = 20
    configure(&plan)
    let station = try StationUnderTest(plan, in: place ?? folder)
    stations.append(station)
    return station
  }

  /// The attacker who owns the broker: may say anything on any topic.
  func publish(_ topic: String, _ payload: [UInt8], isRetained: Bool = false) throws {
    let file = folder.file("owner/payload")
    try folder.write("", to: "owner/payload")
    try Data(payload).write(to: URL(fileURLWithPath: file))
    let told = try Program.run(
      "mosquitto_pub",
      ["-p", "\(broker.port)", "-V", "5", "-q", "1", "-t", topic, "-f", file]
        + (isRetained ? ["-r"] : []),
      environment: ["XDG_CONFIG_HOME": try ownersFolder()])
    guard told.status == 0 else { throw TestBedError("mosquitto_pub: \(told.output)") }
  }

  /// The attacker who owns the broker: hears what is said on a topic while something happens.
  func overhear(_ topic: String, while something: () throws -> Void) throws -> [UInt8] {
    let log = folder.file("owner/heard")
    try? FileManager.default.removeItem(atPath: log)
    let ear = try Program(
      "mosquitto_sub",
      [
        "-p", "\(broker.port)", "-V", "5", "-q", "1", "-R", "-t", topic, "-t", Self.mark, "-F",
        "heard %p",
      ],
      log: log, environment: ["XDG_CONFIG_HOME": try ownersFolder()])
    defer { ear.kill() }
    try Deadline.wait(until: "the owner of the broker to listen") {
      try publish(Self.mark, Array("mark".utf8))
      return ear.log.contains("heard mark")
    }
    try something()
    return try Deadline.wait(for: "a message on \(topic)") {
      let lines = ear.log.split(separator: "\n").filter { $0.hasPrefix("heard {") }
      return lines.last.map { Array($0.dropFirst(6).utf8) }
    }
  }

  /// What nobody else says, by which the owner of the broker knows that he listens.
  private static let mark = "ws/v1/gate-1/sample"

  /// The clients' own configuration, so that the password is in no list of processes. Written once:
  /// a client that starts meanwhile would read half of it, and be nobody to the broker.
  private func ownersFolder() throws -> String {
    for (client, name) in [("mosquitto_pub", "mouth"), ("mosquitto_sub", "ear")] {
      guard !FileManager.default.fileExists(atPath: folder.file("owner/\(client)")) else {
        continue
      }
      try folder.write("-u \(name)\n-P \(accounts[name] ?? "")\n", to: "owner/\(client)")
    }
    return folder.file("owner")
  }

  /// The words of the alarms that the service shows for a station.
  func alarms(of name: String) throws -> [String] {
    let alarms = try management.station(name)["alarms"] as? [[String: Any]] ?? []
    return alarms.compactMap { $0["alarm"] as? String }
  }

  /// Whether `make attack LONG=1` asks for the long forms.
  static var isLong: Bool { ProcessInfo.processInfo.environment["ATTACK_LONG"] == "1" }
}
