// What people order the ledger to do: each order under a key, so that none is done twice.
import StationProtocol
import Time

/// Names an order for the life of the ledger: 1 to 64 of `A-Z`, `a-z`, `0-9`, `-`, `_`, `.`, `:`.
package struct OrderKey: Hashable, Sendable, CustomStringConvertible {
  /// For the errors that people read.
  package static let syntax = MemberID.syntax

  package let text: String

  /// - Returns: nil where the text is empty, too long, or holds any other character.
  package init?(_ text: some StringProtocol) {
    guard let name = MemberID(text) else { return nil }
    self.text = name.text
  }

  package var description: String { text }
}

package enum LedgerOrder: Equatable, Sendable {
  /// Put points into the world, to be granted.
  case issue(Int64, reason: String)
  case grant(MemberID, Points, reason: String)
  /// Let an order be carried out that waits for a second person.
  case approve(pending: Int64)
  case decline(pending: Int64, reason: String)
  /// Move a movement back.
  case reverse(movement: Int64, reason: String)
  case resolve(ExchangeID, HoldDecision, reason: String)
  /// Nobody pays for what a station says fell without a hold.
  /// - Parameter through: the last one's `LedgerExchange.id`.
  case dismiss(StationID, through: Int64, reason: String)
  /// Agree on what an article of a slot costs; nil takes the agreement back.
  case price(StationID, SlotID, Points?)
  /// Set how many exchanges a member may have in a day.
  case limits(ExchangeLimits)

  /// In Unicode scalars, of a reason.
  package static let longestReason = 200

  package enum Kind: String, CaseIterable, Sendable {
    case issue
    case grant
    case approve
    case decline
    case reverse
    case resolve
    case dismiss
    case price
    case limits
  }

  package var kind: Kind {
    switch self {
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

  /// Why it is given; nil where such an order has no reason of its own.
  package var reason: String? {
    switch self {
    case .issue(_, let reason), .grant(_, _, let reason), .decline(_, let reason),
      .reverse(_, let reason), .resolve(_, _, let reason), .dismiss(_, _, let reason):
      reason
    case .approve, .price, .limits: nil
    }
  }
}

/// What a person decides about a hold.
package enum HoldDecision: Equatable, Sendable {
  /// The article fell; this much of the price is taken, or all of it.
  case post(Points?)
  /// The exchange did not take place.
  case void
}

/// The outcome of an order.
package enum OrderOutcome: Equatable, Sendable {
  /// The order is done, now or when it came first.
  case done(OrderReceipt)
  /// The key means another order. Nothing was moved.
  case conflict
  /// Nothing was moved, and the key is still free.
  case refused(OrderRefusal)
}

package struct OrderReceipt: Equatable, Sendable {
  /// The movement that it made; of two the first. nil where it moved nothing, as a decision that
  /// nobody pays for what had no hold.
  package var movement: Int64?
  /// The pending order that it made or decided, where it needed a second person.
  package var pending: Int64?

  package init(movement: Int64? = nil, pending: Int64? = nil) {
    self.movement = movement
    self.pending = pending
  }
}

package enum OrderRefusal: String, CaseIterable, Sendable {
  case unknownMember = "unknown-member"
  /// Less has been issued than would be granted.
  case notIssued = "not-issued"
  /// The points that should be moved back have been spent.
  case insufficientPoints = "insufficient-points"
  case unknownMovement = "unknown-movement"
  case notReversible = "not-reversible"
  case reversedBefore = "reversed-before"
  /// There is no such pending order.
  case unknownPending = "unknown-pending"
  case decidedBefore = "decided-before"
  /// Four eyes: the one who gave an order does not decide it.
  case sameActor = "same-actor"
  case unknownHold = "unknown-hold"
  /// The hold is settled already.
  case settled
  /// More than what is set aside.
  case aboveHold = "above-hold"
  /// Nothing of this station, up to there, fell without a hold and waits for a decision.
  case nothingUnproven = "nothing-unproven"
  /// More than `UnprovenSum.most` would be dismissed.
  case tooManyExchanges = "too-many-exchanges"
  /// `PendingOrder.most` wait already.
  case tooManyPending = "too-many-pending"
}

/// An order that was carried out, under its key.
package struct PlacedOrder: Equatable, Sendable {
  package var key: OrderKey
  package var actor: String
  package var contents: String
  package var receipt: OrderReceipt
  /// The weight of what was done on the word of this one actor; nothing where two persons agreed.
  package var alone: OrderWeight
  package var at: WallTime

  package init(
    key: OrderKey, actor: String, contents: String, receipt: OrderReceipt,
    alone: OrderWeight = OrderWeight(), at: WallTime
  ) {
    self.key = key
    self.actor = actor
    self.contents = contents
    self.receipt = receipt
    self.alone = alone
    self.at = at
  }
}
