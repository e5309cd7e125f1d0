// What the station's configuration file says, as the daemon needs it.
import Configuration
import GPIO
import Linux
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
  package var members: Members
  /// As the C library knows it; nil for the machine's own.
  package var timeZone: String?
  package var readers: [Reader]
  package var counters: [Counter]
  package var sensors: Sensors
  /// nil where the station has no exchange machine.
  package var machine: Machine?
  package var board: Board
  package var broker: Broker
  /// How each lock hangs on its relay.
  package var strikes: [AccessPointID: StrikeWiring]
  /// Outputs that may carry current for so long at a stretch, whatever becomes of this program.
  package var pulses: [BoardLine: Duration]
  /// What the outputs are driven to while nobody decides about them.
  package var safe: SafeStates

  /// The files that say what is known of single members.
  package struct Members: Equatable, Sendable {
    package var list: String?
    package var revocations: String?
    /// The store, beside which the last good lists are kept; nil for nowhere.
    package var keptBeside: String?
    /// Where a keeper reads the number of a card that no list names.
    package var unknownCard: String?
  }

  package enum Board: Equatable, Sendable {
    case simulated(socket: String)
    case chip([Wire], settling: ChipLines.Settling)
  }

  package struct Wire: Equatable, Sendable {
    package var line: BoardLine
    package var wiring: LineWiring
  }

  package struct Broker: Equatable, Sendable {
    package var host: String
    package var port: Int
    package var credentials: String?
    package var longestPause: Duration
  }

  /// Reads a configuration file.
  /// - Throws: every problem that it has.
  package static func read(
    _ bytes: [UInt8], version: String
  ) throws(ConfigurationError) -> StationSettings {
    var reader = SettingsReader(
      configuration: try table.read(bytes), version: version, safe: SafeStates(bytes))
    guard let settings = reader.build(), reader.problems.isEmpty else {
      throw ConfigurationError(reader.problems)
    }
    return settings
  }
}

/// Turns values that are right one by one into settings that are right together.
struct SettingsReader {
  let configuration: Configuration
  let version: String
  let safe: SafeStates
  private(set) var problems: [ConfigurationProblem] = []

  init(configuration: Configuration, version: String, safe: SafeStates) {
    self.configuration = configuration
    self.version = version
    self.safe = safe
  }

  mutating func build() -> StationSettings? {
    let points = accessPoints()
    let readers = readers(points.map(\.id))
    let counters = counters(points.map(\.id), readers)
    let sensors = sensors(readers, counters)
    let occupancy = occupancyPolicy()
    let broker = configuration.section("broker")
    let store = configuration.section("store")
    guard let id = StationID(configuration.section("station").text("id")),
      let board = board(), let (sensors, sensorPolicy) = sensors
    else { return nil }
    checkReaderLines(readers, board)
    let machine = machine()
    var entry = EntrySettings(configuration, points.map(\.id), readers, board)
    let policy = entry.policy()
    let timeZone = entry.timeZone()
    problems += entry.problems
    guard problems.isEmpty else { return nil }
    var core = StationConfiguration(
      version: version, accessPoints: points, entry: policy, occupancy: occupancy,
      clock: ClockTrust.Policy(rawValue: configuration.section("clock").text("trust")) ?? .require,
      outbox: OutboxLimits(mostRecords: UInt64(store.integer("most-records"))),
      fire: firePolicy(), relays: relays(), sensors: sensorPolicy, vending: machine?.policy)
    core.zone = timeZone.map { ZoneName($0) } ?? nil
    return StationSettings(
      station: id, core: core, storePath: store.text("path"),
      issuers: IssuerSettings.read(configuration),
      members: entry.members, timeZone: timeZone, readers: readers, counters: counters,
      sensors: sensors, machine: machine?.machine, board: board,
      broker: StationSettings.Broker(
        host: broker.text("host"), port: broker.integer("port"),
        credentials: broker.optionalText("credentials-directory"),
        longestPause: broker.duration("longest-pause")),
      strikes: strikes(), pulses: pulses(), safe: safe)
  }

  mutating func fail(_ line: Int?, _ message: String) {
    problems.append(ConfigurationProblem(line: line, message))
  }
}
