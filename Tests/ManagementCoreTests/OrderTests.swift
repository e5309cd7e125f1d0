// What people order the ledger to do: grants by one or two, reversals, decisions about holds.
import ManagementCore
import StationProtocol
import Testing
import Time

@Suite("Orders")
struct OrderTests {
  @Test("an order is done once for its key; the key with other contents is a conflict")
  func keys() throws {
    let it = try LedgerScenario()
    let grant = LedgerOrder.grant(it.worker, Names.points(10), reason: "helped")
    let first = try it.order(grant, "key-1")
    #expect(first.isDone && it.balance == 110)
    #expect(try it.order(grant, "key-1") == first)
    #expect(try it.order(grant, "key-1", by: "wang") == .conflict)
    let other = LedgerOrder.grant(it.worker, Names.points(11), reason: "helped")
    #expect(try it.order(other, "key-1") == .conflict)
    #expect(it.balance == 110 && it.faults.isEmpty)
  }

  @Test("nobody grants what was not issued, or to somebody unknown")
  func budget() throws {
    let it = try LedgerScenario(points: nil)
    let grant = LedgerOrder.grant(it.worker, Names.points(10), reason: "helped")
    #expect(try it.order(grant, "key-1") == .refused(.notIssued))
    #expect(try it.order(.issue(10, reason: "now")).isDone)
    // A refused order leaves its key free.
    #expect(try it.order(grant, "key-1").isDone)
    #expect(try it.order(grant) == .refused(.notIssued))
    let stranger = LedgerOrder.grant(Names.member("x"), Names.points(1), reason: "who")
    #expect(try it.order(stranger) == .refused(.unknownMember))
    #expect(it.holds(.issuance) == -10 && it.holds(.grants) == 0 && it.balance == 10)
    #expect(it.faults.isEmpty)
  }

  @Test("a grant above the limit waits for another person")
  func fourEyes() throws {
    let it = try LedgerScenario()
    let large = LedgerOrder.grant(it.worker, Names.points(501), reason: "a flood")
    guard case .done(let receipt) = try it.order(large, "large"), let id = receipt.pending else {
      Issue.record("it does not wait")
      return
    }
    #expect(receipt.movement == nil && it.balance == 100)
    #expect(it.store.pendingOrders(after: 0, limit: 9).map(\.id) == [id])
    #expect(try it.order(.approve(pending: id)) == .refused(.sameActor))
    #expect(try it.order(.decline(pending: id, reason: "no")) == .refused(.sameActor))
    #expect(try it.order(.approve(pending: id), "yes", by: "wang").isDone)
    #expect(it.balance == 601 && it.store.pendingOrders(after: 0, limit: 9).isEmpty)
    #expect(try it.order(.approve(pending: id), "yes", by: "wang").isDone)
    #expect(try it.order(.approve(pending: id), by: "wang") == .refused(.decidedBefore))
    #expect(try it.order(large, "large") == .done(receipt))
    #expect(try it.order(.approve(pending: 99), by: "wang") == .refused(.unknownPending))
    #expect(it.balance == 601 && it.faults.isEmpty)
  }

  @Test("twenty grants of five hundred do not pass one person")
  func manySmallOnes() throws {
    let it = try LedgerScenario(points: nil)
    try it.issue(20_000)
    for number in 0..<20 {
      let member = Names.member("m-\(number + 10)")
      it.enrol(member)
      let outcome = try it.order(.grant(member, Names.points(500), reason: "helped"))
      #expect((outcome.waiting == nil) == (number == 0), "\(number)")
    }
    #expect(it.store.pendingOrders(after: 0, limit: 99).count == 19)
    #expect(it.holds(.grants) == 19_500 && it.faults.isEmpty)
  }

  @Test("issues, reversals and holds count with the grants of the same person")
  func everyKindCounts() throws {
    let it = try LedgerScenario(points: nil)
    try it.issue(1000)
    #expect(try it.order(.issue(200, reason: "more")).waiting == nil)
    let grant = try it.order(.grant(it.worker, Names.points(150), reason: "x"))
    guard case .done(let receipt) = grant, let movement = receipt.movement else {
      Issue.record("\(grant)")
      return
    }
    #expect(it.hold(it.exchange(1, 100)) == .held(balance: 50))
    let void = LedgerOrder.resolve(it.exchange(1).id, .void, reason: "nothing fell")
    #expect(try it.order(void).waiting == nil)
    // 450 of 500 are decided.
    let back = try it.order(.reverse(movement: movement, reason: "a mistake"))
    let id = try #require(back.waiting)
    #expect(it.store.pendingOrder(id)?.weight == OrderWeight(points: 150, member: it.worker))
    #expect(try it.order(.issue(51, reason: "more")).waiting != nil)
    #expect(it.hold(it.exchange(11, 60)) == .held(balance: 90))
    let other = LedgerOrder.resolve(it.exchange(11).id, .post(nil), reason: "fell")
    let held = try #require(try it.order(other).waiting)
    #expect(it.end(it.exchange(11, 60), .cancelled).isEmpty)
    // What has ended meanwhile is not decided any more.
    #expect(try it.order(.approve(pending: held), by: "wang") == .refused(.settled))
    #expect(try it.order(.approve(pending: id), by: "wang").isDone)
    #expect(it.balance == 0 && it.faults.isEmpty)
  }

