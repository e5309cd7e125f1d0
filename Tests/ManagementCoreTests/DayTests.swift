// What is counted today: by whose clock, across restarts, and when the day ends.
import ManagementCore
import StationProtocol
import Testing
import Time

@Suite("Counts of the day")
struct DayTests {
  @Test("entries, exits, grants and refusals are counted, and nothing else")
  func counts() throws {
    let scenario = ManagementScenario()
    let bodies: [Record.Body] = [
      .occupancy(.passage(door, .inward, inside: 1)),
      .occupancy(.passage(door, .inward, inside: 2)),
      .occupancy(.passage(door, .outward, inside: 1)),
      .occupancy(.passage(door, .turnBack, inside: 1)),
      .occupancy(.passage(door, .ambiguous, inside: 1)),
      .entry(.granted(door, member: Names.member("m"), .code(code))),
      .entry(.refused(door, reason: .expired, member: nil, .code(code))),
      .entry(.refusalsCounted(door, count: 40)), .door(.closed(door)),
    ]
    _ = scenario.deliver(batch(1, bodies.map { scenario.record($0) }), from: gate)
    let expected = VisitCounts(entries: 2, exits: 1, granted: 1, refused: 41)
    #expect(try scenario.view.today == expected)
    scenario.restart()
    #expect(try scenario.view.today == expected)
  }

  @Test("a record counts for the day of its own clock, or of its arrival where that is no clock")
  func whichDay() throws {
    let scenario = ManagementScenario()
    var yesterday = scenario.record(.occupancy(.passage(door, .inward, inside: 1)))
    yesterday.at = WallTime(milliseconds: yesterday.at.milliseconds - 86_400_000)
    var unset = scenario.record(.occupancy(.passage(door, .inward, inside: 2)), isTrusted: false)
    unset.at = WallTime(seconds: 100)
    _ = scenario.deliver(batch(1, [yesterday, unset]), from: gate)
    #expect(try scenario.view.today.entries == 1)
    let before = scenario.store.counts(onDay: scenario.now.localDay - 1)
    #expect(before[gate]?.entries == 1)
  }

  @Test("at midnight every station is announced with counts that begin anew")
  func midnight() throws {
    let scenario = ManagementScenario()
    let passage = scenario.record(.occupancy(.passage(door, .inward, inside: 1)))
    _ = scenario.deliver(batch(1, [passage]), from: gate)
    var turns = 0
    while try scenario.view.today.entries == 1 {
      let next = Management.nextDay(after: scenario.now)
      #expect(next > scenario.now.instant)
      scenario.advance(next - scenario.now.instant)
      turns += 1
      try #require(turns <= 97)
    }
    #expect(scenario.now.localMinute == 0)
    #expect(scenario.handle(.dayBegan) == [.announce(gate)])
    #expect(try scenario.view.today == VisitCounts())
  }

  @Test("a passage that a station's clock puts into tomorrow is counted when tomorrow has come")
  func aheadOfMidnight() throws {
    let scenario = ManagementScenario()
    let untilMidnight = Int64(1440 - scenario.now.localMinute) * 60
    scenario.advance(.seconds(untilMidnight) - .seconds(1))
    let today = scenario.now.localDay
    var early = scenario.record(.occupancy(.passage(door, .inward, inside: 1)))
    early.at = early.at + .seconds(2)
    _ = scenario.deliver(batch(1, [early]), from: gate)
    #expect(try scenario.view.today.entries == 0)
    scenario.advance(.seconds(2))
    #expect(scenario.now.localDay == today + 1)
    #expect(try scenario.view.today.entries == 1)
    #expect(scenario.store.counts(onDay: today + 1)[gate]?.entries == 1)
  }

  @Test("what has no clock and is stored before midnight does not count for the day after")
  func storedBeforeMidnight() throws {
    let scenario = ManagementScenario()
    let untilMidnight = Int64(1440 - scenario.now.localMinute) * 60
    scenario.advance(.seconds(untilMidnight) - .seconds(1))
    let passage = scenario.record(.occupancy(.passage(door, .inward, inside: 1)), isTrusted: false)
    let items = scenario.hear(.out(gate), batch(1, [passage]).json).compactMap {
      if case .store(let item) = $0 { item } else { nil as InboundItem? }
    }
    let outcomes = scenario.store.store(items, at: scenario.now)
    scenario.advance(.seconds(2))
    _ = scenario.handle(.stored(outcomes))
    #expect(try scenario.view.today.entries == 0)
  }

