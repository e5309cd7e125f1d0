// The orders of the service to a door. None of them can withhold an exit, and none outlasts its time.

/// An operation at one door.
package enum DoorOrder: OrderFamily {
  /// Release the strike once, as a good code does.
  case open(AccessPointID)
  /// The same for somebody who needs more time.
  case openExtended(AccessPointID)
  /// Open the door to everyone for so many seconds.
  case beginFreeAccess(AccessPointID, seconds: Int64)
  case endFreeAccess(AccessPointID)

  package typealias Kind = DoorOperation

  /// The longest free access in seconds that a command may ask for: a day.
  package static let freeAccess: ClosedRange<Int64> = 1...86_400

  package var kind: Kind {
    switch self {
    case .open: .open
    case .openExtended: .openExtended
    case .beginFreeAccess: .beginFreeAccess
    case .endFreeAccess: .endFreeAccess
    }
  }

  package var accessPoint: AccessPointID {
    switch self {
    case .open(let point), .openExtended(let point), .beginFreeAccess(let point, _),
      .endFreeAccess(let point):
      point
    }
  }

  package static func described<Coder: MemberCoder>(
    _ kind: Kind, _ order: DoorOrder?, by coder: inout Coder
  ) throws(Coder.Failure) -> DoorOrder {
    let point = try coder.member("ap", order?.accessPoint)
    switch kind {
    case .open: return .open(point)
    case .openExtended: return .openExtended(point)
    case .beginFreeAccess:
      let seconds = order.flatMap {
        if case .beginFreeAccess(_, let seconds) = $0 { seconds } else { nil }
      }
      return .beginFreeAccess(point, seconds: try coder.number("seconds", seconds, freeAccess))
    case .endFreeAccess: return .endFreeAccess(point)
    }
  }
}

/// The words of the operations of `DoorOrder`.
package enum DoorOperation: String, CaseIterable, Sendable {
  case open
  case openExtended = "open-extended"
  case beginFreeAccess = "begin-free-access"
  case endFreeAccess = "end-free-access"
}
