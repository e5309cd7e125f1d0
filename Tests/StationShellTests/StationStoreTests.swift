// The station's store on real SQLite files: what it remembers, and what it does not believe.
import Foundation
import SQL
import SQLite
import StationCore
import StationProtocol
import TestBed
import Testing
import Time

@testable import StationShell

@Suite("Station store")
struct StationStoreTests {
  let folder: WorkFolder
  let path: String

  init() throws {
    folder = try WorkFolder()
    path = folder.file("station.sqlite")
  }

  @Test("boots are counted, and the way it ended is known")
  func boots() throws {
    var (store, recovered) = try open()
    #expect(recovered.ending == .newStore)
    #expect(recovered.boot == 1)
    #expect(recovered.stream == StreamID(bits: 77))
    try store.close()
    (store, recovered) = try open(fresh: 78)
    #expect(recovered.ending == .clean)
    #expect(recovered.boot == 2)
    #expect(recovered.stream == StreamID(bits: 77))
    store.abandon()
    (store, recovered) = try open()
    #expect(recovered.ending == .unclean)
    #expect(recovered.boot == 3)
    store.abandon()
  }

  @Test("marks, totals and the last trusted time come back as they were written")
  func recovery() throws {
    var (store, recovered) = try open()
    let marks = (1...3).map {
      ReplayMark(
        code: CodeDigest(high: UInt64($0), low: 9), until: WallTime(seconds: Int64($0) * 1000))
    }
    let totals = OccupancyTotals(entered: 7, left: 4, corrections: -1, refused: 5)
    let day = DayBook(
      tally: OccupancyDay(
        day: 0, entered: 1, left: 2, turnBacks: 3, ambiguous: 4, tailgates: 5, refused: 6,
        underflows: 7, residual: -8, exitResets: 9, cycleResets: 10), day: 20_000, closed: 19_999)
    var changes = marks.map { RecoveryChange.mark($0, forgetting: WallTime(seconds: 0)) }
    changes += [
      .totals(totals), .day(day), .lastTrusted(WallTime(milliseconds: 1_700_000_000_123)),
      .latch(.fire, isSet: true), .latch(.fire, isSet: true), .latch(.emergency, isSet: true),
    ]
    try store.commit(batch([entry(1, changes: changes)]))
    store.abandon()
    (store, recovered) = try open()
    #expect(recovered.marks == marks)
    #expect(recovered.totals == totals)
    #expect(recovered.day == day)
    #expect(recovered.lastTrusted == WallTime(milliseconds: 1_700_000_000_123))
    #expect(recovered.latches == [.emergency, .fire])
    #expect(recovered.next == 2)
    // The same mark again, later, and what has ended goes.
    let later = ReplayMark(code: marks[2].code, until: WallTime(seconds: 9000))
    try store.commit(
      batch([
        entry(
          2,
          changes: [
            .mark(later, forgetting: WallTime(seconds: 2500)), .latch(.fire, isSet: false),
          ])
      ]))
    store.abandon()
    (store, recovered) = try open()
    #expect(recovered.marks == [later])
    #expect(recovered.latches == [.emergency])
    store.abandon()
  }

