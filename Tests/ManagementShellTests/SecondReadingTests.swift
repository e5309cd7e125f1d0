// Records that a version could not read are read by the next one: once, in their place.
import ManagementCore
import StationProtocol
import TestBed
import Testing
import Time

@Suite("Quarantine that is read again")
struct SecondReadingTests {
  private typealias Store = StoreContractTests
  private static let yesterday = Store.now.wall + .seconds(-86_400)

  /// What an earlier version has made of these records.
  private static func kept(
    _ first: UInt64, _ records: [Record], reason: String = "byte 43: the value of \"kind\""
  ) -> InboundItem {
    .batch(
      InboundBatch(
        station: Store.gate, stream: Store.stream, first: first,
        contents: records.map { .unreadable(json: $0.json, reason: reason) },
        digest: PayloadDigest(high: 0, low: 0)))
  }

  private static func again(_ store: any ManagementStore) throws -> [InboundAgain] {
    try store.quarantine(after: 0, limit: 100).compactMap { InboundAgain($0) }
  }

  @Test(
    "a record takes the place that was kept for it, once, and its day counts it",
    arguments: Engine.allCases)
  func places(engine: Engine) throws {
    let open = try engine.open()
    let passage = Store.record(.occupancy(.passage(Store.door(), .inward, inside: 1)))
    let late = Store.record(
      .occupancy(.passage(Store.door(), .outward, inside: 0)), at: Self.yesterday)
    var before = Store.now
    before.wall = before.wall + .seconds(-60)
    #expect(
      try open.store.store([Self.kept(1, [passage, late])], at: before)[0].upto == 2)
    #expect(try open.store.events(after: 0, limit: 9).isEmpty)
    let rows = try Self.again(open.store)
    #expect(rows.map(\.seq) == [1, 2])
    let outcomes = try open.store.store(rows.map { .again($0) }, at: Store.now)
    #expect(outcomes.map(\.again) == rows.map(\.id))
    #expect(outcomes.allSatisfy { $0.stream == nil && $0.isClockTrusted == nil })
    // A second time, as after a crash between the two, nothing happens.
    #expect(
      try open.store.store(rows.map { .again($0) }, at: Store.now).allSatisfy { $0.events.isEmpty })
    let store = try open.reopened()
    let events = try store.events(after: 0, limit: 9)
    #expect(events.map(\.seq) == [1, 2])
    #expect(events.map(\.received) == [before.wall, before.wall])
    #expect(events.map(\.json) == [passage.json, late.json])
    let day = Store.now.localDay
    #expect(try store.counts(onDay: day)[Store.gate] == VisitCounts(entries: 1))
    #expect(try store.counts(onDay: day - 1)[Store.gate] == VisitCounts(exits: 1))
    #expect(try store.quarantine(before: nil, limit: 9).isEmpty)
    #expect(try Self.again(store).isEmpty)
    // The station sends them again: they are what stands there.
    let sent = Store.batch(1, [passage, late])
    #expect(try store.store([sent], at: Store.now)[0].conflict == nil)
    #expect(try store.events(after: 0, limit: 9).count == 2)
  }

  @Test("an exchange that ended so is settled, once", arguments: Engine.allCases)
  func ledger(engine: Engine) throws {
    let open = try engine.open()
    try LedgerSample.fill(open.store, points: 100)
    let exchange = LedgerSample.exchange(1)
    #expect(try LedgerSample.ask(exchange, open.store) == .held(balance: 70))
    let end = Store.record(.exchange(.ended(exchange, .dispensed)))
    _ = try open.store.store([Self.kept(2, [end])], at: Store.now)
    #expect(try open.store.balance(of: .station(Store.gate)) == 0)
    let rows = try Self.again(open.store).map { InboundItem.again($0) }
    for _ in 0..<2 { _ = try open.store.store(rows, at: Store.now) }
    let store = try open.reopened()
    #expect(try store.balance(of: .station(Store.gate)) == 30)
    #expect(try store.exchange(exchange.id)?.state == .posted(30))
    #expect(try store.proof(at: Store.now).isClean)
  }

  @Test("a gap and a measurement find their places too", arguments: Engine.allCases)
  func others(engine: Engine) throws {
    let open = try engine.open()
    let sensor = try #require(SensorID("room"))
    let measured = Store.record(
      .climate(
        .measured(
          Measurement(
            seconds: 60,
            values: [
              MeasuredValue(
                sensor: sensor, quantity: .temperature, count: 6,
                amount: .level(mean: 20_000, least: 19_000, most: 21_000))
            ]))))
    let gap = Store.record(.stream(.gap(from: 1, to: 4, reason: .full)))
    _ = try open.store.store([Self.kept(5, [gap, measured])], at: Store.now)
    let rows = try Self.again(open.store).map { InboundItem.again($0) }
    for _ in 0..<2 { _ = try open.store.store(rows, at: Store.now) }
    let store = try open.reopened()
    #expect(try store.events(after: 0, limit: 9).map(\.seq) == [5])
    #expect(try store.measured(of: Store.gate, hours: .min..<(.max)).count == 1)
    // The gap covers the numbers before it: a prefix without a hole ends at the last one.
    let next = Store.batch(7, [Store.record(.door(.closed(Store.door())))])
    #expect(try store.store([next], at: Store.now)[0].upto == 7)
  }

  @Test(
    "what is no record, stands where another one does, or is no kept end stays where it is",
    arguments: Engine.allCases)
  func stays(engine: Engine) throws {
    let open = try engine.open()
    let record = Store.record(.door(.closed(Store.door())))
    let other = Store.record(.door(.exitRequested(Store.door())))
    let items = [
      Store.batch(1, [record]), Store.batch(1, [other]),
      Self.kept(2, [record], reason: StoreReasons.notKept),
      .batch(
        InboundBatch(
          station: Store.gate, stream: Store.stream, first: 3,
          contents: [.unreadable(json: Array("{}".utf8), reason: "why")],
          digest: PayloadDigest(high: 0, low: 0))),
      .malformed(Store.gate, payload: record.json, reason: "out"),
    ]
    for item in items { _ = try open.store.store([item], at: Store.now) }
    #expect(try open.store.quarantine(after: 0, limit: 9).count == 4)
    #expect(try Self.again(open.store).isEmpty)
    // A place that was taken since.
    _ = try open.store.store([Self.kept(4, [other])], at: Store.now)
    let rows = try Self.again(open.store)
    #expect(rows.count == 1)
    _ = try open.store.store([Store.batch(4, [record])], at: Store.now)
    let outcome = try open.store.store(rows.map { .again($0) }, at: Store.now)[0]
    #expect(outcome.again == rows[0].id && outcome.events.isEmpty)
    #expect(try open.store.events(after: 0, limit: 9).map(\.seq) == [1, 4])
    #expect(try open.reopened().quarantine(after: 0, limit: 9).count == 5)
  }
}
