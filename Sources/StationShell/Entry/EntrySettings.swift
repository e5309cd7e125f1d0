// Turns the entry keys of a configuration into the policy of a station, or says what is wrong.
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

/// Reads who may come in. What is right key by key may still not be right together.
struct EntrySettings {
  private let configuration: Configuration
  private let points: [AccessPointID]
  private let readers: [ReaderSettings]
  private let board: BoardSettings
  private(set) var problems: [ConfigurationProblem] = []

  private var section: Configuration.Section { configuration.section("entry") }

  init(
    _ configuration: Configuration, _ points: [AccessPointID],
    _ readers: [ReaderSettings], _ board: BoardSettings
  ) {
    self.configuration = configuration
    self.points = points
    self.readers = readers
    self.board = board
  }

  var members: MemberFileSettings {
    let section = configuration.section("members")
    return MemberFileSettings(
      list: section.optionalText("list"), revocations: section.optionalText("revocations"),
      keptBeside: configuration.section("store").text("path"),
      unknownCard: section.optionalText("unknown-card-file"))
  }

  mutating func policy() -> EntryPolicy {
    let programs = programs()
    if !readers.isEmpty,
      !readers.contains(where: { $0.accessPoint != nil && $0.direction == .inward })
    {
      fail(nil, "a station needs at least one reader with \"direction = in\", or nobody comes in")
    }
    return EntryPolicy(
      code: CodePolicy(
        longestLife: section.duration("longest-code-life"), leeway: section.duration("leeway"),
        audiences: [configuration.section("station").text("id")]),
      hours: schedule("opening-hours"), freeHours: freeHours(programs), capacity: capacity(),
      reservation: reservation(), antiPassback: antiPassback(), interlock: interlock(),
      uplink: section.text("uplink-lost") == "free"
        ? .free(after: section.duration("uplink-lost-after")) : .codes,
      programs: programs)
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

  // MARK: - Part by part

  private mutating func fail(_ line: Int?, _ message: String) {
    problems.append(ConfigurationProblem(line: line, message))
  }

  private func programs() -> [AccessPointID: DoorSchedule] {
    var programs: [AccessPointID: DoorSchedule] = [:]
    for section in configuration.sections("access-point") {
      guard let id = points.first(where: { $0.description == section.argument }),
        let program = DoorSchedule(rawValue: section.text("program")), program != .codes
      else { continue }
      programs[id] = program
    }
    return programs
  }

  private mutating func schedule(_ key: String) -> Schedule {
    do throws(ScheduleFault) {
      let schedule = try Schedule(text: section.text(key))
      guard let holidays = section.optionalText("holidays"), schedule != .never else {
        return schedule
      }
      do throws(ScheduleFault) {
        return try schedule.closed(on: holidays)
      } catch {
        // Both schedules have the same holidays: said once.
        if key == "opening-hours" { fail(section.line(of: "holidays"), "\"holidays\": \(error)") }
        return schedule
      }
    } catch {
      fail(section.line(of: key), "\"\(key)\": \(error)")
      return .never
    }
  }

  private mutating func freeHours(_ programs: [AccessPointID: DoorSchedule]) -> Schedule {
    let known = problems.count
    let hours = schedule("free-hours")
    guard problems.count == known else { return hours }
    let users = points.filter { [.schedule, .firstPerson].contains(programs[$0]) }
    if let user = users.first, hours == .never {
      let program = programs[user]?.rawValue ?? ""
      fail(
        section.line,
        "[access-point \(user)] has the program \(program), which needs \"free-hours\"")
    }
    if users.isEmpty, hours != .never {
      fail(
        section.line(of: "free-hours"),
        "no access point has a program that goes by it: schedule or first-person")
    }
    return hours
  }

  private mutating func capacity() -> CapacityPolicy {
    let first = section.integer("capacity-first")
    let second = section.integer("capacity-second")
    if first > second {
      fail(section.line(of: "capacity-first"), "the first alarm comes before the second")
    }
    return CapacityPolicy(
      most: section.optionalInteger("capacity").map(Int64.init),
      rule: CapacityPolicy.Rule(rawValue: section.text("capacity-rule")) ?? .hard,
      first: Int64(first), second: Int64(second))
  }

  private mutating func reservation() -> ReservationPolicy {
    guard section.text("reservation") == "required" else { return .off }
    if members.list == nil {
      fail(
        section.line(of: "reservation"),
        "reservations stand in the member list: [members] needs \"list\", or nobody comes in")
    }
    let grace = section.duration("reservation-grace")
    return .required(graceMinutes: Int(grace.components.seconds / 60))
  }

  private mutating func antiPassback() -> AntiPassback {
    let word = section.text("anti-passback")
    guard word != "off" else { return .off }
    let line = section.line(of: "anti-passback")
    if case .chip(let wires, _) = board {
      for point in points {
        let kinds = wires.filter { $0.line.accessPoint == point.number }.map(\.line.kind)
        guard !kinds.contains(.outerBeam) || !kinds.contains(.innerBeam) else { continue }
        fail(
          line,
          "anti-passback goes by who passes: [access-point \(point)] needs both of its beams")
      }
    }
    switch word {
    case "soft": return .soft
    case "timed": return .timed(section.duration("anti-passback-time"))
    default:
      for point in points {
        let hasExit = readers.contains { $0.accessPoint == point && $0.direction == .outward }
        guard !hasExit else { continue }
        fail(
          line,
          "with hard anti-passback nobody comes in twice who was not seen to leave: "
            + "[access-point \(point)] needs a reader with \"direction = out\", or take soft or timed"
        )
      }
      return .hard
    }
  }

  private mutating func interlock() -> Interlock? {
    guard let text = section.optionalText("interlock"), let interlock = Self.interlock(text) else {
      return nil
    }
    for point in [interlock.one, interlock.other] where !points.contains(point) {
      fail(section.line(of: "interlock"), "there is no [access-point \(point)]")
    }
    return interlock
  }
}
