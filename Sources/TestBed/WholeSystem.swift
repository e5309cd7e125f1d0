// Broker, management service and stations of one run, put together and taken down.
import Foundation
import MemberCode

/// Everything that the demo and the system tests work with, on free loopback ports.
package final class WholeSystem {
  package let folder: WorkFolder
  package let broker: Broker
  package let management: ManagementUnderTest
  package private(set) var stations: [StationUnderTest] = []
  /// The lines of the service and of each station to the broker; empty where they are good.
  package private(set) var lines: [BadLine] = []

  /// - Parameters:
  ///   - names: of the stations.
  ///   - members: to whom the boards' pages may issue codes.
  ///   - memberList: what every station knows of single members.
  ///   - hasDevices: whether every room has a thermometer and an energy meter.
  ///   - hasMachine: whether every station has an exchange machine.
  ///   - onlooker: an account at the broker that hears everything, and its password.
  ///   - badLines: from which is drawn what becomes of packets to and from the broker; nil for
  ///     good lines.
  ///   - progress: called with what is being started.
  package init(
    stations names: [String], members: [String] = [], walkStep: Int = 400,
    settings: [String: [String: String]] = [:], memberList: String? = nil,
    hasDevices: Bool = false, hasMachine: Bool = false,
    onlooker: (name: String, password: String)? = nil, badLines: UInt64? = nil,
    progress: (String) -> Void = { _ in }
  ) throws {
    folder = try WorkFolder()
    let issuer = SigningKey.generate()
    var accounts = ["service": UUID().uuidString]
    for name in names { accounts[name] = UUID().uuidString }
    if let onlooker { accounts[onlooker.name] = onlooker.password }
    progress("broker")
    broker = try Broker(folder, accounts: accounts, onlooker: onlooker?.name)
    let seeds = badLines.map { SeededGenerator(seed: $0) }
    var lines: [BadLine] = []
    if var seeds {
      lines = try (0...names.count).map { [broker] _ in
        try BadLine(to: broker.port, seed: seeds.next())
      }
    }
    self.lines = lines
    progress("management service")
    management = try ManagementUnderTest(
      folder, brokerPort: lines.first?.port ?? broker.port, password: accounts["service"] ?? "",
      issuerKey: String(decoding: issuer.privatePEM, as: UTF8.self))
    for (index, name) in names.enumerated() {
      progress("station \(name)")
      var plan = StationPlan(
        name: name, password: accounts[name] ?? "",
        brokerPort: lines.isEmpty ? broker.port : lines[index + 1].port,
        issuerKey: String(decoding: issuer.publicPEM, as: UTF8.self))
      plan.serviceKey = management.commandKey
      plan.demoIssuer =
        members.isEmpty ? nil : String(decoding: issuer.privatePEM, as: UTF8.self)
      plan.members = members
      plan.walkStep = walkStep
      plan.settings = settings
      plan.hasDevices = hasDevices
      plan.hasMachine = hasMachine
      plan.memberList = memberList
      stations.append(try StationUnderTest(plan, in: folder))
    }
  }

  /// Stops everything in an orderly way.
  package func stop() throws {
    for station in stations { try station.stop() }
    try management.stop()
    try broker.stop()
    for line in lines { line.close() }
  }

  /// Waits until the service holds every record that the station ever made durable.
  /// - Returns: how many those are.
  /// - Throws: where one is missing in the end, or is there twice.
  @discardableResult
  package func waitForDelivery(from station: StationUnderTest, seconds: Double = 60) throws -> Int {
    try management.waitForDelivery(from: station, seconds: seconds)
  }
}

extension ManagementUnderTest {
  /// Waits until the service holds every record that the station ever made durable.
  /// - Returns: how many those are.
  /// - Throws: where one is missing in the end, or is there twice.
  package func waitForDelivery(from station: StationUnderTest, seconds: Double = 60) throws -> Int {
    var report = ""
    return try Deadline.wait(
      seconds, for: "every record of \(station.plan.name) in the service: \(report)"
    ) { () -> Int? in
      guard let last = StoreInspection.lastRecord(ofStore: station.store) else { return nil }
      let stored =
        try self.records(of: station.plan.name).filter {
          $0["stream"] as? String == last.stream
        }.compactMap { $0["seq"] as? Int }
        + StoreInspection.measured(
          inStore: self.folder.file("management/management.sqlite"), station: station.plan.name,
          stream: last.stream)
      guard Set(stored).count == stored.count else {
        throw TestBedError("\(station.plan.name): a record is in the service twice: \(stored)")
      }
      report = "\(stored.count) of \(last.seq)"
      return stored.sorted() == Array(1...max(1, last.seq)) ? last.seq : nil
    }
  }
}
