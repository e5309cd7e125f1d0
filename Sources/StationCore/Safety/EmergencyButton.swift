// The emergency button of a room: pressed, it is an alarm until somebody has been there.

/// A press is an alarm at once. It stands, across restarts, until the button is out again and
/// somebody turns the reset key at the station: whoever ends it has looked into the room.
package struct EmergencyButton: Equatable, Sendable {
  package private(set) var state = State.quiet
  private var isPressed = false

  package enum State: Equatable, Sendable {
    /// Nobody called. Can become `calling`.
    case quiet
    /// Somebody called. Can become `quiet` by the reset key while the button is out.
    case calling
  }

  /// With each of them the latch is set or let go, which has to survive a restart.
  package enum Action: Equatable, Sendable {
    case raise
    case clear
  }

  package init() {}

  /// What the store remembers.
  package mutating func recover(isLatched: Bool) -> Action? {
    guard isLatched else { return nil }
    state = .calling
    return .raise
  }

  /// The button was sensed; a press of 20 ms is one.
  package mutating func sense(isPressed: Bool) -> Action? {
    self.isPressed = isPressed
    guard isPressed, state == .quiet else { return nil }
    state = .calling
    return .raise
  }

  /// Somebody turned the reset key at the station.
  package mutating func reset() -> Action? {
    guard state == .calling, !isPressed else { return nil }
    state = .quiet
    return .clear
  }
}
