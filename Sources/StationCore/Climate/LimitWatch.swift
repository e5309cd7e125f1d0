// Whether a sensor's value has been beyond a limit for long enough to say so.
import StationProtocol
import Time

/// Judges each limit by itself: an alarm comes when every reading of a whole delay lay beyond the
/// limit, and ends with one that lies within it by the hysteresis.
package struct LimitWatch: Equatable, Sendable {
  package let limits: ReadingLimits
  private var low = Side()
  private var high = Side()

  private struct Side: Equatable, Sendable {
    /// The first of the readings beyond the limit that no other one has interrupted.
    var since: Instant?
    var stands = false

    mutating func sense(isBeyond: Bool, isWithin: Bool, at now: Instant) {
      since = isBeyond ? since ?? now : nil
      if isWithin { stands = false }
    }

    func due(_ delay: Duration) -> Instant? { stands ? nil : since.map { $0 + delay } }

    mutating func wake(_ delay: Duration, at now: Instant) {
      if let due = due(delay), due <= now { stands = true }
    }
  }

  package init(_ limits: ReadingLimits) { self.limits = limits }

  package func raises(_ alarm: Alarm) -> Bool {
    low.stands && limits.low?.rule.alarm == alarm
      || high.stands && limits.high?.rule.alarm == alarm
  }

  package mutating func sense(_ value: Int64, at now: Instant) {
    if let limit = limits.low {
      low.sense(
        isBeyond: value < limit.value, isWithin: value >= limit.value + limit.hysteresis, at: now)
    }
    if let limit = limits.high {
      high.sense(
        isBeyond: value > limit.value, isWithin: value <= limit.value - limit.hysteresis, at: now)
    }
  }

  /// Nothing is known any more: no delay goes on, and an alarm that stands stands until a reading
  /// ends it.
  package mutating func lose() {
    low.since = nil
    high.since = nil
  }

  package var deadline: Instant? {
    [low.due(limits.delay), high.due(limits.delay)].compactMap { $0 }.min()
  }

  package mutating func wake(at now: Instant) {
    low.wake(limits.delay, at: now)
    high.wake(limits.delay, at: now)
  }
}
