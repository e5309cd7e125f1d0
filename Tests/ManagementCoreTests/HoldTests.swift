// What stations ask of the ledger and tell it: holds, and how exchanges ended.
import ManagementCore
import StationProtocol
import Testing
import Time

@Suite("Holds")
struct HoldTests {
  @Test("a hold sets the price aside, and the record of the drop takes it, once")
  func dispensed() throws {
    let it = try LedgerScenario()
    let exchange = it.exchange(5)
    #expect(it.hold(exchange) == .held(balance: 70))
    #expect(it.balance == 70 && it.holds(.held(gate)) == 30)
    #expect(it.end(exchange, .dispensed).isEmpty)
    #expect(it.balance == 70 && it.holds(.held(gate)) == 0 && it.holds(.station(gate)) == 30)
    // The same record once more, and the same news under another number.
    #expect(it.end(exchange, .dispensed).isEmpty)
    #expect(it.end(exchange, .dispensed, at: 9).isEmpty)
    #expect(it.holds(.station(gate)) == 30)
    #expect(it.faults.isEmpty)
  }

  @Test("whatever else a record says gives the points back")
  func returned() throws {
    let it = try LedgerScenario()
    let outcomes: [ExchangeOutcome] = [
      .cancelled, .failed(.dropNotSeen), .unknown(.interrupted), .refused(.interrupted),
    ]
    for (number, outcome) in outcomes.enumerated() {
      let exchange = it.exchange(UInt64(10 * number + 1))
      #expect(it.hold(exchange) == .held(balance: 70))
      #expect(it.end(exchange, outcome).isEmpty)
      #expect(it.balance == 100)
    }
    #expect(it.holds(.station(gate)) == 0 && it.faults.isEmpty)
  }

  @Test("the same question has the same answer; with other contents it is a conflict")
  func again() throws {
    let it = try LedgerScenario()
    #expect(it.hold(it.exchange(5)) == .held(balance: 70))
    #expect(it.hold(it.exchange(5)) == .held(balance: 70))
    #expect(it.hold(it.exchange(5, 31)) == .refused(.conflict, balance: 70))
    #expect(it.hold(it.exchange(6, 80)) == .refused(.insufficientPoints, balance: 70))
    #expect(try it.order(.grant(it.worker, Names.points(50), reason: "more")).isDone)
    #expect(it.hold(it.exchange(6, 80)) == .refused(.insufficientPoints, balance: 70))
    #expect(it.hold(it.exchange(7, 80)) == .held(balance: 40))
    #expect(it.faults.isEmpty)
  }

  @Test("a hold that arrives after its record is refused, and nothing moves")
  func late() throws {
    let it = try LedgerScenario()
    #expect(it.end(it.exchange(5), .cancelled).isEmpty)
    #expect(it.hold(it.exchange(5)) == .refused(.settled, balance: 100))
    #expect(it.hold(it.exchange(5, 31)) == .refused(.conflict, balance: 100))
    #expect(it.balance == 100 && it.faults.isEmpty)
  }

