// When a station leaves a stream whose numbers mean something else to the service.
import StationProtocol
import Time

/// Bounds how often a station begins a new stream on what an acknowledgement says. The broker may
/// bring anything: without the bound, whoever forges acknowledgements would make it begin one
/// after the other. Meanwhile nothing is lost, for nothing is given up.
package struct StreamRenewal: Equatable, Sendable {
  /// At most one in this time.
  static let interval: Duration = .seconds(3600)
  /// How long the alarm stands after the last cause of its kind: nobody can say that it is over.
  static let period: Duration = .seconds(86_400)

  private var last: Instant?
  /// In the order in which their causes came last.
  private var standing: [Standing] = []

  private struct Standing: Equatable, Sendable {
    let alarm: Alarm
    let until: Instant
  }

  /// - Returns: whether a new stream may begin; it counts as begun.
  mutating func begin(for alarm: Alarm, at now: Instant) -> Bool {
    note(alarm, at: now)
    if let last, now - last < Self.interval { return false }
    last = now
    return true
  }

  /// Something that nobody can say is over was seen; its alarm stands for a day from now.
  mutating func note(_ alarm: Alarm, at now: Instant) {
    standing.removeAll { $0.alarm == alarm }
    standing.append(Standing(alarm: alarm, until: now + Self.period))
  }

  /// Whether this alarm stands for the sake of its day.
  func holds(_ alarm: Alarm) -> Bool { standing.contains { $0.alarm == alarm } }

  /// The alarm stands for another reason from now on.
  mutating func forget(_ alarm: Alarm) { standing.removeAll { $0.alarm == alarm } }

  var deadline: Instant? { standing.map(\.until).min() }

  /// The alarms that have stood long enough.
  mutating func end(at now: Instant) -> [Alarm] {
    let over = standing.filter { $0.until <= now }.map(\.alarm)
    standing.removeAll { $0.until <= now }
    return over
  }
}
