// A rate with a burst: so much at once, and so much more for each second.
import StationProtocol

/// Tokens that come at a steady rate up to a most. What is taken may exceed what is there: the debt
/// is waited out before anything more is taken, so that no single piece is too large to pass.
package struct TokenBucket: Equatable, Sendable {
  private let most: Int64
  private let perSecond: Int64
  private var tokens: Int64
  /// What time has earned of the next token, in billionths.
  private var credit: Int64 = 0
  private var at: Instant
  private static let whole: Int64 = 1_000_000_000

  /// - Parameters:
  ///   - most: what there is at first, and after a long silence.
  ///   - perSecond: at least 1.
  package init(most: Int64, perSecond: Int64, at now: Instant) {
    precondition(most >= 1 && perSecond >= 1, "a bucket must fill")
    self.most = most
    self.perSecond = perSecond
    tokens = most
    at = now
  }

  /// Whether something may be taken now.
  package mutating func isOpen(at now: Instant) -> Bool {
    fill(now)
    return tokens > 0
  }

  /// Takes this many, which may leave a debt.
  package mutating func take(_ count: Int64, at now: Instant) {
    fill(now)
    tokens -= count
  }

  /// When something may be taken again.
  package var opens: Instant {
    guard tokens <= 0 else { return at }
    let missing = (1 - tokens) * Self.whole - credit
    // Rounded up, or a wake would come a moment too early and find nothing.
    return at + .nanoseconds((missing + perSecond - 1) / perSecond)
  }

  private mutating func fill(_ now: Instant) {
    guard now > at else { return }
    let nanoseconds = (now - at).wholeNanoseconds
    defer { at = now }
    guard nanoseconds / Self.whole <= (most - tokens) / perSecond else {
      (tokens, credit) = (most, 0)
      return
    }
    let earned = nanoseconds * perSecond + credit
    tokens = min(most, tokens + earned / Self.whole)
    credit = tokens == most ? 0 : earned % Self.whole
  }
}
