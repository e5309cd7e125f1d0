// Tests when schedules hold: weekdays, midnights, dates, seasons, and how they are written.
import StationProtocol
import TestBed
import Testing
import Time

@Suite struct ScheduleTests {
  /// 2026-11-21 is a Saturday.
  private static let saturday = CalendarDate(year: 2026, month: 11, day: 21)!.daysSince1970

  private func at(_ day: Int, _ hour: Int, _ minute: Int = 0) -> LocalTime {
    LocalTime(day: day, minute: hour * 60 + minute)
  }

  private func schedule(_ text: String) -> Schedule? {
    do throws(ScheduleFault) {
      return try Schedule(text: text)
    } catch {
      Issue.record("\(error)")
      return nil
    }
  }

  @Test("the calendar knows its days")
  func calendar() {
    #expect(CalendarDate(text: "1970-01-01")?.daysSince1970 == 0)
    #expect(CalendarDate(text: "2000-03-01")?.daysSince1970 == 11_017)
    #expect(CalendarDate(text: "2026-11-21")?.daysSince1970 == 20_778)
    #expect(CalendarDate(text: "2024-02-29") != nil)
    for text in [
      "2026-02-29", "2100-02-29", "2026-13-01", "2026-00-01", "2026-04-31", "26-04-01",
      "2026-4-01", "2026-04-1", "1969-12-31", "+026-04-01", "",
    ] { #expect(CalendarDate(text: text) == nil, "\(text)") }
    #expect(LocalTime.weekday(ofDay: 0) == 3)
    #expect(LocalTime.weekday(ofDay: -4) == 6)
    #expect(LocalTime.weekday(ofDay: Self.saturday) == 5)
  }

  @Test(
    "daily hours hold from their first minute to before their last, also over midnight",
    arguments: [
      (0, 1440, 0, true), (480, 1200, 479, false), (480, 1200, 480, true),
      (480, 1200, 1199, true), (480, 1200, 1200, false), (1320, 360, 1319, false),
      (1320, 360, 1320, true), (1320, 360, 1439, true), (1320, 360, 0, true),
      (1320, 360, 359, true), (1320, 360, 360, false), (600, 600, 600, false),
    ])
  func daily(_ from: Int, _ to: Int, _ minute: Int, _ holds: Bool) {
    let time = LocalTime(day: Self.saturday, minute: minute)
    #expect(Schedule.daily(from: from, to: to).holds(at: time) == holds)
    #expect(Schedule.always.holds(at: time))
    #expect(!Schedule.never.holds(at: time))
  }

  @Test("each weekday has hours of its own, and several of them")
  func weekly() {
    let hours = schedule("mon-fri 06:00-12:00 13:00-22:00, sat 08:00-12:00")
    let monday = Self.saturday - 5
    #expect(hours?.holds(at: at(monday, 6)) == true)
    #expect(hours?.holds(at: at(monday, 12)) == false)
    #expect(hours?.holds(at: at(monday + 4, 21, 59)) == true)
    #expect(hours?.holds(at: at(Self.saturday, 13)) == false)
    #expect(hours?.holds(at: at(Self.saturday, 11, 59)) == true)
    #expect(hours?.holds(at: at(Self.saturday + 1, 9)) == false)
    let weekend = schedule("sat-mon 10:00-11:00")
    #expect(
      (0..<7).map { weekend?.holds(at: at(monday + $0, 10)) == true }
        == [true, false, false, false, false, true, true])
  }

  @Test("a span over midnight belongs to the day on which it begins")
  func overMidnight() {
    let hours = schedule("sat 22:00-04:00")
    #expect(hours?.holds(at: at(Self.saturday, 3)) == false)
    #expect(hours?.holds(at: at(Self.saturday, 22)) == true)
    #expect(hours?.holds(at: at(Self.saturday + 1, 3, 59)) == true)
    #expect(hours?.holds(at: at(Self.saturday + 1, 4)) == false)
    #expect(hours?.holds(at: at(Self.saturday + 1, 22)) == false)
  }

  @Test("a holiday is closed from its midnight on, whatever began the evening before")
  func holiday() {
    let day = Self.saturday
    let hours = schedule("20:00-02:00; 2026-11-21 closed")
    #expect(hours?.holds(at: at(day - 1, 23, 59)) == true)
    #expect(hours?.holds(at: at(day, 0)) == false)
    #expect(hours?.holds(at: at(day, 21)) == false)
    #expect(hours?.holds(at: at(day + 1, 1)) == false)
    #expect(hours?.holds(at: at(day + 1, 20)) == true)
  }

