// The writer's thread: what it commits, and what it says when it cannot.
import Foundation
import ManagementCore
import StationProtocol
import TestBed
import Testing

@testable import ManagementShell

@Suite("Ingest writer")
struct StoreWriterTests {
  /// Collects reports until so many items are settled.
  private static func settle(_ writer: StoreWriter, items: Int) throws -> [StoreWriter.Report] {
    var reports: [StoreWriter.Report] = []
    var settled = 0
    try Deadline.wait(until: "\(items) items, not \(settled)") {
      for report in writer.reports.drain() {
        writer.settle(report)
        reports.append(report)
        switch report {
        case .stored(let outcomes): settled += outcomes.count
        case .failed(_, let items): settled += items.count
        }
      }
      return settled == items
    }
    return reports
  }

  @Test("what waits together is committed together, in order")
  func grouping() throws {
    let folder = try WorkFolder()
    let writer = try StoreWriter(path: folder.file("m.sqlite"))
    for number in 1...500 {
      #expect(writer.store(StoreContractTests.batch(UInt64(number), [Sample.passage(1)])))
    }
    let reports = try Self.settle(writer, items: 500)
    writer.finish()
    let outcomes = reports.flatMap { report -> [StoreOutcome] in
      if case .stored(let outcomes) = report { outcomes } else { [] }
    }
    #expect(outcomes.map(\.upto) == Array(1...500))
    #expect(reports.count < 500)
  }

  @Test("a store that cannot be opened is said, and used again when it can")
  func failure() throws {
    let folder = try WorkFolder()
    let writer = try StoreWriter(path: folder.file("later/m.sqlite"))
    let item = StoreContractTests.batch(1, [Sample.passage(1)])
    #expect(writer.store(item))
    guard case .failed(_, items: [item]) = try Self.settle(writer, items: 1)[0] else {
      Issue.record("a store in no folder")
      return
    }
    try folder.write("", to: "later/here")
    #expect(writer.store(item))
    guard case .stored(let outcomes) = try Self.settle(writer, items: 1)[0] else {
      Issue.record("the store is not used")
      return
    }
    #expect(outcomes.map(\.upto) == [1])
    writer.finish()
  }

  @Test("an item of one station does not wait behind the backlog of another")
  func fairness() throws {
    let folder = try WorkFolder()
    let writer = try StoreWriter(path: folder.file("m.sqlite"))
    let records = [Record](repeating: Sample.passage(1), count: 64)
    for number in 0..<300 as Range<UInt64> {
      #expect(writer.store(StoreContractTests.batch(number * 64 + 1, records)))
    }
    let other = try #require(StationID("quiet"))
    #expect(writer.store(.floor(other, StreamID(bits: 9), floor: 1)))
    let reports = try Self.settle(writer, items: 301)
    writer.finish()
    let outcomes = reports.flatMap { report -> [StoreOutcome] in
      if case .stored(let outcomes) = report { outcomes } else { [] }
    }
    let place = try #require(outcomes.firstIndex { $0.station == other })
    // Two transactions of 4,096 records had been handed over when it came, and a turn of the
    // other station has 256 records.
    #expect(place <= (2 * 4096 + 256) / 64 + 1)
  }

  @Test("what comes on top of too much is refused, not queued without end, and others are taken")
  func bound() throws {
    let folder = try WorkFolder()
    let writer = try StoreWriter(path: folder.file("m.sqlite"))
    let item = InboundItem.floor(StoreContractTests.gate, StreamID(bits: 1), floor: 1)
    var accepted = 0
    for _ in 0..<20_000 where writer.store(item) { accepted += 1 }
    #expect(accepted == StoreWriter.mostWaitingOfStation)
    for number in 1...10 {
      let other = try #require(StationID("s-\(number)"))
      let item = InboundItem.floor(other, StreamID(bits: 1), floor: 1)
      for _ in 0..<2000 where writer.store(item) { accepted += 1 }
    }
    #expect(accepted == StoreWriter.mostWaiting)
    _ = try Self.settle(writer, items: accepted)
    #expect(writer.store(item))
    writer.finish()
  }

  @Test("what waits is bounded in bytes too, so that large payloads do not fill the memory")
  func bytes() throws {
    let folder = try WorkFolder()
    let writer = try StoreWriter(path: folder.file("m.sqlite"))
    let payload = [UInt8](repeating: 0x20, count: 262_144)
    var accepted: [Int] = []
    for number in 1...5 {
      let station = try #require(StationID("s-\(number)"))
      let item = InboundItem.malformed(station, payload: payload, reason: "large")
      accepted.append((0..<1000).count { _ in writer.store(item) })
    }
    #expect(accepted == [64, 64, 64, 64, 0])
    _ = try Self.settle(writer, items: 256)
    let item = InboundItem.malformed(StoreContractTests.gate, payload: payload, reason: "large")
    #expect(writer.store(item))
    writer.finish()
  }
}
