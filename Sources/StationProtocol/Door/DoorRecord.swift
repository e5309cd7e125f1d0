// What records say of the doors.

/// Something happened at a door, or to who it opens to.
package enum DoorRecord: RecordFamily {
  case opened(AccessPointID, cause: OpenCause)
  case closed(AccessPointID)
  case locked(AccessPointID, cause: LockCause)
  case exitRequested(AccessPointID)
  /// The mode that holds for everyone at the door changed, and why it changed.
  case modeChanged(AccessPointID, DoorMode, cause: ModeCause)

  package enum Kind: String, CaseIterable, Sendable {
    case opened = "door-opened"
    case closed = "door-closed"
    case locked = "door-locked"
    case exitRequested = "exit-requested"
    case modeChanged = "mode-changed"
  }

  package var kind: Kind {
    switch self {
    case .opened: .opened
    case .closed: .closed
    case .locked: .locked
    case .exitRequested: .exitRequested
    case .modeChanged: .modeChanged
    }
  }

  package static func described<Coder: MemberCoder>(
    _ kind: Kind, _ record: DoorRecord?, by coder: inout Coder
  ) throws(Coder.Failure) -> DoorRecord {
    let point = try coder.member("ap", record?.accessPoint)
    switch kind {
    case .opened:
      let cause = record.flatMap { if case .opened(_, let cause) = $0 { cause } else { nil } }
      return .opened(point, cause: try coder.member("cause", cause))
    case .closed: return .closed(point)
    case .locked:
      let cause = record.flatMap { if case .locked(_, let cause) = $0 { cause } else { nil } }
      return .locked(point, cause: try coder.member("cause", cause))
    case .exitRequested: return .exitRequested(point)
    case .modeChanged:
      let old = record.flatMap {
        if case .modeChanged(_, let mode, let cause) = $0 {
          (mode: mode, cause: cause)
        } else {
          nil
        }
      }
      return .modeChanged(
        point, try coder.member("mode", old?.mode), cause: try coder.member("cause", old?.cause))
    }
  }

  package var accessPoint: AccessPointID {
    switch self {
    case .opened(let point, _), .closed(let point), .locked(let point, _),
      .exitRequested(let point), .modeChanged(let point, _, _):
      point
    }
  }
}

extension OpenCause: MemberWord {}
extension LockCause: MemberWord {}
extension DoorMode: MemberWord {}
extension ModeCause: MemberWord {}
