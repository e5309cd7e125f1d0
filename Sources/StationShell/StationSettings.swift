// What the station's configuration file says, as the daemon needs it.
import GPIO
import Linux
import MQTT
import StationCore
import StationProtocol

/// A complete and consistent configuration of stationd.
package struct StationSettings: Equatable, Sendable {
  package var station: StationID
  package var core: StationConfiguration
  package var storePath: String
  package var issuerKeys: String
  package var readers: [Reader]
  package var board: Board
  package var broker: Broker
  /// How each lock hangs on its relay.
  package var strikes: [AccessPointID: StrikeWiring]

  package struct Reader: Equatable, Sendable {
    package var name: String
    package var accessPoint: AccessPointID
    package var device: String
    package var speed: Int
    package var idleGap: Duration
  }

  package enum Board: Equatable, Sendable {
    case simulated(socket: String)
    case chip([Wire], settling: Duration)
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
    var reader = SettingsReader(configuration: try table.read(bytes), version: version)
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
  private(set) var problems: [ConfigurationProblem] = []

  init(configuration: Configuration, version: String) {
    self.configuration = configuration
    self.version = version
  }

  mutating func build() -> StationSettings? {
    let points = accessPoints()
    let readers = readers(points.map(\.id))
    let broker = configuration.section("broker")
    let store = configuration.section("store")
    guard let id = StationID(configuration.section("station").text("id")),
      let board = board(), problems.isEmpty
    else { return nil }
    let core = StationConfiguration(
      version: version, accessPoints: points, entry: entryPolicy(),
      clock: ClockTrust.Policy(rawValue: configuration.section("clock").text("trust")) ?? .require,
      outbox: OutboxLimits(mostRecords: UInt64(store.integer("most-records"))),
      fire: firePolicy(), relays: relays())
    return StationSettings(
      station: id, core: core, storePath: store.text("path"),
      issuerKeys: configuration.section("entry").text("issuer-keys"), readers: readers,
      board: board,
      broker: StationSettings.Broker(
        host: broker.text("host"), port: broker.integer("port"),
        credentials: broker.optionalText("credentials-directory"),
        longestPause: broker.duration("longest-pause")),
      strikes: strikes())
  }

  mutating func fail(_ line: Int?, _ message: String) {
    problems.append(ConfigurationProblem(line: line, message))
  }

  private mutating func readers(_ points: [AccessPointID]) -> [StationSettings.Reader] {
    var readers: [StationSettings.Reader] = []
    for section in configuration.sections("reader") {
      let number = section.integer("access-point")
      guard let id = points.first(where: { $0.number == number }) else {
        fail(section.line(of: "access-point"), "there is no [access-point \(number)]")
        continue
      }
      if let twin = readers.first(where: { $0.device == section.text("device") }) {
        fail(section.line(of: "device"), "the device serves [reader \(twin.name)] already")
      }
      readers.append(
        StationSettings.Reader(
          name: section.argument ?? "", accessPoint: id, device: section.text("device"),
          speed: Int(section.text("speed")) ?? 9600, idleGap: section.duration("idle-gap")))
    }
    if configuration.sections("reader").isEmpty {
      fail(nil, "a station needs at least one [reader front], or nobody comes in")
    }
    return readers
  }

  private func entryPolicy() -> EntryPolicy {
    let section = configuration.section("entry")
    return EntryPolicy(
      code: CodePolicy(
        longestLife: section.duration("longest-code-life"), leeway: section.duration("leeway")),
      hours: OpeningHours(text: section.text("opening-hours")) ?? .always,
      capacity: section.optionalInteger("capacity").map(Int64.init))
  }
}

extension OpeningHours {
  /// `always`, or two times of day with a dash between them.
  init?(text: String) {
    if text == "always" {
      self = .always
      return
    }
    let times = text.split(separator: "-", omittingEmptySubsequences: false).map(Self.minute)
    guard times.count == 2, let from = times[0], let to = times[1], from != to else { return nil }
    self = .daily(from: from, to: to)
  }

  private static func minute(_ text: Substring) -> Int? {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2,
      parts.allSatisfy({ $0.utf8.count == 2 && $0.allSatisfy(\.isNumber) }),
      let hour = Int(parts[0]),
      let minute = Int(parts[1]), (0..<24).contains(hour), (0..<60).contains(minute)
    else { return nil }
    return hour * 60 + minute
  }
}
