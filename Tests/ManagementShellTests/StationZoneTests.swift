// By which day records and limits count, on both engines: by that of the station's place.
import Linux
import ManagementCore
import StationProtocol
import Testing
import Time

@Suite("Zones of stations")
struct StationZoneTests {
  @Test("records count for the station's own day, past ones too", arguments: Engine.allCases)
  func zones(engine: Engine) throws {
    let open = try engine.open()
    let berlin = try #require(ZoneName("Europe/Berlin"))
    // 1 April 2026, 10:00 UTC; the service stands in UTC.
    let asked = Now(instant: StoreContractTests.now.instant, wall: WallTime(seconds: 1_775_037_600))
    func passage(_ seconds: Int64) -> Record {
      Record(
        at: WallTime(seconds: seconds), isTrusted: true,
        body: .occupancy(.passage(StoreContractTests.door(), .inward, inside: 1)))
    }
    // 23:30 UTC on 28 March is 00:30 of the 29th there; 22:30 on the 29th is 00:30 of the 30th.
    let records = [passage(1_774_740_600), passage(1_774_823_400)]
    let outcomes = try open.store.store(
      [.zone(StoreContractTests.gate, berlin), StoreContractTests.batch(1, records)], at: asked)
    #expect(outcomes[0].zone?.name == berlin)
    let store = try open.reopened()
    let day = 1_774_740_600 / 86_400
    #expect(try store.counts(onDay: day)[StoreContractTests.gate] == nil)
    #expect(try store.counts(onDay: day + 1)[StoreContractTests.gate]?.entries == 1)
    #expect(try store.counts(onDay: day + 2)[StoreContractTests.gate]?.entries == 1)
    #expect(try store.stations().map(\.zone?.name) == [berlin])
    // What a person sets counts above what the station says, from then on.
    let shanghai = try #require(ZoneName("Asia/Shanghai"))
    try store.setZone(shanghai, of: StoreContractTests.gate, by: "li", at: asked)
    let said = try open.store.store([.zone(StoreContractTests.gate, berlin)], at: asked)
    #expect(said[0].zone?.name == shanghai)
    try store.setZone(nil, of: StoreContractTests.gate, by: "li", at: asked)
    #expect(try open.reopened().stations().map(\.zone?.name) == [berlin])
  }

  @Test(
    "records count by the zone that was set last, through whatever connection",
    arguments: Engine.allCases)
  func zoneSetMeanwhile(engine: Engine) throws {
    let open = try engine.open()
    let shanghai = try #require(ZoneName("Asia/Shanghai"))
    // 23:30 UTC on 28 March is 07:30 of the 29th in Shanghai.
    let late = Record(
      at: WallTime(seconds: 1_774_740_600), isTrusted: true,
      body: .occupancy(.passage(StoreContractTests.door(), .inward, inside: 1)))
    let day = 1_774_740_600 / 86_400
    // The service stands in UTC.
    let now = Now(instant: StoreContractTests.now.instant, wall: WallTime(seconds: 1_775_037_600))
    func days(_ seq: UInt64) throws -> [Int] {
      let outcomes = try open.store.store([StoreContractTests.batch(seq, [late])], at: now)
      return outcomes.flatMap { $0.visits.map(\.day) }
    }
    #expect(try days(1) == [day])
    try open.store.setZone(
      shanghai, of: StoreContractTests.gate, by: "li", at: StoreContractTests.now)
    #expect(try days(2) == [day + 1])
    try open.store.setZone(nil, of: StoreContractTests.gate, by: "li", at: StoreContractTests.now)
    #expect(try days(3) == [day])
    try open.store.setZone(
      shanghai, of: StoreContractTests.gate, by: "li", at: StoreContractTests.now)
    #expect(try days(4) == [day + 1])
    let said = try open.store.store(
      [.zone(StoreContractTests.gate, try #require(ZoneName("Europe/Berlin")))],
      at: StoreContractTests.now)
    #expect(said[0].zone?.name == shanghai)
    #expect(try days(5) == [day + 1])
  }

  @Test("a member's limits go by the day of the station's place", arguments: Engine.allCases)
  func limitsByDay(engine: Engine) throws {
    let open = try engine.open()
    try LedgerSample.fill(open.store, points: 500)
    try LedgerSample.rule(.limits(ExchangeLimits(perDay: 1)), open.store, key: "one")
    let shanghai = try #require(ZoneName("Asia/Shanghai"))
    // 15:30 UTC is 23:30 there, 16:30 is 00:30 of the next day.
    let evening = Now(
      instant: StoreContractTests.now.instant, wall: WallTime(seconds: 1_795_015_800))
    var night = evening
    night.wall = night.wall + .seconds(3600)
    func ask(_ seq: UInt64, _ now: Now) throws -> StationReply.Answer? {
      try open.store.store([LedgerSample.request(LedgerSample.exchange(seq))], at: now)[0]
        .answer?.reply.answer
    }
    _ = try open.store.store([.zone(StoreContractTests.gate, shanghai)], at: evening)
    #expect(try ask(1, evening) == .held(balance: 470))
    #expect(try ask(2, evening) == .refused(.dailyLimit, balance: 470))
    #expect(try ask(3, night) == .held(balance: 440))
    let day = Zone(utcOffsetSeconds: 8 * 3600).localDay(of: evening.wall)
    let entries = try [1, 3].map { try open.store.exchange(LedgerSample.exchange($0).id)?.day }
    #expect(entries == [day, day + 1])
  }
}
