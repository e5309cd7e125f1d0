// What people order the ledger to do: each order under a key, so that none is done twice.
import StationProtocol

/// Names an order for the life of the ledger: 1 to 64 of `A-Z`, `a-z`, `0-9`, `-`, `_`, `.`, `:`.
package struct OrderKey: Hashable, Sendable, CustomStringConvertible {
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
  /// Let a grant happen that waits for a second person.
  case approve(grant: Int64)
  case decline(grant: Int64, reason: String)
  /// Move a movement back.
  case reverse(movement: Int64, reason: String)
  case resolve(ExchangeID, HoldDecision, reason: String)

  /// In Unicode scalars, of a reason.
  package static let longestReason = 200

  /// What makes two orders the same one.
  package var contents: String {
    let json = JSONWriter.object {
      switch self {
      case .issue(let amount, let reason):
        $0.field("issue", amount)
        $0.field("reason", reason)
      case .grant(let member, let amount, let reason):
        $0.field("grant", amount.number)
        $0.field("member", member.text)
        $0.field("reason", reason)
      case .approve(let grant): $0.field("approve", grant)
      case .decline(let grant, let reason):
        $0.field("decline", grant)
        $0.field("reason", reason)
      case .reverse(let movement, let reason):
        $0.field("reverse", movement)
        $0.field("reason", reason)
      case .resolve(let exchange, let decision, let reason):
        $0.field("resolve", exchange.description)
        if case .post(let amount) = decision { $0.field("post", amount?.number ?? 0) }
        $0.field("reason", reason)
      }
    }
    return String(decoding: json, as: UTF8.self)
  }
}

/// What a person decides about a hold.
package enum HoldDecision: Equatable, Sendable {
  /// The article fell; this much of the price is taken, or all of it.
  case post(Points?)
  /// It did not.
  case void
}

/// What became of an order.
package enum OrderOutcome: Equatable, Sendable {
  /// It is done, now or when it came first.
  case done(OrderReceipt)
  /// The key means another order. Nothing was moved.
  case conflict
  /// Nothing was moved, and the key is still free.
  case refused(OrderRefusal)
}

package struct OrderReceipt: Equatable, Sendable {
  /// The movement that it made; of two the first.
  package var movement: Int64?
  /// The grant that it concerns, where that needed a second person.
  package var grant: Int64?

  package init(movement: Int64? = nil, grant: Int64? = nil) {
    self.movement = movement
    self.grant = grant
  }
}

package enum OrderRefusal: String, CaseIterable, Sendable {
  case unknownMember = "unknown-member"
  /// Less has been issued than would be granted.
  case notIssued = "not-issued"
  /// What should be moved back has been spent.
  case insufficientPoints = "insufficient-points"
  case unknownMovement = "unknown-movement"
  case notReversible = "not-reversible"
  case reversedBefore = "reversed-before"
  case unknownGrant = "unknown-grant"
  case decidedBefore = "decided-before"
  /// Four eyes: the one who asked for a grant does not decide it.
  case sameActor = "same-actor"
  case unknownHold = "unknown-hold"
  /// It is settled already.
  case settled
  /// More than what is set aside.
  case aboveHold = "above-hold"
}

/// An order that was carried out, under its key.
package struct PlacedOrder: Equatable, Sendable {
  package var key: OrderKey
  package var actor: String
  package var contents: String
  package var receipt: OrderReceipt
  package var at: WallTime

  package init(
    key: OrderKey, actor: String, contents: String, receipt: OrderReceipt, at: WallTime
  ) {
    self.key = key
    self.actor = actor
    self.contents = contents
    self.receipt = receipt
    self.at = at
  }
}

/// A grant above the limit, which waits for a second person or was decided by one.
package struct PendingGrant: Equatable, Sendable {
  /// Grows with each; 0 before it is written.
  package var id: Int64
  package var member: MemberID
  package var amount: Points
  package var reason: String
  package var actor: String
  package var at: WallTime
  package var decision: Decision?

  package struct Decision: Equatable, Sendable {
    package var isApproved: Bool
    package var actor: String
    /// nil where it is approved.
    package var reason: String?
    package var at: WallTime

    package init(isApproved: Bool, actor: String, reason: String?, at: WallTime) {
      self.isApproved = isApproved
      self.actor = actor
      self.reason = reason
      self.at = at
    }
  }

  package init(
    id: Int64 = 0, member: MemberID, amount: Points, reason: String, actor: String, at: WallTime,
    decision: Decision? = nil
  ) {
    self.id = id
    self.member = member
    self.amount = amount
    self.reason = reason
    self.actor = actor
    self.at = at
    self.decision = decision
  }
}