  @Test("a price counts as its difference; looser limits always wait, stricter ones never")
  func rules() throws {
    let it = try LedgerScenario(points: nil)
    func price(_ points: Int64?) -> LedgerOrder {
      .price(gate, Names.slot(7), points.map { Names.points($0) })
    }
    #expect(try it.order(price(300)).waiting == nil)
    #expect(try it.order(price(300)).waiting == nil)
    let lower = try #require(try it.order(price(99)).waiting)
    #expect(try it.order(price(99)).waiting == lower, "the same wish waits once")
    #expect(try it.order(price(100)).waiting == nil)
    #expect(try it.order(price(nil)).waiting != nil)
    #expect(it.store.prices(of: gate).map(\.price.number) == [100])
    #expect(try it.order(.approve(pending: lower), by: "wang").isDone)
    #expect(it.store.prices(of: gate).map(\.price.number) == [99])
    let strict = ExchangeLimits(perDay: 2, perArticle: nil)
    #expect(try it.order(.limits(strict)).waiting == nil)
    let loose = try it.order(.limits(ExchangeLimits(perDay: 2000, perArticle: 1)))
    #expect(loose.waiting != nil && it.store.exchangeLimits() == strict)
    #expect(it.faults.isEmpty)
  }

  @Test("orders that wait are bounded, so that none is buried")
  func bounded() throws {
    let it = try LedgerScenario(points: nil)
    for _ in 0..<PendingOrder.most {
      #expect(try it.order(.issue(501, reason: "x")).waiting != nil)
    }
    #expect(try it.order(.issue(501, reason: "x")) == .refused(.tooManyPending))
    #expect(try it.order(.decline(pending: 1, reason: "no"), by: "wang").isDone)
    #expect(try it.order(.issue(501, reason: "x")).waiting != nil)
  }

  @Test("an order as a text is the same order when it is read")
  func contents() throws {
    let it = try LedgerScenario(points: nil)
    let reason = String(repeating: "\u{1F6A7}", count: LedgerOrder.longestReason)
    let orders: [LedgerOrder] = [
      .issue(1_000_000_000, reason: "\"quoted\" \\ 原因"), .reverse(movement: 7, reason: "r"),
      .grant(it.worker, Names.points(1), reason: reason),
      .resolve(it.exchange(1).id, .void, reason: "r"),
      .resolve(it.exchange(1).id, .post(nil), reason: "r"),
      .resolve(it.exchange(1).id, .post(Names.points(5)), reason: "r"),
      .price(gate, Names.slot(80), nil), .price(gate, Names.slot(1), Names.points(9)),
      .limits(ExchangeLimits(perDay: 0, perArticle: nil)), .limits(ExchangeLimits()),
      .approve(pending: 3), .decline(pending: 3, reason: "r"),
    ]
    for order in orders {
      #expect(LedgerOrder(contents: order.contents) == order, "\(order.contents)")
    }
    for text in ["", "{}", "{\"grant\":5}", "{\"issue\":1,\"grant\":2,\"reason\":\"r\"}"] {
      #expect(LedgerOrder(contents: text) == nil, "\(text)")
    }
  }

  @Test("a declined grant moves nothing, and stays declined")
  func declined() throws {
    let it = try LedgerScenario()
    let large = LedgerOrder.grant(it.worker, Names.points(501), reason: "a flood")
    guard case .done(let receipt) = try it.order(large), let id = receipt.pending else {
      Issue.record("it does not wait")
      return
    }
    #expect(try it.order(.decline(pending: id, reason: "too much"), by: "wang").isDone)
    #expect(try it.order(.approve(pending: id), by: "zhao") == .refused(.decidedBefore))
    #expect(it.store.pendingOrder(id)?.decision?.reason == "too much")
    #expect(it.balance == 100 && it.faults.isEmpty)
  }

