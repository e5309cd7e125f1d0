// Stores that are set aside and come back: a later version's, and one on a disk without room.
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

@Suite("Stores that are set aside")
struct AsideStoreTests {
  private let folder: WorkFolder
  private let path: String
  private let known = StationStore.migrations.count

  init() throws {
    folder = try WorkFolder()
    path = folder.file("station.sqlite")
  }

  private func entry(_ seq: UInt64, _ changes: [RecoveryChange] = []) -> JournalEntry {
    JournalEntry(
      seq: seq,
      record: Record(
        at: WallTime(seconds: 1_800_000_000 + Int64(seq)), isTrusted: true,
        body: .stream(.unreadable)),
      lane: .urgent, changes: changes)
  }

  private func append(_ entries: JournalEntry..., to store: StationStore) throws {
    var batch = StationStore.Batch()
    batch.operations = entries.map { .append($0) }
    try store.commit(batch)
  }

  private static func mark(_ number: UInt64) -> ReplayMark {
    ReplayMark(code: CodeDigest(high: number, low: 1), until: WallTime(seconds: 2_000_000_000))
  }

  private static func typed(_ id: String, used: Int64 = 0) -> KeptCode {
    KeptCode(
      TypedCode(
        TypedCodeID(id)!, TypedCodeHash(Array(repeating: 7, count: 32))!,
        from: WallTime(seconds: 1_800_000_000), until: WallTime(seconds: 1_800_086_400), uses: 9),
      used: used)
  }

  private func names() throws -> [String] {
    try Files.names(in: folder.path).filter { !$0.hasSuffix("-wal") && !$0.hasSuffix("-shm") }
  }

  /// A store in use at a later version: two records of which one was acknowledged, a used code,
  /// seven people inside and the fire latch.
  private func makeNewer(_ version: Int) throws -> StreamID {
    let (store, recovered) = try StationStore.open(path: path, fresh: StreamID(bits: 0xA))
    let totals = OccupancyTotals(entered: 9, left: 2)
    try append(
      entry(1, [.totals(totals), .mark(Self.mark(1), forgetting: WallTime(seconds: 0))]),
      entry(
        2,
        [
          .latch(.fire, isSet: true), .readerHold(AccessPointID.all[0], isHeld: true),
          .typedCode(AccessPointID.all[0], .kept(Self.typed("old"))),
          .typedCode(AccessPointID.all[0], .kept(Self.typed("both"))),
          .desired(DesiredConfiguration(revision: 7, isLockedDown: true)),
        ]), to: store)
    var batch = StationStore.Batch()
    batch.trim = 1
    try store.commit(batch)
    try store.database.execute(
      "CREATE TABLE later (only INTEGER) STRICT; PRAGMA user_version = \(version)")
    try store.close()
    return recovered.stream
  }

  @Test("a later version's store is never damaged: kept as it is, while the door works on another")
  func downgrade() throws {
    let old = try makeNewer(known + 4)
    let opening = StoreOpening.open(path: path)
    #expect(try names() == ["station.sqlite", "station.sqlite.version-\(known + 4)"])
    let recovered = opening.recovered
    #expect(recovered.hasNewerStore && !recovered.hasLostStore && recovered.isDurable)
    #expect(recovered.stream != old && recovered.next == 1)
    // What a member has used up, how many are inside and a fire are known all the same.
    #expect(recovered.marks == [Self.mark(1)])
    #expect(recovered.totals.inside == 7)
    #expect(recovered.latches == [.fire])
    #expect(recovered.typedCodes.map(\.kept) == [Self.typed("both"), Self.typed("old")])
    opening.store.abandon()
    let again = StoreOpening.open(path: path)
    #expect(again.recovered.hasNewerStore)
    #expect(again.recovered.stream == recovered.stream)
    #expect(again.recovered.marks == [Self.mark(1)])
    #expect(again.recovered.latches == [.fire])
    again.store.abandon()
  }

