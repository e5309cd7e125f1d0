// A service with a ledger in memory and a station with an exchange machine, told of in turn.
import ManagementCore
import StationProtocol
import Testing

/// A member with points, a station that has been born, and short words for what they do.
final class LedgerScenario {
  let scenario: ManagementScenario
  private var keys = 0
  var aloneUpTo: Int64 = 500

  var store: MemoryStore { scenario.store }
  let worker = Names.member("m-1")
  let water = Names.article("water")

  /// - Parameter points: what the member is granted; none where it is nil.
  init(points: Int64? = 100, limits: StationLimits = .none) throws {
    scenario = ManagementScenario(limits: limits)
    _ = scenario.commit(scenario.birth(session(stream, 1)))
    enrol(worker)
    if let points {
      try issue(10_000)
      #expect(try order(.grant(worker, Names.points(points), reason: "welcome")).isDone)
    }
  }

  func enrol(_ member: MemberID) {
    #expect(store.enrol(Member(id: member, label: nil, enrolled: scenario.now.wall), by: "li"))
  }

  func order(
    _ order: LedgerOrder, _ key: String? = nil, by actor: String = "li"
  ) throws -> OrderOutcome {
    keys += 1
    let name = try #require(OrderKey(key ?? "order-\(keys)"))
    return store.carryOut(
      order, key: name, by: actor, aloneUpTo: aloneUpTo, at: scenario.now)
  }

  /// Two people issue points; what either does alone later counts by itself.
  func issue(_ points: Int64) throws { try agree(.issue(points, reason: "this year")) }

  /// Gives an order, and a second person agrees to it where one is not enough.
  func agree(_ wanted: LedgerOrder) throws {
    let asked = try order(wanted)
    #expect(asked.isDone)
    guard let id = asked.waiting else { return }
    #expect(try order(.approve(pending: id), by: "wang").isDone)
  }

  /// Sets a rule, as somebody does who may.
  func rule(_ order: LedgerOrder) throws {
    keys += 1
    let name = try #require(OrderKey("rule-\(keys)"))
    #expect(
      store.carryOut(order, key: name, by: "rules", aloneUpTo: .max, at: scenario.now).isDone)
  }

  func exchange(
    _ seq: UInt64, _ price: Int64 = 30, article: ArticleID? = nil, member: MemberID? = nil,
    of stream: StreamID = stream
  ) -> Exchange {
    Exchange(
      id: ExchangeID(stream: stream, seq: seq), member: member ?? worker, slot: Names.slot(7),
      article: article ?? water, price: Names.points(price))
  }

  /// A code for this exchange alone.
  static func code(_ exchange: Exchange) -> CodeText {
    guard let code = CodeText(exchange.id.description.uppercased()) else {
      preconditionFailure("no code of \(exchange.id)")
    }
    return code
  }

  /// Asks for a hold.
  /// - Returns: the answer; everything else that the service does fails the test.
  func hold(_ exchange: Exchange, from station: StationID = gate) -> StationReply.Answer? {
    ask(.hold(exchange, code: Self.code(exchange)), from: station)
  }

  func ask(_ request: StationRequest, from station: StationID = gate) -> StationReply.Answer? {
    let effects = scenario.commit(scenario.hear(.request(station), request.json))
    guard case .reply(station, let reply)? = effects.first, effects.count == 1,
      reply.id == request.id
    else {
      Issue.record("a question was not just answered: \(effects)")
      return nil
    }
    return reply.answer
  }

  /// A record tells how an exchange ended.
  /// - Returns: what the service remarked about it.
  func end(
    _ exchange: Exchange, _ outcome: ExchangeOutcome, at seq: UInt64? = nil,
    from station: StationID = gate, in stream: StreamID? = nil
  ) -> [Discrepancy.Kind] {
    let record = scenario.record(.exchange(.ended(exchange, outcome)))
    let number = seq ?? exchange.id.seq + 2
    let effects = scenario.deliver(
      batch(number, [record], of: stream ?? exchange.id.stream), from: station)
    return effects.compactMap {
      if case .note(.discrepancy(station, let kind)) = $0 { kind } else { nil }
    }
  }

  var balance: Int64? { store.balance(of: worker) }
  func holds(_ account: Account) -> Int64 { store.balance(of: account) }

  /// What is wrong with the ledger.
  var faults: [LedgerProof.Finding] { store.proof(at: scenario.now).findings }
}

extension OrderOutcome {
  var isDone: Bool { if case .done = self { true } else { false } }

  /// The id under which it waits, if it does.
  var waiting: Int64? {
    guard case .done(let receipt) = self, receipt.movement == nil else { return nil }
    return receipt.pending
  }
}

extension Names {
  static func article(_ text: String) -> ArticleID {
    guard let article = ArticleID(text) else { preconditionFailure("\(text) is no article") }
    return article
  }

  static func slot(_ number: Int) -> SlotID {
    guard let slot = SlotID(number) else { preconditionFailure("\(number) is no slot") }
    return slot
  }

  static func points(_ number: Int64) -> Points {
    guard let points = Points(number) else { preconditionFailure("\(number) are no points") }
    return points
  }
}