  @Test("a holiday may have other hours, and a range of dates is as many holidays")
  func otherHours() {
    let hours = schedule("06:00-22:00; 2026-11-21..2026-11-23 08:00-12:00")
    for day in 0...2 {
      #expect(hours?.holds(at: at(Self.saturday + day, 7)) == false)
      #expect(hours?.holds(at: at(Self.saturday + day, 8)) == true)
      #expect(hours?.holds(at: at(Self.saturday + day, 12)) == false)
    }
    #expect(hours?.holds(at: at(Self.saturday + 3, 7)) == true)
  }

  @Test("a one-off opening adds to whatever else holds, on a holiday too, over midnight too")
  func oneOff() {
    let hours = schedule("06:00-08:00; 2026-11-21 also 23:00-01:00; 2026-11-22 closed")
    #expect(hours?.holds(at: at(Self.saturday, 7)) == true)
    #expect(hours?.holds(at: at(Self.saturday, 23)) == true)
    // The holiday has hours of its own: none. What reaches into it ends at its midnight...
    #expect(hours?.holds(at: at(Self.saturday + 1, 7)) == false)
    // ...but for what was opened by date.
    #expect(hours?.holds(at: at(Self.saturday + 1, 0, 30)) == true)
    let all = schedule("always; 2026-11-21 closed; 2026-11-21 also 10:00-11:00")
    #expect(all?.holds(at: at(Self.saturday, 10)) == true)
    #expect(all?.holds(at: at(Self.saturday, 11)) == false)
  }

  @Test("holidays close a date unless the schedule names it itself")
  func holidays() throws {
    let hours = try Schedule(text: "06:00-22:00; 2026-11-22 10:00-11:00")
      .closed(on: "2026-11-21..2026-11-22, 2026-11-24")
    #expect(!hours.holds(at: at(Self.saturday, 7)))
    #expect(!hours.holds(at: at(Self.saturday + 1, 7)))
    #expect(hours.holds(at: at(Self.saturday + 1, 10)))
    #expect(hours.holds(at: at(Self.saturday + 2, 7)))
    #expect(!hours.holds(at: at(Self.saturday + 3, 7)))
    #expect(throws: ScheduleFault.self) { try hours.closed(on: "someday") }
  }

  @Test("grace widens each span at both ends, also over midnight")
  func grace() {
    let hours = schedule("sat 00:05-00:10")
    #expect(hours?.holds(at: at(Self.saturday - 1, 23, 55), grace: 10) == true)
    #expect(hours?.holds(at: at(Self.saturday - 1, 23, 54), grace: 10) == false)
    #expect(hours?.holds(at: at(Self.saturday, 0, 19), grace: 10) == true)
    #expect(hours?.holds(at: at(Self.saturday, 0, 20), grace: 10) == false)
  }

  @Test(
    "a text that is no schedule is refused with the part that is wrong",
    arguments: [
      ("", "\"\": an entry is empty"),
      ("06:00-22:00,", "\"06:00-22:00,\": an entry is empty"),
      ("6:00-22:00", "\"6:00-22:00\": neither a day nor hours, as mon-fri and 06:00-22:00 are"),
      ("mon", "\"mon\": hours are missing, as in 06:00-22:00"),
      ("mon-", "\"mon-\": neither a day nor hours, as mon-fri and 06:00-22:00 are"),
      ("mon 06:00", "\"06:00\": neither a day nor hours, as mon-fri and 06:00-22:00 are"),
      (
        "mon 06:00-06:00",
        "\"06:00-06:00\": begins and ends at once; a whole day is 00:00-24:00"
      ),
      ("24:00-06:00", "\"24:00-06:00\": neither a day nor hours, as mon-fri and 06:00-22:00 are"),
      ("06:60-07:00", "\"06:60-07:00\": neither a day nor hours, as mon-fri and 06:00-22:00 are"),
      ("06:00-24:01", "\"06:00-24:01\": neither a day nor hours, as mon-fri and 06:00-22:00 are"),
      ("2026-02-30 closed", "\"2026-02-30\": no date, as 2026-10-01 is"),
      ("2026-10-01..2026-10-32 closed", "\"2026-10-01..2026-10-32\": no date, as 2026-10-01 is"),
      (
        "2026-10-02..2026-10-01 closed",
        "\"2026-10-02..2026-10-01\": a range of dates goes forward, for a year at most"
      ),
      ("2026-10-01", "\"2026-10-01\": hours are missing, as in 06:00-22:00"),
      ("2026-10-01 also", "\"2026-10-01 also\": hours are missing, as in 06:00-22:00"),
      (
        "2026-10-01 shut", "\"shut\": neither a day nor hours, as mon-fri and 06:00-22:00 are"
      ),
    ])
  func faults(_ text: String, _ message: String) {
    do throws(ScheduleFault) {
      _ = try Schedule(text: text)
      Issue.record("accepted")
    } catch {
      #expect(error.description == message)
    }
  }

