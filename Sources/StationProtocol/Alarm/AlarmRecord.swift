// What records say of alarms.

/// An alarm came or went, at an access point or at the station as a whole.
package enum AlarmRecord: RecordFamily {
  case raised(Alarm, AccessPointID?)
  case cleared(Alarm, AccessPointID?)

  package enum Kind: String, CaseIterable, Sendable {
    case raised = "alarm-raised"
    case cleared = "alarm-cleared"
  }

  package var kind: Kind {
    switch self {
    case .raised: .raised
    case .cleared: .cleared
    }
  }

  package static func described<Coder: MemberCoder>(
    _ kind: Kind, _ record: AlarmRecord?, by coder: inout Coder
  ) throws(Coder.Failure) -> AlarmRecord {
    let alarm = try coder.member("alarm", record?.alarm)
    let point = try coder.optional("ap", record?.accessPoint)
    return switch kind {
    case .raised: .raised(alarm, point)
    case .cleared: .cleared(alarm, point)
    }
  }

  package var alarm: Alarm {
    switch self {
    case .raised(let alarm, _), .cleared(let alarm, _): alarm
    }
  }

  package var accessPoint: AccessPointID? {
    switch self {
    case .raised(_, let point), .cleared(_, let point): point
    }
  }
}

extension Alarm: MemberWord {}
