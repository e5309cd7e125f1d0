// Reads the part of entry that belongs to the board: its lists, its zone, its interlock.
import Configuration
import GPIO
import Linux
import StationCore
import StationProtocol

/// The files that say what is known of single members.
package struct MemberFileSettings: Equatable, Sendable {
  package var list: String?
  package var revocations: String?
  /// The store, beside which the last good lists are kept; nil for nowhere.
  package var keptBeside: String?
  /// The file in which a keeper reads the number of a card that no list names.
  package var unknownCard: String?
}

/// Beside what a facility decides, which the core reads.
struct EntrySettings {
  private let configuration: Configuration
  private let points: [AccessPointID]
  private(set) var problems: [ConfigurationProblem] = []

  init(_ configuration: Configuration, _ points: [AccessPointID]) {
    self.configuration = configuration
    self.points = points
  }

  var members: MemberFileSettings {
    let section = configuration.section("members")
    return MemberFileSettings(
      list: section.optionalText("list"), revocations: section.optionalText("revocations"),
      keptBeside: configuration.section("store").text("path"),
      unknownCard: section.optionalText("unknown-card-file"))
  }

  mutating func checkReaders(_ readers: [ReaderSettings]) {
    let isIn = { (reader: ReaderSettings) in
      reader.accessPoint != nil && reader.direction == .inward
    }
    guard !readers.isEmpty, !readers.contains(where: isIn) else { return }
    fail(nil, "a station needs at least one reader with \"direction = in\", or nobody comes in")
  }

  /// The zone is looked for where the C library will look for it: a name that it does not find
  /// would be UTC without a word.
  mutating func timeZone() -> String? {
    let section = configuration.section("station")
    guard let name = section.optionalText("time-zone") else { return nil }
    if !Files.exists("/usr/share/zoneinfo/\(name)") {
      fail(
        section.line(of: "time-zone"),
        "there is no time zone \"\(name)\" in /usr/share/zoneinfo; the package tzdata has them")
    }
    return name
  }

  static func isZoneName(_ text: String) -> Bool {
    (1...64).contains(text.utf8.count)
      && text.split(separator: "/", omittingEmptySubsequences: false).allSatisfy { part in
        part.first?.isLetter == true
          && part.utf8.allSatisfy {
            switch $0 {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
              UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"),
              UInt8(ascii: "+"):
              true
            default: false
            }
          }
      }
  }

  static func interlock(_ text: String) -> Interlock? {
    let points = text.split(separator: " ").map { Int($0).flatMap { AccessPointID($0) } }
    guard points.count == 2, let one = points[0], let other = points[1] else { return nil }
    return Interlock(one, other)
  }

  private mutating func fail(_ line: Int?, _ message: String) {
    problems.append(ConfigurationProblem(line: line, message))
  }

  mutating func interlock() -> Interlock? {
    let section = configuration.section("entry")
    guard let text = section.optionalText("interlock"), let interlock = Self.interlock(text) else {
      return nil
    }
    for point in [interlock.one, interlock.other] where !points.contains(point) {
      fail(section.line(of: "interlock"), "there is no [access-point \(point)]")
    }
    return interlock
  }
}
