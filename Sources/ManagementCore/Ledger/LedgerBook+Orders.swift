// What people order the ledger to do, and what it refuses them.
import StationProtocol
import Time

extension LedgerBook {
  /// Carries an order out, once for its key.
  /// - Parameters:
  ///   - actor: as the token names him.
  ///   - aloneUpTo: the most that one person decides about alone within a day, in points.
  package mutating func carryOut(
    _ order: LedgerOrder, _ key: OrderKey, by actor: String, aloneUpTo: Int64, at now: Now
  ) throws(Failure) -> OrderOutcome {
    if let placed = try self.order(key) {
      let isSame = placed.contents == order.contents && placed.actor == actor
      return isSame ? .done(placed.receipt) : .conflict
    }
    let placement = Placement(key: key, actor: actor, now: now)
    var alone = OrderWeight()
    var member: MemberID?
    let outcome: OrderOutcome
    switch order {
    case .approve(let id):
      member = try pending(id)?.weight.member
      outcome = try approve(id, placement)
    case .decline(let id, let reason):
      member = try pending(id)?.weight.member
      outcome = try decline(id, reason, placement)
    case .issue, .grant, .reverse, .resolve, .dismiss, .price, .limits:
      let weight = try weight(of: order)
      member = weight?.member
      if let weight, try !isEnough(weight, of: actor, aloneUpTo: aloneUpTo, at: now) {
        outcome = try submit(order, weight, placement)
      } else {
        alone = weight ?? alone
        outcome = try perform(order, placement)
      }
    }
    if case .done(let receipt) = outcome {
      let placed = PlacedOrder(
        key: key, actor: actor, contents: order.contents, receipt: receipt, alone: alone,
        at: now.wall)
      try place(placed)
      try note(AuditEntry(placed, order, member: member))
    }
    return outcome
  }

  /// Lets an order wait for a second person. A rule that the same person wants already waits once.
  private mutating func submit(
    _ order: LedgerOrder, _ weight: OrderWeight, _ placement: Placement
  ) throws(Failure) -> OrderOutcome {
    if order.isRule, let id = try pending(order, by: placement.actor) {
      return .done(OrderReceipt(pending: id))
    }
    guard try pendingCount() < PendingOrder.most else { return .refused(.tooManyPending) }
    let id = try submit(
      PendingOrder(order, weight: weight, actor: placement.actor, at: placement.now.wall))
    return .done(OrderReceipt(pending: id))
  }

  private mutating func approve(
    _ id: Int64, _ placement: Placement
  ) throws(Failure) -> OrderOutcome {
    guard var pending = try pending(id) else { return .refused(.unknownPending) }
    if let refusal = placement.refusal(toDecide: pending) { return .refused(refusal) }
    let outcome = try perform(pending.order, placement)
    guard case .done(var receipt) = outcome else { return outcome }
    pending.decision = PendingOrder.Decision(
      isApproved: true, actor: placement.actor, reason: nil, at: placement.now.wall)
    try decide(pending)
    receipt.pending = id
    return .done(receipt)
  }

  private mutating func decline(
    _ id: Int64, _ reason: String, _ placement: Placement
  ) throws(Failure) -> OrderOutcome {
    guard var pending = try pending(id) else { return .refused(.unknownPending) }
    if let refusal = placement.refusal(toDecide: pending) { return .refused(refusal) }
    pending.decision = PendingOrder.Decision(
      isApproved: false, actor: placement.actor, reason: reason, at: placement.now.wall)
    try decide(pending)
    return .done(OrderReceipt(pending: id))
  }

  /// Does what an order says, whoever agreed to it; one that is refused has changed nothing.
  private mutating func perform(
    _ order: LedgerOrder, _ placement: Placement
  ) throws(Failure) -> OrderOutcome {
    switch order {
    case .issue(let amount, let reason):
      let movement = try move(
        .issue, from: .issuance, to: .grants, amount, placement.cause(reason), placement)
      return .done(OrderReceipt(movement: movement))
    case .grant(let member, let amount, let reason):
      return try grant(member, amount, reason, placement)
    case .reverse(let id, let reason): return try reverse(id, reason, placement)
    case .resolve(let id, let decision, let reason):
      return try resolve(id, decision, reason, placement)
    case .dismiss(let station, let through, let reason):
      return try dismiss(station, through, reason, placement)
    case .price(let station, let slot, let price):
      try agree(on: price, of: slot, at: station)
      return .done(OrderReceipt())
    case .limits(let limits):
      try set(limits)
      return .done(OrderReceipt())
    case .approve, .decline: preconditionFailure("a decision does not wait for another one")
    }
  }

