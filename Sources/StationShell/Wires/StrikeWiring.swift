// How a lock's current flows through its relay.
import StationCore

/// How a lock hangs on its relay.
package struct StrikeWiring: Equatable, Sendable {
  package var kind: DoorLock.Kind
  package var contact: Contact

  /// The contact of the relay through which the lock's current flows.
  package enum Contact: String, CaseIterable, Sendable {
    /// Current flows while the relay is energised.
    case normallyOpen = "normally-open"
    /// Current flows while it is not.
    case normallyClosed = "normally-closed"
  }

  package init(kind: DoorLock.Kind = .failSecure, contact: Contact = .normallyOpen) {
    self.kind = kind
    self.contact = contact
  }

  package func isEnergised(for strike: Strike) -> Bool {
    let needsCurrent =
      switch kind {
      case .failSecure: strike == .release
      case .failSafe: strike == .secure
      }
    return needsCurrent == (contact == .normallyOpen)
  }
}
