// Points: balances, orders, what needs somebody's decision, and the rules of exchanges.
import HTTP
import JSON
import Linux
import ManagementCore
import StationProtocol
import Text
import Time

extension API {
  func addLedgerRoutes() {
    let pages: Set<String> = ["before", "limit"]
    on(.get, "/members/*/points", .viewPoints, query: pages) { try $0.showPoints($1, $2) }
    on(.post, "/members/*/grants", .movePoints) { try $0.grantPoints($1, $2, $3) }
    on(.get, "/pending-orders", .viewPoints, query: ["after", "limit"]) {
      try $0.listPendingOrders($1, $2)
    }
    on(.post, "/pending-orders/*/decision", .movePoints) { try $0.decideOrder($1, $2, $3) }
    on(.post, "/issues", .movePoints) { try $0.issuePoints($1, $2, $3) }
    on(.get, "/movements", .viewPoints, query: pages) { try $0.listMovements($1, $2) }
    on(.post, "/movements/*/reversal", .movePoints) { try $0.reverseMovement($1, $2, $3) }
    on(.get, "/holds", .viewPoints, query: ["after", "limit"]) { try $0.listHolds($1, $2) }
    on(.post, "/holds/*/resolution", .movePoints) { try $0.resolveHold($1, $2, $3) }
    on(.get, "/unproven", .viewPoints) { try $0.listUnproven($1, $2) }
    on(.post, "/stations/*/dismissal", .movePoints) { try $0.dismissUnproven($1, $2, $3) }
    on(.get, "/discrepancies", .viewPoints, query: pages) { try $0.listDiscrepancies($1, $2) }
    on(.get, "/exchange-limits", .viewStations) { try $0.showLimits($1, $2) }
    on(.put, "/exchange-limits", .setRules) { try $0.setLimits($1, $2, $3) }
    on(.get, "/stations/*/prices", .viewStations) { try $0.listPrices($1, $2) }
    on(.put, "/stations/*/prices/*", .setRules) { try $0.setPrice($1, $2, $3) }
    on(.get, "/stations/*/takings", .viewStations, query: ["days"]) { try $0.listTakings($1, $2) }
    on(.get, "/ledger-proof", .viewPoints) { try $0.proveLedger($1, $2) }
  }

  // MARK: - Orders

  private func issuePoints(
    _ request: HTTPRequest, _ parameters: [String], _ actor: Actor
  ) throws -> HTTPResponse {
    let body = try LedgerBody(json: request.body, .issue)
    return try carryOut(.issue(body.amount ?? 0, reason: body.reason), body.key, actor)
  }

  private func grantPoints(
    _ request: HTTPRequest, _ parameters: [String], _ actor: Actor
  ) throws -> HTTPResponse {
    let body = try LedgerBody(json: request.body, .grant)
    guard let member = MemberID(parameters[0]), let amount = Points(body.amount ?? 0) else {
      throw Problem.notFound("No member \"\(Excerpt(parameters[0]))\" is enrolled.")
    }
    return try carryOut(.grant(member, amount, reason: body.reason), body.key, actor)
  }

  private func decideOrder(
    _ request: HTTPRequest, _ parameters: [String], _ actor: Actor
  ) throws -> HTTPResponse {
    let body = try LedgerBody(json: request.body, .decision)
    let id = try Self.id(parameters[0], "order")
    return try carryOut(
      body.isAffirmed ? .approve(pending: id) : .decline(pending: id, reason: body.reason),
      body.key, actor)
  }

  private func reverseMovement(
    _ request: HTTPRequest, _ parameters: [String], _ actor: Actor
  ) throws -> HTTPResponse {
    let body = try LedgerBody(json: request.body, .reversal)
    let id = try Self.id(parameters[0], "movement")
    return try carryOut(.reverse(movement: id, reason: body.reason), body.key, actor)
  }

  private func resolveHold(
    _ request: HTTPRequest, _ parameters: [String], _ actor: Actor
  ) throws -> HTTPResponse {
    let body = try LedgerBody(json: request.body, .resolution)
    guard let exchange = ExchangeID(parameters[0]) else {
      throw Problem.notFound("There is no exchange \"\(Excerpt(parameters[0]))\".")
    }
    let decision: HoldDecision =
      body.isAffirmed ? .post(body.amount.flatMap { Points($0) }) : .void
    return try carryOut(.resolve(exchange, decision, reason: body.reason), body.key, actor)
  }

  private func dismissUnproven(
    _ request: HTTPRequest, _ parameters: [String], _ actor: Actor
  ) throws -> HTTPResponse {
    let body = try LedgerBody(json: request.body, .dismissal)
    let station = try station(parameters[0])
    return try carryOut(
      .dismiss(station, through: body.through, reason: body.reason), body.key, actor)
  }

  private func carryOut(
    _ order: LedgerOrder, _ key: OrderKey, _ actor: Actor
  ) throws -> HTTPResponse {
    carryOut(order, key, actor) { Self.answer($0, to: key, status: 201) }
  }