  private mutating func grant(
    _ member: MemberID, _ amount: Points, _ reason: String, _ placement: Placement
  ) throws(Failure) -> OrderOutcome {
    guard try balance(of: member) != nil else { return .refused(.unknownMember) }
    guard try balance(of: .grants) >= amount.number else { return .refused(.notIssued) }
    let movement = try move(
      .grant, from: .grants, to: .member(member), amount.number, placement.cause(reason), placement)
    return .done(OrderReceipt(movement: movement))
  }

  private mutating func reverse(
    _ id: Int64, _ reason: String, _ placement: Placement
  ) throws(Failure) -> OrderOutcome {
    guard let movement = try movement(id) else { return .refused(.unknownMovement) }
    guard movement.kind.isReversible else { return .refused(.notReversible) }
    guard try !isReversed(id) else { return .refused(.reversedBefore) }
    var target = movement.from
    // What was posted had been the member's before it was set aside.
    if movement.kind == .post, let exchange = movement.exchange,
      let entry = try entry(exchange)
    {
      target = .member(entry.exchange.member)
    }
    guard try balance(of: movement.to) >= movement.amount else {
      return .refused(.insufficientPoints)
    }
    let way = try move(
      .reversal, from: movement.to, to: target, movement.amount,
      .reversal(of: id, placement.key, reason: reason), placement)
    return .done(OrderReceipt(movement: way))
  }

  private mutating func resolve(
    _ id: ExchangeID, _ decision: HoldDecision, _ reason: String, _ placement: Placement
  ) throws(Failure) -> OrderOutcome {
    guard var entry = try entry(id) else { return .refused(.unknownHold) }
    guard entry.state == .held || entry.isUnproven else { return .refused(.settled) }
    let isUnproven = entry.isUnproven
    let posted = decision.posted(of: entry)
    guard posted <= entry.exchange.price.number else { return .refused(.aboveHold) }
    entry.resolution = LedgerExchange.Resolution(actor: placement.actor, reason: reason)
    let actor = LedgerActor.person(placement.actor)
    if isUnproven {
      let movement = try decide(&entry, posting: posted, placement.now, actor, placement.key)
      return .done(OrderReceipt(movement: movement))
    }
    let movement = try close(&entry, posting: posted, placement.now, actor, placement.key)
    return .done(OrderReceipt(movement: movement))
  }

  private mutating func dismiss(
    _ station: StationID, _ through: Int64, _ reason: String, _ placement: Placement
  ) throws(Failure) -> OrderOutcome {
    guard let sum = try unproven(at: station, through: through) else {
      return .refused(.nothingUnproven)
    }
    guard sum.count <= UnprovenSum.most else { return .refused(.tooManyExchanges) }
    try dismiss(sum, LedgerExchange.Resolution(actor: placement.actor, reason: reason))
    return .done(OrderReceipt())
  }

  private mutating func move(
    _ kind: Movement.Kind, from: Account, to: Account, _ amount: Int64, _ cause: Movement.Cause,
    _ placement: Placement
  ) throws(Failure) -> Int64 {
    try move(
      Movement(
        kind, from: from, to: to, amount: amount, actor: .person(placement.actor), cause: cause,
        at: placement.now.wall), nil)
  }
}

/// The actor, the key and the time of an order.
private struct Placement {
  var key: OrderKey
  var actor: String
  var now: Now

  func cause(_ reason: String) -> Movement.Cause { .order(key, reason: reason) }

  func refusal(toDecide pending: PendingOrder) -> OrderRefusal? {
    if pending.decision != nil { return .decidedBefore }
    return pending.actor == actor ? .sameActor : nil
  }
}

extension LedgerOrder {
  /// Whether it sets what holds from now on, so that giving it twice is giving it once.
  fileprivate var isRule: Bool { kind == .price || kind == .limits }
}
