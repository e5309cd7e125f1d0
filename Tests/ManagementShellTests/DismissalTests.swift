// What a station says fell without a hold, dismissed together, on each engine of the ledger.
import JSON
import Linux
import ManagementCore
import SQL
import SQLite
import StationProtocol
import TestBed
import Testing
import Time

@testable import ManagementShell

@Suite("Dismissals")
struct DismissalTests {
  private typealias Store = StoreContractTests
  private static let reason = "the login was stolen"

  /// Ends without a hold: three of the gate, of two members, and then one of the hall.
  private func tell(_ store: any ManagementStore) throws {
    try LedgerSample.fill(store, points: 100)
    for (seq, member) in [(11, 0), (21, 0), (31, 1)] as [(UInt64, Int)] {
      let exchange = LedgerSample.exchange(seq, member: LedgerSample.members[member])
      #expect(try LedgerSample.end(exchange, .dispensed, store) == [.withoutHold])
    }
    let other = LedgerSample.exchange(41, in: Store.other)
    let record = Store.record(.exchange(.ended(other, .dispensed)))
    _ = try store.store(
      [Store.batch(43, [record], of: Store.hall, in: Store.other)], at: Store.now)
  }

  private func dismiss(
    through: Int64, _ store: any ManagementStore, key: String, by actor: String = "li",
    upTo: Int64 = 500
  ) throws -> OrderOutcome {
    try store.carryOut(
      .dismiss(Store.gate, through: through, reason: Self.reason), key: try #require(OrderKey(key)),
      by: actor, aloneUpTo: upTo, at: Store.now)
  }

  /// - Parameter member: the number of the one whose they all are.
  private func sum(
    _ station: StationID, _ count: Int64, through: Int64, of member: Int? = nil
  ) -> UnprovenSum {
    UnprovenSum(
      station: station, count: count, points: 30 * count, through: through,
      member: member.map { LedgerSample.members[$0] })
  }

