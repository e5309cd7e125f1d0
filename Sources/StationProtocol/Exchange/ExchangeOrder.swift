// The orders of the service to the exchange machine. None turns a motor or moves a point.

/// An operation on the machine or on one of its slots.
package enum ExchangeOrder: OrderFamily {
  /// Sell nothing and let somebody without the key count slots, for so many seconds.
  case beginRestock(seconds: Int64)
  case endRestock
  /// Sell nothing from this slot until it is returned, or somebody at the machine has counted it.
  case withdrawSlot(SlotID)
  case returnSlot(SlotID)

  package typealias Kind = ExchangeOperation

  /// The longest restocking, in seconds: four hours.
  package static let restock: ClosedRange<Int64> = 60...14_400

  package var kind: Kind {
    switch self {
    case .beginRestock: .beginRestock
    case .endRestock: .endRestock
    case .withdrawSlot: .withdrawSlot
    case .returnSlot: .returnSlot
    }
  }

  package static func described<Coder: MemberCoder>(
    _ kind: Kind, _ order: ExchangeOrder?, by coder: inout Coder
  ) throws(Coder.Failure) -> ExchangeOrder {
    switch kind {
    case .beginRestock:
      let seconds = order.flatMap { if case .beginRestock(let old) = $0 { old } else { nil } }
      return .beginRestock(seconds: try coder.number("seconds", seconds, restock))
    case .endRestock: return .endRestock
    case .withdrawSlot: return .withdrawSlot(try coder.member("slot", order?.slot))
    case .returnSlot: return .returnSlot(try coder.member("slot", order?.slot))
    }
  }

  private var slot: SlotID? {
    switch self {
    case .withdrawSlot(let slot), .returnSlot(let slot): slot
    case .beginRestock, .endRestock: nil
    }
  }
}

/// The words of the operations of `ExchangeOrder`.
package enum ExchangeOperation: String, CaseIterable, Sendable {
  case beginRestock = "begin-restock"
  case endRestock = "end-restock"
  case withdrawSlot = "withdraw-slot"
  case returnSlot = "return-slot"
}
