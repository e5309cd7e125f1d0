// The totals of one day at the doors of a station.

/// One local day at all doors of a station. Counts are people or events, never negative.
package struct OccupancyDay: Equatable, Sendable {
  /// Year, month and day as one number, such as 20261121.
  package var day: Int
  package var entered: Int64
  package var left: Int64
  package var turnBacks: Int64
  /// Something passed, but which way could not be told; its share is `ambiguousShare`.
  package var ambiguous: Int64
  /// Passages in that perhaps nobody let in; they are among `entered`.
  package var tailgates: Int64
  /// Passages that were not counted, because no door had been open.
  package var refused: Int64
  /// Corrections of +1: someone left who had not been counted in.
  package var underflows: Int64
  /// What the proofs of an empty room took away, as one sum with its sign.
  package var residual: Int64
  package var exitResets: Int64
  package var cycleResets: Int64

  package init(
    day: Int, entered: Int64 = 0, left: Int64 = 0, turnBacks: Int64 = 0, ambiguous: Int64 = 0,
    tailgates: Int64 = 0, refused: Int64 = 0, underflows: Int64 = 0, residual: Int64 = 0,
    exitResets: Int64 = 0, cycleResets: Int64 = 0
  ) {
    self.day = day
    self.entered = entered
    self.left = left
    self.turnBacks = turnBacks
    self.ambiguous = ambiguous
    self.tailgates = tailgates
    self.refused = refused
    self.underflows = underflows
    self.residual = residual
    self.exitResets = exitResets
    self.cycleResets = cycleResets
  }

  /// The days that a record can speak of.
  package static let days = 19_700_101...99_991_231

  /// Ambiguous passages of all that were seen, 0...1; 0 on a day without any.
  package var ambiguousShare: Double {
    let all = entered + left + turnBacks + ambiguous
    return all == 0 ? 0 : Double(ambiguous) / Double(all)
  }
}