  @Test("an article that fell without a hold moves nothing until a person decides, and is listed")
  func withoutHold() throws {
    let it = try LedgerScenario(points: 20)
    #expect(it.end(it.exchange(5), .dispensed) == [.withoutHold])
    #expect(it.balance == 20 && it.holds(.adjustments) == 0 && it.holds(.station(gate)) == 0)
    let listed = try #require(it.store.discrepancies(before: nil, limit: 9).first)
    #expect(listed.charged == 0 && listed.borne == 0)
    #expect(it.store.openHolds(after: 0, limit: 9).map(\.entry.isUnproven) == [true])
    // At once, however young it is: nothing else tells of it.
    let counted = it.store.countHolds(olderThan: WallTime(seconds: 0))
    #expect(counted.open == 1 && counted.old == 1)
    let life = it.scenario.management.stations[gate]
    #expect(life?.findings.alarms.map(\.alarm) == [.exchangeUnproven])
    #expect(
      try it.order(.resolve(it.exchange(5).id, .post(nil), reason: "the slot is empty")).isDone)
    #expect(it.balance == 0 && it.holds(.adjustments) == -10 && it.holds(.station(gate)) == 30)
    #expect(it.store.openHolds(after: 0, limit: 9).isEmpty)
    // A decision is one: neither another nor the same record once more changes it.
    #expect(
      try it.order(.resolve(it.exchange(5).id, .void, reason: "no")) == .refused(.settled))
    #expect(it.end(it.exchange(5), .dispensed).isEmpty)
    #expect(it.balance == 0 && it.faults.isEmpty)
  }

  @Test("a stolen login that tells of articles takes no point from anybody, known or not")
  func forgedEnds() throws {
    let it = try LedgerScenario(points: 500)
    let stranger = Names.member("stranger")
    for seq in UInt64(1)...20 {
      #expect(it.end(it.exchange(10 * seq), .dispensed) == [.withoutHold])
      #expect(it.end(it.exchange(10 * seq + 5, member: stranger), .dispensed) == [.withoutHold])
    }
    #expect(it.balance == 500 && it.holds(.station(gate)) == 0 && it.holds(.adjustments) == 0)
    let forged = it.exchange(10).id
    try it.agree(.resolve(forged, .void, reason: "nothing is missing"))
    #expect(it.balance == 500 && it.store.openHolds(after: 0, limit: 99).count == 39)
    #expect(it.store.balance(of: stranger) == nil && it.faults.isEmpty)
  }

  @Test("what a person takes for an article without a hold is bounded by the agreed price")
  func agreedPrice() throws {
    let it = try LedgerScenario(points: 500)
    try it.rule(.price(gate, Names.slot(7), Names.points(30)))
    #expect(it.end(it.exchange(5, 400), .dispensed) == [.withoutHold])
    let id = it.exchange(5, 400).id
    #expect(
      try it.order(.resolve(id, .post(Names.points(401)), reason: "r")) == .refused(.aboveHold))
    try it.agree(.resolve(id, .post(nil), reason: "it fell"))
    #expect(it.balance == 470 && it.holds(.adjustments) == -370 && it.faults.isEmpty)
  }

  @Test("nobody buys who is unknown, suspended, at the limit, or at another price")
  func rules() throws {
    let it = try LedgerScenario(points: 500)
    let stranger = Names.member("stranger")
    #expect(it.hold(it.exchange(1, member: stranger)) == .refused(.unknownMember, balance: nil))
    try it.rule(.price(gate, Names.slot(7), Names.points(30)))
    #expect(it.hold(it.exchange(2, 29)) == .refused(.priceDiffers, balance: 500))
    try it.rule(.limits(ExchangeLimits(perDay: 3, perArticle: 2)))
    #expect(it.hold(it.exchange(3)) == .held(balance: 470))
    #expect(it.hold(it.exchange(4)) == .held(balance: 440))
    #expect(it.hold(it.exchange(5)) == .refused(.articleLimit, balance: 440))
    let soap = Names.article("soap")
    #expect(it.hold(it.exchange(6, article: soap)) == .held(balance: 410))
    #expect(it.hold(it.exchange(7, article: soap)) == .refused(.dailyLimit, balance: 410))
    // What was given back does not count, and tomorrow is another day.
    #expect(it.end(it.exchange(4), .failed(.notHome), at: 104).isEmpty)
    #expect(it.hold(it.exchange(8)) == .held(balance: 410))
    it.scenario.advance(.seconds(86_400))
    #expect(it.hold(it.exchange(9)) == .held(balance: 380))
    #expect(
      it.store.setStatus(
        .suspended, of: it.worker, reason: nil, by: "li", at: it.scenario.now))
    #expect(it.hold(it.exchange(10)) == .refused(.suspended, balance: 380))
    #expect(it.faults.isEmpty)
  }

  @Test("a station asks for balances, and learns who is not known")
  func balances() throws {
    let it = try LedgerScenario()
    let id = RequestID(balance: 1, boot: 1, stream: stream)
    let shown = try #require(CodeText("A CODE"))
    #expect(it.ask(StationRequest(id, .balance(it.worker), code: shown)) == .balance(100))
    #expect(
      it.ask(StationRequest(id, .balance(Names.member("stranger")), code: shown))
        == .refused(.unknownMember, balance: nil))
  }

  @Test("a record that differs from its hold never costs more, and is listed")
  func otherContents() throws {
    let it = try LedgerScenario()
    for (seq, price, posted) in [(1, 40, 30), (11, 20, 20)] as [(UInt64, Int64, Int64)] {
      let before = try #require(it.balance)
      #expect(it.hold(it.exchange(seq)) == .held(balance: before - 30))
      #expect(it.end(it.exchange(seq, price), .dispensed) == [.otherContents])
      #expect(it.balance == before - posted)
    }
    let other = Names.member("m-2")
    it.enrol(other)
    #expect(it.hold(it.exchange(21)) == .held(balance: 20))
    #expect(it.end(it.exchange(21, member: other), .dispensed) == [.otherContents])
    #expect(it.balance == 50 && it.store.balance(of: other) == 0)
    // Nothing moves after the end, not even where the second record is the right one.
    #expect(it.end(it.exchange(21), .dispensed, at: 25) == [.secondOutcome])
    #expect(it.balance == 50)
    #expect(it.faults.isEmpty)
  }

  @Test("a second record with another end moves nothing more, and is listed")
  func secondOutcome() throws {
    let it = try LedgerScenario()
    #expect(it.hold(it.exchange(5)) == .held(balance: 70))
    #expect(it.end(it.exchange(5), .failed(.dropNotSeen)).isEmpty)
    #expect(it.end(it.exchange(5), .dispensed, at: 8) == [.secondOutcome])
    #expect(it.balance == 100 && it.holds(.station(gate)) == 0 && it.faults.isEmpty)
  }

  @Test("an article that fell although the hold was refused waits for a person too")
  func refusedAndDispensed() throws {
    let it = try LedgerScenario(points: 20)
    #expect(it.hold(it.exchange(5)) == .refused(.insufficientPoints, balance: 20))
    #expect(it.end(it.exchange(5), .dispensed) == [.withoutHold])
    #expect(it.balance == 20 && it.holds(.adjustments) == 0 && it.faults.isEmpty)
    #expect(try it.order(.resolve(it.exchange(5).id, .void, reason: "it is still there")).isDone)
    #expect(it.balance == 20 && it.store.openHolds(after: 0, limit: 9).isEmpty)
    #expect(it.hold(it.exchange(5)) == .refused(.settled, balance: 20))
    #expect(it.faults.isEmpty)
  }
}

