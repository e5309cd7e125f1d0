// The state of the people inside: always whole, with the record it reflects, never a difference.
import Time

/// `state/occupancy`: how many are inside, and the totals from which that follows: inside is what
/// came in, less what went out, with the corrections.
package struct OccupancyPayload: Equatable, Sendable {
  package var seq: UInt64
  package var inside: Int64
  /// Since the store was made; they only grow.
  package var entered: Int64
  package var left: Int64
  /// The sum of the ledger of corrections, with its sign.
  package var corrections: Int64
  /// Passages that were not counted, because no door had been open; they only grow.
  package var refused: Int64
  /// The most that should be inside; nil without a limit.
  package var capacity: Int64?
  /// No passage has confirmed the count since an unclean start.
  package var isStale: Bool
  package var at: WallTime

  package init(
    seq: UInt64, inside: Int64, entered: Int64, left: Int64, corrections: Int64 = 0,
    refused: Int64 = 0, capacity: Int64? = nil, isStale: Bool, at: WallTime
  ) {
    self.seq = seq
    self.inside = inside
    self.entered = entered
    self.left = left
    self.corrections = corrections
    self.refused = refused
    self.capacity = capacity
    self.isStale = isStale
    self.at = at
  }
}

extension OccupancyPayload: DescribedObject {
  package static func described<Coder: MemberCoder>(
    _ state: OccupancyPayload?, by coder: inout Coder
  ) throws(Coder.Failure) -> OccupancyPayload {
    OccupancyPayload(
      seq: try coder.number("seq", state?.seq), inside: try coder.number("inside", state?.inside),
      entered: try coder.number("in", state?.entered), left: try coder.number("out", state?.left),
      corrections: try coder.member("corrections", state?.corrections),
      refused: try coder.number("refused", state?.refused),
      capacity: try coder.optionalNumber("capacity", state?.capacity, 1...(.max)),
      isStale: try coder.member("stale", state?.isStale), at: try coder.member("at", state?.at))
  }
}
