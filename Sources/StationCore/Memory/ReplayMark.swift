// A code that is used up, as the store keeps it.
import StationProtocol
import Time

/// A code that is used up.
package struct ReplayMark: Equatable, Sendable {
  package var code: CodeDigest
  /// From here on the code has expired anyway.
  package var until: WallTime
  package var purpose: Purpose

  /// What a code is used up for; a code that opened a door may still pay.
  package enum Purpose: String, CaseIterable, Sendable {
    case door
    case machine
  }

  package init(code: CodeDigest, until: WallTime, purpose: Purpose = .door) {
    self.code = code
    self.until = until
    self.purpose = purpose
  }
}
