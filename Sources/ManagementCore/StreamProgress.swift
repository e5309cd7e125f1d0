// How far a stream is stored without a hole, whatever order its records came in.

/// The prefix of a stream that is complete, and the islands beyond its end.
package struct StreamProgress: Equatable, Sendable {
  /// Every number from 1 to this one is stored or known never to come.
  package private(set) var upto: UInt64
  /// Stored numbers beyond the first hole: sorted, apart from each other.
  package private(set) var islands: [ClosedRange<UInt64>]

  package init(upto: UInt64 = 0, islands: [ClosedRange<UInt64>] = []) {
    self.upto = upto
    self.islands = islands
  }

  /// Takes note that these numbers are stored, or will never come.
  package mutating func add(_ numbers: ClosedRange<UInt64>) {
    guard numbers.upperBound > upto else { return }
    var merged = numbers
    var apart: [ClosedRange<UInt64>] = []
    for island in islands {
      if island.upperBound + 1 < merged.lowerBound || island.lowerBound > merged.upperBound + 1 {
        apart.append(island)
      } else {
        merged =
          min(island.lowerBound, merged.lowerBound)...max(island.upperBound, merged.upperBound)
      }
    }
    if merged.lowerBound <= upto + 1 {
      upto = merged.upperBound
      islands = apart
    } else {
      islands = (apart + [merged]).sorted { $0.lowerBound < $1.lowerBound }
    }
  }
}
