// The journal with its thread on real files: lanes, order, damage, and stores that fail.
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

@Suite("Journal")
final class JournalTests {
  let folder: WorkFolder
  let path: String
  let loop: EventLoop
  var journaled: [UInt64] = []
  var replaced: [StreamID] = []
  var rows: [(first: UInt64, records: [[UInt8]])] = []

  init() throws {
    folder = try WorkFolder()
    path = folder.file("station.sqlite")
    loop = try EventLoop()
  }

  @Test("an urgent record is durable at once, and takes with it what waited")
  func urgent() throws {
    let journal = try open()
    let stream = journal.recovered.stream
    let start = Clock.now
    journal.append(entry(1, .soon), to: stream)
    journal.append(entry(2, .urgent), to: stream)
    try until("both") { [unowned self] in journaled.last == 2 }
    let took = Clock.now - start
    print("an urgent record was durable after \(took)")
    #expect(took < .milliseconds(500))
    #expect(last(path) == 2)
    journal.close()
  }

  @Test("a record that is not urgent waits for company, and never for two seconds")
  func soon() throws {
    let journal = try open()
    let start = Clock.now
    for seq in 1...20 { journal.append(entry(UInt64(seq), .soon), to: journal.recovered.stream) }
    try until("all of them") { [unowned self] in journaled.last == 20 }
    #expect(journaled == [20])
    #expect(Clock.now - start > .milliseconds(500))
    #expect(Clock.now - start < .seconds(2))
    journal.close()
  }

  @Test("closing commits what waits and ends cleanly; being killed does not, and loses nothing")
  func endings() throws {
    var journal = try open()
    let stream = journal.recovered.stream
    journal.append(entry(1, .soon), to: stream)
    journal.close()
    journal = try open()
    #expect(journal.recovered.ending == .clean)
    #expect(journal.recovered.next == 2)
    journal.append(entry(2), to: stream)
    try until("the record") { [unowned self] in journaled.last == 2 }
    // What is on the disk at this moment is what a power cut would leave.
    for suffix in ["", "-wal"] {
      try FileManager.default.copyItem(
        atPath: path + suffix, toPath: folder.file("cut.sqlite\(suffix)"))
    }
    journal.close()
    let cut = try open(folder.file("cut.sqlite"))
    #expect(cut.recovered.ending == .unclean)
    #expect(cut.recovered.next == 3)
    #expect(cut.recovered.boot == 3)
    cut.close()
  }

