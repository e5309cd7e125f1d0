// The rules of entry, as a facility decides them.
import Configuration
import StationProtocol
import Time

extension FacilityReader {
  private var section: Configuration.Section { configuration.section("entry") }

  mutating func entry() -> EntryPolicy {
    let programs = programs()
    return EntryPolicy(
      code: CodePolicy(
        longestLife: section.duration("longest-code-life"), leeway: section.duration("leeway"),
        audiences: board.audiences),
      hours: schedule("opening-hours"), freeHours: freeHours(programs), capacity: capacity(),
      reservation: reservation(), antiPassback: antiPassback(), interlock: board.interlock,
      uplink: section.text("uplink-lost") == "free"
        ? .free(after: section.duration("uplink-lost-after")) : .codes,
      programs: programs)
  }

  private func programs() -> [AccessPointID: DoorSchedule] {
    var programs: [AccessPointID: DoorSchedule] = [:]
    for point in board.points {
      guard let section = section(of: point.id),
        let program = DoorSchedule(rawValue: section.text("program")), program != .codes
      else { continue }
      programs[point.id] = program
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
    let users = board.points.map(\.id).filter { [.schedule, .firstPerson].contains(programs[$0]) }
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
      rule: CapacityRule(rawValue: section.text("capacity-rule")) ?? .hard,
      first: Int64(first), second: Int64(second))
  }

  private mutating func reservation() -> ReservationPolicy {
    guard section.text("reservation") == "required" else { return .off }
    if !board.hasMemberList {
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
    for point in board.points where !point.tellsDirection {
      fail(
        line,
        "anti-passback goes by who passes: [access-point \(point.id)] needs both of its beams")
    }
    switch word {
    case "soft": return .soft
    case "timed": return .timed(section.duration("anti-passback-time"))
    default:
      for point in board.points where !point.hasExitReader {
        fail(
          line,
          "with hard anti-passback nobody comes in twice who was not seen to leave: "
            + "[access-point \(point.id)] needs a reader with \"direction = out\", or take soft or "
            + "timed")
      }
      return .hard
    }
  }
}
