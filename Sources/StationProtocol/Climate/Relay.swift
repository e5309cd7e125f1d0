// What is switched for the people inside.

/// A load that is switched off while nobody is inside. A fridge is never wired to one.
package enum Relay: String, CaseIterable, Sendable, Comparable {
  case lights
  case climate
  case sockets

  package static func < (one: Relay, other: Relay) -> Bool { one.rawValue < other.rawValue }
}

/// Why a relay was switched.
package enum RelayCause: String, CaseIterable, Sendable {
  /// Someone is inside, or may be.
  case occupied
  /// Nobody has been inside for the configured time.
  case empty
  /// A switch at the station.
  case override
  /// The service ordered it.
  case command
}