  @Test("wrong PINs and cards are kept until they are forgiven, and survive an unclean end")
  func guesses() throws {
    var (store, recovered) = try open()
    let memory = GuessMemory(debt: .seconds(3600), pauses: 2, held: .milliseconds(1500))
    let number = GuessKey.number(TypedNumber(bits: .max))
    let reader = GuessKey.reader(try #require(AccessPointID(2)))
    var batch = StationStore.Batch()
    batch.operations = [
      .remember([
        .guess(.bucket(reader, memory)), .guess(.bucket(number, memory)),
        .guess(.times([.seconds(9), .seconds(1)])), .guess(.times([.seconds(10), .seconds(2)])),
      ])
    ]
    try store.commit(batch)
    store.abandon()
    (store, recovered) = try open()
    #expect(
      recovered.guesses == [
        .bucket(number, memory), .bucket(reader, memory), .times([.seconds(10), .seconds(2)]),
      ])
    batch.operations = [.remember([.guess(.bucket(number, nil))])]
    try store.commit(batch)
    store.abandon()
    (store, recovered) = try open()
    #expect(
      recovered.guesses == [.bucket(reader, memory), .times([.seconds(10), .seconds(2)])])
    store.abandon()
  }

  @Test(
    "typed codes are kept with their uses, survive an unclean end, and a spoilt row opens nothing")
  func typedCodes() throws {
    var (store, recovered) = try open()
    let point = try #require(AccessPointID(2))
    let hash = try #require(TypedCodeHash((0..<32).map { UInt8(200 + $0) }))
    func kept(_ id: String, used: Int64 = 0) throws -> KeptCode {
      KeptCode(
        TypedCode(
          try #require(TypedCodeID(id)), hash, from: WallTime(milliseconds: 1),
          until: WallTime(milliseconds: 2_000_000_000_000), uses: 100), used: used)
    }
    let grant = entry(
      1, changes: [.typedCode(point, .kept(try kept("b", used: 7)))])
    var first = batch([grant])
    first.operations.insert(
      .remember([
        .typedCode(point, .kept(try kept("b"))), .typedCode(point, .kept(try kept("a"))),
        .typedCode(point, .kept(try kept("c"))),
        .typedCode(point, .removed(try kept("c").code.id)),
        .typedCode(AccessPointID.all[0], .kept(try kept("a"))),
        .typedCode(AccessPointID.all[0], .cleared),
      ]), at: 0)
    try store.commit(first)
    store.abandon()
    (store, recovered) = try open()
    let left = [PooledCode(point, try kept("a")), PooledCode(point, try kept("b", used: 7))]
    #expect(recovered.typedCodes == left)
    for spoilt in ["hash = upper(hash)", "ends = -1"] {
      try store.database.execute("UPDATE typed_code SET \(spoilt) WHERE id = 'a'")
      store.abandon()
      (store, recovered) = try open()
      #expect(recovered.typedCodes.map(\.kept.code.id.text) == ["b"])
    }
    store.abandon()
  }

  @Test("the mark of the clock is kept beside the last trusted time, and is the same by default")
  func clockMark() throws {
    let (early, late) = (WallTime(seconds: 1_700_000_000), WallTime(seconds: 1_700_086_400))
    for (changes, mark) in [
      ([.lastTrusted(late)], late), ([.lastTrusted(late), .clockMark(early)], early),
      ([.lastTrusted(late), .clockMark(nil)], nil),
      ([.lastTrusted(late), .lastTrusted(early)], early),
    ] as [([RecoveryChange], WallTime?)] {
      var (store, recovered) = try open()
      var batch = StationStore.Batch()
      batch.operations = [.remember(changes)]
      try store.commit(batch)
      store.abandon()
      (store, recovered) = try open()
      #expect(recovered.clockMark == mark)
      store.abandon()
    }
  }

  @Test("a number is never used again, even when every row was trimmed")
  func trimming() throws {
    var (store, recovered) = try open()
    try store.commit(batch((1...5).map { entry($0) }))
    try store.commit(batch([], trim: 3))
    #expect(try store.records(in: 1...5).first == 4)
    try store.close()
    (store, recovered) = try open()
    #expect(recovered.floor == 4)
    #expect(recovered.next == 6)
    try store.commit(batch([], trim: 5))
    try store.commit(batch([], trim: 2))
    store.abandon()
    (store, recovered) = try open()
    #expect(recovered.floor == 6)
    #expect(recovered.next == 6)
    store.abandon()
  }

  @Test("a new stream takes the rows that are left, under numbers from one, and boots count anew")
  func renewal() throws {
    var (store, recovered) = try open()
    store.abandon()
    (store, recovered) = try open()
    let records = (1...6).map { entry($0) }
    try store.commit(batch(records, trim: 2))
    #expect(try store.renew(as: StreamID(bits: 99)) == 4)
    #expect(store.stream == StreamID(bits: 99))
    let (first, rows) = try store.records(in: 1...4)
    #expect(first == 1)
    #expect(rows == records.suffix(4).map(\.record.json))
    try store.commit(batch([entry(5)], trim: 1))
    store.abandon()
    (store, recovered) = try open()
    #expect(recovered.stream == StreamID(bits: 99))
    #expect((recovered.boot, recovered.floor, recovered.next) == (2, 2, 6))
    try store.commit(batch([], trim: 5))
    // With nothing left, and twice.
    #expect(try store.renew(as: StreamID(bits: 100)) == 0)
    #expect(try store.renew(as: StreamID(bits: 101)) == 0)
    try store.commit(batch([entry(1)]))
    store.abandon()
    (store, recovered) = try open()
    #expect((recovered.boot, recovered.floor, recovered.next) == (2, 1, 2))
    #expect(try store.records(in: 1...1).rows == [entry(1).record.json])
    store.abandon()
  }

  @Test("ends are kept with the deletion of their rows, for 30 days, and no more than the most")
  func keptEnds() throws {
    func end(_ seq: UInt64) -> KeptEnd {
      let exchange = Exchange(
        id: ExchangeID(stream: StreamID(bits: 77), seq: seq), member: MemberID("m-1")!,
        slot: SlotID(1)!, article: ArticleID("water")!, price: Points(5)!)
      let record = Record(
        at: WallTime(seconds: 1_700_000_000), isTrusted: true,
        body: .exchange(.ended(exchange, .dispensed)))
      return KeptEnd(stream: StreamID(bits: 77), seq: seq, record: record)
    }
    func keep(_ seq: UInt64, at seconds: Int64, forgetting: Int64? = nil) -> RecoveryChange {
      .endKept(
        end(seq), at: WallTime(seconds: seconds),
        forgetting: forgetting.map { WallTime(seconds: $0) })
    }
    var (store, recovered) = try open()
    #expect(recovered.serviceStore == nil)
    var done = batch([entry(1), entry(2)], trim: 1)
    done.operations.append(
      .remember([keep(1, at: 100), keep(1, at: 100), .serviceStore(StoreEpoch(bits: 5))]))
    try store.commit(done)
    store.abandon()
    (store, recovered) = try open()
    #expect(recovered.serviceStore == StoreEpoch(bits: 5))
    #expect(try store.keptEnd(after: 0) == KeptEnds.Row(id: 1, end: end(1)))
    #expect(try store.keptEnd(after: 1) == nil)
    var more = StationStore.Batch()
    more.operations = [.remember([keep(2, at: 200, forgetting: 150)])]
    try store.commit(more)
    #expect(try store.keptEnd(after: 0) == KeptEnds.Row(id: 2, end: end(2)))
    // One that was spoilt costs itself alone.
    more.operations = [.remember([keep(3, at: 200), keep(4, at: 200)])]
    try store.commit(more)
    try sql("UPDATE kept_end SET record = x'0000' WHERE id = 3")
    #expect(try store.keptEnd(after: 2) == KeptEnds.Row(id: 4, end: end(4)))
    try sql("UPDATE kept_end SET id = id + \(KeptEnds.most) WHERE id = 4")
    more.operations = [.remember([keep(5, at: 200)])]
    try store.commit(more)
    #expect(try store.keptEnd(after: 0)?.id == KeptEnds.most + 4)
    store.abandon()
  }

  @Test("rows come from the floor on, and one that the file has lost leaves its place")
  func holes() throws {
    let (store, _) = try open()
    try store.commit(batch((1...6).map { entry($0) }, trim: 2))
    try sql("DELETE FROM outbox WHERE seq IN (4, 6)")
    let (first, rows) = try store.records(in: 1...6)
    #expect(first == 3)
    #expect(rows == [entry(3).record.json, nil, entry(5).record.json, nil])
    #expect(try store.records(in: 1...2).rows.isEmpty)
    store.abandon()
  }

  @Test("a spoilt day under way begins anew, and condemns nothing")
  func spoiltDay() throws {
    let (store, _) = try open()
    try store.commit(batch([entry(1, changes: [.day(DayBook(day: 20_000, closed: 19_999))])]))
    try store.close()
    try sql("UPDATE occupancy_day SET day = -1")
    let (again, recovered) = try open()
    #expect(recovered.day == DayBook())
    #expect(!recovered.hasLostStore)
    again.abandon()
  }

  @Test("the count of a store from before there were corrections is taken over")
  func oldCount() throws {
    let database = try Database(path: path)
    try database.migrate(Array(StationStore.migrations.prefix(1)))
    try database.execute(
      """
      INSERT INTO identity VALUES (1, '000000000000004d', 1, 1, 1, NULL);
      INSERT INTO occupancy VALUES (1, 5, 9, 2);
      """)
    database.close()
    let (again, recovered) = try open()
    #expect(recovered.totals == OccupancyTotals(entered: 5, left: 9, corrections: 6))
    #expect(recovered.totals.inside == 2)
    again.abandon()
  }

  @Test("a batch is durable as a whole or not at all")
  func atomicity() throws {
    var (store, recovered) = try open()
    try store.commit(batch([entry(1)]))
    // The second one has a number that is taken.
    #expect(throws: (any Error).self) {
      try store.commit(
        batch([entry(2, changes: [.totals(OccupancyTotals(entered: 1))]), entry(1)]))
    }
    store.abandon()
    (store, recovered) = try open()
    #expect(recovered.next == 2)
    #expect(recovered.totals == OccupancyTotals())
    store.abandon()
  }

  @Test(
    "what cannot be true is damage, and no reason to trap",
    arguments: [
      "UPDATE identity SET floor = -5", "UPDATE identity SET floor = 0",
      "UPDATE identity SET floor = 9223372036854775807", "UPDATE identity SET boot = -2",
      "UPDATE identity SET last_trusted = 9223372036854775807",
      "UPDATE identity SET last_trusted = -1", "UPDATE identity SET stream = 'short'",
      "UPDATE identity SET stream = 'zzzzzzzzzzzzzzzz', ended_cleanly = 1",
      "UPDATE occupancy_ledger SET corrections = -1000000",
      "UPDATE occupancy_ledger SET entered = 9223372036854775807",
      "DELETE FROM occupancy_ledger", "INSERT INTO outbox VALUES (9223372036854775807, X'7B7D')",
      "DROP TABLE outbox",
    ])
  func lies(statement: String) throws {
    let (store, _) = try open()
    try store.close()
    try sql("PRAGMA ignore_check_constraints = ON; \(statement)")
    #expect(throws: (any Error).self) { try open() }
    // And the journal goes on with a new one.
    let opening = StoreOpening.open(path: path)
    #expect(opening.recovered.hasLostStore)
    #expect(opening.recovered.boot == 1)
    #expect(FileManager.default.fileExists(atPath: "\(path).damaged"))
    opening.store.abandon()
  }

  @Test("a mark that was spoilt is dropped, the others count")
  func spoiltMarks() throws {
    let (store, _) = try open()
    let mark = ReplayMark(code: CodeDigest(high: 1, low: 2), until: WallTime(seconds: 5))
    try store.commit(batch([entry(1, changes: [.mark(mark, forgetting: WallTime(seconds: 0))])]))
    try store.close()
    try sql(
      "PRAGMA ignore_check_constraints = ON; INSERT INTO used_code VALUES ('spoilt', 'door', 1), "
        + "('000000000000000000000000000000ff', 'door', 9223372036854775807)")
    let (again, recovered) = try open()
    #expect(recovered.marks.count == 2)
    #expect(recovered.marks.contains(mark))
    again.abandon()
  }

  @Test("a file that is full is no worse than it was, and stays where it is")
  func full() throws {
    let (store, _) = try open()
    try store.commit(batch([entry(1)]))
    try store.close()
    let database = try Database(path: path)
    try database.execute("PRAGMA max_page_count = 1")
    do throws(DatabaseError) {
      try database.execute("CREATE TABLE one (x); CREATE TABLE two (x); CREATE TABLE three (x)")
      Issue.record("the file grew")
    } catch {
      #expect(error.nature == .full)
      #expect(!error.condemnsFile)
      database.close()
      let opening = StoreOpening.replace(path: path, after: error)
      #expect(opening.recovered.hasLostStore)
      opening.store.abandon()
    }
    let (again, recovered) = try open()
    #expect(recovered.stream == StreamID(bits: 77))
    #expect(recovered.next == 2)
    again.abandon()
  }

  private func open(fresh: UInt64 = 77) throws -> (store: StationStore, recovered: Recovered) {
    try StationStore.open(path: path, fresh: StreamID(bits: fresh))
  }

  private func sql(_ text: String) throws {
    let result = try Program.run("sqlite3", [path, text])
    try #require(result.status == 0, "\(result.output)")
  }
}

/// A record of a stream, told from the others by its time.
func entry(
  _ seq: UInt64, _ lane: Lane = .urgent, changes: [RecoveryChange] = []
) -> JournalEntry {
  JournalEntry(
    seq: seq,
    record: Record(
      at: WallTime(milliseconds: 1_700_000_000_000 + Int64(seq)), isTrusted: true,
      body: .door(.exitRequested(AccessPointID(1)!))),
    lane: lane, changes: changes)
}

func batch(_ entries: [JournalEntry], trim: UInt64? = nil) -> StationStore.Batch {
  var batch = StationStore.Batch()
  batch.operations = entries.map { .append($0) }
  batch.trim = trim
  return batch
}
