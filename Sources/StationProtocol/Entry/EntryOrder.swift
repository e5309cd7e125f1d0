// The orders of the service to the readers on the street's side.

/// An operation at the reader of one access point. A reader on the room's side takes none: whoever
/// leaves asks nobody.
package enum EntryOrder: OrderFamily {
  /// Let nobody in by this reader until it is released; also after a restart.
  case holdReader(AccessPointID)
  case releaseReader(AccessPointID)
  /// Let whoever types this code in; also after a restart. The same code again changes nothing, and
  /// another one of its name takes its place.
  case setCode(AccessPointID, TypedCode)
  case removeCode(AccessPointID, TypedCodeID)

  package typealias Kind = EntryOperation

  package var kind: Kind {
    switch self {
    case .holdReader: .holdReader
    case .releaseReader: .releaseReader
    case .setCode: .setCode
    case .removeCode: .removeCode
    }
  }

  package var accessPoint: AccessPointID {
    switch self {
    case .holdReader(let point), .releaseReader(let point), .setCode(let point, _),
      .removeCode(let point, _):
      point
    }
  }

  package static func described<Coder: MemberCoder>(
    _ kind: Kind, _ order: EntryOrder?, by coder: inout Coder
  ) throws(Coder.Failure) -> EntryOrder {
    let point = try coder.member("ap", order?.accessPoint)
    switch kind {
    case .holdReader: return .holdReader(point)
    case .releaseReader: return .releaseReader(point)
    case .setCode:
      let code = order.flatMap { if case .setCode(_, let code) = $0 { code } else { nil } }
      return .setCode(point, try TypedCode.described(code, by: &coder))
    case .removeCode:
      let id = order.flatMap { if case .removeCode(_, let id) = $0 { id } else { nil } }
      return .removeCode(point, try coder.member("credential", id))
    }
  }
}

/// The words of the operations of `EntryOrder`.
package enum EntryOperation: String, CaseIterable, Sendable {
  case holdReader = "hold-reader"
  case releaseReader = "release-reader"
  case setCode = "set-code"
  case removeCode = "remove-code"
}
