// What is said of doors: who they open to, and why they were opened and locked.

/// On whose behalf a door leaf opened.
package enum OpenCause: String, CaseIterable, Sendable {
  case granted
  case exit
  case forced
  /// The door stood open when the station began to sense it.
  case found
  /// The fire signal had released it.
  case fire
  /// The door was open to everyone.
  case free
  /// The service ordered it.
  case command
}

/// Why the strike was secured again.
package enum LockCause: String, CaseIterable, Sendable {
  case closed
  case timeout
  /// Free access is over, or the fire signal was reset.
  case ended
}

/// The people to whom a door opens at this moment.
package enum DoorMode: String, CaseIterable, Sendable {
  /// A good code, card or PIN opens the door.
  case codeOnly = "code-only"
  case freeAccess = "free-access"
  /// Nobody but a maintainer comes in. Leaving is never hindered.
  case lockDown = "lock-down"
  /// Work is being done: only maintainers come in.
  case maintenance
}

/// What changed a door's mode.
package enum ModeCause: String, CaseIterable, Sendable {
  /// So it is configured; said at the start where it is not `code-only`.
  case configured
  case schedule
  /// The first person of the day came.
  case firstPerson = "first-person"
  /// A button or a key switch at the station.
  case input
  /// The link to the service was lost for long, or is back.
  case uplink
  /// The service ordered it, or the time of its order is over.
  case command
}
