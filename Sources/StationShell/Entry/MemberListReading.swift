// Reads a member list entry by entry, and says where the file cannot be relied on.
import Configuration
import StationCore
import StationProtocol
import Text

/// A member list that is being read.
struct MemberListReading {
  private(set) var entries: [MemberID: MemberEntry] = [:]
  private(set) var problems: [ConfigurationProblem]
  /// A line may have been the head of an entry, whose member is not known then.
  private var hasLostEntry: Bool
  /// Nothing but blanks: a list without members holds a comment at least.
  private let isBlank: Bool
  private let hasEnd: Bool
  private var last: MemberID?

  init(_ file: [UInt8]) {
    let (configuration, problems) = MemberList.table.survey(file)
    self.problems = problems
    isBlank = TextMark.skipped(file).allSatisfy { [0x20, 0x09, 0x0A, 0x0D].contains($0) }
    hasEnd = file.last.map { $0 == UInt8(ascii: "\n") } ?? true
    let sections = configuration.sections("member")
    hasLostEntry = !configuration.hasAllSections
    var cards: [String: MemberID] = [:]
    var numbers: [String: MemberID] = [:]
    for section in sections {
      guard let member = section.argument.flatMap({ MemberID($0) }) else { continue }
      last = member
      var entry = MemberEntry(section)
      checkReservation(section, &entry)
      checkPIN(section, &entry)
      if var first = entries[member] {
        first.join(entry)
        entries[member] = first
        continue
      }
      entries[member] = entry
      check(section, "card", of: member, &cards, spoils: ["card"])
      check(section, "number", of: member, &numbers, spoils: MemberList.pinKeys)
    }
  }

  /// Says that a file without a word is no list, where it is one.
  mutating func noteBlank() {
    guard isBlank else { return }
    problems.append(
      ConfigurationProblem(
        line: nil, "the file is empty: a list without members holds a comment at least"))
  }

  /// Whether the file can be taken as it stands. Notes where a file that has lost members of the
  /// list in force looks as if it had been cut off; one of which a part could not be read at all
  /// says that already.
  mutating func isSound(over known: MemberList) -> Bool {
    let missing = known.profiles.keys.filter { entries[$0] == nil }
    if isBlank, !missing.isEmpty {
      noteBlank()
      hasLostEntry = true
    } else if !hasEnd, !missing.isEmpty, !hasLostEntry {
      let message = "\(missing.count) members are gone and the last line has no end: "
      problems.append(ConfigurationProblem(line: nil, message + "the file looks cut off"))
      hasLostEntry = true
      if let last { entries[last]?.doubt(MemberList.keyNames) }
    }
    return problems.isEmpty
  }

  /// Puts what was known in the place of what is in doubt.
  mutating func complete(with known: [MemberID: MemberEntry]) {
    for member in Array(entries.keys) { entries[member]?.complete(with: known[member]) }
    guard hasLostEntry else { return }
    for (member, entry) in known where entries[member] == nil { entries[member] = entry }
  }

  private mutating func fail(_ line: Int?, _ message: String) {
    problems.append(ConfigurationProblem(line: line, message))
  }

  private mutating func checkReservation(
    _ section: Configuration.Section, _ entry: inout MemberEntry
  ) {
    guard let text = section.optionalText("reservation") else { return }
    do throws(ScheduleFault) {
      _ = try Schedule(text: text)
    } catch {
      fail(section.line(of: "reservation"), "\"reservation\": \(error)")
      entry.doubt(["reservation"])
    }
  }

  private mutating func checkPIN(
    _ section: Configuration.Section, _ entry: inout MemberEntry
  ) {
    let isDoubtful = !entry.doubtful.isDisjoint(with: MemberList.pinKeys)
    let (number, pin) = (entry.texts["number"], entry.texts["pin"])
    let isWhole = (number == nil) == (pin == nil)
    guard !isDoubtful, !isWhole || pin == nil && entry.texts["duress-pin"] != nil else { return }
    let title = section.argument.map { "[member \($0)]" } ?? "[member]"
    fail(section.line, "\(title) needs \"number\" and \"pin\" together")
    entry.doubt(MemberList.pinKeys)
  }

  /// What two members have is neither's, unless the list in force knows better.
  private mutating func check(
    _ section: Configuration.Section, _ key: String, of member: MemberID,
    _ owners: inout [String: MemberID], spoils: [String]
  ) {
    guard let text = entries[member]?.texts[key] else { return }
    guard let owner = owners.updateValue(member, forKey: text) else { return }
    fail(section.line(of: key), "the \(key) is \(owner)'s already")
    entries[owner]?.doubt(spoils)
    entries[member]?.doubt(spoils)
  }
}
