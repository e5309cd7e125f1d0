// The keys of a station's configuration that the service may set: what a facility decides. What
// belongs to the board, its lines, devices and locks, stands in the board's file alone.
import Configuration

private typealias Key = ConfigurationTable.Key
private typealias Section = ConfigurationTable.Section

/// The one list of the keys that the service may set. The station's table has them beside those of
/// the board; the service checks a draft by them.
package enum ServiceKeys {
  /// The keys that the service may set, in the order in which they are shown.
  package static let table = ConfigurationTable(
    [
      Section("entry", "The rules of entry.", keys: entry),
      Section(
        "access-point", "A way in.",
        .repeated(argument: "number from 1 to 4", example: "1") { accessPoint($0) != nil },
        keys: accessPoint),
      Section(
        "machine", "An exchange machine, where members get goods for points.", keys: machine),
      article, slot,
      Section("screen", "The page of the screen beside the machine.", keys: screen),
      Section("measurements", "The records of what the sensors measure.", keys: measurements),
      Section(
        "thermometer", "A sensor of the room's air.",
        .repeated(argument: "name (a-z, 0-9 and -)", example: "room") { SensorID($0) != nil },
        keys: thermometer),
    ], setter: setter)

  private static let setter = "the service"

  /// Sections that stand for one entry of a list each: a list of the service stands for the whole of
  /// the file's.
  package static let lists: Set<String> = ["article", "slot"]

  package static let entry: [ConfigurationTable.Key] =
    codeTimes + hours + capacity + presence + uplink

  /// - Returns: nil where the text is not an access point's number in its one spelling.
  package static func accessPoint(_ text: String) -> AccessPointID? {
    guard let id = Int(text).flatMap({ AccessPointID($0) }), id.description == text else {
      return nil
    }
    return id
  }

  fileprivate static func key(
    _ name: String, _ kind: ConfigurationTable.Kind, _ presence: ConfigurationTable.Presence,
    _ sentence: String
  ) -> ConfigurationTable.Key {
    ConfigurationTable.Key(name, kind, presence, sentence, setter: setter)
  }
}

// MARK: - Entry

extension ServiceKeys {
  private static let codeTimes = [
    key(
      "longest-code-life", .duration(.seconds(1)...(.seconds(86_400))), .standard("2 min"),
      "A code that is valid for longer is refused."),
    key(
      "leeway", .duration(.seconds(0)...(.seconds(300))), .standard("5 s"),
      "By how much the clocks of issuer and station may differ."),
  ]

  private static let hours = [
    key(
      "opening-hours", .text, .standard("always"),
      "The hours in which codes, cards and PINs are accepted: always, 06:00-22:00, or entries "
        + "such as mon-fri 06:00-12:00 13:00-22:00, sat 22:00-04:00; 2026-10-01 closed; "
        + "2026-10-02 08:00-12:00; 2026-10-03 also 22:00-23:00."),
    key(
      "free-hours", .text, .standard("never"),
      "The hours in which doors with the program schedule or first-person are unlocked, "
        + "written like opening-hours."),
    key(
      "holidays", .text, .optional(example: "2026-10-01..2026-10-07, 2027-01-01"),
      "Dates without opening and free hours, unless those name the date themselves."),
  ]

  private static let capacity = [
    key(
      "capacity", .integer(1...10_000, unit: "people"), .optional(example: "20"),
      "The most people inside; without it there is no limit."),
    key(
      "capacity-rule", .choice(CapacityRule.allCases.map(\.rawValue)), .standard("hard"),
      "Whether more are refused (hard), or let in with a note in the record (soft)."),
    key(
      "capacity-first", .integer(1...100, unit: "%"), .standard("80"),
      "The part of the capacity at which the first alarm comes."),
    key(
      "capacity-second", .integer(1...100, unit: "%"), .standard("95"),
      "The part of the capacity at which the second alarm comes."),
  ]

  private static let presence = [
    key(
      "reservation", .choice(["off", "required"]), .standard("off"),
      "Whether a member comes in only within a reservation of the member list."),
    key(
      "reservation-grace", .duration(.zero...(.seconds(7200))), .standard("10 min"),
      "The time by which a member may come before the reserved hours or leave after them; "
        + "whole minutes."),
    key(
      "anti-passback", .choice(["off", "soft", "hard", "timed"]), .standard("off"),
      "The treatment of a member who comes in again without having been seen to leave: noted "
        + "(soft), refused (hard), refused for anti-passback-time (timed)."),
    key(
      "anti-passback-time", .duration(.seconds(10)...(.seconds(86_400))), .standard("5 min"),
      "The time after a member's last entry for which anti-passback = timed refuses the member."),
  ]

