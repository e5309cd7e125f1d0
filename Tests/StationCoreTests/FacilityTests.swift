// Tests of what a facility decides: every key that the service may set, good and refused.
import Configuration
import StationProtocol
import Testing
import Time

@testable import StationCore

/// A key of the settings: a value that holds, what it changes, and one that is refused.
private struct KeyRow: Sendable {
  /// The section and the key, as in "entry capacity".
  let name: String
  let good: String
  let isThere: @Sendable (Facility) -> Bool
  let bad: String
  /// A part of the reason.
  let reason: String
}

private let room = SensorID("room")!
private let water = ArticleID("water")!

private func at(_ date: String, _ hour: Int) -> LocalTime {
  LocalTime(day: CalendarDate(text: date)!.daysSince1970, minute: hour * 60)
}

private let rows: [KeyRow] = [
  KeyRow(
    name: "entry longest-code-life", good: "[entry]\nlongest-code-life = 90 s",
    isThere: { $0.entry.code.longestLife == .seconds(90) },
    bad: "[entry]\nlongest-code-life = 0 s", reason: "expects a time from 1 s to 24 h"),
  KeyRow(
    name: "entry leeway", good: "[entry]\nleeway = 9 s",
    isThere: { $0.entry.code.leeway == .seconds(9) },
    bad: "[entry]\nleeway = 6 min", reason: "expects a time from 0 s to 5 min"),
  KeyRow(
    name: "entry opening-hours", good: "[entry]\nopening-hours = 08:00-10:00",
    isThere: {
      $0.entry.hours.holds(at: at("2026-11-20", 9))
        && !$0.entry.hours.holds(at: at("2026-11-20", 11))
    },
    bad: "[entry]\nopening-hours = 08:00-25:00", reason: "08:00-25:00"),
  KeyRow(
    name: "entry free-hours",
    good: "[entry]\nfree-hours = 12:00-13:00\n[access-point 1]\nprogram = schedule",
    isThere: { $0.entry.freeHours.holds(at: at("2026-11-20", 12)) },
    bad: "[entry]\nfree-hours = 12:00-13:00", reason: "no access point has a program"),
  KeyRow(
    name: "entry holidays", good: "[entry]\nholidays = 2026-11-20",
    isThere: { !$0.entry.hours.holds(at: at("2026-11-20", 9)) },
    bad: "[entry]\nholidays = 2026-13-20", reason: "holidays"),
  KeyRow(
    name: "entry capacity", good: "[entry]\ncapacity = 7",
    isThere: { $0.entry.capacity.most == 7 }, bad: "[entry]\ncapacity = 0",
    reason: "expects a number from 1 to 10000 people"),
  KeyRow(
    name: "entry capacity-rule", good: "[entry]\ncapacity-rule = soft",
    isThere: { $0.entry.capacity.rule == .soft }, bad: "[entry]\ncapacity-rule = none",
    reason: "expects one of hard, soft"),
  KeyRow(
    name: "entry capacity-first", good: "[entry]\ncapacity-first = 50",
    isThere: { $0.entry.capacity.first == 50 }, bad: "[entry]\ncapacity-first = 96",
    reason: "the first alarm comes before the second"),
  KeyRow(
    name: "entry capacity-second", good: "[entry]\ncapacity-second = 90",
    isThere: { $0.entry.capacity.second == 90 }, bad: "[entry]\ncapacity-second = 101",
    reason: "expects a number from 1 to 100 %"),
  KeyRow(
    name: "entry reservation", good: "[entry]\nreservation = required",
    isThere: { $0.entry.reservation == .required(graceMinutes: 10) },
    bad: "[entry]\nreservation = yes", reason: "expects one of off, required"),
  KeyRow(
    name: "entry reservation-grace",
    good: "[entry]\nreservation = required\nreservation-grace = 30 min",
    isThere: { $0.entry.reservation == .required(graceMinutes: 30) },
    bad: "[entry]\nreservation-grace = 3 h", reason: "expects a time from 0 s to 2 h"),
  KeyRow(
    name: "entry anti-passback", good: "[entry]\nanti-passback = hard",
    isThere: { $0.entry.antiPassback == .hard }, bad: "[entry]\nanti-passback = always",
    reason: "expects one of off, soft, hard, timed"),
  KeyRow(
    name: "entry anti-passback-time",
    good: "[entry]\nanti-passback = timed\nanti-passback-time = 2 min",
    isThere: { $0.entry.antiPassback == .timed(.seconds(120)) },
    bad: "[entry]\nanti-passback-time = 1 s", reason: "expects a time from 10 s to 24 h"),
  KeyRow(
    name: "entry uplink-lost",
    // The lock of the second door is rated for pulses: nobody may hold it released.
    good: "[entry]\nuplink-lost = codes", isThere: { $0.entry.uplink == .codes },
    bad: "[entry]\nuplink-lost = free", reason: "rated for pulses"),
  KeyRow(
    name: "entry uplink-lost-after", good: "[entry]\nuplink-lost-after = 1 h",
    isThere: { $0.entry.uplink == .codes }, bad: "[entry]\nuplink-lost-after = 5 s",
    reason: "expects a time from 1 min to 24 h"),
  KeyRow(
    name: "access-point program", good: "[access-point 1]\nprogram = free",
    isThere: { $0.entry.program(of: 1) == .free }, bad: "[access-point 2]\nprogram = free",
    reason: "rated for pulses"),
  KeyRow(
    name: "access-point held-open-time", good: "[access-point 1]\nheld-open-time = 45 s",
    isThere: { $0.heldOpen[1]?.usual == .seconds(45) },
    bad: "[access-point 1]\nheld-open-time = 5 s", reason: "still released"),
  KeyRow(
    name: "access-point extended-held-open-time",
    good: "[access-point 2]\nextended-held-open-time = 2 min",
    isThere: { $0.heldOpen[2]?.extended == .seconds(120) },
    bad: "[access-point 2]\nextended-held-open-time = 2 h",
    reason: "expects a time from 1 s to 1 h"),
  KeyRow(
    name: "access-point held-open-warning", good: "[access-point 1]\nheld-open-warning = 3 s",
    isThere: { $0.heldOpen[1]?.warning == .seconds(3) },
    bad: "[access-point 3]\nheld-open-warning = 3 s", reason: "the board has no [access-point 3]"),
  KeyRow(
    name: "machine session", good: "[machine]\nsession = 30 s",
    isThere: { $0.goods.session == .seconds(30) }, bad: "[machine]\nsession = 1 s",
    reason: "expects a time from 15 s to 2 min"),
  KeyRow(
    name: "article chinese", good: "[article water]\nchinese = 水\nenglish = Water",
    isThere: { $0.goods.labels.articles[water]?.chinese == "水" },
    bad: "[article water]\nenglish = Water", reason: "lacks its key \"chinese\""),
  KeyRow(
    name: "article english", good: "[article water]\nchinese = 水\nenglish = Spring water",
    isThere: { $0.goods.labels.articles[water]?.english == "Spring water" },
    bad: "[article tea]\nchinese = 茶\nenglish = Tea", reason: "there is no [article water]"),
  KeyRow(
    name: "slot article", good: "[slot 2]\narticle = water\nprice = 6",
    isThere: { $0.goods.slots.map(\.slot.number) == [2] },
    bad: "[slot 2]\narticle = tea\nprice = 6", reason: "there is no [article tea]"),
  KeyRow(
    name: "slot price", good: "[slot 1]\narticle = water\nprice = 6",
    isThere: { $0.goods.slots.map(\.price.number) == [6] },
    bad: "[slot 1]\narticle = water\nprice = 0", reason: "expects a number from 1 to"),
  KeyRow(
    name: "slot capacity", good: "[slot 1]\narticle = water\nprice = 6\ncapacity = 3",
    isThere: { $0.goods.slots.map(\.capacity) == [3] },
    bad: "[slot 81]\narticle = water\nprice = 6\ncapacity = 3", reason: "\"81\" is no number"),
  KeyRow(
    name: "screen notice-chinese",
    good: "[screen]\nnotice-chinese = 停水\nnotice-english = No water",
    isThere: { $0.goods.labels.notice?.chinese == "停水" },
    bad: "[screen]\nnotice-english = No water", reason: "a notice needs"),
  KeyRow(
    name: "screen notice-english",
    good: "[screen]\nnotice-chinese = 停水\nnotice-english = No water",
    isThere: { $0.goods.labels.notice?.english == "No water" },
    bad: "[screen]\nnotice-chinese = 停水", reason: "a notice needs"),
  KeyRow(
    name: "measurements record-interval", good: "[measurements]\nrecord-interval = 5 min",
    isThere: { $0.recordInterval == .seconds(300) },
    bad: "[measurements]\nrecord-interval = 1 s", reason: "expects a time from 5 s to 15 min"),
  KeyRow(
    name: "thermometer too-cold", good: "[thermometer room]\ntoo-cold = 8",
    isThere: { $0.limits[room]?.first?.low?.value == 8000 },
    bad: "[thermometer room]\ntoo-cold = 61", reason: "expects a number from -40 to 60"),
  KeyRow(
    name: "thermometer too-hot", good: "[thermometer room]\ntoo-hot = 30",
    isThere: { $0.limits[room]?.first?.high?.value == 30_000 },
    bad: "[thermometer room]\ntoo-hot = 6", reason: "is not more than 2 °C above"),
  KeyRow(
    name: "thermometer stale-air", good: "[thermometer room]\nstale-air = 1200",
    isThere: { limits in limits.limits[room]?.contains { $0.high?.value == 1200 } == true },
    bad: "[thermometer roof]\nstale-air = 1200", reason: "the board has no [thermometer roof]"),
  KeyRow(
    name: "thermometer dusty-air", good: "[thermometer room]\ndusty-air = 80",
    isThere: { limits in limits.limits[room]?.contains { $0.high?.value == 80 } == true },
    bad: "[thermometer room]\ndusty-air = 1", reason: "expects a number from 35 to 1000"),
  KeyRow(
    name: "thermometer alarm-delay", good: "[thermometer room]\nalarm-delay = 1 min",
    isThere: { $0.limits[room]?.first?.delay == .seconds(60) },
    bad: "[thermometer room]\nalarm-delay = 2 days", reason: "expects a time from 0 s to 24 h"),
]

