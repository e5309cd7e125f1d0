// The file in which a facility writes what a station should know of single members.
import MemberCode
import StationCore
import StationProtocol

/// A member list, read and found good as a whole: a file with one mistake is not used at all, so
/// that nobody's suspension is lost with the line that was mistyped.
struct MemberList: Equatable, Sendable {
  var profiles: [MemberID: MemberProfile] = [:]
  var pins = PINBook()

  /// Of this size is the longest list that is read: some 50,000 members.
  static let mostBytes = 8 << 20

  static let table = ConfigurationTable([
    ConfigurationTable.Section(
      "member", "One member, by the pseudonym that the codes carry.",
      .repeated(argument: "member id", example: "m-4711") { MemberID($0) != nil }, keys: keys)
  ])

  private typealias Key = ConfigurationTable.Key

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
      "card", .word("26:FACILITY:NUMBER or 34:NUMBER") { Card(text: $0) != nil },
      .optional(example: "26:12:34567"), "The member's card."),
    Key(
      "number",
      .word("1 to 8 digits") {
        PINBook.numberDigits.contains($0.utf8.count)
          && $0.utf8.allSatisfy { (48...57).contains($0) }
      }, .optional(example: "4711"), "What the member types at a keypad before the PIN."),
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

  /// - Throws: every problem of the file.
  init(_ text: [UInt8]) throws(ConfigurationError) {
    let configuration = try Self.table.read(text)
    var problems: [ConfigurationProblem] = []
    var numbers: [String: PINBook.Entry] = [:]
    var cards: [Card: MemberID] = [:]
    for section in configuration.sections("member") {
      guard let member = section.argument.flatMap({ MemberID($0) }) else { continue }
      let profile = Self.profile(section, &problems)
      profiles[member] = profile
      if let card = profile.card, let twin = cards.updateValue(member, forKey: card) {
        problems.append(
          ConfigurationProblem(line: section.line(of: "card"), "the card is \(twin)'s already"))
      }
      guard let (number, entry) = Self.pin(section, member, &problems) else { continue }
      if let twin = numbers.updateValue(entry, forKey: number) {
        problems.append(
          ConfigurationProblem(
            line: section.line(of: "number"), "the number is \(twin.member)'s already"))
      }
    }
    guard problems.isEmpty else { throw ConfigurationError(problems) }
    pins = PINBook(numbers)
  }

  private static func profile(
    _ section: Configuration.Section, _ problems: inout [ConfigurationProblem]
  ) -> MemberProfile {
    var reservation: Schedule?
    if let text = section.optionalText("reservation") {
      do throws(ScheduleFault) {
        reservation = try Schedule(text: text)
      } catch {
        problems.append(
          ConfigurationProblem(line: section.line(of: "reservation"), "\"reservation\": \(error)"))
      }
    }
    return MemberProfile(
      status: MemberProfile.Status(rawValue: section.text("status")) ?? .suspended,
      needsTime: section.text("access") == "extended",
      isMaintainer: section.text("role") == "maintainer",
      card: section.optionalText("card").flatMap { Card(text: $0) }, reservation: reservation)
  }

  private static func pin(
    _ section: Configuration.Section, _ member: MemberID,
    _ problems: inout [ConfigurationProblem]
  ) -> (number: String, entry: PINBook.Entry)? {
    let pin = section.optionalText("pin").flatMap { PINHash(text: $0) }
    let duress = section.optionalText("duress-pin").flatMap { PINHash(text: $0) }
    let number = section.optionalText("number")
    switch (number, pin) {
    case (let number?, let pin?):
      return (number, PINBook.Entry(member: member, pin: pin, duress: duress))
    case (nil, nil) where duress == nil: return nil
    default:
      problems.append(
        ConfigurationProblem(
          line: section.line, "\(section.title) needs \"number\" and \"pin\" together"))
      return nil
    }
  }
}

extension Configuration.Section {
  fileprivate var title: String { "[\(name)\(argument.map { " \($0)" } ?? "")]" }
}