  private static let uplink = [
    key(
      "uplink-lost", .choice(["codes", "free"]), .standard("codes"),
      "The behaviour of the doors without a connection to the broker: codes decide as before "
        + "(codes), or doors are unlocked during opening hours, with an alarm (free)."),
    key(
      "uplink-lost-after", .duration(.seconds(60)...(.seconds(86_400))), .standard("10 min"),
      "The time without a connection to the broker after which uplink-lost applies."),
  ]

  package static let accessPoint: [ConfigurationTable.Key] = [
    key(
      "program", .choice(DoorSchedule.allCases.map(\.rawValue)), .standard("codes"),
      "The program of the door: a code, card or PIN for each entry (codes), unlocked during the "
        + "free hours (schedule), always unlocked (free), unlocked during the free hours from the "
        + "first member on (first-person), for maintainers only (lock-down, maintenance)."),
    key(
      "held-open-time", .duration(.seconds(1)...(.seconds(3600))), .standard("30 s"),
      "The time for which the door may stand open before an alarm is raised."),
    key(
      "extended-held-open-time", .duration(.seconds(1)...(.seconds(3600))), .standard("60 s"),
      "The held-open time after the entry of a member who needs more time; at least "
        + "held-open-time."),
    key(
      "held-open-warning", .duration(.seconds(0)...(.seconds(3600))), .standard("10 s"),
      "The time before the held-open alarm at which people at the door are asked to close it; 0 "
        + "s, or a time that is not shorter than held-open-time, means never."),
  ]
}

// MARK: - The exchange machine

extension ServiceKeys {
  /// In characters.
  package static let longestArticleName = 40
  package static let longestNotice = 120

  package static let machine: [ConfigurationTable.Key] = [
    key(
      "session", .duration(.seconds(15)...(.seconds(120))), .standard("60 s"),
      "The time for which a chosen article waits for a member code.")
  ]

  package static let article = ConfigurationTable.Section(
    "article", "A kind of goods, as the screen calls it.",
    .repeated(argument: "name of 1 to 32 of a-z, 0-9 and -", example: "water") {
      ArticleID($0) != nil
    },
    keys: [
      key(
        "chinese", line(longestArticleName), .required(example: "矿泉水"),
        "The article's name in Chinese."),
      key(
        "english", line(longestArticleName), .required(example: "Water"),
        "The article's name in English."),
    ])

  package static let slot = ConfigurationTable.Section(
    "slot", "A column of the machine, by the number that its board has for it.",
    .repeated(argument: "number from 1 to \(SlotID.most)", example: "1") {
      SlotID(spelled: $0) != nil
    },
    keys: [
      key(
        "article", .word("the name of an article") { ArticleID($0) != nil },
        .required(example: "water"), "The goods in this column: the name of an [article] section."),
      key(
        "price", .integer(1...Int(Points.most), unit: "points"), .required(example: "30"),
        "The price of one piece."),
      key(
        "capacity", .integer(1...Int(VendingPayload.deepest), unit: "pieces"), .standard("8"),
        "The number of pieces that the slot holds."),
    ])

  package static let screen: [ConfigurationTable.Key] = [
    key(
      "notice-chinese", line(longestNotice), .optional(example: "周日 22:00 至 24:00 停水"),
      "A notice of the facility in Chinese, above the goods."),
    key(
      "notice-english", line(longestNotice),
      .optional(example: "No water on Sunday from 22:00 to 24:00"),
      "The facility's notice in English."),
  ]

  private static func line(_ most: Int) -> ConfigurationTable.Kind {
    .word("1 to \(most) characters without controls") { text in
      (1...most).contains(text.count)
        && text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
    }
  }
}

// MARK: - Sensors

extension ServiceKeys {
  package static let measurements: [ConfigurationTable.Key] = [
    key(
      "record-interval", .duration(.seconds(5)...(.seconds(900))), .standard("60 s"),
      "The time that one record of all sensors speaks of.")
  ]

  package static let thermometer: [ConfigurationTable.Key] =
    LimitRule.all.map(limit) + [
      key(
        "alarm-delay", .duration(.seconds(0)...(.seconds(86_400))), .standard("10 min"),
        "The time for which a value must be beyond its limit without a break before the alarm.")
    ]

  private static func limit(_ rule: LimitRule) -> ConfigurationTable.Key {
    let (beyond, within) = rule.side == .low ? ("below", "above") : ("above", "below")
    let need = rule.quantity == .temperature ? "" : "; needs \(rule.quantity.rawValue) = yes"
    return key(
      rule.alarm.rawValue, .integer(rule.range, unit: rule.unit),
      .optional(example: String(rule.example)),
      "A reading of \(rule.quantity.noun) \(beyond) this for alarm-delay raises an alarm, which ends "
        + "\(rule.hysteresis) \(rule.unit) \(within) it\(need).")
  }
}

extension Quantity {
  /// The word in a sentence: "carbon dioxide".
  package var noun: String { rawValue.replacing("-", with: " ") }
}
