// The service goes through quarantine at its start, a page at a time.
import ManagementCore
import StationProtocol
import Testing
import Time

@Suite("Reading quarantine again")
struct SecondReadingTests {
  private let scenario = ManagementScenario()

  private func keep(_ first: UInt64, _ records: [[UInt8]]) {
    _ = scenario.store.store(
      [
        .batch(
          InboundBatch(
            station: gate, stream: stream, first: first,
            contents: records.map { .unreadable(json: $0, reason: "why") },
            digest: PayloadDigest(high: 0, low: 0)))
      ], at: scenario.now)
  }

  @Test("after a start what can be read is stored and shown, and what cannot stays")
  func restart() {
    let entry = scenario.record(.occupancy(.passage(door, .inward, inside: 1)))
    keep(1, [entry.json, Array(#"{"kind":"of-tomorrow"}"#.utf8), entry.json])
    scenario.restart()
    #expect(scenario.readAgain() == [.announce(gate)])
    #expect(scenario.store.events(after: 0, limit: 9).map(\.seq) == [1, 3])
    #expect(scenario.management.view(of: gate, at: scenario.now)?.today.entries == 2)
    #expect(scenario.store.quarantine(before: nil, limit: 9).map(\.seq) == [2])
    scenario.restart()
    #expect(scenario.readAgain().isEmpty)
    #expect(scenario.management.view(of: gate, at: scenario.now)?.today.entries == 2)
  }

  @Test("a quarantine of many pages is gone through to its end, one page after the other")
  func pages() {
    let record = scenario.record(.door(.closed(door))).json
    let strange = Array(#"{"kind":"of-tomorrow"}"#.utf8)
    let count = 5 * Quarantined.page + 3
    let records = (0..<count).map { $0 % 3 == 0 || $0 / Quarantined.page == 2 ? strange : record }
    for start in stride(from: 0, to: count, by: RecordBatch.mostRecords) {
      keep(
        UInt64(start) + 1, Array(records[start..<min(count, start + RecordBatch.mostRecords)]))
    }
    scenario.restart()
    let rows = scenario.store.quarantine(after: 0, limit: Quarantined.page)
    let first = scenario.handle(.quarantined(rows))
    #expect(first.count == rows.count { $0.raw == record })
    #expect(first.allSatisfy { if case .store(.again) = $0 { true } else { false } })
    _ = scenario.readAgain()
    #expect(scenario.store.quarantine(before: nil, limit: count).allSatisfy { $0.raw == strange })
    #expect(
      scenario.store.events(after: 0, limit: count).count == records.count { $0 == record })
  }
}
