// What the station's configuration file says, as the daemon needs it.
import Configuration
import GPIO
import Linux
import MemberCode
import MQTT
import StationCore
import StationProtocol
import Time

/// A complete and consistent configuration of stationd.
package struct StationSettings: Equatable, Sendable {
  package var station: StationID
  package var core: StationConfiguration
  package var storePath: String
  package var issuers: [IssuerSettings]
  package var members: MemberFileSettings
  /// As the C library knows it; nil for the machine's own.
  package var timeZone: String?
  package var readers: [ReaderSettings]
  package var counters: [CounterSettings]
  package var sensors: SensorSettings
  /// nil where the station has no exchange machine.
  package var machine: MachineSettings?
  package var board: BoardSettings
  /// The keys of the service that this station obeys.
  package var serviceKeys: [ServiceKeySettings]
  package var supportPath: String
  package var broker: BrokerSettings
  /// How each lock hangs on its relay.
  package var strikes: [AccessPointID: StrikeWiring]
  /// Outputs that may carry current for so long at a stretch, whatever becomes of this program.
  package var pulses: [BoardLine: Duration]
  /// What the outputs are driven to while nobody decides about them.
  package var safe: SafeStates

  /// Reads a configuration file.
  /// - Throws: every problem that it has.
  package static func read(
    _ bytes: [UInt8], version: String
  ) throws(ConfigurationError) -> StationSettings {
    var reader = SettingsReader(
      configuration: try table.read(bytes), version: version)
    guard let settings = reader.build(SafeStates(bytes)), reader.problems.isEmpty else {
      throw ConfigurationError(reader.problems)
    }
    return settings
  }
}

extension SettingsReader {
  fileprivate mutating func serviceKeys() -> [ServiceKeySettings] {
    let keys = ServiceKeySettings.read(configuration)
    if keys.count > ServiceKeySet.most {
      fail(nil, "more than \(ServiceKeySet.most) [service-key NAME] sections")
    }
    return keys
  }

  fileprivate mutating func build(_ safe: SafeStates) -> StationSettings? {
    // The wires of doors come first: of two that name a pin the other one is the mistake.
    let board = board()
    let fire = firePolicy()
    let points = accessPoints()
    let readers = readers(points.map(\.id))
    let counters = counters(points.map(\.id))
    let sensors = sensors()
    let occupancy = occupancyPolicy()
    let store = configuration.section("store")
    let serviceKeys = serviceKeys()
    let commands = configuration.section("commands")
    guard let id = StationID(configuration.section("station").text("id")),
      let board, let (sensors, sensorPolicy) = sensors
    else { return nil }
    let machine = machine()
    var entry = EntrySettings(configuration, points.map(\.id), readers, board)
    let policy = entry.policy()
    let timeZone = entry.timeZone()
    add(entry.problems)
    guard problems.isEmpty else { return nil }
    var core = StationConfiguration(
      version: version, accessPoints: points, entry: policy, occupancy: occupancy,
      clock: ClockTrust.Policy(rawValue: configuration.section("clock").text("trust")) ?? .require,
      outbox: OutboxLimits(mostRecords: UInt64(store.integer("most-records"))),
      fire: fire, relays: relays(), sensors: sensorPolicy, vending: machine?.policy)
    core.commands = CommandPolicy(
      isPinned: !serviceKeys.isEmpty, longestFreeAccess: commands.duration("longest-free-access"))
    core.zone = timeZone.map { ZoneName($0) } ?? nil
    return StationSettings(
      station: id, core: core, storePath: store.text("path"),
      issuers: IssuerSettings.read(configuration),
      members: entry.members, timeZone: timeZone, readers: readers, counters: counters,
      sensors: sensors, machine: machine?.machine, board: board, serviceKeys: serviceKeys,
      supportPath: commands.text("support-file"),
      broker: BrokerSettings(configuration.section("broker")),
      strikes: strikes(), pulses: pulses(), safe: safe)
  }
}
