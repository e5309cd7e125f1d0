// How far a stream is stored without a hole, whatever order its records came in.

/// The prefix of a stream that is complete, and the islands beyond its end.
package struct StreamProgress: Equatable, Sendable {
  /// More islands than an honest station ever makes, which sends in order. What lies beyond is
  /// not noted, and so not acknowledged before the holes are filled and it has come again.
  package static let mostIslands = 1024

  /// Every number from 1 to this one is stored or known never to come.
  package private(set) var upto: UInt64
  /// Stored numbers beyond the first hole: sorted, apart from each other.
  package private(set) var islands: [ClosedRange<UInt64>]

  package init(upto: UInt64 = 0, islands: [ClosedRange<UInt64>] = []) {
    self.upto = upto
    self.islands = islands
  }

  package func contains(_ number: UInt64) -> Bool {
    number <= upto || islands.contains { $0.contains(number) }
  }

  /// Whether these numbers leave no hole behind what is stored.
  package func follows(_ numbers: ClosedRange<UInt64>) -> Bool { numbers.lowerBound <= upto + 1 }

  /// The numbers below `floor` that are neither stored nor known never to come.
  package func holes(below floor: UInt64) -> [ClosedRange<UInt64>] {
    var holes: [ClosedRange<UInt64>] = []
    var next = upto + 1
    for island in islands where island.lowerBound < floor {
      holes.append(next...island.lowerBound - 1)
      next = island.upperBound + 1
    }
    if next < floor { holes.append(next...floor - 1) }
    return holes
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
    } else if apart.count < Self.mostIslands {
      islands = (apart + [merged]).sorted { $0.lowerBound < $1.lowerBound }
    }
  }
}
