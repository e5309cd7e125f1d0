// The journal's writer without its thread, where what comes in one turn decides the outcome.
import Linux
import StationCore
import StationProtocol
import TestBed
import Testing
import Time

@testable import StationShell

@Suite("Journal writer")
struct JournalWriterTests {
  @Test("rows that were asked of a store that fails are not answered from the one after it")
  func readsDieWithTheirStore() throws {
    let folder = try WorkFolder()
    let path = folder.file("station.sqlite")
    let (store, recovered) = try StationStore.open(path: path, fresh: StreamID(bits: 1))
    let reports = try Mailbox<Journal.Report>()
    let writer = JournalWriter(path: path, store: store, reports: reports)
    let stream = recovered.stream
    _ = writer.perform([.append(Self.entry(1), stream)])
    // The number is taken, so the commit that is due before the answer fails.
    _ = writer.perform([.append(Self.entry(1), stream), .read(1...1, stream)])
    var rows: [StreamID] = []
    var replacements = 0
    for report in reports.drain() {
      switch report {
      case .rows(let stream, _, _): rows.append(stream)
      case .replaced: replacements += 1
      case .journaled, .displaced, .kept, .remainder, .renewed, .keptEnd: break
      }
    }
    #expect(replacements == 1)
    #expect(rows.isEmpty)
    _ = writer.perform([.close])
  }

  @Test("a new stream takes what was handed over before it, and what is remembered after")
  func renewal() throws {
    let folder = try WorkFolder()
    let path = folder.file("station.sqlite")
    let (store, recovered) = try StationStore.open(path: path, fresh: StreamID(bits: 1))
    let reports = try Mailbox<Journal.Report>()
    let writer = JournalWriter(path: path, store: store, reports: reports)
    let old = recovered.stream
    _ = writer.perform([
      .append(Self.entry(1), old), .append(Self.entry(2), old), .trim(1, old), .renew(old),
      // Decided before the core knew: this record is in its hands again, this memory is not.
      .append(Self.entry(3), old), .remember([.latch(.fire, isSet: true)], .relaxed, old),
      .read(2...2, old), .renew(old),
    ])
    var told: [String] = []
    var fresh: StreamID?
    for report in reports.drain() {
      switch report {
      case .journaled(let stream, let last): told.append("journaled \(last) \(stream == old)")
      case .renewed(let stream, let last):
        told.append("renewed \(last) \(stream == old)")
        fresh = stream
      case .rows, .replaced, .keptEnd, .displaced, .kept, .remainder: told.append("unexpected")
      }
    }
    #expect(told == ["journaled 2 true", "renewed 1 false"])
    let stream = try #require(fresh)
    _ = writer.perform([.append(Self.entry(2), stream), .close])
    let (again, kept) = try StationStore.open(path: path, fresh: StreamID(bits: 3))
    #expect(kept.stream == stream)
    #expect((kept.floor, kept.next) == (1, 3))
    #expect(kept.latches == [.fire])
    again.abandon()
  }

  private static func entry(_ seq: UInt64) -> JournalEntry {
    JournalEntry(
      seq: seq,
      record: Record(
        at: WallTime(seconds: 1_800_000_000), isTrusted: true, body: .stream(.unreadable)),
      lane: .urgent)
  }
}
