// What people order the ledger to do: grants by one or two, reversals, decisions about holds.
import ManagementCore
import StationProtocol
import Testing

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
    guard case .done(let receipt) = try it.order(large, "large"), let id = receipt.grant else {
      Issue.record("it does not wait")
      return
    }
    #expect(receipt.movement == nil && it.balance == 100)
    #expect(it.store.pendingGrants(limit: 9).map(\.id) == [id])
    #expect(try it.order(.approve(grant: id)) == .refused(.sameActor))
    #expect(try it.order(.decline(grant: id, reason: "no")) == .refused(.sameActor))
    #expect(try it.order(.approve(grant: id), "yes", by: "wang").isDone)
    #expect(it.balance == 601 && it.store.pendingGrants(limit: 9).isEmpty)
    #expect(try it.order(.approve(grant: id), "yes", by: "wang").isDone)
    #expect(try it.order(.approve(grant: id), by: "wang") == .refused(.decidedBefore))
    #expect(try it.order(large, "large") == .done(receipt))
    #expect(try it.order(.approve(grant: 99), by: "wang") == .refused(.unknownGrant))
    #expect(it.balance == 601 && it.faults.isEmpty)
  }

  @Test("a declined grant moves nothing, and stays declined")
  func declined() throws {
    let it = try LedgerScenario()
    let large = LedgerOrder.grant(it.worker, Names.points(501), reason: "a flood")
    guard case .done(let receipt) = try it.order(large), let id = receipt.grant else {
      Issue.record("it does not wait")
      return
    }
    #expect(try it.order(.decline(grant: id, reason: "too much"), by: "wang").isDone)
    #expect(try it.order(.approve(grant: id), by: "zhao") == .refused(.decidedBefore))
    #expect(it.store.grant(id)?.decision?.reason == "too much")
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
