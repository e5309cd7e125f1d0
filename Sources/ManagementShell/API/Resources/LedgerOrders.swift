// Orders of people, carried out once for their key: what the resources of the ledger share.
import HTTP
import JSON
import Linux
import ManagementCore
import StationProtocol
import Text

extension API {
  func carryOut(
    _ order: LedgerOrder, _ key: OrderKey, _ actor: Actor
  ) throws -> HTTPResponse {
    carryOut(order, key, actor) { Self.answer($0, to: key, status: 201) }
  }

  func carryOut(
    _ order: LedgerOrder, _ key: OrderKey, _ actor: Actor,
    _ answer: @escaping (OrderReceipt) throws -> HTTPResponse
  ) -> HTTPResponse {
    let now = now()
    return ordering { [aloneUpTo] in
      try $0.carryOut(order, key: key, by: actor.name, aloneUpTo: aloneUpTo, at: now)
    } _: { outcome in
      switch outcome {
      case .done(let receipt): return try answer(receipt)
      case .conflict:
        throw Problem.conflict("The key \"\(key)\" means another order. Nothing was moved.")
      case .refused(let refusal): throw Problem(refusal)
      }
    }
  }

  static func answer(
    _ receipt: OrderReceipt, to key: OrderKey, status: Int
  ) -> HTTPResponse {
    json(status) {
      $0.field("key", key.text)
      $0.nullable("movement", receipt.movement)
      $0.nullable("pending", receipt.pending)
    }
  }

  /// Sets a rule.
  /// - Parameter given: the order's key where the request brings one: setting a rule twice is
  ///   setting it once, so none is needed.
  /// - Parameter holds: answers where the rule holds now. Where it waits for a second person, the
  ///   answer is 202.
  func set(
    _ rule: LedgerOrder, _ given: OrderKey?, _ actor: Actor,
    holds: @escaping () throws -> HTTPResponse
  ) throws -> HTTPResponse {
    guard let key = given ?? OrderKey("rule-" + Hex.text(Randomness.bits, digits: 16)) else {
      throw Problem.internal
    }
    return carryOut(rule, key, actor) { receipt in
      try receipt.pending == nil ? holds() : Self.answer(receipt, to: key, status: 202)
    }
  }

  /// - Throws: 404 for what cannot be anything's id.
  static func id(_ text: String, _ what: String) throws(Problem) -> Int64 {
    guard let id = RequestNumber.read(text, in: 1...(1 << 53)) else {
      throw .notFound("There is no \(what) \"\(Excerpt(text))\".")
    }
    return id
  }

  func station(_ text: String) throws(Problem) -> StationID {
    try view(of: text).id
  }
}

extension Problem {
  /// Nothing was moved.
  init(_ refusal: OrderRefusal) {
    switch refusal {
    case .unknownMember: self = .notFound("No such member is enrolled.")
    case .unknownMovement: self = .notFound("There is no such movement.")
    case .unknownPending: self = .notFound("There is no such order.")
    case .unknownHold: self = .notFound("There is no such exchange.")
    case .notIssued: self = .conflict("Less has been issued than this grant takes. Issue first.")
    case .insufficientPoints:
      self = .conflict("What should be moved back has been spent or set aside.")
    case .notReversible:
      self = .conflict("A movement of this kind is not moved back; resolve the hold instead.")
    case .reversedBefore: self = .conflict("It was moved back before.")
    case .decidedBefore: self = .conflict("This order was decided before.")
    case .sameActor: self = .conflict("Another person than the one who asked has to decide.")
    case .settled: self = .conflict("This exchange is settled already.")
    case .aboveHold: self = .conflict("The amount is more than what is set aside.")
    case .nothingUnproven:
      self = .conflict("Nothing of this station fell without a hold and waits for a decision.")
    case .tooManyExchanges:
      self = .conflict(
        "One order dismisses at most \(UnprovenSum.most) exchanges. Name an earlier one as the last."
      )
    case .tooManyPending:
      self = .conflict("\(PendingOrder.most) orders wait for a second person. Decide some first.")
    }
    reason = refusal
  }
}
