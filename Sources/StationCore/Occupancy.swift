// How many people are inside, from the passages at every access point.
import StationProtocol

/// Totals that boot must remember. They only grow; `inside` never falls below zero.
package struct OccupancyTotals: Equatable, Sendable {
  package var entered: Int64 = 0
  package var left: Int64 = 0
  package var inside: Int64 = 0

  package init(entered: Int64 = 0, left: Int64 = 0, inside: Int64 = 0) {
    self.entered = entered
    self.left = left
    self.inside = inside
  }
}

/// The count of the room. After an unclean start it is stale until a passage confirms that the
/// beams work; what happened while nobody looked is not known.
package struct Occupancy: Equatable, Sendable {
  package private(set) var totals = OccupancyTotals()
  package private(set) var isStale = false

  package init() {}

  package mutating func recover(_ totals: OccupancyTotals, after ending: Ending) {
    self.totals = totals
    isStale = ending == .unclean
  }

  /// - Returns: whether the totals changed.
  package mutating func count(_ passage: Passage) -> Bool {
    switch passage {
    case .inward:
      totals.entered += 1
      totals.inside += 1
    case .outward:
      totals.left += 1
      totals.inside = max(0, totals.inside - 1)
    case .turnBack, .ambiguous: return false
    }
    isStale = false
    return true
  }
}
