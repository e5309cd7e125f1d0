// The keys of the journal.
import Configuration

private typealias Key = ConfigurationTable.Key

extension ConfigurationTable.Section {
  /// The most is what a start can still check within the unit's time on a slow card, and what the
  /// memory holds that takes the place of a lost card.
  static let store = Self(
    "store", "The journal of what happened here.",
    keys: [
      Key(
        "path", .path, .standard("/var/lib/worker-station/station.sqlite"),
        "The file of the database."),
      Key(
        "most-records", .integer(10_000...500_000, unit: "records"), .standard("200000"),
        "The largest number of records that wait for the service before the oldest are dropped."),
    ])
}