  @Test("a store that has no typed codes yet, and no room for them, is remembered all the same")
  func earlier() throws {
    _ = try makeNewer(known)
    let database = try Database(path: path)
    try database.execute("DROP TABLE typed_code")
    database.close()
    let recalled = try #require(StationStore.recall(path))
    #expect(recalled.marks == [Self.mark(1)] && recalled.latches == [.fire])
    #expect(recalled.typedCodes.isEmpty)
  }

  @Test("a later version's store that cannot be understood is kept just the same")
  func unknownSchema() throws {
    _ = try makeNewer(known + 1)
    let database = try Database(path: path)
    try database.execute("DROP TABLE used_code")
    database.close()
    let opening = StoreOpening.open(path: path)
    #expect(opening.recovered.hasNewerStore && !opening.recovered.hasLostStore)
    #expect(opening.recovered.marks.isEmpty)
    #expect(opening.recovered.ending == .newStore)
    opening.store.abandon()
    #expect(try names().contains("station.sqlite.version-\(known + 1)"))
  }

  @Test("after the upgrade the store is in use again, and the records of both are to be sent")
  func upgrade() throws {
    let old = try makeNewer(known + 1)
    let interim = StoreOpening.open(path: path)
    let begun = try #require(CommandID("begun"))
    try append(
      entry(
        1,
        [
          .totals(OccupancyTotals(entered: 9, left: 8)), .latch(.fire, isSet: false),
          .mark(Self.mark(2), forgetting: WallTime(seconds: 0)),
          .readerHold(AccessPointID.all[0], isHeld: false),
          .typedCode(AccessPointID.all[0], .removed(Self.typed("old").code.id)),
          .typedCode(AccessPointID.all[0], .kept(Self.typed("both", used: 5))),
          .command(begun, operation: .station(.selfTest)),
          .desired(DesiredConfiguration(revision: 3, isLockedDown: false)),
        ]), to: interim.store)
    try interim.store.close()
    // The program that knows that version: here the file comes down to it.
    let kept = folder.file("station.sqlite.version-\(known + 1)")
    let database = try Database(path: kept)
    try database.execute("PRAGMA user_version = \(known)")
    database.close()
    try FileManager.default.moveItem(
      atPath: kept, toPath: folder.file("station.sqlite.version-\(known)"))
    let opening = StoreOpening.open(path: path)
    let recovered = opening.recovered
    #expect(try names() == ["station.sqlite", "station.sqlite.remainder-1"])
    #expect(!recovered.hasNewerStore && !recovered.hasLostStore)
    #expect(recovered.stream == old)
    #expect((recovered.floor, recovered.next) == (2, 3))
    #expect(Set(recovered.marks.map(\.code)) == [Self.mark(1).code, Self.mark(2).code])
    #expect(recovered.totals.inside == 1)
    #expect(recovered.latches.isEmpty)
    #expect(recovered.heldReaders.isEmpty)
    // A code that was removed meanwhile does not come back, and uses that were counted stay so.
    #expect(recovered.typedCodes.map(\.kept) == [Self.typed("both", used: 5)])
    #expect(recovered.commands.map(\.id) == [begun])
    #expect(recovered.desired?.revision == 7)
    try send(from: opening.store, interim.recovered.stream, [entry(1).record.json])
    #expect(try names() == ["station.sqlite"])
    opening.store.abandon()
  }

  /// Asks for what waits, and acknowledges it.
  private func send(
    from store: StationStore, _ stream: StreamID, _ expected: [[UInt8]]
  ) throws {
    let reports = try Mailbox<Journal.Report>()
    let writer = JournalWriter(path: path, store: store, reports: reports)
    _ = writer.perform([.readRemainder])
    var sent: [[UInt8]] = []
    for report in reports.drain() {
      guard case .remainder(stream, let first, let records) = report else { continue }
      #expect(first == 1)
      sent += records
    }
    #expect(sent == expected)
    _ = writer.perform([.trimRemainder(UInt64(sent.count), stream), .readRemainder])
    #expect(reports.drain().isEmpty)
  }

  // MARK: - A disk without room