  @Test("a schedule is bounded in its length and in its dates")
  func bounds() {
    let long = String(repeating: "mon 06:00-07:00,", count: 600) + "mon 08:00-09:00"
    #expect(throws: ScheduleFault.self) { try Schedule(text: long) }
    let dates = (2026...2029).map { "\($0)-01-01..\($0)-12-31 closed" }.joined(separator: ";")
    #expect(throws: ScheduleFault.self) { try Schedule(text: dates) }
  }

  @Test("the next change is the next minute at which something else holds")
  func nextChange() {
    let hours = Schedule.daily(from: 360, to: 1320)
    #expect(hours.minutesToChange(after: at(Self.saturday, 5)) == 60)
    #expect(hours.minutesToChange(after: at(Self.saturday, 6)) == 960)
    #expect(hours.minutesToChange(after: at(Self.saturday, 23)) == 420)
    #expect(Schedule.always.minutesToChange(after: at(Self.saturday, 5)) == nil)
    // Two spans that meet are one; a holiday's midnight ends what began before it.
    let met = schedule("06:00-08:00 08:00-10:00; 2026-11-22 closed; 2026-11-21 22:00-03:00")
    #expect(met?.minutesToChange(after: at(Self.saturday - 1, 7)) == 180)
    #expect(met?.minutesToChange(after: at(Self.saturday, 23)) == 60)
  }

  @Test("the next change agrees with looking at every minute", arguments: 0..<40)
  func changesAgree(seed: Int) {
    var dice = SeededGenerator(seed: UInt64(seed))
    let texts = [
      "mon-fri 06:00-12:00 13:00-22:00, sat 22:00-04:00", "20:00-02:00; 2026-11-22 closed",
      "06:00-08:00; 2026-11-21 also 23:00-01:00; 2026-11-22 closed", "sun 00:00-24:00", "never",
      "always; 2026-11-24 10:00-09:00",
    ]
    guard let text = texts.randomElement(using: &dice), let hours = schedule(text) else { return }
    let start = Int.random(in: 0..<3 * 1440, using: &dice)
    let time = { (ahead: Int) in
      LocalTime(day: Self.saturday + (start + ahead) / 1440, minute: (start + ahead) % 1440)
    }
    let now = hours.holds(at: time(0))
    let change = (1...1440).first { hours.holds(at: time($0)) != now }
    if let change { #expect(hours.minutesToChange(after: time(0)) == change, "\(text) \(start)") }
  }

  /// Europe/Berlin: an hour is left out on 2026-03-29 at 01:00 UTC, and comes twice on 2026-10-25.
  private func berlin(_ text: String, _ minutesOfDayUTC: Int) -> LocalTime {
    let day = CalendarDate(text: text)!.daysSince1970
    let spring = CalendarDate(text: "2026-03-29")!.daysSince1970 * 1440 + 60
    let autumn = CalendarDate(text: "2026-10-25")!.daysSince1970 * 1440 + 60
    let minute = day * 1440 + minutesOfDayUTC
    let offset = (spring..<autumn).contains(minute) ? 7200 : 3600
    return LocalTime(WallTime(seconds: Int64(minute) * 60), utcOffsetSeconds: offset)
  }

  @Test("where the clock jumps ahead inside a span, the span ends at its hour on the wall")
  func spring() {
    let hours = schedule("22:00-06:00")
    // 05:59 in summer time is 03:59 UTC; 06:00 is 04:00 UTC.
    #expect(hours?.holds(at: berlin("2026-03-29", 0)) == true)
    #expect(hours?.holds(at: berlin("2026-03-29", 60)) == true)
    #expect(hours?.holds(at: berlin("2026-03-29", 3 * 60 + 59)) == true)
    #expect(hours?.holds(at: berlin("2026-03-29", 4 * 60)) == false)
    // An end that the clock leaves out has passed when it has jumped.
    let short = schedule("01:00-02:30")
    #expect(short?.holds(at: berlin("2026-03-29", 59)) == true)
    #expect(short?.holds(at: berlin("2026-03-29", 60)) == false)
  }

  @Test("where an hour comes twice inside a span, the span lasts an hour longer")
  func autumn() {
    let hours = schedule("22:00-06:00")
    #expect(hours?.holds(at: berlin("2026-10-24", 19 * 60 + 59)) == false)
    #expect(hours?.holds(at: berlin("2026-10-24", 20 * 60)) == true)
    for minute in 0..<5 * 60 {
      #expect(hours?.holds(at: berlin("2026-10-25", minute)) == true)
    }
    #expect(hours?.holds(at: berlin("2026-10-25", 5 * 60)) == false)
  }
}
