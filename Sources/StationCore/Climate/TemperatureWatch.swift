// Whether it has been too cold or too hot beside a thermometer for long enough to say so.
import Time

/// Each limit by itself: the alarm comes when every reading of a whole delay lay beyond it, and
/// ends with one that lies within it by the hysteresis.
package struct TemperatureWatch: Equatable, Sendable {
  private let limits: TemperatureLimits
  private var cold = Side()
  private var hot = Side()

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

  package init(_ limits: TemperatureLimits) { self.limits = limits }

  package var isTooCold: Bool { cold.stands }
  package var isTooHot: Bool { hot.stands }

  package mutating func sense(_ value: Int64, at now: Instant) {
    if let coldest = limits.coldest {
      cold.sense(
        isBeyond: value < coldest, isWithin: value >= coldest + limits.hysteresis, at: now)
    }
    if let hottest = limits.hottest {
      hot.sense(
        isBeyond: value > hottest, isWithin: value <= hottest - limits.hysteresis, at: now)
    }
  }

  /// Nothing is known any more: no delay goes on, and an alarm that stands stands until a reading
  /// ends it.
  package mutating func lose() {
    cold.since = nil
    hot.since = nil
  }

  package var deadline: Instant? {
    [cold.due(limits.delay), hot.due(limits.delay)].compactMap { $0 }.min()
  }

  package mutating func wake(at now: Instant) {
    cold.wake(limits.delay, at: now)
    hot.wake(limits.delay, at: now)
  }
}
