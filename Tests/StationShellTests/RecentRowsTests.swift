// Records that are sent from memory are those that were written, under their numbers.
import StationProtocol
import TestBed
import Testing
import Time

@testable import StationShell

@Suite("Recent rows")
struct RecentRowsTests {
  private static let stream = StreamID(bits: 1)
  private static let other = StreamID(bits: 2)

  private static func record(_ number: UInt64) -> Record {
    Record(
      at: WallTime(milliseconds: Int64(number)), isTrusted: true,
      body: .station(.clockStepped(milliseconds: Int64(number))))
  }

  private static func rows(_ range: ClosedRange<UInt64>) -> [[UInt8]] {
    range.map { record($0).json }
  }

  /// As somebody who asks for the first time.
  private static func look(
    _ recent: RecentRows, _ range: ClosedRange<UInt64>, _ stream: StreamID
  ) -> [[UInt8]]? {
    var copy = recent
    return copy.rows(range, of: stream)
  }

  @Test("what was written last is there, by its numbers, and nothing else is")
  func places() {
    var recent = RecentRows()
    #expect(Self.look(recent, 1...1, Self.stream) == nil)
    for number in 5...9 as ClosedRange<UInt64> {
      recent.note(Self.record(number), number, of: Self.stream)
    }
    #expect(Self.look(recent, 5...9, Self.stream) == Self.rows(5...9))
    #expect(Self.look(recent, 7...8, Self.stream) == Self.rows(7...8))
    for range in [4...5, 9...10, 10...10, 1...20] as [ClosedRange<UInt64>] {
      #expect(Self.look(recent, range, Self.stream) == nil)
    }
    #expect(Self.look(recent, 5...9, Self.other) == nil)
  }

  @Test("no more are remembered than may be under way; the oldest give way")
  func bound() {
    var recent = RecentRows()
    let last = UInt64(3 * RecentRows.most + 17)
    for number in 1...last { recent.note(Self.record(number), number, of: Self.stream) }
    let first = last - UInt64(RecentRows.most) + 1
    #expect(Self.look(recent, first...last, Self.stream) == Self.rows(first...last))
    #expect(Self.look(recent, first - 1...last, Self.stream) == nil)
  }

  @Test("numbers that were given up, and a new stream, begin anew")
  func holes() {
    var recent = RecentRows()
    for number in [1, 2, 5, 6] as [UInt64] {
      recent.note(Self.record(number), number, of: Self.stream)
    }
    #expect(Self.look(recent, 1...2, Self.stream) == nil)
    #expect(Self.look(recent, 5...6, Self.stream) == Self.rows(5...6))
    recent.note(Self.record(1), 1, of: Self.other)
    #expect(Self.look(recent, 5...6, Self.stream) == nil)
    #expect(Self.look(recent, 1...1, Self.other) == Self.rows(1...1))
  }

  @Test("whatever is noted, what comes out is what went in")
  func model() {
    var random = SeededGenerator(seed: 31)
    var recent = RecentRows()
    var kept: [UInt64: Record] = [:]
    var next: UInt64 = 1
    for _ in 0..<5000 {
      if random.next() % 97 == 0 {
        next += 1 + random.next() % 5
        kept = [:]
      }
      let record = Self.record(next)
      recent.note(record, next, of: Self.stream)
      kept[next] = record
      let low = max(1, next - min(next - 1, random.next() % 300))
      let high = low + random.next() % 300
      let expected = (low...high).map { kept[$0]?.json }
      let isRemembered =
        !expected.contains(nil) && next - low < UInt64(RecentRows.most)
      #expect(Self.look(recent, low...high, Self.stream) == (isRemembered ? expected : nil))
      next += 1
    }
  }

  @Test("rows that are written while the store is asked for earlier ones do not overtake them")
  func order() {
    var recent = RecentRows()
    for number in 5...9 as ClosedRange<UInt64> {
      recent.note(Self.record(number), number, of: Self.stream)
    }
    #expect(recent.rows(2...4, of: Self.stream) == nil)
    // The store is asked for these as well, behind the others.
    #expect(recent.rows(5...6, of: Self.stream) == nil)
    recent.told(through: 4, of: Self.stream)
    #expect(recent.rows(7...7, of: Self.stream) == nil)
    recent.told(through: 6, of: Self.stream)
    recent.told(through: 7, of: Self.other)
    #expect(recent.rows(8...8, of: Self.stream) == nil)
    recent.told(through: 8, of: Self.stream)
    #expect(recent.rows(9...9, of: Self.stream) == Self.rows(9...9))
  }
}
