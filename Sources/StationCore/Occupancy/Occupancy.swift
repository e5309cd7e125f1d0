// How many people are inside, from what the sensors of every access point have seen.
import StationProtocol

/// The count of the room. After an unclean start it is stale until evidence comes: someone passes
/// an open door, or the room is found empty. What happened while nobody looked is not known. It is
/// stale as well while something moves in a room that should be empty: whoever has slept through
/// the proof of it sits in the dark otherwise.
package struct Occupancy: Equatable, Sendable {
  package private(set) var totals = OccupancyTotals()
  package private(set) var isStale = false
  package private(set) var book = DayBook()

  package init() {}

  package mutating func recover(
    _ totals: OccupancyTotals, _ book: DayBook, after ending: Ending
  ) {
    self.totals = totals
    self.book = book
    isStale = ending == .unclean
  }

  /// Someone passed an open door.
  /// - Returns: whether the count would have fallen below zero, and was corrected.
  package mutating func count(_ passage: Passage, isTailgate: Bool = false) -> Bool {
    book.add(passage, isTailgate: isTailgate)
    switch passage {
    case .inward: totals.entered += 1
    case .outward: totals.left += 1
    case .turnBack, .ambiguous: return false
    }
    isStale = false
    guard totals.inside < 0 else { return false }
    totals.corrections += 1
    book.addUnderflow()
    return true
  }

  /// A counter has said what cannot be: people may have passed whom nobody counted.
  package mutating func mistrust() { isStale = true }

  /// Somebody is inside whom the count knows nothing of.
  /// - Returns: whether that is news.
  package mutating func doubt() -> Bool {
    guard totals.inside == 0, !isStale else { return false }
    isStale = true
    return true
  }

  /// Passages at a shut door.
  package mutating func refuse(_ count: Int64) {
    totals.refused += count
    book.addRefused(count)
  }

  /// The room is empty, whatever was counted.
  /// - Returns: how many the count was wrong by.
  package mutating func empty(_ cause: CorrectionCause) -> Int64 {
    let residual = totals.inside
    totals.corrections -= residual
    book.addReset(cause, residual: residual)
    isStale = false
    return residual
  }

  /// Somebody has counted how many are inside.
  /// - Returns: how many the count was wrong by.
  package mutating func correct(to inside: Int64) -> Int64 {
    let difference = inside - totals.inside
    totals.corrections += difference
    isStale = false
    return difference
  }

  /// The local day is this one now.
  /// - Returns: the day that is over.
  package mutating func turn(to day: Int) -> OccupancyDay? { book.turn(to: day) }

  /// What boot must remember of all this.
  package var changes: [RecoveryChange] { [.totals(totals), .day(book)] }
}
