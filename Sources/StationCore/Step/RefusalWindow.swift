// How many refusals get a record of their own, so that a queue of wrong codes fills no journal.
import StationProtocol
import Time

/// Counts refusals by the minute: the first of a minute are recorded one by one, the rest as one
/// number.
package struct RefusalWindow: Equatable, Sendable {
  /// Refusals in a minute that are recorded one by one.
  static let recorded = 10
  static let length: Duration = .seconds(60)

  private struct Window: Equatable, Sendable {
    var ends: Instant
    var refusals = 0
  }

  private var current: Window?

  package init() {}

  /// Counts a refusal.
  /// - Returns: whether it gets a record of its own.
  package mutating func count(at now: Instant) -> Bool {
    var window = current ?? Window(ends: now + Self.length)
    window.refusals += 1
    current = window
    return window.refusals <= Self.recorded
  }

  package var deadline: Instant? { current?.ends }

  /// Ends the minute if it is over.
  /// - Returns: how many refusals had no record of their own.
  package mutating func close(at now: Instant) -> Int64? {
    guard let window = current, window.ends <= now else { return nil }
    current = nil
    let surplus = window.refusals - Self.recorded
    return surplus > 0 ? min(Int64(surplus), RecordBounds.mostRefusals) : nil
  }
}
