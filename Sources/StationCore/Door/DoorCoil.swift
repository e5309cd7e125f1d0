// The coil of a lock that is made for pulses: how long it carries current, and how long it rests.
import Time

/// Gives a pulse when one is wanted, never a longer one than the coil bears, and never one before
/// the coil has rested for as long as the longest pulse. A wish during a pulse or a rest is kept
/// until the rest ends.
package struct DoorCoil: Equatable, Sendable {
  package let longest: Duration
  package private(set) var state = State.cold

  package enum State: Equatable, Sendable {
    /// Without current and cooled down. Can become `energised` when a pulse is wanted.
    case cold
    /// Carries current. Can become `resting` when its time is over or nobody needs it any more.
    case energised(until: Instant, isWantedAgain: Bool)
    /// Without current, cooling down. Can become `energised` again where a wish was kept, else
    /// `cold`.
    case resting(until: Instant, isWantedAgain: Bool)
  }

  package init(longest: Duration) { self.longest = longest }

  package var isEnergised: Bool {
    if case .energised = state { true } else { false }
  }

  package var deadline: Instant? {
    switch state {
    case .cold: nil
    case .energised(let until, _), .resting(let until, _): until
    }
  }

  /// A pulse is wanted.
  package mutating func want(at now: Instant) {
    switch state {
    case .cold: state = .energised(until: now + longest, isWantedAgain: false)
    case .energised(let until, _): state = .energised(until: until, isWantedAgain: true)
    case .resting(let until, _): state = .resting(until: until, isWantedAgain: true)
    }
  }

  /// The pulse has done its work.
  package mutating func cut(at now: Instant) {
    guard case .energised(_, let isWanted) = state else { return }
    state = .resting(until: now + longest, isWantedAgain: isWanted)
  }

  /// - Parameter isStillWanted: whether somebody for whom a wish was kept still waits.
  package mutating func wake(isStillWanted: Bool, at now: Instant) {
    switch state {
    case .cold: break
    case .energised(let until, let isWanted):
      guard until <= now else { return }
      // From when the current really ends: a daemon that was late has warmed the coil for longer.
      state = .resting(until: now + longest, isWantedAgain: isWanted)
    case .resting(let until, let isWanted):
      guard until <= now else { return }
      state =
        isWanted && isStillWanted
        ? .energised(until: now + longest, isWantedAgain: false) : .cold
    }
  }
}
