// Alarms of the service about a station: findings that the station itself cannot report.
import StationProtocol
import Time

/// Alarms that the service raises for a station, such as two machines under one name. Of most,
/// which come from what the broker brought, nobody can say that they are over: each stands until
/// nothing of its kind has been found for a day. They live in memory; a restart of the service ends
/// them, and the next occurrence raises them again.
package struct StationFindings: Equatable, Sendable {
  /// How long a finding stands after its last occurrence.
  package static let period: Duration = .seconds(86_400)

  private struct Finding: Equatable, Sendable {
    let since: WallTime
    var last: Instant
  }

  private var standing: [Alarm: Finding] = [:]

  package init() {}

  /// As the station's own alarms are shown, sorted by word.
  package var alarms: [ActiveAlarm] {
    standing.map { ActiveAlarm(alarm: $0.key, accessPoint: nil, since: $0.value.since) }
      .sorted { $0.alarm < $1.alarm }
  }

  /// Something was found.
  /// - Returns: whether the alarm is new.
  package mutating func note(_ alarm: Alarm, at now: Now) -> Bool {
    let known = standing[alarm]
    standing[alarm] = Finding(since: known?.since ?? now.wall, last: now.instant)
    return known == nil
  }

  package func holds(_ alarm: Alarm) -> Bool { standing[alarm] != nil }

  /// The cause of an alarm is known to be over.
  package mutating func end(_ alarm: Alarm) { standing[alarm] = nil }

  /// Forgets what was not found again for a day.
  /// - Returns: whether an alarm ended.
  package mutating func forgetOld(at now: Now) -> Bool {
    let count = standing.count
    standing = standing.filter { now.instant - $0.value.last < Self.period }
    return standing.count != count
  }
}
