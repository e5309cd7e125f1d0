// What people order the ledger to do, and what it refuses them.
import StationProtocol

extension LedgerBook {
  /// Carries an order out, once for its key.
  /// - Parameters:
  ///   - actor: as the token names him.
  ///   - aloneUpTo: the most that one person grants alone.
  package mutating func carryOut(
    _ order: LedgerOrder, _ key: OrderKey, by actor: String, aloneUpTo: Int64, at now: Now
  ) throws(Failure) -> OrderOutcome {
    if let placed = try self.order(key) {
      let isSame = placed.contents == order.contents && placed.actor == actor
      return isSame ? .done(placed.receipt) : .conflict
    }
    let placement = Placement(key: key, actor: actor, now: now)
    let outcome: OrderOutcome =
      switch order {
      case .issue(let amount, let reason):
        .done(
          OrderReceipt(
            movement: try move(
              .issue, from: .issuance, to: .grants, amount, placement.cause(reason), placement)))
      case .grant(let member, let amount, let reason):
        try grant(member, amount, reason, aloneUpTo, placement)
      case .approve(let id): try approve(id, placement)
      case .decline(let id, let reason): try decline(id, reason, placement)
      case .reverse(let id, let reason): try reverse(id, reason, placement)
      case .resolve(let id, let decision, let reason):
        try resolve(id, decision, reason, placement)
      }
    if case .done(let receipt) = outcome {
      try place(
        PlacedOrder(
          key: key, actor: actor, contents: order.contents, receipt: receipt, at: now.wall))
    }
    return outcome
  }

  private mutating func grant(
    _ member: MemberID, _ amount: Points, _ reason: String, _ aloneUpTo: Int64,
    _ placement: Placement
  ) throws(Failure) -> OrderOutcome {
    guard try balance(of: member) != nil else { return .refused(.unknownMember) }
    guard amount.number <= aloneUpTo else {
      let id = try submit(
        PendingGrant(
          member: member, amount: amount, reason: reason, actor: placement.actor,
          at: placement.now.wall))
      return .done(OrderReceipt(grant: id))
    }
    guard try balance(of: .grants) >= amount.number else { return .refused(.notIssued) }
    let movement = try move(
      .grant, from: .grants, to: .member(member), amount.number, placement.cause(reason), placement)
    return .done(OrderReceipt(movement: movement))
  }

  private mutating func approve(
    _ id: Int64, _ placement: Placement
  ) throws(Failure) -> OrderOutcome {
    guard var grant = try self.grant(id) else { return .refused(.unknownGrant) }
    if let refusal = placement.refusal(toDecide: grant) { return .refused(refusal) }
    guard try balance(of: .grants) >= grant.amount.number else { return .refused(.notIssued) }
    grant.decision = PendingGrant.Decision(
      isApproved: true, actor: placement.actor, reason: nil, at: placement.now.wall)
    try decide(grant)
    let movement = try move(
      .grant, from: .grants, to: .member(grant.member), grant.amount.number,
      placement.cause(grant.reason), placement)
    return .done(OrderReceipt(movement: movement, grant: id))
  }

  private mutating func decline(
    _ id: Int64, _ reason: String, _ placement: Placement
  ) throws(Failure) -> OrderOutcome {
    guard var grant = try self.grant(id) else { return .refused(.unknownGrant) }
    if let refusal = placement.refusal(toDecide: grant) { return .refused(refusal) }
    grant.decision = PendingGrant.Decision(
      isApproved: false, actor: placement.actor, reason: reason, at: placement.now.wall)
    try decide(grant)
    return .done(OrderReceipt(grant: id))
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
    guard entry.state == .held else { return .refused(.settled) }
    var posted: Int64 = 0
    if case .post(let amount) = decision { posted = (amount ?? entry.exchange.price).number }
    guard posted <= entry.exchange.price.number else { return .refused(.aboveHold) }
    entry.resolution = LedgerExchange.Resolution(actor: placement.actor, reason: reason)
    let movement = try close(
      &entry, posting: posted, placement.now, .person(placement.actor), placement.key)
    return .done(OrderReceipt(movement: movement))
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

/// Who orders, under which key and when.
private struct Placement {
  var key: OrderKey
  var actor: String
  var now: Now

  func cause(_ reason: String) -> Movement.Cause { .order(key, reason: reason) }

  func refusal(toDecide grant: PendingGrant) -> OrderRefusal? {
    if grant.decision != nil { return .decidedBefore }
    return grant.actor == actor ? .sameActor : nil
  }
}