  @Test("today is the station's own: what was yesterday there does not count")
  func otherZone() throws {
    let scenario = ManagementScenario(zones: [Names.shanghai])
    _ = scenario.commit(scenario.birth(session(stream, 1), zone: Names.shanghai.name))
    // 07:30 in Shanghai is 23:30 of the day before in UTC, where the service stands.
    let day = scenario.now.localDay + 1
    scenario.advance(WallTime(seconds: Int64(day) * 86_400 - 1800) - scenario.now.wall)
    let passages = (0..<Int64(12)).map { number -> Record in
      var passage = scenario.record(.occupancy(.passage(door, .inward, inside: number + 1)))
      // Ten at 23:50 and two at 00:10 there.
      passage.at = passage.at + .seconds(number < 10 ? -27_600 : -26_400)
      return passage
    }
    _ = scenario.deliver(batch(1, passages), from: gate)
    #expect(try scenario.view.today.entries == 2)
    #expect(try scenario.view.life.zone?.name?.text == "Asia/Shanghai")
    scenario.restart()
    #expect(try scenario.view.today.entries == 2)
    #expect(scenario.store.counts(onDay: day - 1)[gate]?.entries == 10)
  }

  @Test("a day ends at the station's midnight, and the service says so then")
  func ownMidnight() throws {
    let scenario = ManagementScenario(zones: [Names.shanghai])
    _ = scenario.commit(scenario.birth(session(stream, 1), zone: Names.shanghai.name))
    let passage = scenario.record(.occupancy(.passage(door, .inward, inside: 1)))
    _ = scenario.deliver(batch(1, [passage]), from: gate)
    var list = StationList()
    var announced: [WallTime] = []
    for _ in 0..<96 {
      let next = Management.nextDay(after: scenario.now)
      scenario.advance(next - scenario.now.instant)
      let isMidnight = scenario.now.localMinute == 0
      let effects = scenario.handle(isMidnight ? .dayBegan : .hourPassed)
      if !isMidnight, !effects.isEmpty { announced.append(scenario.now.wall) }
      let shown = String(
        decoding: list.json(of: scenario.management, at: scenario.now), as: UTF8.self)
      #expect(shown.contains(announced.isEmpty ? "\"entries\":1" : "\"entries\":0"))
    }
    #expect(announced.count == 1)
    let shanghai = Zone(utcOffsetSeconds: 8 * 3600)
    let begun = try #require(announced.first)
    #expect(shanghai.beginning(ofDay: shanghai.localDay(of: begun)) == begun)
  }

  @Test("a person sets another zone than the station says, and takes it back")
  func zoneSet() throws {
    let scenario = ManagementScenario(zones: [Names.shanghai])
    func set(_ name: ZoneName?) throws {
      scenario.store.setZone(name, of: gate, by: "li", at: scenario.now)
      let all = scenario.store.stations()
      _ = scenario.handle(.stationNamed(try #require(all.first { $0.id == gate })))
    }
    try set(Names.shanghai.name)
    #expect(try scenario.view.life.zone == Names.shanghai)
    // A name that no tz database here has changes nothing.
    _ = scenario.commit(scenario.birth(session(stream, 1), zone: ZoneName("Mars/Base")))
    #expect(try scenario.view.life.zone == Names.shanghai)
    try set(nil)
    #expect(try scenario.view.life.zone == nil)
    #expect(scenario.store.audit(of: nil, before: nil, limit: 9).map(\.action) == [.zone, .zone])
  }

  @Test("whether the clock is set is what the station said last")
  func clock() throws {
    let scenario = ManagementScenario()
    _ = scenario.birth(session(stream, 1))
    #expect(try scenario.view.life.isClockTrusted == true)
    let untrusted = scenario.record(.door(.closed(door)), isTrusted: false)
    #expect(
      scenario.deliver(batch(1, [untrusted]), from: gate) == [acknowledged(1), .announce(gate)])
    #expect(try scenario.view.life.isClockTrusted == false)
  }
}
