// The journal's writer without its thread, where what comes in one turn decides the outcome.
import Linux
import StationCore
import StationProtocol
import TestBed
import Testing

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
      case .journaled, .kept, .remainder: break
      }
    }
    #expect(replacements == 1)
    #expect(rows.isEmpty)
    _ = writer.perform([.close])
  }

  private static func entry(_ seq: UInt64) -> JournalEntry {
    JournalEntry(
      seq: seq,
      record: Record(at: WallTime(seconds: 1_800_000_000), isTrusted: true, body: .unreadable),
      lane: .urgent)
  }
}
