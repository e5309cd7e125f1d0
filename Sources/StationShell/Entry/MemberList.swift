// The file in which a facility writes what a station should know of single members.
import Configuration
import MemberCode
import StationCore
import StationProtocol

/// A member list. A mistake spoils what it stands at and nothing else: there the list that was in
/// force before goes on to count, and where that says nothing of the member, nobody comes in by it.
struct MemberList: Equatable, Sendable {
  private(set) var profiles: [MemberID: MemberProfile] = [:]
  private(set) var pins = PINBook()
  /// The list itself, in the order of the members and without a mistake: what is kept of it.
  private(set) var text: [UInt8] = []

  /// The size of the longest list that is read, in bytes: some 50,000 members.
  static let mostBytes = 8 << 20

  static let table = ConfigurationTable([
    ConfigurationTable.Section(
      "member", "One member, by the pseudonym that the codes carry.",
      .repeated(argument: "member id", example: "m-4711") { MemberID($0) != nil }, keys: keys)
  ])

  private typealias Key = ConfigurationTable.Key

  static let keyNames = keys.map(\.name)
  /// The keys that are one thing: who types what.
  static let pinKeys = ["number", "pin", "duress-pin"]

  private static let keys = [
    Key(
      "status", .choice(MemberProfile.Status.allCases.map(\.rawValue)), .standard("active"),
      "A suspended member is refused whatever is shown."),
    Key(
      "access", .choice(["standard", "extended"]), .standard("standard"),
      "Extended keeps the door released for longer."),
    Key(
      "role", .choice(["member", "maintainer"]), .standard("member"),
      "A maintainer comes in where others may not."),
    Key(
      "card", .word(Card.form) { Card(text: $0) != nil },
      .optional(example: "26:12:34567"), "The member's card."),
    Key(
      "number",
      .word("1 to 8 digits") {
        PINBook.numberDigits.contains($0.utf8.count)
          && $0.utf8.allSatisfy { (48...57).contains($0) }
      }, .optional(example: "4711"), "The number that the member types at a keypad before the PIN."),
    Key(
      "pin", .word("what \"stationctl pin hash\" prints") { PINHash(text: $0) != nil },
      .optional(example: "$argon2id$v=19$m=8192,t=3,p=1$SALT$HASH"), "The member's PIN, hashed."),
    Key(
      "duress-pin", .word("what \"stationctl pin hash\" prints") { PINHash(text: $0) != nil },
      .optional(example: "$argon2id$v=19$m=8192,t=3,p=1$SALT$HASH"),
      "Another PIN of the member's, typed under threat: it opens, and alarms in silence."),
    Key(
      "reservation", .text, .optional(example: "2026-11-21 10:00-12:00, mon 18:00-20:00"),
      "When the member has reserved the room, in the words of opening-hours."),
  ]

  init() {}

  fileprivate init(_ entries: [MemberID: MemberEntry]) {
    var numbers: [String: PINBook.Entry] = [:]
    var shared: Set<String> = []
    for member in entries.keys.sorted(by: { $0.text < $1.text }) {
      guard let entry = entries[member] else { continue }
      profiles[member] = entry.profile
      text += entry.text(of: member)
      guard let (number, pin) = entry.pin(of: member) else { continue }
      if numbers.updateValue(pin, forKey: number) != nil { shared.insert(number) }
    }
    // Whose it is is not known, as with a card that two members have.
    for number in shared { numbers[number] = nil }
    pins = PINBook(numbers)
  }

  /// The faults of a list, for somebody who looks before a station does.
  static func check(_ file: [UInt8]) -> [ConfigurationProblem] {
    var reading = MemberListReading(file)
    reading.noteBlank()
    return reading.problems.isEmpty ? [] : ConfigurationError(reading.problems).problems
  }

  /// Reads a file.
  /// - Parameter known: the list that is in force, which counts wherever the file is in doubt.
  /// - Returns: the list that is in force from now on, and every mistake of the file.
  static func read(
    _ file: [UInt8], over known: MemberList = MemberList()
  ) -> (list: MemberList, problems: [ConfigurationProblem]) {
    var reading = MemberListReading(file)
    if reading.isSound(over: known) { return (MemberList(reading.entries), []) }
    reading.complete(with: MemberListReading(known.text).entries)
    return (MemberList(reading.entries), ConfigurationError(reading.problems).problems)
  }
}
