// An order that one person gave and a second one has to agree to, or has decided.
import JSON
import Time

package struct PendingOrder: Equatable, Sendable {
  /// Grows with each; 0 before it is written.
  package var id: Int64
  package var order: LedgerOrder
  /// The points that the order decided about when it was given.
  package var weight: OrderWeight
  package var actor: String
  package var at: WallTime
  package var decision: Decision?

  /// The most that wait at a time. Whoever steals a token cannot bury the honest ones.
  package static let most = 1000

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
    id: Int64 = 0, _ order: LedgerOrder, weight: OrderWeight, actor: String, at: WallTime,
    decision: Decision? = nil
  ) {
    self.id = id
    self.order = order
    self.weight = weight
    self.actor = actor
    self.at = at
    self.decision = decision
  }

  package func write(to writer: inout JSONWriter) {
    var (exchange, movement, slot): (String?, Int64?, Int64?)
    var (station, price): (String?, Int64?)
    var limits: ExchangeLimits?
    var decision: String?
    switch order {
    case .issue, .grant, .approve, .decline: break
    case .reverse(let id, _): movement = id
    case .resolve(let id, let asked, _):
      exchange = id.description
      decision = asked == .void ? "void" : "post"
      if case .post(let amount) = asked { price = amount?.number }
    case .dismiss(let place, _, _): station = place.text
    case .price(let place, let number, let agreed):
      (station, slot, price) = (place.text, Int64(number.number), agreed?.number)
    case .limits(let asked): limits = asked
    }
    writer.object {
      $0.field("id", id)
      $0.field("kind", order.kind.rawValue)
      $0.nullable("member", weight.member?.text)
      $0.nullable("amount", limits == nil ? weight.points : nil)
      $0.nullable("movement", movement)
      $0.nullable("exchange", exchange)
      $0.nullable("decision", decision)
      $0.nullable("station", station)
      $0.nullable("slot", slot)
      $0.nullable("price", price)
      $0.key("limits")
      if let limits { limits.write(to: &$0) } else { $0.null() }
      $0.nullable("reason", order.reason)
      $0.field("actor", actor)
      $0.field("at", at.milliseconds)
    }
  }
}

extension ExchangeLimits {
  package func write(to writer: inout JSONWriter) {
    writer.object {
      $0.nullable("perDay", perDay)
      $0.nullable("perArticle", perArticle)
    }
  }
}