  @Test("a movement is moved back once, as long as the points are there")
  func reversal() throws {
    let it = try LedgerScenario()
    guard case .done(let receipt) = try it.order(.grant(it.worker, Names.points(40), reason: "x")),
      let id = receipt.movement
    else {
      Issue.record("nothing was granted")
      return
    }
    #expect(it.hold(it.exchange(1, 120)) == .held(balance: 20))
    let back = LedgerOrder.reverse(movement: id, reason: "a mistake")
    #expect(try it.order(back) == .refused(.insufficientPoints))
    #expect(it.end(it.exchange(1, 120), .dispensed).isEmpty)
    let post = try #require(it.store.movements(before: nil, limit: 1).first)
    #expect(post.kind == .post)
    #expect(try it.order(.reverse(movement: post.id, reason: "spoilt")).isDone)
    #expect(it.balance == 140 && it.holds(.station(gate)) == 0)
    #expect(try it.order(back).isDone)
    #expect(it.balance == 100)
    #expect(try it.order(back) == .refused(.reversedBefore))
    let last = try #require(it.store.movements(before: nil, limit: 1).first)
    #expect(try it.order(.reverse(movement: last.id, reason: "no")) == .refused(.notReversible))
    #expect(try it.order(.reverse(movement: 99, reason: "no")) == .refused(.unknownMovement))
    #expect(it.faults.isEmpty)
  }

  @Test("a person takes the price of a hold, a part of it, or nothing, and records agree or not")
  func resolution() throws {
    let it = try LedgerScenario(points: 200)
    let part = HoldDecision.post(Names.points(10))
    let decisions: [(HoldDecision, Int64)] = [(.post(nil), 30), (part, 10), (.void, 0)]
    for (number, (decision, taken)) in decisions.enumerated() {
      for (turn, outcome) in [ExchangeOutcome.dispensed, .cancelled].enumerated() {
        let before = try #require(it.balance)
        let exchange = it.exchange(UInt64(100 * number + 10 * turn + 1))
        #expect(it.hold(exchange) == .held(balance: before - 30))
        let order = LedgerOrder.resolve(exchange.id, decision, reason: "looked")
        #expect(try it.order(order).isDone)
        #expect(it.balance == before - taken)
        #expect(try it.order(order) == .refused(.settled))
        let agrees = outcome.isCharged == (taken > 0)
        #expect(it.end(exchange, outcome) == (agrees ? [] : [.contradiction]))
        #expect(it.end(exchange, outcome, at: exchange.id.seq + 3).isEmpty)
        #expect(it.balance == before - taken)
      }
    }
    #expect(it.hold(it.exchange(900)) != nil)
    let more = LedgerOrder.resolve(
      it.exchange(900).id, .post(Names.points(31)), reason: "more")
    #expect(try it.order(more) == .refused(.aboveHold))
    let unknown = LedgerOrder.resolve(it.exchange(999).id, .void, reason: "none")
    #expect(try it.order(unknown) == .refused(.unknownHold))
    #expect(it.store.discrepancies(before: nil, limit: 99).count == 3 && it.faults.isEmpty)
  }

  @Test("a statement names every movement of a member, newest first, in pages")
  func statement() throws {
    let it = try LedgerScenario()
    #expect(it.hold(it.exchange(1)) == .held(balance: 70))
    #expect(it.end(it.exchange(1), .dispensed).isEmpty)
    #expect(it.hold(it.exchange(11)) == .held(balance: 40))
    #expect(it.end(it.exchange(11), .cancelled).isEmpty)
    let lines = it.store.statement(of: it.worker, before: nil, limit: 3)
    #expect(lines.map(\.movement.kind) == [.release, .hold, .hold])
    #expect(lines.map(\.exchange?.state) == [.void, .void, .posted(30)])
    let rest = it.store.statement(of: it.worker, before: lines[2].movement.id, limit: 3)
    #expect(rest.map(\.movement.kind) == [.grant])
    let day = it.scenario.now.localDay
    #expect(
      it.store.takings(of: gate, days: day...day)
        == [Taking(day: day, article: it.water, count: 1, points: 30)])
    #expect(it.store.takings(of: gate, days: day + 1...day + 2).isEmpty)
  }

  @Test("a copy of the store is a backup: the two go their own ways")
  func backup() throws {
    let it = try LedgerScenario()
    let copy = MemoryStore(copyOf: it.store)
    #expect(it.hold(it.exchange(1)) == .held(balance: 70))
    #expect(copy.balance(of: it.worker) == 100 && copy.proof(at: it.scenario.now).isClean)
    #expect(it.balance == 70)
  }
}
