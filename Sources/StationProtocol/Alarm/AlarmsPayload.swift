// The state of alarms: always whole, with the record it reflects, never a difference.
import Time

/// `state/alarms`: every alarm that stands, sorted.
package struct AlarmsPayload: Equatable, Sendable {
  package var seq: UInt64
  package var active: [ActiveAlarm]
  package var at: WallTime

  /// More than every alarm at every access point of a station.
  package static let most = 128

  package init(seq: UInt64, active: [ActiveAlarm], at: WallTime) {
    self.seq = seq
    self.active = active
    self.at = at
  }
}

/// An alarm that stands, where, and since when.
package struct ActiveAlarm: Hashable, Sendable {
  package var alarm: Alarm
  package var accessPoint: AccessPointID?
  package var since: WallTime

  package init(alarm: Alarm, accessPoint: AccessPointID?, since: WallTime) {
    self.alarm = alarm
    self.accessPoint = accessPoint
    self.since = since
  }
}

extension AlarmsPayload: DescribedObject {
  package static func described<Coder: MemberCoder>(
    _ state: AlarmsPayload?, by coder: inout Coder
  ) throws(Coder.Failure) -> AlarmsPayload {
    AlarmsPayload(
      seq: try coder.number("seq", state?.seq),
      active: try coder.list("active", state?.active, ListBounds(most: most)),
      at: try coder.member("at", state?.at))
  }
}

extension ActiveAlarm: DescribedObject {
  package static func described<Coder: MemberCoder>(
    _ alarm: ActiveAlarm?, by coder: inout Coder
  ) throws(Coder.Failure) -> ActiveAlarm {
    ActiveAlarm(
      alarm: try coder.member("alarm", alarm?.alarm),
      accessPoint: try coder.optional("ap", alarm?.accessPoint),
      since: try coder.member("since", alarm?.since))
  }
}