  @Test(
    "one order lets nobody pay for what one station told of, up to the last that was seen",
    arguments: Engine.allCases)
  func dismissed(engine: Engine) throws {
    let open = try engine.open()
    try tell(open.store)
    #expect(
      try open.store.unprovenSums()
        == [sum(Store.gate, 3, through: 3), sum(Store.hall, 1, through: 4, of: 0)])
    let done = OrderOutcome.done(OrderReceipt())
    #expect(try dismiss(through: 2, open.store, key: "one") == done)
    let store = try open.reopened()
    #expect(
      try store.unprovenSums()
        == [sum(Store.gate, 1, through: 3, of: 1), sum(Store.hall, 1, through: 4, of: 0)])
    #expect(try store.openHolds(after: 0, limit: 9).map(\.entry.id) == [3, 4])
    let entry = try #require(try store.exchange(LedgerSample.exchange(21).id))
    #expect(entry.state == .void)
    #expect(entry.resolution == LedgerExchange.Resolution(actor: "li", reason: Self.reason))
    #expect(try store.balance(of: LedgerSample.member) == 100)
    let line = try #require(try store.audit(of: nil, before: nil, limit: 1).first)
    #expect(line.action == .dismiss && line.actor == "li")
    #expect(
      line.contents
        == #"{"dismiss":2,"station":"gate-1","reason":"the login was stolen"}"#)
    // Once for its key, and nothing is left for another.
    #expect(try dismiss(through: 2, store, key: "one") == done)
    #expect(try dismiss(through: 2, store, key: "two") == .refused(.nothingUnproven))
    #expect(
      try LedgerSample.order(
        .resolve(LedgerSample.exchange(21).id, .post(nil), reason: "no"), store, key: "no")
        == .refused(.settled))
    #expect(try LedgerSample.end(LedgerSample.exchange(21), .dispensed, store).isEmpty)
    #expect(try store.proof(at: Store.now).isClean)
  }

  @Test(
    "a sum above what one person decides waits for another, and what comes meanwhile is not in it",
    arguments: Engine.allCases)
  func fourEyes(engine: Engine) throws {
    let open = try engine.open()
    try tell(open.store)
    let receipt = try dismiss(through: 3, open.store, key: "all", upTo: 89).receipt
    let id = try #require(receipt?.pending)
    let waiting = try #require(try open.store.pendingOrder(id))
    #expect(waiting.weight == OrderWeight(points: 90))
    var writer = JSONWriter()
    waiting.write(to: &writer)
    let json = String(decoding: writer.bytes, as: UTF8.self)
    #expect(json.contains(#""kind":"dismiss","member":null,"amount":90"#))
    #expect(json.contains(#""station":"gate-1","slot":null"#))
    #expect(
      try LedgerSample.end(LedgerSample.exchange(51), .dispensed, open.store) == [.withoutHold])
    let store = try open.reopened()
    #expect(try store.unprovenSums().first == sum(Store.gate, 4, through: 5))
    let approve = LedgerOrder.approve(pending: id)
    #expect(try LedgerSample.order(approve, store, key: "self") == .refused(.sameActor))
    try LedgerSample.rule(approve, store, key: "second")
    #expect(try store.unprovenSums().first == sum(Store.gate, 1, through: 5, of: 0))
    #expect(
      try store.exchange(LedgerSample.exchange(31).id)?.resolution?.actor == "rules")
    #expect(try store.proof(at: Store.now).isClean)
  }

  @Test(
    "what was dismissed alone counts with everything else of the day", arguments: Engine.allCases)
  func sums(engine: Engine) throws {
    let open = try engine.open()
    try tell(open.store)
    // 100 were granted by the same person; two exchanges of one member weigh 60 for him.
    #expect(try dismiss(through: 2, open.store, key: "many", upTo: 159).receipt?.pending == 1)
    #expect(
      try dismiss(through: 2, open.store, key: "two", by: "wang", upTo: 60).receipt?.pending == 2)
    let store = try open.reopened()
    #expect(
      try store.pendingOrder(2)?.weight == OrderWeight(points: 60, member: LedgerSample.member))
    #expect(try dismiss(through: 2, store, key: "three", upTo: 160).receipt?.pending == nil)
    #expect(try dismiss(through: 3, store, key: "four", upTo: 189).receipt?.pending == 3)
  }

  @Test("of ten thousand and one, one order dismisses ten thousand", arguments: Engine.allCases)
  func many(engine: Engine) throws {
    let open = try engine.open()
    try LedgerSample.fill(open.store, points: 100)
    let most = UnprovenSum.most
    let items = (1...UInt64(most) + 1).map { seq in
      Store.batch(
        seq, [Store.record(.exchange(.ended(LedgerSample.exchange(seq), .dispensed)))])
    }
    _ = try open.store.store(items, at: Store.now)
    #expect(try open.store.unprovenSums() == [sum(Store.gate, most, through: most, of: 0)])
    #expect(
      try dismiss(through: most + 1, open.store, key: "all", upTo: .max)
        == .refused(.tooManyExchanges))
    let start = Clock.now
    #expect(try dismiss(through: most, open.store, key: "most", upTo: .max).receipt != nil)
    print("\(engine.rawValue): \(most) exchanges were dismissed in \(Clock.now - start)")
    #expect(try open.store.unprovenSums() == [sum(Store.gate, 1, through: most + 1, of: 0)])
    #expect(try open.store.countHolds(olderThan: Store.now.wall).open == 1)
  }

  @Test("who did what before there were dismissals is kept, with its numbers")
  func migration() throws {
    let folder = try WorkFolder()
    let path = folder.file("m.sqlite")
    let old = try Database(path: path)
    try old.migrate(Array(Schema.migrations.prefix { $0.name != Schema.dismissal.name }))
    try old.execute(
      """
      INSERT INTO audit (id, at, actor, action, member, contents, pending)
      VALUES (7, 5, 'li', 'suspend', 'm-1', '{}', NULL), (9, 6, 'wang', 'grant', NULL, '{"a":1}', 3)
      """)
    old.close()
    let store = try SQLiteStore(path: path)
    try tell(store)
    #expect(try dismiss(through: 2, store, key: "one").receipt != nil)
    let lines = try store.audit(of: nil, before: 10, limit: 9)
    #expect(
      lines == [
        AuditEntry(
          id: 9, at: WallTime(milliseconds: 6), actor: "wang", .grant, contents: #"{"a":1}"#,
          pending: 3),
        AuditEntry(
          id: 7, at: WallTime(milliseconds: 5), actor: "li", .suspend, member: LedgerSample.member),
      ])
    #expect(try store.audit(of: LedgerSample.member, before: 10, limit: 9).map(\.id) == [7])
    #expect(try store.audit(of: nil, before: nil, limit: 1).map(\.action) == [.dismiss])
  }
}
