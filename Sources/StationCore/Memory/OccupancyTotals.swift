// The sums of everyone who was counted, as the store keeps them.

/// Totals that boot must remember. What was seen only grows; what was wrong with it stands beside
/// it, so that both can be read.
package struct OccupancyTotals: Equatable, Sendable {
  package var entered: Int64
  package var left: Int64
  /// The sum of all corrections: one up for each underflow, the residual down at each reset.
  package var corrections: Int64
  /// Passages that were seen while no door was open.
  package var refused: Int64

  package init(
    entered: Int64 = 0, left: Int64 = 0, corrections: Int64 = 0, refused: Int64 = 0
  ) {
    self.entered = entered
    self.left = left
    self.corrections = corrections
    self.refused = refused
  }

  /// Never below zero.
  package var inside: Int64 { entered - left + corrections }
}