@Suite("Whose exchange it is")
struct ForeignExchangeTests {
  private let hall = Names.station("hall-2")

  @Test("before a station has said in which stream it lives, it is told to wait")
  func unborn() throws {
    let it = try LedgerScenario()
    #expect(it.hold(it.exchange(1), from: hall) == .refused(.serviceBusy, balance: nil))
    #expect(it.balance == 100)
  }

  @Test("a hold in another stream than the station's is refused and noted")
  func inAnotherStream() throws {
    let it = try LedgerScenario()
    let exchange = it.exchange(1, of: otherStream)
    let question = StationRequest.hold(exchange, code: LedgerScenario.code(exchange)).json
    let refusal = StationReply(
      RequestID(exchange.id), to: ManagementScenario.payload(question).digest,
      .refused(.conflict, balance: nil))
    let effects = it.scenario.commit(it.scenario.hear(.request(gate), question))
    #expect(effects.count == 2)
    guard case .note(.foreignExchange(gate, _))? = effects.first else {
      Issue.record("not noted: \(effects)")
      return
    }
    #expect(effects.last == .reply(gate, refusal))
    #expect(it.balance == 100 && it.faults.isEmpty)
  }

  @Test("a hold under another id than its exchange's goes no further")
  func underAnotherID() throws {
    let it = try LedgerScenario()
    let id = RequestID(it.exchange(2).id)
    let question = StationRequest(
      id, .hold(it.exchange(1)), code: LedgerScenario.code(it.exchange(1))
    ).json
    let effects = it.scenario.hear(.request(gate), question)
    let refusal = StationReply(
      id, to: ManagementScenario.payload(question).digest, .refused(.conflict, balance: nil))
    #expect(effects.last == .reply(gate, refusal))
    #expect(effects.count == 2)
  }

  @Test("a drop told of another member than the one who was refused is charged to nobody")
  func dropOfAnother() throws {
    let it = try LedgerScenario()
    var exchange = it.exchange(5, 101)
    #expect(it.hold(exchange) == .refused(.insufficientPoints, balance: 100))
    exchange.member = try #require(MemberID("m-other"))
    #expect(it.end(exchange, .dispensed) == [.otherContents])
    #expect(it.balance == 100 && it.faults.isEmpty)
  }

  @Test("an end that a station tells in its next store settles what the lost one began")
  func afterALostStore() throws {
    let it = try LedgerScenario()
    let exchange = it.exchange(5)
    #expect(it.hold(exchange) == .held(balance: 70))
    #expect(it.end(exchange, .dispensed, at: 2, in: otherStream).isEmpty)
    #expect(it.holds(.station(gate)) == 30 && it.holds(.held(gate)) == 0)
    #expect(it.end(exchange, .dispensed).isEmpty)
    #expect(it.holds(.station(gate)) == 30 && it.faults.isEmpty)
  }

