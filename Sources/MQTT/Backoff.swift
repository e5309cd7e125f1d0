// How long to wait before the next attempt: longer each time, and never all at once.
import StationProtocol

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

  /// A connection was made. One that is lost again at once still waits a little longer than a
  /// first attempt would.
  package mutating func succeeded() { attempt = min(attempt, 1) }
}
