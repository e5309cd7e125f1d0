// The orders of the service to the relays.

/// An operation on a relay.
package enum ClimateOrder: OrderFamily {
  /// Hold a relay, or let it follow the count of people again. A restart lets it follow.
  case setRelay(Relay, RelayHold)

  package typealias Kind = ClimateOperation

  package var kind: Kind { .setRelay }

  package static func described<Coder: MemberCoder>(
    _ kind: Kind, _ order: ClimateOrder?, by coder: inout Coder
  ) throws(Coder.Failure) -> ClimateOrder {
    let old = order.map { order in
      switch order {
      case .setRelay(let relay, let hold): (relay: relay, hold: hold)
      }
    }
    return .setRelay(
      try coder.member("relay", old?.relay), try coder.member("hold", old?.hold))
  }
}

/// How the service holds a relay.
package enum RelayHold: String, CaseIterable, Sendable {
  /// The relay follows the count of people.
  case automatic
  case stayOn = "stay-on"
  /// Also with people inside; a switch at the station that is on goes before it.
  case stayOff = "stay-off"
}

extension RelayHold: MemberWord {}

/// The words of the operations of `ClimateOrder`.
package enum ClimateOperation: String, CaseIterable, Sendable {
  case setRelay = "set-relay"
}