  @Test("rows are read back in their order, a spoilt or a lost one as unreadable")
  func reading() throws {
    let journal = try open()
    let stream = journal.recovered.stream
    for seq in 1...5 as ClosedRange<UInt64> { journal.append(entry(seq), to: stream) }
    try until("the records") { [unowned self] in journaled.last == 5 }
    try sql(
      "UPDATE outbox SET record = X'7B22FF00' WHERE seq = 2; DELETE FROM outbox WHERE seq = 4")
    journal.read(1...5, of: stream)
    try until("the rows") { [unowned self] in rows.count == 1 }
    let kinds = try rows[0].records.map { try Record(json: $0).kind }
    #expect(rows[0].first == 1)
    #expect(
      kinds == [
        .door(.exitRequested), .stream(.unreadable), .door(.exitRequested), .stream(.unreadable),
        .door(.exitRequested),
      ])
    journal.trim(through: 3, of: stream)
    journal.append(entry(6), to: stream)
    try until("the sixth") { [unowned self] in journaled.last == 6 }
    journal.read(1...6, of: stream)
    try until("the rest") { [unowned self] in rows.count == 2 }
    #expect(rows[1].first == 4)
    #expect(rows[1].records.count == 3)
    journal.close()
  }

  @Test(
    "a damaged file is set aside whole, and a new stream begins",
    arguments: ["garbage", "truncated", "flipped page", "empty header", "emptied"])
  func damage(kind: String) throws {
    var journal: Journal? = try open()
    let stream = journal!.recovered.stream
    for seq in 1...2000 as ClosedRange<UInt64> { journal!.append(entry(seq, .soon), to: stream) }
    journal!.close()
    journal = nil
    try sql("UPDATE identity SET ended_cleanly = 0; PRAGMA wal_checkpoint(TRUNCATE)")
    var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    switch kind {
    case "garbage": bytes = (0..<50_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    case "truncated": bytes.removeLast(bytes.count / 2)
    case "emptied": bytes = []
    case "flipped page":
      for offset in 4096 * 6..<4096 * 7 { bytes[offset] ^= 0xFF }
    default: for offset in 0..<100 { bytes[offset] = 0 }
    }
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    let again = try open()
    #expect(again.recovered.hasLostStore)
    #expect(again.recovered.ending == .newStore)
    #expect(again.recovered.stream != stream)
    #expect(again.recovered.next == 1)
    #expect(try Data(contentsOf: URL(fileURLWithPath: "\(path).damaged")).count == bytes.count)
    again.append(entry(1), to: again.recovered.stream)
    try until("a record in the new file") { [unowned self] in journaled.last == 1 }
    #expect(last(path) == 1)
    again.close()
  }

  @Test("where no file can be, records are kept in memory and everything else works")
  func nowhere() throws {
    let path = folder.file("missing/station.sqlite")
    let journal = try open(path)
    #expect(journal.recovered.hasLostStore)
    journal.append(entry(1), to: journal.recovered.stream)
    try until("the record") { [unowned self] in journaled.last == 1 }
    journal.read(1...1, of: journal.recovered.stream)
    try until("the row") { [unowned self] in rows.first?.records == [entry(1).record.json] }
    journal.close()
    #expect(!FileManager.default.fileExists(atPath: folder.file("missing")))
  }

  @Test("a store that somebody else holds locked is not set aside")
  func locked() throws {
    let first = try open()
    first.append(entry(1), to: first.recovered.stream)
    first.close()
    let other = try Database(path: path)
    try other.execute("BEGIN IMMEDIATE")
    let opening = StoreOpening.open(path: path)
    #expect(opening.recovered.hasLostStore)
    opening.store.abandon()
    try other.execute("COMMIT")
    other.close()
    #expect(!FileManager.default.fileExists(atPath: "\(path).damaged"))
    let again = try open()
    #expect(again.recovered.stream == first.recovered.stream)
    #expect(again.recovered.next == 2)
    again.close()
  }

  @Test("a store that fails while it runs is replaced, and the new file is whole after a power cut")
  func failing() throws {
    let journal = try open()
    let old = journal.recovered.stream
    journal.append(entry(1), to: old)
    try until("the first record") { [unowned self] in journaled == [1] }
    // A row of this number stands there already: the commit cannot succeed.
    try sql("INSERT INTO outbox VALUES (2, X'7B7D')")
    journal.append(entry(2), to: old)
    try until("the replacement") { [unowned self] in replaced.count == 1 }
    // Late entries for the old stream are in the core's hands.
    journal.append(entry(3), to: old)
    for seq in 1...3 as ClosedRange<UInt64> { journal.append(entry(seq), to: replaced[0]) }
    try until("the records in the new store") { [unowned self] in journaled.last == 3 }
    #expect(last("\(path).damaged") == 2)
    for suffix in ["", "-wal"] where FileManager.default.fileExists(atPath: path + suffix) {
      try FileManager.default.copyItem(
        atPath: path + suffix, toPath: folder.file("cut.sqlite\(suffix)"))
    }
    let cut = try open(folder.file("cut.sqlite"))
    #expect(cut.recovered.stream == replaced[0])
    #expect(cut.recovered.next == 4)
    cut.close()
    journal.close()
  }

  @Test("stores that fail again and again are not worn out: the fourth is in memory")
  func failingForEver() throws {
    let journal = try open()
    var stream = journal.recovered.stream
    for round in 1...4 {
      try sql("INSERT INTO outbox VALUES (1, X'7B7D')")
      journal.append(entry(1), to: stream)
      try until("replacement \(round)") { [unowned self] in replaced.count == round }
      stream = replaced[round - 1]
    }
    journal.append(entry(1), to: stream)
    try until("a record in memory") { [unowned self] in journaled.last == 1 }
    let names = try Files.names(in: folder.path).filter { !$0.hasSuffix("l") && !$0.hasSuffix("m") }
    #expect(
      names == ["station.sqlite.damaged", "station.sqlite.damaged-2", "station.sqlite.damaged-3"])
    journal.close()
  }

  private func open(_ path: String? = nil) throws -> Journal {
    let journal = try Journal(path: path ?? self.path)
    try loop.receive(from: journal.reports) { [unowned self] report in
      switch report {
      case .journaled(_, let seq): journaled.append(seq)
      case .replaced(let stream, _): replaced.append(stream)
      case .renewed, .keptEnd: break
      case .rows(_, let first, let records): rows.append((first, records))
      case .displaced, .kept, .remainder: break
      }
    }
    return journal
  }

  private func until(_ what: String, _ look: @escaping () -> Bool) throws {
    try loop.serve(until: what, look)
  }

  /// The last number that another process sees in a file.
  private func last(_ path: String) -> Int? {
    let result = try? Program.run("sqlite3", [path, "SELECT MAX(seq) FROM outbox"])
    return result.flatMap {
      Int($0.output.trimmingCharacters(in: .whitespacesAndNewlines))
    }
  }

  private func sql(_ text: String) throws {
    let result = try Program.run("sqlite3", [path, text])
    try #require(result.status == 0, "\(result.output)")
  }
}
