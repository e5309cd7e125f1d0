// What every engine of the ledger has to do, run on each of them.
import ManagementCore
import SQL
import SQLite
import StationProtocol
import TestBed
import Testing
import Time

@testable import ManagementShell

@Suite("Ledger contract")
struct LedgerContractTests {
  private typealias Store = StoreContractTests

  @Test("an exchange is held, posted and told again by another process", arguments: Engine.allCases)
  func exchange(engine: Engine) throws {
    let open = try engine.open()
    try LedgerSample.fill(open.store, points: 100)
    let exchange = LedgerSample.exchange(1)
    #expect(try LedgerSample.ask(exchange, open.store) == .held(balance: 70))
    let store = try open.reopened()
    #expect(try LedgerSample.ask(exchange, store) == .held(balance: 70))
    #expect(try store.openHolds(after: 0, limit: 9).map(\.entry.exchange) == [exchange])
    #expect(try LedgerSample.end(exchange, .dispensed, store).isEmpty)
    let last = try open.reopened()
    #expect(
      try LedgerSample.ask(exchange, last) == .refused(.settled, balance: 70))
    #expect(try last.balance(of: .station(Store.gate)) == 30)
    #expect(try last.exchange(exchange.id)?.state == .posted(30))
    let lines = try last.statement(of: LedgerSample.member, before: nil, limit: 9)
    #expect(lines.map(\.movement.kind) == [.hold, .grant])
    #expect(lines[0].exchange?.outcome == .dispensed && lines[1].exchange == nil)
    #expect(lines[1].movement.reason == "welcome" && lines[1].movement.actor == .person("li"))
    #expect(try last.movements(before: nil, limit: 1).map(\.key) == ["\(exchange.id) post"])
    let day = Store.now.localDay
    #expect(
      try last.takings(of: Store.gate, days: day...day)
        == [Taking(day: day, article: exchange.article, count: 1, points: 30)])
    #expect(try last.proof(at: Store.now).isClean)
  }

  @Test(
    "an end in the stream of a later store settles, and the proof agrees",
    arguments: Engine.allCases)
  func afterALostStore(engine: Engine) throws {
    let open = try engine.open()
    try LedgerSample.fill(open.store, points: 100)
    let exchange = LedgerSample.exchange(1)
    #expect(try LedgerSample.ask(exchange, open.store) == .held(balance: 70))
    let record = Store.record(.exchange(.ended(exchange, .dispensed)))
    let later = StreamID(bits: 0xBEEF)
    let items = [
      InboundItem.floor(Store.gate, later, floor: 1), Store.batch(2, [record], in: later),
    ]
    #expect(try open.store.store(items, at: Store.now)[1].discrepancies.isEmpty)
    let store = try open.reopened()
    #expect(try store.balance(of: .station(Store.gate)) == 30)
    #expect(try store.proof(at: Store.now).isClean)
  }

  @Test("holds and ends in one transaction are decided in their order", arguments: Engine.allCases)
  func oneTransaction(engine: Engine) throws {
    let open = try engine.open()
    try LedgerSample.fill(open.store, points: 100)
    let items = (0..<3).flatMap { number -> [InboundItem] in
      let exchange = LedgerSample.exchange(UInt64(10 * number + 1), price: 60)
      return [
        LedgerSample.request(exchange),
        Store.batch(
          UInt64(10 * number + 3), [Store.record(.exchange(.ended(exchange, .cancelled)))]),
      ]
    }
    let outcomes = try open.store.store(items, at: Store.now)
    #expect(
      outcomes.compactMap(\.answer?.reply.answer) == Array(repeating: .held(balance: 40), count: 3))
    #expect(try open.reopened().balance(of: LedgerSample.member) == 100)
  }

  @Test(
    "a balance is never counted from what another process has changed", arguments: Engine.allCases)
  func twoProcesses(engine: Engine) throws {
    let open = try engine.open()
    try LedgerSample.fill(open.store, points: 100)
    #expect(try LedgerSample.ask(LedgerSample.exchange(1), open.store) == .held(balance: 70))
    let other = try open.reopened()
    try LedgerSample.grant(50, other, key: "more")
    #expect(try LedgerSample.ask(LedgerSample.exchange(2), open.store) == .held(balance: 90))
    let void = LedgerOrder.resolve(LedgerSample.exchange(1).id, .void, reason: "looked")
    _ = try LedgerSample.order(void, other, key: "void")
    #expect(try open.store.balance(of: LedgerSample.member) == 120)
    #expect(
      try LedgerSample.end(LedgerSample.exchange(1), .dispensed, open.store) == [.contradiction])
    #expect(try open.store.balance(of: LedgerSample.member) == 120)
    #expect(try open.store.proof(at: Store.now).isClean)
  }

  @Test("prices and limits are kept, changed and taken back", arguments: Engine.allCases)
  func rules(engine: Engine) throws {
    let open = try engine.open()
    try LedgerSample.fill(open.store, points: 100)
    let slot = LedgerSample.exchange(1).slot
    let (five, six) = (try #require(Points(5)), try #require(Points(6)))
    try LedgerSample.rule(.price(Store.gate, slot, five), open.store, key: "five")
    try LedgerSample.rule(.price(Store.gate, slot, six), open.store, key: "six")
    let strict = ExchangeLimits(perDay: 4, perArticle: 0)
    try LedgerSample.rule(.limits(strict), open.store, key: "strict")
    let store = try open.reopened()
    #expect(try store.prices(of: Store.gate) == [SlotPrice(slot: slot, price: six)])
    #expect(try store.exchangeLimits() == ExchangeLimits(perDay: 4, perArticle: 0))
    #expect(
      try LedgerSample.ask(LedgerSample.exchange(1), store)
        == .refused(.priceDiffers, balance: 100))
    #expect(
      try LedgerSample.ask(LedgerSample.exchange(2, price: 6), store)
        == .refused(.articleLimit, balance: 100))
    try LedgerSample.rule(.price(Store.gate, slot, nil), store, key: "none")
    try LedgerSample.rule(.limits(ExchangeLimits()), store, key: "free")
    #expect(try open.reopened().prices(of: Store.gate).isEmpty)
    #expect(try open.reopened().exchangeLimits().isEmpty)
    #expect(try LedgerSample.ask(LedgerSample.exchange(3), store) == .held(balance: 70))
  }

  @Test("many small orders of a day wait like one large one", arguments: Engine.allCases)
  func sums(engine: Engine) throws {
    let open = try engine.open()
    try LedgerSample.fill(open.store, points: 100)
    var store = open.store
    func grant(
      _ points: Int64, _ key: String, by actor: String = "li",
      to member: MemberID = LedgerSample.member, hours: Int64 = 0
    ) throws -> OrderReceipt {
      let (amount, name) = (try #require(Points(points)), try #require(OrderKey(key)))
      var now = Store.now
      now.wall = now.wall + .seconds(hours * 3600)
      return try #require(
        store.carryOut(
          .grant(member, amount, reason: "r"), key: name, by: actor, aloneUpTo: 500, at: now
        ).receipt)
    }
    #expect(try grant(400, "fills").pending == nil)
    // By actor: nothing is left for anybody else either.
    let second = try grant(1, "second", to: LedgerSample.members[1])
    #expect(second.pending == 1 && second.movement == nil)
    store = try open.reopened()
    // By member: another person has the whole sum, but not for the one who got it.
    #expect(try grant(1, "third", by: "wang").pending == 2)
    #expect(try grant(500, "fourth", by: "wang", to: LedgerSample.members[1]).pending == nil)
    // Whoever agrees has not decided alone.
    let approval = try #require(OrderKey("yes"))
    let approved = try store.carryOut(
      .approve(pending: 1), key: approval, by: "zhao", aloneUpTo: 500, at: Store.now)
    #expect(approved.receipt?.pending == 1 && approved.receipt?.movement != nil)
    #expect(try grant(1, "fifth", by: "zhao", to: Store.member("m-1"), hours: 23).pending == 3)
    #expect(try grant(500, "later", hours: 25).pending == nil)
    // A clock that is set back opens nothing.
    #expect(try grant(1, "before", hours: 20).pending == 4)
    store = try open.reopened()
    #expect(try store.pendingOrders(after: 1, limit: 2).map(\.id) == [2, 3])
    #expect(
      try store.pendingOrder(2)?.weight == OrderWeight(points: 1, member: LedgerSample.member))
  }

  @Test("both engines say the same to the same random exchanges and orders", arguments: 1...20)
  func agreement(seed: Int) throws {
    var dice = SeededGenerator(seed: seed)
    let memory = try Engine.memory.open().store
    let open = try Engine.sqlite.open()
    var sqlite = open.store
    try LedgerSample.fill(memory, points: 300)
    try LedgerSample.fill(sqlite, points: 300)
    for turn in 0..<120 {
      var now = Store.now
      now.wall = now.wall + .seconds(Int64(turn) * 1800)
      if dice.next(3) == 0 {
        let order = try LedgerSample.randomOrder(&dice)
        let key = try #require(OrderKey("key-\(dice.next(60))"))
        let actor = ["li", "wang"][dice.next(2)]
        let expected = try memory.carryOut(order, key: key, by: actor, aloneUpTo: 80, at: now)
        #expect(
          try sqlite.carryOut(order, key: key, by: actor, aloneUpTo: 80, at: now) == expected)
      } else {
        let items = (0...dice.next(3)).map { _ in LedgerSample.randomItem(&dice) }
        let expected = try memory.store(items, at: now)
        #expect(try sqlite.store(items, at: now) == expected)
      }
      if dice.next(8) == 0 { sqlite = try open.reopened() }
    }
    let proof = try memory.proof(at: Store.now)
    #expect(proof.exchanges > 20 && proof.isClean, "\(proof.findings)")
    #expect(try sqlite.proof(at: Store.now) == proof)
    #expect(
      try sqlite.movements(before: nil, limit: 9999) == memory.movements(before: nil, limit: 9999))
    #expect(try sqlite.unprovenSums() == memory.unprovenSums())
    #expect(
      try sqlite.openHolds(after: 0, limit: 9999) == memory.openHolds(after: 0, limit: 9999))
    #expect(
      try sqlite.discrepancies(before: nil, limit: 9999)
        == memory.discrepancies(before: nil, limit: 9999))
    #expect(
      try sqlite.pendingOrders(after: 0, limit: 9999)
        == memory.pendingOrders(after: 0, limit: 9999))
    #expect(
      try sqlite.audit(of: nil, before: nil, limit: 9999)
        == memory.audit(of: nil, before: nil, limit: 9999))
    #expect(try sqlite.exchangeLimits() == memory.exchangeLimits())
    #expect(try sqlite.prices(of: Store.gate) == memory.prices(of: Store.gate))
    for member in LedgerSample.members {
      let lines = try memory.statement(of: member, before: nil, limit: 9999)
      #expect(try sqlite.statement(of: member, before: nil, limit: 9999) == lines)
    }
    for station in [Store.gate, Store.hall] {
      let takings = try memory.takings(of: station, days: 0...99_999)
      #expect(try sqlite.takings(of: station, days: 0...99_999) == takings)
    }
  }
}