  private func carryOut(
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

  private static func answer(
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
  private func set(
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
  private static func id(_ text: String, _ what: String) throws(Problem) -> Int64 {
    guard let id = RequestNumber.read(text, in: 1...(1 << 53)) else {
      throw .notFound("There is no \(what) \"\(Excerpt(text))\".")
    }
    return id
  }

  // MARK: - Lists

  /// A member's balance and one page of what moved his points.
  private func showPoints(_ request: HTTPRequest, _ parameters: [String]) throws -> HTTPResponse {
    let before = try Self.number("before", in: request, 1...(1 << 53))
    let limit = try Self.limit(request)
    let name = parameters[0]
    return asking { store in
      guard let member = MemberID(name), let balance = try store.balance(of: member) else {
        throw Problem.notFound("No member \"\(Excerpt(name))\" is enrolled.")
      }
      let lines = try store.statement(of: member, before: before, limit: limit)
      return JSONWriter.object { writer in
        writer.field("member", member.text)
        writer.field("balance", balance)
        writer.key("movements")
        writer.array(lines) { $1.write(to: &$0) }
      }
    }
  }

  private func listMovements(
    _ request: HTTPRequest, _ parameters: [String]
  ) throws -> HTTPResponse {
    let before = try Self.number("before", in: request, 1...(1 << 53))
    let limit = try Self.limit(request)
    return asking { store in
      let movements = try store.movements(before: before, limit: limit)
      return JSONWriter.object { writer in
        writer.key("movements")
        writer.array(movements) { $1.write(to: &$0) }
      }
    }
  }

  private func listPendingOrders(
    _ request: HTTPRequest, _ parameters: [String]
  ) throws -> HTTPResponse {
    let after = try Self.number("after", in: request, 1...(1 << 53)) ?? 0
    let limit = try Self.limit(request)
    return asking { [aloneUpTo] store in
      let orders = try store.pendingOrders(after: after, limit: limit)
      return JSONWriter.object { writer in
        writer.field("aloneUpTo", aloneUpTo)
        writer.key("orders")
        writer.array(orders) { $1.write(to: &$0) }
      }
    }
  }

  private func listHolds(_ request: HTTPRequest, _ parameters: [String]) throws -> HTTPResponse {
    let after = try Self.number("after", in: request, 1...(1 << 53)) ?? 0
    let limit = try Self.limit(request)
    let time = now().wall
    return asking { [oldHold] store in
      let (open, old) = try store.countHolds(olderThan: time + (.zero - oldHold))
      let holds = try store.openHolds(after: after, limit: limit)
      return JSONWriter.object { writer in
        writer.field("open", open)
        writer.field("old", old)
        writer.field("oldAfterSeconds", oldHold.components.seconds)
        writer.key("holds")
        writer.array(holds) { $1.write(to: &$0, at: time, old: oldHold) }
      }
    }
  }

  private func listUnproven(_ request: HTTPRequest, _ parameters: [String]) throws -> HTTPResponse {
    asking { store in
      let sums = try store.unprovenSums()
      return JSONWriter.object { writer in
        writer.key("unproven")
        writer.array(sums) { $1.write(to: &$0) }
      }
    }
  }

  private func listDiscrepancies(
    _ request: HTTPRequest, _ parameters: [String]
  ) throws -> HTTPResponse {
    let before = try Self.number("before", in: request, 1...(1 << 53))
    let limit = try Self.limit(request)
    return asking { store in
      let all = try store.discrepancies(before: before, limit: limit)
      return JSONWriter.object { writer in
        writer.key("discrepancies")
        writer.array(all) { $1.write(to: &$0) }
      }
    }
  }

  private func proveLedger(_ request: HTTPRequest, _ parameters: [String]) throws -> HTTPResponse {
    HTTPResponse(200, content: .later(try prove()))
  }

  // MARK: - Rules

  private func showLimits(_ request: HTTPRequest, _ parameters: [String]) throws -> HTTPResponse {
    asking { store in
      var writer = JSONWriter()
      try store.exchangeLimits().write(to: &writer)
      return writer.bytes
    }
  }

  private func setLimits(
    _ request: HTTPRequest, _ parameters: [String], _ actor: Actor
  ) throws -> HTTPResponse {
    let body = try LimitsBody(json: request.body)
    return try set(.limits(body.limits), body.key, actor) { [self] in
      try showLimits(request, parameters)
    }
  }

  private func listPrices(_ request: HTTPRequest, _ parameters: [String]) throws -> HTTPResponse {
    let station = try station(parameters[0])
    return asking { store in
      let prices = try store.prices(of: station)
      return JSONWriter.object { writer in
        writer.key("prices")
        writer.array(prices) { writer, price in
          writer.object {
            $0.field("slot", price.slot.number)
            $0.field("price", price.price.number)
          }
        }
      }
    }
  }

  private func setPrice(
    _ request: HTTPRequest, _ parameters: [String], _ actor: Actor
  ) throws -> HTTPResponse {
    let body = try PriceBody(json: request.body)
    let station = try station(parameters[0])
    guard let number = RequestNumber.read(parameters[1], in: 1...Int64(SlotID.most)),
      let slot = SlotID(Int(number))
    else { throw Problem.notFound("A slot is a number from 1 to \(SlotID.most).") }
    return try set(.price(station, slot, body.price), body.key, actor) { [self] in
      try listPrices(request, parameters)
    }
  }

  /// What a station's exchanges took, by day and article, up to today.
  private func listTakings(_ request: HTTPRequest, _ parameters: [String]) throws -> HTTPResponse {
    let days = try Self.number("days", in: request, 1...366) ?? 31
    let view = try view(of: parameters[0])
    let today = view.life.localDay(now())
    let id = view.id
    return asking { store in
      let takings = try store.takings(of: id, days: today - Int(days) + 1...today)
      return JSONWriter.object { writer in
        writer.field("today", today)
        writer.key("takings")
        writer.array(takings) { $1.write(to: &$0) }
      }
    }
  }

  private func station(_ text: String) throws(Problem) -> StationID {
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
