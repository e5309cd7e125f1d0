// The keys that say who may come in, and when.
import Configuration
import StationCore

private typealias Key = ConfigurationTable.Key

extension ConfigurationTable.Section {
  static let entry = Self(
    "entry", "The rules of entry.",
    keys: [
      Key(
        "longest-code-life", .duration(.seconds(1)...(.seconds(86_400))), .standard("2 min"),
        "A code that is valid for longer is refused."),
      Key(
        "leeway", .duration(.seconds(0)...(.seconds(300))), .standard("5 s"),
        "By how much the clocks of issuer and station may differ."),
      Key(
        "opening-hours", .text, .standard("always"),
        "The hours in which codes, cards and PINs are accepted: always, 06:00-22:00, or entries "
          + "such as mon-fri 06:00-12:00 13:00-22:00, sat 22:00-04:00; 2026-10-01 closed; "
          + "2026-10-02 08:00-12:00; 2026-10-03 also 22:00-23:00."),
      Key(
        "free-hours", .text, .standard("never"),
        "The hours in which doors with the program schedule or first-person are unlocked, "
          + "written like opening-hours."),
      Key(
        "holidays", .text, .optional(example: "2026-10-01..2026-10-07, 2027-01-01"),
        "Dates without opening and free hours, unless those name the date themselves."),
      Key(
        "capacity", .integer(1...10_000, unit: "people"), .optional(example: "20"),
        "The most people inside; without it there is no limit."),
      Key(
        "capacity-rule", .choice(CapacityPolicy.Rule.allCases.map(\.rawValue)), .standard("hard"),
        "Whether more are refused (hard), or let in with a note in the record (soft)."),
      Key(
        "capacity-first", .integer(1...100, unit: "%"), .standard("80"),
        "The part of the capacity at which the first alarm comes."),
      Key(
        "capacity-second", .integer(1...100, unit: "%"), .standard("95"),
        "The part of the capacity at which the second alarm comes."),
      Key(
        "reservation", .choice(["off", "required"]), .standard("off"),
        "Whether a member comes in only within a reservation of the member list."),
      Key(
        "reservation-grace", .duration(.zero...(.seconds(7200))), .standard("10 min"),
        "The time by which a member may come before the reserved hours or leave after them; "
          + "whole minutes."),
      Key(
        "anti-passback", .choice(["off", "soft", "hard", "timed"]), .standard("off"),
        "The treatment of a member who comes in again without having been seen to leave: noted "
          + "(soft), refused (hard), refused for anti-passback-time (timed)."),
      Key(
        "anti-passback-time", .duration(.seconds(10)...(.seconds(86_400))), .standard("5 min"),
        "The time after a member's last entry for which anti-passback = timed refuses the member."),
      Key(
        "interlock",
        .word("two different access points, as in 1 2") { EntrySettings.interlock($0) != nil },
        .optional(example: "1 2"),
        "Two doors of which one lets nobody in while the other is not shut."),
      Key(
        "uplink-lost", .choice(["codes", "free"]), .standard("codes"),
        "The behaviour of the doors without a connection to the broker: codes decide as before "
          + "(codes), or doors are unlocked during opening hours, with an alarm (free)."),
      Key(
        "uplink-lost-after", .duration(.seconds(60)...(.seconds(86_400))), .standard("10 min"),
        "The time without a connection to the broker after which uplink-lost applies."),
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

  static let program = Self(
    "program", .choice(DoorSchedule.allCases.map(\.rawValue)), .standard("codes"),
    "The program of the door: a code, card or PIN for each entry (codes), unlocked during the "
      + "free hours (schedule), always unlocked (free), unlocked during the free hours from the "
      + "first member on (first-person), for maintainers only (lock-down, maintenance).")
}