@Suite("What a facility decides")
struct FacilityTests {
  @Test("every key that the service may set has a row here")
  func everyKey() {
    let keys = ServiceKeys.table.sections.flatMap { section in
      section.keys.map { "\(section.name) \($0.name)" }
    }
    #expect(rows.map(\.name).sorted() == keys.sorted())
    #expect(ServiceKeys.table.sections.allSatisfy { $0.keys.allSatisfy { $0.setter != nil } })
  }

  @Test(
    "a value of the service goes before the file, and one that is wrong is refused with a reason")
  func eachKey() {
    let book = SettingsStory.book()
    for row in rows {
      switch book.facility(with: SettingsStory.sections(row.good)) {
      case .facility(let facility): #expect(row.isThere(facility), "\(row.name)")
      case .problems(let problems): Issue.record("\(row.name): \(problems)")
      }
      switch book.facility(with: SettingsStory.sections(row.bad)) {
      case .facility: Issue.record("\(row.name): \(row.bad) was accepted")
      case .problems(let problems):
        #expect(problems.contains { $0.message.contains(row.reason) }, "\(row.name): \(problems)")
      }
    }
  }

  @Test("every problem is told in one round, each with its place and who wrote it")
  func places() {
    let book = SettingsStory.book()
    let outcome = book.facility(
      with: SettingsStory.sections(
        "[entry]\ncapacity = none\nlock = open\n[slot 1]\narticle = tea\nprice = x"))
    guard case .problems(let problems) = outcome else {
      Issue.record("accepted")
      return
    }
    let places = problems.map { problem in
      "\(problem.place?.section ?? "") \(problem.place?.argument ?? "-") \(problem.place?.key ?? "-")"
    }
    #expect(places == ["entry - capacity", "entry - lock", "slot 1 price"])
    #expect(problems.allSatisfy { $0.place?.source == .settings })
    // A problem that a value of the file has beside one of the service.
    guard
      case .problems(let both) = book.facility(
        with: SettingsStory.sections("[thermometer room]\ntoo-hot = 6"))
    else {
      Issue.record("accepted")
      return
    }
    #expect(both.map(\.place?.key) == ["too-hot"])
  }