/// A ledger with a station that has been born and members with points, and what they do.
enum LedgerSample {
  static let member = StoreContractTests.member("m-1")
  static let text = CodeText("A CODE")!
  static let members = [member, StoreContractTests.member("m-2")]

  static func fill(_ store: any ManagementStore, points: Int64) throws {
    _ = try store.store(
      [
        .floor(StoreContractTests.gate, StoreContractTests.stream, floor: 1),
        .floor(StoreContractTests.hall, StoreContractTests.other, floor: 1),
      ], at: StoreContractTests.now)
    for member in members {
      let enrolled = StoreContractTests.now.wall
      #expect(try store.enrol(Member(id: member, label: nil, enrolled: enrolled), by: "li"))
    }
    try rule(.issue(100_000, reason: "this year"), store, key: "issue")
    try grant(points, store, key: "welcome")
  }

  static func grant(_ points: Int64, _ store: any ManagementStore, key: String) throws {
    let amount = try #require(Points(points))
    #expect(
      try order(.grant(member, amount, reason: "welcome"), store, key: key).receipt != nil)
  }

  static func order(
    _ order: LedgerOrder, _ store: any ManagementStore, key: String
  ) throws -> OrderOutcome {
    let key = try #require(OrderKey(key))
    return try store.carryOut(
      order, key: key, by: "li", aloneUpTo: 500, at: StoreContractTests.now)
  }

  /// Carries an order out as somebody does who may, whatever it weighs.
  static func rule(_ order: LedgerOrder, _ store: any ManagementStore, key: String) throws {
    let key = try #require(OrderKey(key))
    let outcome = try store.carryOut(
      order, key: key, by: "rules", aloneUpTo: .max, at: StoreContractTests.now)
    #expect(outcome.receipt != nil)
  }

  static func exchange(
    _ seq: UInt64, price: Int64 = 30, member: MemberID = member,
    in stream: StreamID = StoreContractTests.stream
  ) -> Exchange {
    guard let slot = SlotID(7), let article = ArticleID("water"), let price = Points(price) else {
      preconditionFailure("no exchange at \(price)")
    }
    return Exchange(
      id: ExchangeID(stream: stream, seq: seq), member: member, slot: slot, article: article,
      price: price)
  }

  static func request(
    _ exchange: Exchange, by code: CodeDigest? = nil,
    from station: StationID = StoreContractTests.gate
  ) -> InboundItem {
    .request(
      InboundRequest(
        station: station, .hold(exchange, code: text), digest: PayloadDigest(high: 0, low: 0)),
      .genuine(
        exchange.member, code ?? CodeDigest(high: exchange.id.stream.bits, low: exchange.id.seq)))
  }

  static func ask(_ exchange: Exchange, _ store: any ManagementStore) throws -> StationReply.Answer?
  {
    try store.store([request(exchange)], at: StoreContractTests.now).first?.answer?.reply.answer
  }

  static func end(
    _ exchange: Exchange, _ outcome: ExchangeOutcome, _ store: any ManagementStore
  ) throws -> [Discrepancy.Kind] {
    let record = StoreContractTests.record(.exchange(.ended(exchange, outcome)))
    let batch = StoreContractTests.batch(
      exchange.id.seq + 2, [record], in: exchange.id.stream)
    return try store.store([batch], at: StoreContractTests.now)[0].discrepancies.map(\.kind)
  }

  static func randomItem(_ dice: inout SeededGenerator) -> InboundItem {
    let station =
      dice.next(12) == 0 ? StoreContractTests.hall : StoreContractTests.gate
    let stream = dice.next(12) == 0 ? StoreContractTests.other : StoreContractTests.stream
    let exchange = exchange(
      UInt64(1 + 3 * dice.next(30)), price: Int64(dice.next(20) == 0 ? 31 : 30),
      member: dice.next(20) == 0
        ? StoreContractTests.member("stranger") : members[dice.next(2)], in: stream)
    switch dice.next(10) {
    case 0:
      let id = RequestID(balance: 1, boot: 1, stream: stream)
      return .request(
        InboundRequest(
          station: station, StationRequest(id, .balance(exchange.member), code: text),
          digest: PayloadDigest(high: 0, low: 0)),
        dice.next(4) == 0
          ? .refused(.badSignature) : .genuine(exchange.member, CodeDigest(high: 0, low: 0)))
    case 1...5:
      // Now and then a code that may have paid before.
      let again = dice.next(6) == 0 ? CodeDigest(high: 0, low: UInt64(dice.next(20))) : nil
      return request(exchange, by: again, from: station)
    case 6 where dice.next(8) == 0: return .floor(station, stream, floor: 1)
    default:
      let outcomes: [ExchangeOutcome] = [
        .dispensed, .dispensed, .cancelled, .failed(.dropNotSeen), .unknown(.silent),
        .refused(.noAnswer),
      ]
      let record = StoreContractTests.record(
        .exchange(.ended(exchange, outcomes[dice.next(outcomes.count)])))
      return StoreContractTests.batch(
        exchange.id.seq + 1 + UInt64(dice.next(2)), [record], of: station, in: stream)
    }
  }

  static func randomOrder(_ dice: inout SeededGenerator) throws -> LedgerOrder {
    let amount = try #require(Points(Int64(1 + dice.next(100))))
    let id = Int64(1 + dice.next(40))
    switch dice.next(11) {
    case 10: return .dismiss(StoreContractTests.gate, through: id, reason: "r")
    case 0: return .issue(Int64(1 + dice.next(100)), reason: "r")
    case 8:
      let slot = try #require(SlotID(1 + dice.next(3)))
      return .price(StoreContractTests.gate, slot, dice.next(4) == 0 ? nil : amount)
    case 9:
      let perDay = dice.next(3) == 0 ? nil : Int64(dice.next(9))
      return .limits(ExchangeLimits(perDay: perDay, perArticle: nil))
    case 1, 2: return .grant(members[dice.next(2)], amount, reason: "r")
    case 3: return .approve(pending: id % 16)
    case 4: return .decline(pending: id % 16, reason: "r")
    case 5: return .reverse(movement: id, reason: "r")
    default:
      let decision: HoldDecision =
        switch dice.next(3) {
        case 0: .void
        case 1: .post(nil)
        default: .post(amount)
        }
      return .resolve(exchange(UInt64(1 + 3 * dice.next(30))).id, decision, reason: "r")
    }
  }
}

extension OrderOutcome {
  var receipt: OrderReceipt? {
    if case .done(let receipt) = self { receipt } else { nil }
  }
}
