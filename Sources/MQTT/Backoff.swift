// How long to wait before the next attempt: longer each time, and never all at once.
import Time

/// Exponential back-off with full jitter: after a broker's restart hundreds of stations come
/// back spread over the pause instead of in one blow.
package struct Backoff: Equatable, Sendable {
  private let first: Duration
  private let longest: Duration
  private var attempt = 0

  package init(first: Duration, longest: Duration) {
    self.first = first
    self.longest = longest
  }

  /// - Parameter random: evenly distributed bits.
  package mutating func next(random: UInt64) -> Duration {
    let doubled = first.wholeNanoseconds << Int64(min(attempt, 20))
    attempt += 1
    let bound = min(longest.wholeNanoseconds, doubled)
    return .nanoseconds(Int64(random % UInt64(max(1, bound))))
  }

  /// A connection has held for a while. When it is lost, the first pause is the shortest and
  /// the next ones grow from where they would after one failure.
  package mutating func succeeded() { attempt = min(attempt, 1) }
}