  @Test("a value that no file could hold is refused")
  func hidden() {
    let screen = SettingsWord("screen")!
    for (text, reason) in [
      ("停水\u{200B}", "which nobody would see"), ("停\n水", "which nobody would see"),
      (" 停水", "begins or ends with a space"), ("停水\u{3000}", "begins or ends with a space"),
    ] {
      let section = SettingsSection(
        screen, nil,
        [
          SettingsSection.Value(SettingsWord("notice-chinese")!, text),
          SettingsSection.Value(SettingsWord("notice-english")!, "No water"),
        ])
      guard case .problems(let problems) = SettingsStory.book().facility(with: [section]) else {
        Issue.record("\(text) was accepted")
        continue
      }
      #expect(problems.contains { $0.message.contains(reason) }, "\(problems)")
    }
  }

  @Test("an empty value takes out what the file has, and a list stands for the whole of the file's")
  func replaced() {
    let book = SettingsStory.book()
    var sections = SettingsStory.sections("[slot 7]\narticle = water\nprice = 9")
    sections.append(
      SettingsSection(
        SettingsWord("entry")!, nil, [SettingsSection.Value(SettingsWord("capacity")!, "")]))
    guard case .facility(let facility) = book.facility(with: sections) else {
      Issue.record("refused")
      return
    }
    #expect(facility.entry.capacity.most == nil)
    #expect(facility.goods.slots.map(\.slot.number) == [7])
    #expect(facility.goods.labels.articles[water]?.chinese == "矿泉水")
    let overlay = book.overlay(with: sections)
    let sources = overlay.places.filter { $0.key != nil }.map { place in
      "\(place.section) \(place.key ?? "") \(place.source == .settings ? "service" : "file")"
    }
    #expect(
      sources == [
        "entry opening-hours file", "access-point program file", "article chinese file",
        "article english file", "thermometer too-cold file", "slot article service",
        "slot price service",
      ])
  }
}
