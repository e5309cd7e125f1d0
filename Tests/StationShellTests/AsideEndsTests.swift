// How exchanges ended, when the store that kept them is set aside, replaced or sent from aside.
import Foundation
import Linux
import SQL
import SQLite
import StationCore
import StationProtocol
import TestBed
import Testing
import Time

@testable import StationShell

@Suite("Kept ends and the loss of a store")
struct AsideEndsTests {
  private let folder: WorkFolder
  private let path: String
  private let known = StationStore.migrations.count
  private let first = StreamID(bits: 0xA)

  init() throws {
    folder = try WorkFolder()
    path = folder.file("station.sqlite")
  }

  private func record(_ number: UInt64) -> Record {
    let exchange = Exchange(
      id: ExchangeID(stream: StreamID(bits: 0xE), seq: number), member: MemberID("m-1")!,
      slot: SlotID(1)!, article: ArticleID("water")!, price: Points(5)!)
    return Record(
      at: WallTime(seconds: 1_700_000_000), isTrusted: true,
      body: .exchange(.ended(exchange, .dispensed)))
  }

  private func kept(_ number: UInt64) -> RecoveryChange {
    .endKept(
      KeptEnd(stream: first, seq: number, record: record(number)),
      at: WallTime(seconds: 1_700_000_000), forgetting: nil)
  }

  private func entry(_ seq: UInt64, _ record: Record? = nil) -> JournalEntry {
    let plain = Record(
      at: WallTime(seconds: 1_800_000_000), isTrusted: true, body: .stream(.unreadable))
    return JournalEntry(seq: seq, record: record ?? plain, lane: .urgent)
  }

  /// The numbers of the ends that a store keeps, in the order in which it sends them.
  private func ends(of store: StationStore) throws -> [UInt64] {
    var numbers: [UInt64] = []
    var last: Int64 = 0
    while let row = try store.keptEnd(after: last) {
      numbers.append(row.end.seq)
      last = row.id
    }
    return numbers
  }

  /// The same, asked as the daemon asks.
  private func ends(
    of writer: JournalWriter, _ reports: Mailbox<Journal.Report>
  ) throws -> [UInt64] {
    var numbers: [UInt64] = []
    var last: Int64? = 0
    while let id = last {
      _ = writer.perform([.readKeptEnd(after: id)])
      last = nil
      for case .keptEnd(let row?) in reports.drain() {
        numbers.append(row.end.seq)
        last = row.id
      }
    }
    return numbers
  }

  private func makeStore(_ changes: [RecoveryChange]) throws -> StationStore {
    let (store, _) = try StationStore.open(path: path, fresh: first)
    try store.take(changes + [.serviceStore(StoreEpoch(bits: 5))])
    return store
  }

  @Test("one that was acknowledged a moment ago, and is not written yet, is among them")
  func justAcknowledged() throws {
    let store = try makeStore([kept(1)])
    let reports = try Mailbox<Journal.Report>()
    let writer = JournalWriter(path: path, store: store, reports: reports)
    let due = writer.perform([.remember([kept(2)], .relaxed, first), .trim(2, first)])
    #expect(due.map { $0 > Clock.now } == true)
    #expect(try ends(of: writer, reports) == [1, 2])
    _ = writer.perform([.close])
  }

  @Test("they outlast a new stream of the same store")
  func newStream() throws {
    let store = try makeStore([kept(1), kept(2)])
    _ = try store.renew(as: StreamID(bits: 0xB))
    try store.close()
    let opening = StoreOpening.open(path: path)
    #expect(opening.recovered.serviceStore == StoreEpoch(bits: 5))
    #expect(try ends(of: opening.store) == [1, 2])
    opening.store.abandon()
  }

  @Test("a damaged store gives them to the next one, as far as it can be read")
  func damaged() throws {
    let store = try makeStore([kept(1), kept(2), kept(3)])
    try store.database.execute("UPDATE kept_end SET record = x'0000' WHERE seq = 2")
    let reports = try Mailbox<Journal.Report>()
    let writer = JournalWriter(path: path, store: store, reports: reports)
    // The number is taken, so that the store is believed no more.
    _ = writer.perform([.append(entry(1), first)])
    _ = writer.perform([.append(entry(1), first)])
    let isReplaced = reports.drain().contains {
      if case .replaced(_, isDurable: true) = $0 { true } else { false }
    }
    #expect(isReplaced)
    #expect(try ends(of: writer, reports) == [1, 3])
    _ = writer.perform([.close])
    // Which store of the service has them nobody knows: it is told of all.
    let opening = StoreOpening.open(path: path)
    #expect(opening.recovered.serviceStore == nil)
    #expect(try ends(of: opening.store) == [1, 3])
    opening.store.abandon()
  }

