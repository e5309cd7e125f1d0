// The alarms that stand at this station.
import StationProtocol
import Time

/// A sorted list of standing alarms. Raising one that stands, or clearing one that does not,
/// changes nothing.
package struct AlarmBoard: Equatable, Sendable {
  package private(set) var active: [ActiveAlarm] = []

  package init() {}

  package mutating func raise(_ alarm: Alarm, _ point: AccessPointID?, at time: WallTime) -> Bool {
    guard !stands(alarm, point) else { return false }
    active.append(ActiveAlarm(alarm: alarm, accessPoint: point, since: time))
    active.sort {
      ($0.alarm, $0.accessPoint?.number ?? 0) < ($1.alarm, $1.accessPoint?.number ?? 0)
    }
    return true
  }

  package mutating func clear(_ alarm: Alarm, _ point: AccessPointID?) -> Bool {
    guard stands(alarm, point) else { return false }
    active.removeAll { $0.alarm == alarm && $0.accessPoint == point }
    return true
  }

  package func stands(_ alarm: Alarm, _ point: AccessPointID?) -> Bool {
    active.contains { $0.alarm == alarm && $0.accessPoint == point }
  }
}
