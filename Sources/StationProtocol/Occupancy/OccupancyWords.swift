// What is said of the people inside: what passed a door, and why the count was corrected.

/// What the beam pair saw.
package enum Passage: String, CaseIterable, Sendable {
  case inward = "in"
  case outward = "out"
  case turnBack = "turn-back"
  /// Something passed, but which way cannot be told.
  case ambiguous
}

/// The treatment of those who come when the room is full.
package enum CapacityRule: String, CaseIterable, Sendable {
  /// Nobody is let in beyond it.
  case hard
  /// More are let in, with a note in the record.
  case soft
}

/// Why the count of people inside was corrected.
package enum CorrectionCause: String, CaseIterable, Sendable {
  /// Someone left who had not been counted in.
  case underflow
  /// The room was proven empty after a door had last been opened with the exit button.
  case emptyAfterExit = "empty-after-exit"
  /// The room was proven empty after a door had last been opened otherwise.
  case emptyAfterCycle = "empty-after-cycle"
  /// The service ordered it: somebody has counted.
  case command
}
