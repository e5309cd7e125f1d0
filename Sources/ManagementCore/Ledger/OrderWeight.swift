// How much an order decides about: the measure by which one person's word is enough or not.
import StationProtocol
import Time

/// The points on which one person decides alone, and whose they are. What one actor decides alone,
/// and what is decided alone for one member, is added up over a day: many small orders are not
/// less than one large one.
package struct OrderWeight: Equatable, Sendable {
  /// 0 for what nobody gains by, such as a stricter limit.
  package var points: Int64
  /// nil where it is no single member's matter.
  package var member: MemberID?

  /// For how long an order counts.
  package static let period: Duration = .seconds(86_400)
  /// More than any configuration lets one person decide.
  package static let always = Movement.most + 1

  package init(points: Int64 = 0, member: MemberID? = nil) {
    self.points = points
    self.member = member
  }
}

extension LedgerBook {
  /// What an order decides about.
  /// - Returns: nil where it cannot be carried out whatever it weighs; carrying it out says why.
  func weight(of order: LedgerOrder) throws(Failure) -> OrderWeight? {
    switch order {
    case .issue(let amount, _): return OrderWeight(points: amount)
    case .grant(let member, let amount, _):
      guard try balance(of: member) != nil else { return nil }
      return OrderWeight(points: amount.number, member: member)
    case .reverse(let id, _): return try weight(ofReversing: id)
    case .resolve(let id, let decision, _):
      guard let entry = try entry(id), entry.state == .held || entry.isUnproven,
        decision.posted(of: entry) <= entry.exchange.price.number
      else { return nil }
      // What is not taken is given back: a person decides about all that is set aside.
      return OrderWeight(points: entry.exchange.price.number, member: entry.exchange.member)
    case .dismiss(let station, let through, _):
      guard let sum = try unproven(at: station, through: through), sum.count <= UnprovenSum.most
      else { return nil }
      return OrderWeight(points: min(sum.points, Movement.most), member: sum.member)
    case .price(let station, let slot, let price):
      let known = try self.price(of: slot, at: station)?.number ?? 0
      return OrderWeight(points: abs((price?.number ?? 0) - known))
    case .limits(let limits):
      let isLooser = try limits.isLooser(than: self.limits())
      return OrderWeight(points: isLooser ? OrderWeight.always : 0)
    case .approve, .decline: return OrderWeight()
    }
  }

  private func weight(ofReversing id: Int64) throws(Failure) -> OrderWeight? {
    guard let movement = try movement(id), movement.kind.isReversible, try !isReversed(id) else {
      return nil
    }
    var member: MemberID?
    for account in [movement.from, movement.to] {
      if case .member(let owner) = account { member = owner }
    }
    if member == nil, let exchange = movement.exchange {
      member = try entry(exchange)?.exchange.member
    }
    return OrderWeight(points: movement.amount, member: member)
  }

  /// Whether one person's word is enough, by what was decided alone within a day. An order that
  /// seems to be of the future counts too: the clock may have been set back.
  func isEnough(
    _ weight: OrderWeight, of actor: String, aloneUpTo most: Int64, at now: Now
  ) throws(Failure) -> Bool {
    guard weight.points > 0 else { return true }
    guard weight.points <= most else { return false }
    let since = now.wall + (.zero - OrderWeight.period)
    guard try points(decidedAloneBy: actor, since: since) <= most - weight.points else {
      return false
    }
    guard let member = weight.member else { return true }
    return try points(decidedAloneFor: member, since: since) <= most - weight.points
  }
}

extension HoldDecision {
  /// How much of a hold it takes.
  func posted(of entry: LedgerExchange) -> Int64 {
    switch self {
    case .void: 0
    case .post(let amount): (amount ?? entry.exchange.price).number
    }
  }
}

extension ExchangeLimits {
  /// Whether any member may have more exchanges by these than by the others.
  func isLooser(than others: ExchangeLimits) -> Bool {
    func most(_ limit: Int64?) -> Int64 { limit ?? .max }
    return most(perDay) > most(others.perDay) || most(perArticle) > most(others.perArticle)
  }
}
