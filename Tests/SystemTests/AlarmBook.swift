// The alarms of a station by its records, beside those that the service shows.
import TestBed
import Testing

/// Alarms as whoever reads the records would know them: each is raised, and then cleared, and a daemon
/// that starts has none until it raises them.
enum AlarmBook {
  /// The service finds these; no record of the station tells of them.
  private static let found: Set<String> = [
    "claims-implausible", "code-shared", "exchange-unproven", "station-over-limit",
    "sends-too-much", "certificate-ending", "name-shared",
  ]

  /// Waits until the service shows what the records say, and nothing else.
  /// - Returns: how often an alarm was raised.
  static func check(_ station: String, _ management: ManagementUnderTest) throws -> Int {
    var told = ""
    try Deadline.wait(until: "the alarms of \(station) to be those of its records: \(told)") {
      let byRecords = try standing(station, management)
      let shown = Set(try alarms(station, management)).filter { name in
        !found.contains { name.hasPrefix($0) }
      }
      told = "\(byRecords.sorted()) beside \(shown.sorted())"
      return byRecords.filter { name in !found.contains { name.hasPrefix($0) } } == shown
    }
    return try management.records(of: station).count {
      ($0["record"] as? [String: Any])?["kind"] as? String == "alarm-raised"
    }
  }

  private static func alarms(_ station: String, _ management: ManagementUnderTest) throws
    -> [String]
  {
    let all = try management.station(station)["alarms"] as? [[String: Any]] ?? []
    return all.map { name($0) }
  }

  private static func name(_ alarm: [String: Any]) -> String {
    "\(alarm["alarm"] as? String ?? "") \(alarm["accessPoint"] as? Int ?? alarm["ap"] as? Int ?? 0)"
  }

  private static func standing(
    _ station: String, _ management: ManagementUnderTest
  ) throws -> Set<String> {
    var standing: Set<String> = []
    let events = try management.records(of: station).sorted {
      ($0["seq"] as? Int ?? 0) < ($1["seq"] as? Int ?? 0)
    }
    for event in events {
      guard let record = event["record"] as? [String: Any] else { continue }
      switch record["kind"] as? String {
      case "started": standing = []
      case "alarm-raised":
        #expect(standing.insert(name(record)).inserted, "\(name(record)) was raised twice")
      case "alarm-cleared":
        #expect(standing.remove(name(record)) != nil, "\(name(record)) was cleared, and stood not")
      default: break
      }
    }
    return standing
  }
}
