// A rate with a burst: so much at once, and so much more for each second.
import Time

/// Tokens that come at a steady rate up to a most. What is taken may exceed what is there: the debt
/// is waited out before anything more is taken, so that no single piece is too large to pass.
package struct TokenBucket: Equatable, Sendable {
  /// One token. The level is in billionths, so that a rate in seconds and a clock in nanoseconds
  /// meet without a division: a bucket is looked into with every message of every station.
  private static let whole: Int64 = 1_000_000_000
  private let full: Int64
  private let perSecond: Int64
  private var level: Int64
  private var at: Instant

  /// - Parameters:
  ///   - most: what there is at first, and after a long silence; at most 2^32.
  ///   - perSecond: at least 1.
  package init(most: Int64, perSecond: Int64, at now: Instant) {
    precondition(
      (1...1 << 32).contains(most) && perSecond >= 1, "a bucket must fill, and have a bound")
    full = most * Self.whole
    self.perSecond = perSecond
    level = full
    at = now
  }

  /// Whether something may be taken now.
  package mutating func isOpen(at now: Instant) -> Bool {
    fill(now)
    return level >= Self.whole
  }

  /// Takes this many, 2^32 at most, which may leave a debt. A debt stops growing at the depth that
  /// the bucket has when it is full.
  package mutating func take(_ count: Int64, at now: Instant) {
    fill(now)
    level = max(level - min(count, 1 << 32) * Self.whole, -full)
  }

  /// When something may be taken again.
  package var opens: Instant {
    guard level < Self.whole else { return at }
    // Rounded up, or a wake would come a moment too early and find nothing.
    return at + .nanoseconds((Self.whole - level + perSecond - 1) / perSecond)
  }

  private mutating func fill(_ now: Instant) {
    guard now > at else { return }
    let (earned, isOver) = (now.nanoseconds - at.nanoseconds)
      .multipliedReportingOverflow(by: perSecond)
    at = now
    level = isOver || earned >= full - level ? full : level + earned
  }
}
