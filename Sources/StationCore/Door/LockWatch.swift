// Compares what a lock was told with what its feedback line says.
import Time

/// The feedback of one lock. A lock that does not follow within a second, or leaves its place
/// without having been told to, is faulty until its feedback moves to where it should be: a bolt
/// that is jammed at "locked" agrees with every command to lock, and is jammed all the same.
package struct LockWatch: Equatable, Sendable {
  /// How long a lock may take to follow.
  static let patience: Duration = .seconds(1)

  /// Whether the bolt is home; nil where it was not sensed.
  package private(set) var isLocked: Bool?
  package private(set) var isFaulty = false
  private var doubt: Doubt?

  /// What a lock should be doing.
  package enum Expectation: Equatable, Sendable {
    case locked
    case unlocked
    /// Neither can be asked of it: the leaf is out of its frame, or a circuit beside the daemon
    /// may hold it.
    case either
  }

  private struct Doubt: Equatable, Sendable {
    var expected: Expectation
    var since: Instant
  }

  package init() {}

  package var deadline: Instant? { isFaulty ? nil : doubt.map { $0.since + Self.patience } }

  /// The feedback line was sensed; nil where it cannot be.
  /// - Returns: whether the fault has ended with this.
  package mutating func sense(isLocked level: Bool?, _ expected: Expectation) -> Bool {
    let hasMoved = level != isLocked
    isLocked = level
    guard isFaulty, hasMoved, let level, expected != .either, level == (expected == .locked) else {
      return false
    }
    isFaulty = false
    return true
  }

  /// Looks whether the lock is where it should be, after anything that may have changed that.
  /// - Returns: whether it is found faulty with this.
  package mutating func compare(_ expected: Expectation, at now: Instant) -> Bool {
    guard let isLocked, expected != .either, isLocked != (expected == .locked) else {
      doubt = nil
      return false
    }
    if doubt?.expected != expected { doubt = Doubt(expected: expected, since: now) }
    guard !isFaulty, let doubt, doubt.since + Self.patience <= now else { return false }
    isFaulty = true
    return true
  }
}