  @Test("a file that is none has none to give, and costs nothing but itself")
  func noDatabase() throws {
    try folder.write(String(repeating: "no database ", count: 1000), to: "station.sqlite")
    let opening = StoreOpening.open(path: path)
    #expect(opening.recovered.hasLostStore && opening.recovered.isDurable)
    #expect(try ends(of: opening.store).isEmpty)
    opening.store.abandon()
  }

  @Test("while a disk has no room they are in memory, and in the file again afterwards")
  func withoutRoom() throws {
    let store = try makeStore([kept(1)])
    try store.commit(StationStore.Batch(operations: [.append(entry(1))]))
    try store.database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    var pages: Int64 = 0
    try store.database.prepare("PRAGMA page_count").rows { pages = $0.int64(0) }
    try store.database.execute("PRAGMA max_page_count = \(pages)")
    let reports = try Mailbox<Journal.Report>()
    let writer = JournalWriter(path: path, store: store, reports: reports, pause: .zero)
    // Nothing can take the place of the store while a folder has its draft's name.
    try folder.write("x", to: "station.sqlite.draft/x")
    _ = writer.perform((2...200 as ClosedRange<UInt64>).map { .append(entry($0), first) })
    #expect(
      reports.drain().contains {
        if case .replaced(_, isDurable: false) = $0 { true } else { false }
      })
    #expect(try ends(of: writer, reports) == [1])
    try FileManager.default.removeItem(atPath: folder.file("station.sqlite.draft"))
    _ = writer.perform([])
    _ = writer.perform([.readRemainder, .trimRemainder(1, first), .readRemainder, .close])
    #expect(!FileManager.default.fileExists(atPath: "\(path).remainder-1"))
    let opening = StoreOpening.open(path: path)
    #expect(opening.recovered.stream != first)
    #expect(try ends(of: opening.store) == [1])
    opening.store.abandon()
  }

  @Test("a later version's store gives them, and gets those of the store that was used meanwhile")
  func laterVersion() throws {
    let store = try makeStore([kept(1)])
    try store.database.execute("PRAGMA user_version = \(known + 1)")
    try store.close()
    let interim = StoreOpening.open(path: path)
    #expect(interim.recovered.hasNewerStore)
    #expect(try ends(of: interim.store) == [1])
    try interim.store.take([kept(2)])
    // It has not sent this one yet.
    try interim.store.commit(
      StationStore.Batch(operations: [.append(entry(1)), .append(entry(2, record(3)))]))
    try interim.store.close()
    let newer = folder.file("station.sqlite.version-\(known + 1)")
    let database = try Database(path: newer)
    try database.execute("PRAGMA user_version = \(known)")
    database.close()
    try FileManager.default.moveItem(
      atPath: newer, toPath: folder.file("station.sqlite.version-\(known)"))
    let opening = StoreOpening.open(path: path)
    #expect(opening.recovered.stream == first)
    #expect(try ends(of: opening.store) == [1, 2])
    let reports = try Mailbox<Journal.Report>()
    let writer = JournalWriter(path: path, store: opening.store, reports: reports)
    _ = writer.perform([
      .readRemainder, .trimRemainder(2, interim.recovered.stream), .readRemainder,
    ])
    #expect(!FileManager.default.fileExists(atPath: "\(path).remainder-1"))
    _ = reports.drain()
    // What was acknowledged from aside is kept as well, under the stream and the number of there.
    let last = try #require(try opening.store.keptEnd(after: 2))
    #expect(last.end == KeptEnd(stream: interim.recovered.stream, seq: 2, record: record(3)))
    _ = writer.perform([.close])
  }

  @Test("rows of a store set aside that mean other records to the service go on in another stream")
  func conflict() throws {
    let (aside, _) = try StationStore.open(path: "\(path).remainder-1", fresh: first)
    try aside.commit(StationStore.Batch(operations: (1...3).map { .append(entry($0)) }))
    try aside.close()
    let opening = StoreOpening.open(path: path)
    let reports = try Mailbox<Journal.Report>()
    let writer = JournalWriter(path: path, store: opening.store, reports: reports)
    _ = writer.perform([
      .readRemainder, .trimRemainder(1, first), .renewRemainder(first), .readRemainder,
      // The one that is gone is answered no more.
      .trimRemainder(3, first), .readRemainder,
    ])
    var sent: [(stream: StreamID, first: UInt64, count: Int)] = []
    for case .remainder(let stream, let first, let records) in reports.drain() {
      sent.append((stream, first, records.count))
    }
    #expect(sent.map(\.count) == [3, 2, 2] && sent.map(\.first) == [1, 1, 1])
    #expect(sent[0].stream == first && sent[1].stream != first)
    #expect(sent[1].stream == sent[2].stream)
    _ = writer.perform([.close])
  }
}
