// The orders of the service to the readers on the street's side.

/// An operation at the reader of one access point. A reader on the room's side takes none: whoever
/// leaves asks nobody.
package enum EntryOrder: OrderFamily {
  /// Let nobody in by this reader until it is released; also after a restart.
  case holdReader(AccessPointID)
  case releaseReader(AccessPointID)

  package typealias Kind = EntryOperation

  package var kind: Kind {
    switch self {
    case .holdReader: .holdReader
    case .releaseReader: .releaseReader
    }
  }

  package var accessPoint: AccessPointID {
    switch self {
    case .holdReader(let point), .releaseReader(let point): point
    }
  }

  package static func described<Coder: MemberCoder>(
    _ kind: Kind, _ order: EntryOrder?, by coder: inout Coder
  ) throws(Coder.Failure) -> EntryOrder {
    let point = try coder.member("ap", order?.accessPoint)
    return switch kind {
    case .holdReader: .holdReader(point)
    case .releaseReader: .releaseReader(point)
    }
  }
}

/// The words of the operations of `EntryOrder`.
package enum EntryOperation: String, CaseIterable, Sendable {
  case holdReader = "hold-reader"
  case releaseReader = "release-reader"
}