  /// A writer whose store has no room for one more record, and the events it has told.
  private func fullDisk() throws -> (JournalWriter, Mailbox<Journal.Report>, StreamID) {
    let (store, recovered) = try StationStore.open(path: path, fresh: StreamID(bits: 0xA))
    try append(entry(1), to: store)
    try store.database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    var pages: Int64 = 0
    try store.database.prepare("PRAGMA page_count").rows { pages = $0.int64(0) }
    try store.database.execute("PRAGMA max_page_count = \(pages)")
    let reports = try Mailbox<Journal.Report>()
    let writer = JournalWriter(path: path, store: store, reports: reports, pause: .zero)
    return (writer, reports, recovered.stream)
  }

  @Test("when the disk has room again, what was kept in memory is in a file, and all is sent")
  func roomAgain() throws {
    let (writer, reports, old) = try fullDisk()
    let wide = (2...200 as ClosedRange<UInt64>).map { Journal.Job.append(entry($0), old) }
    // Nothing can take the place of the store while a folder has its draft's name.
    let draft = folder.file("station.sqlite.draft")
    try folder.write("x", to: "station.sqlite.draft/x")
    #expect(writer.perform(wide) != nil)
    let replaced = reports.drain().compactMap { report -> StreamID? in
      guard case .replaced(let stream, isDurable: false) = report else { return nil }
      return stream
    }
    let stream = try #require(replaced.first)
    let due = writer.perform((1...3).map { .append(entry($0), stream) })
    // Told as durable, as far as that goes, and tried again within a minute.
    #expect(due.map { $0 <= Clock.now + .seconds(60) } == true)
    #expect(
      reports.drain().contains {
        if case .journaled(stream, through: 3) = $0 { true } else { false }
      })
    try FileManager.default.removeItem(atPath: draft)
    #expect(writer.perform([]) == nil)
    #expect(reports.drain().contains { if case .kept = $0 { true } else { false } })
    #expect(try names() == ["station.sqlite", "station.sqlite.remainder-1"])
    // The stream and its numbers go on, in the file.
    _ = writer.perform([.append(entry(4), stream), .readRemainder])
    let rest = reports.drain().compactMap { report -> [[UInt8]]? in
      guard case .remainder(old, first: 1, let records) = report else { return nil }
      return records
    }
    #expect(rest == [[entry(1).record.json]])
    _ = writer.perform([.trimRemainder(1, old), .readRemainder, .close])
    #expect(try names() == ["station.sqlite"])
    let (store, recovered) = try StationStore.open(path: path, fresh: StreamID(bits: 1))
    #expect(recovered.stream == stream)
    #expect((recovered.ending, recovered.boot, recovered.next) == (.clean, 2, 5))
    store.abandon()
  }

  @Test("a station that starts on a disk without room knows its used codes, its fire and its count")
  func startWithoutRoom() throws {
    _ = try makeNewer(known)
    let database = try Database(path: path)
    // Somebody holds the file: it is sound, and cannot be written.
    try database.execute("BEGIN IMMEDIATE")
    let opening = StoreOpening.open(path: path)
    #expect(opening.recovered.hasLostStore && !opening.recovered.isDurable)
    #expect(opening.recovered.marks == [Self.mark(1)])
    #expect(opening.recovered.latches == [.fire])
    #expect(opening.recovered.totals.inside == 7)
    try database.execute("COMMIT")
    database.close()
    opening.store.abandon()
  }

  @Test("an orderly end brings what is in memory into a file, where there is room by then")
  func orderlyEnd() throws {
    let place = folder.file("late/station.sqlite")
    let opening = StoreOpening.open(path: place)
    let reports = try Mailbox<Journal.Report>()
    let writer = JournalWriter(
      path: place, store: opening.store, reports: reports, isDurable: false)
    let stream = opening.recovered.stream
    _ = writer.perform([.append(entry(1), stream)])
    try FileManager.default.createDirectory(
      atPath: folder.file("late"), withIntermediateDirectories: false)
    _ = writer.perform([.close])
    let (store, recovered) = try StationStore.open(path: place, fresh: StreamID(bits: 1))
    #expect(recovered.stream == stream)
    #expect(recovered.next == 2)
    store.abandon()
  }
}
