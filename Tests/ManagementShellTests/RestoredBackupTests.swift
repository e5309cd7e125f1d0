// A backup of the service's store that comes back: how it is known, and what stations fill in.
import Foundation
import ManagementCore
import StationProtocol
import TestBed
import Testing

@testable import ManagementShell

@Suite("A restored backup")
struct RestoredBackupTests {
  private typealias Store = StoreContractTests

  private func kept(
    _ seq: UInt64, _ exchange: Exchange, _ outcome: ExchangeOutcome
  ) -> InboundItem {
    let record = Store.record(.exchange(.ended(exchange, outcome)))
    return .batch(
      InboundBatch(
        station: Store.gate, stream: Store.stream, first: seq,
        contents: [.record(record, json: record.json)], isKept: true,
        digest: PayloadDigest(high: 0, low: 0)))
  }

  @Test(
    "an end that a station has kept fills the gap, posts the hold and happens once",
    arguments: Engine.allCases)
  func fillsTheGap(engine: Engine) throws {
    let open = try engine.open()
    try LedgerSample.fill(open.store, points: 100)
    let exchange = LedgerSample.exchange(1)
    #expect(try LedgerSample.ask(exchange, open.store) == .held(balance: 70))
    // The station comes back with a floor far above: the records between were acknowledged once.
    let birth = InboundItem.floor(Store.gate, Store.stream, floor: 60, ceiling: 60)
    #expect(try open.store.store([birth], at: Store.now)[0].upto == 59)
    #expect(try open.store.openHolds(after: 0, limit: 9).map(\.isInGap) == [true])
    let store = try open.reopened()
    #expect(try store.openHolds(after: 0, limit: 9).map(\.isInGap) == [true])
    let outcome = try store.store([kept(3, exchange, .dispensed)], at: Store.now)[0]
    #expect(outcome.kept == 3 && outcome.numbers == nil && outcome.events.map(\.seq) == [3])
    #expect(try store.openHolds(after: 0, limit: 9).isEmpty)
    #expect(try store.balance(of: .station(Store.gate)) == 30)
    let again = try store.store([kept(3, exchange, .dispensed)], at: Store.now)[0]
    #expect(again.kept == 3 && again.events.isEmpty && again.discrepancies.isEmpty)
    #expect(try store.balance(of: LedgerSample.member) == 70)
    #expect(try store.proof(at: Store.now).isClean)
    // What the station sends next goes on behind its floor.
    #expect(try store.store([Store.batch(60, Store.closings(1))], at: Store.now)[0].upto == 60)
  }

  @Test(
    "an end of a stream that the backup never heard of is the station's own",
    arguments: Engine.allCases)
  func earlierStream(engine: Engine) throws {
    let store = try engine.open().store
    try LedgerSample.fill(store, points: 100)
    let exchange = LedgerSample.exchange(5, in: StreamID(bits: 0xDEAD))
    let outcome = try store.store([kept(9, exchange, .cancelled)], at: Store.now)[0]
    #expect(outcome.discrepancies.isEmpty && outcome.kept == 9)
    #expect(try store.proof(at: Store.now).isClean)
  }

  @Test("a hold from behind the gap is no part of it", arguments: Engine.allCases)
  func behind(engine: Engine) throws {
    let store = try engine.open().store
    try LedgerSample.fill(store, points: 100)
    _ = try store.store(
      [.floor(Store.gate, Store.stream, floor: 60, ceiling: 60)], at: Store.now)
    _ = try LedgerSample.ask(LedgerSample.exchange(61), store)
    #expect(try store.openHolds(after: 0, limit: 9).map(\.isInGap) == [false])
  }

  @Test("nothing but the end of an exchange is taken as kept", arguments: Engine.allCases)
  func otherKinds(engine: Engine) throws {
    let store = try engine.open().store
    let record = Store.record(.stream(.gap(from: 1, to: 8, reason: .full)))
    let item = InboundItem.batch(
      InboundBatch(
        station: Store.gate, stream: Store.stream, first: 9,
        contents: [.record(record, json: record.json)], isKept: true,
        digest: PayloadDigest(high: 0, low: 0)))
    let outcome = try store.store([item], at: Store.now)[0]
    #expect(outcome.quarantined == [StoreReasons.notKept])
    #expect(try store.store([Store.batch(1, Store.closings(1))], at: Store.now)[0].upto == 1)
  }

  // MARK: - How a backup is known

  private struct Files {
    let folder: WorkFolder
    var path: String { folder.file("management.sqlite") }

    init() throws { folder = try WorkFolder() }

    /// The service runs, stores something, and stops.
    func run(storing count: Int = 0, from first: UInt64 = 1) throws -> StoreEpoch {
      let store = try SQLiteStore(path: path)
      let epoch = try store.settleEpoch(path: path)
      if count > 0 {
        _ = try store.store([Store.batch(first, Store.closings(count))], at: Store.now)
        EpochFile(of: path, epoch).note(try store.reached())
      }
      store.close()
      return epoch
    }

    func copy(to other: String) throws {
      try? FileManager.default.removeItem(atPath: folder.file(other))
      try FileManager.default.copyItem(atPath: path, toPath: folder.file(other))
    }

    func restore(_ backup: String) throws {
      try FileManager.default.removeItem(atPath: path)
      try FileManager.default.copyItem(atPath: folder.file(backup), toPath: path)
    }
  }

  @Test("a store that goes on is the same one at every start")
  func goesOn() throws {
    let files = try Files()
    let first = try files.run()
    #expect(try files.run(storing: 3) == first)
    #expect(try files.run(storing: 2, from: 4) == first)
    // A file that a power cut left behind the store says nothing against it.
    EpochFile(of: files.path, first).note(1)
    #expect(try files.run() == first)
  }

  @Test("a backup that is put in the place of the store is another one, and the same from then on")
  func restored() throws {
    let files = try Files()
    let first = try files.run(storing: 3)
    try files.copy(to: "backup")
    #expect(try files.run(storing: 1, from: 4) == first)
    try files.restore("backup")
    let second = try files.run()
    #expect(second != first)
    #expect(try files.run(storing: 1, from: 4) == second)
  }

  @Test("a store without its file, or beside another's, is another one")
  func moved() throws {
    let files = try Files()
    let first = try files.run(storing: 3)
    try FileManager.default.removeItem(atPath: EpochFile.path(of: files.path))
    let second = try files.run()
    #expect(second != first)
    try Data("0123456789abcdef 1\n".utf8).write(to: URL(filePath: EpochFile.path(of: files.path)))
    let third = try files.run()
    #expect(third != second)
    try Data("nonsense".utf8).write(to: URL(filePath: EpochFile.path(of: files.path)))
    #expect(try files.run() != third)
  }

  @Test("after a restored backup the first floor is taken, however far ahead")
  func firstFloor() throws {
    let files = try Files()
    _ = try files.run(storing: 3)
    func birth(_ floor: UInt64) throws -> StoreOutcome {
      let store = try SQLiteStore(path: files.path)
      defer { store.close() }
      return try store.store(
        [.floor(Store.gate, Store.stream, floor: floor, ceiling: floor)], at: Store.now)[0]
    }
    #expect(try birth(5_000_000).disbelieved == [ClaimReasons.floor])
    try FileManager.default.removeItem(atPath: EpochFile.path(of: files.path))
    _ = try files.run()
    #expect(try birth(5_000_000).upto == 4_999_999)
    #expect(try birth(9_000_000).disbelieved == [ClaimReasons.floor])
  }
}