  @Test("what another station says of an exchange moves nothing, and is listed")
  func ofAnotherStation() throws {
    let it = try LedgerScenario()
    let exchange = it.exchange(1)
    #expect(it.hold(exchange) == .held(balance: 70))
    #expect(it.end(exchange, .cancelled, from: hall) == [.foreign])
    #expect(it.end(exchange, .dispensed, at: 4, from: hall, in: otherStream) == [.foreign])
    #expect(it.balance == 70 && it.holds(.held(gate)) == 30)
    let birth = BirthPayload(
      session: session(stream, 1), version: "1", accessPoints: [door], floor: 1, ceiling: 0,
      isClockTrusted: true, at: it.scenario.now.wall)
    _ = it.scenario.commit(it.scenario.hear(.birth(hall), birth.json))
    let question = StationRequest.hold(exchange, code: LedgerScenario.code(exchange)).json
    let refusal = StationReply(
      RequestID(exchange.id), to: ManagementScenario.payload(question).digest,
      .refused(.conflict, balance: nil))
    let effects = it.scenario.commit(it.scenario.hear(.request(hall), question))
    #expect(effects.last == .reply(hall, refusal))
    #expect(it.faults.isEmpty)
  }

  @Test("the holds of a stream that a station has left are listed as such, until somebody decides")
  func orphaned() throws {
    let it = try LedgerScenario()
    let exchange = it.exchange(1)
    #expect(it.hold(exchange) == .held(balance: 70))
    #expect(it.store.openHolds(after: 0, limit: 9).map(\.isOrphaned) == [false])
    _ = it.scenario.commit(it.scenario.birth(session(otherStream, 1)))
    #expect(it.store.openHolds(after: 0, limit: 9).map(\.isOrphaned) == [true])
    #expect(it.store.proof(at: it.scenario.now).holds.orphaned == 1)
    #expect(try it.order(.resolve(exchange.id, .void, reason: "counted")).isDone)
    #expect(it.balance == 100 && it.store.openHolds(after: 0, limit: 9).isEmpty)
    #expect(it.faults.isEmpty)
  }
}

@Suite("Questions of stations")
struct StationQuestionTests {
  private func question(_ number: Int64) -> StationRequest {
    guard let code = CodeText("CODE \(number)") else { preconditionFailure("no code") }
    return StationRequest(
      RequestID(balance: number, boot: 1, stream: stream), .balance(Names.member("m-1")),
      code: code)
  }

  @Test("a station that asks more than may wait is not answered, and others are")
  func flood() throws {
    let scenario = ManagementScenario()
    var effects: [ManagementEffect] = []
    for number in 0..<Int64(Management.mostWaiting) {
      effects += scenario.hear(.request(gate), question(number).json)
    }
    #expect(effects.count == Management.mostWaiting)
    let json = question(99).json
    #expect(scenario.hear(.request(gate), json) == [.note(.requestFlood(gate))])
    let hall = Names.station("hall-2")
    #expect(scenario.hear(.request(hall), json).count == 1)
    // What was answered leaves room.
    #expect(scenario.commit(effects).count == Management.mostWaiting)
    #expect(scenario.hear(.request(gate), json).count == 1)
    #expect(scenario.management.refused.all.map(\.kind) == [.requestFlood])
  }

  @Test("questions that the store lost are answered as such, and leave room for others")
  func dropped() throws {
    let scenario = ManagementScenario()
    for round in 0..<3 {
      var lost: [PendingRequest] = []
      for number in 0..<Int64(Management.mostWaiting) {
        let question = question(Int64(round) * 100 + number)
        #expect(scenario.hear(.request(gate), question.json).count == 1)
        let digest = ManagementScenario.payload(question.json).digest
        lost.append(InboundRequest(station: gate, question, digest: digest).pending)
      }
      let effects = scenario.handle(.requestsDropped(lost))
      #expect(
        effects
          == lost.map { .reply(gate, $0.reply(.refused(.serviceBusy, balance: nil))) })
    }
  }

  @Test("a question that nobody can read, or that the broker had kept, is noted")
  func unreadable() throws {
    let scenario = ManagementScenario()
    #expect(
      scenario.hear(.request(gate), question(1).json, isRetained: true)
        == [.note(.retainedRequest(gate)), .clear(topic: "ws/v1/gate-1/req")])
    let effects = scenario.hear(.request(gate), Array("{\"id\":\"1\",\"op\":\"give\"}".utf8))
    #expect(effects.count == 2)
    guard case .store(.malformed(gate, _, _))? = effects.last else {
      Issue.record("not kept: \(effects)")
      return
    }
    let price = "\"slot\":1,\"article\":\"a\",\"exchange\":\"000000000000000a-1\",\"member\":\"m\""
    for amount in ["0", "-1", "1000001", "1.5", "\"3\"", "1e3", "null", "true"] {
      let text =
        "{\"id\":\"000000000000000a-1\",\"op\":\"hold\",\(price),\"price\":\(amount),"
        + "\"code\":\"A\"}"
      let effects = scenario.hear(.request(gate), Array(text.utf8))
      guard case .note(.malformed(gate, _, _))? = effects.first else {
        Issue.record("\(amount) was taken: \(effects)")
        continue
      }
    }
  }
}
