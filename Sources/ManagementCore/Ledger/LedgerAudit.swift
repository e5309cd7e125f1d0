// Entries of the audit trail about the ledger.
import StationProtocol

extension AuditEntry {
  /// An order that was given, and is done or waits.
  package init(_ placed: PlacedOrder, _ order: LedgerOrder, member: MemberID?) {
    self.init(
      at: placed.at, actor: placed.actor, Action(order.kind), member: member,
      contents: placed.contents, pending: placed.receipt.pending)
  }
}

extension AuditEntry.Action {
  init(_ kind: LedgerOrder.Kind) {
    self =
      switch kind {
      case .issue: .issue
      case .grant: .grant
      case .approve: .approve
      case .decline: .decline
      case .reverse: .reverse
      case .resolve: .resolve
      case .dismiss: .dismiss
      case .price: .price
      case .limits: .limits
      }
  }
}
