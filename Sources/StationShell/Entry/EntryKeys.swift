// The keys that say who may come in, and when.
import Configuration
import StationProtocol

private typealias Key = ConfigurationTable.Key

extension ConfigurationTable.Section {
  static let entry = Self(
    "entry", "The rules of entry.",
    keys: ServiceKeys.entry + [
      Key(
        "interlock",
        .word("two different access points, as in 1 2") { EntrySettings.interlock($0) != nil },
        .optional(example: "1 2"),
        "Two doors of which one lets nobody in while the other is not shut.")
    ])

  static let members = Self(
    "members", "Files about single members; read again within a minute of a change.",
    keys: [
      Key(
        "list", .path, .optional(example: "/etc/worker-station/members.ini"),
        "Members who have a card, a PIN, more time, a reservation, or may not come in."),
      Key(
        "revocations", .path, .optional(example: "/etc/worker-station/revoked.txt"),
        "Member ids that are worth nothing any more, one a line, up to 100000."),
      Key(
        "unknown-card-file", .path, .optional(example: "/run/worker-station/unknown-card"),
        "The file to which the number of an unlisted card is written while the maintenance key "
          + "is turned, for the keeper who assigns the card; it is deleted when the key is "
          + "turned back. Use a folder in memory such as /run: no card's number is kept."),
    ])
}

extension ConfigurationTable.Key {
  static let timeZone = Self(
    "time-zone",
    .word("the name of a time zone, as Asia/Shanghai is") { EntrySettings.isZoneName($0) },
    .optional(example: "Asia/Shanghai"),
    "By which opening hours are read; without it the machine's own.")
}
