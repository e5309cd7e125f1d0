// What a station may do with the codes that it sends: its word alone is worth nothing.
import ManagementCore
import StationProtocol
import Testing
import Time

@Suite("Codes that come with questions")
struct ShownCodeTests {
  private let hall = Names.station("hall-2")

  private func code(_ text: String) throws -> CodeText { try #require(CodeText(text)) }

  /// Asks, and takes the service's answer and what else it does.
  private func ask(
    _ it: LedgerScenario, _ request: StationRequest, from station: StationID = gate
  ) throws -> (answer: StationReply.Answer?, notes: [RefusedMessage]) {
    let effects = it.scenario.commit(it.scenario.hear(.request(station), request.json))
    var answer: StationReply.Answer?
    var notes: [RefusedMessage] = []
    for effect in effects {
      switch effect {
      case .reply(station, let reply): answer = reply.answer
      case .note(let oddity): notes.append(oddity)
      default: break
      }
    }
    return (answer, notes)
  }

  private func alarms(_ it: LedgerScenario, at station: StationID = gate) -> [Alarm] {
    it.scenario.management.stations[station]?.findings.alarms.map(\.alarm) ?? []
  }

  private func begin(_ stream: StreamID, of station: StationID, _ it: LedgerScenario) {
    let birth = BirthPayload(
      session: session(stream, 1), version: "1", accessPoints: [door], floor: 1, ceiling: 0,
      isClockTrusted: true, at: it.scenario.now.wall)
    _ = it.scenario.commit(it.scenario.hear(.birth(station), birth.json))
  }

  @Test(
    "a code that proves nothing sets nothing aside, tells no balance, and is not remembered",
    arguments: [CodeRefusal.badSignature, .unknownKey, .expired, .wrongAudience])
  func proves(nothing refusal: CodeRefusal) throws {
    let it = try LedgerScenario()
    let forged = try code("FORGED")
    it.scenario.proofs[forged] = .refused(refusal)
    let word = ExchangeRefusal(refusal)
    let hold = try ask(it, .hold(it.exchange(1), code: forged))
    #expect(hold.answer == .refused(word, balance: nil))
    #expect(hold.notes == [.unprovenCode(gate, word)])
    let id = RequestID(balance: 1, boot: 1, stream: stream)
    let balance = try ask(it, StationRequest(id, .balance(it.worker), code: forged))
    #expect(balance.answer == .refused(word, balance: nil))
    #expect(it.balance == 100 && it.store.exchange(it.exchange(1).id) == nil)
    // With a good code the same exchange goes its way.
    #expect(it.hold(it.exchange(1)) == .held(balance: 70))
    #expect(it.faults.isEmpty)
  }

  @Test("one member's code neither pays with another's points nor tells them")
  func ofAnother() throws {
    let it = try LedgerScenario()
    let thief = Names.member("m-thief")
    it.enrol(thief)
    let own = try code("THE THIEF'S OWN".filter { $0 != "'" })
    it.scenario.proofs[own] = .genuine(thief, CodeDigest(high: 1, low: 1))
    #expect(
      try ask(it, .hold(it.exchange(1), code: own)).answer == .refused(.conflict, balance: nil))
    let id = RequestID(balance: 1, boot: 1, stream: stream)
    #expect(
      try ask(it, StationRequest(id, .balance(it.worker), code: own)).answer
        == .refused(.conflict, balance: nil))
    #expect(it.balance == 100 && it.faults.isEmpty)
  }

  @Test("one code pays once in the whole fleet, and the second machine is told of")
  func paysOnce() throws {
    let it = try LedgerScenario(points: 500)
    begin(otherStream, of: hall, it)
    let shown = try code("SHOWN AT TWO MACHINES")
    let first = it.exchange(1)
    #expect(try ask(it, .hold(first, code: shown)).answer == .held(balance: 470))
    let second = it.exchange(1, of: otherStream)
    let refused = try ask(it, .hold(second, code: shown), from: hall)
    #expect(refused.answer == .refused(.replayed, balance: nil))
    #expect(refused.notes == [.codeShared(hall, with: gate)])
    #expect(alarms(it, at: hall) == [.codeShared] && alarms(it).isEmpty)
    // The same question again has the same answer.
    #expect(try ask(it, .hold(first, code: shown)).answer == .held(balance: 470))
    #expect(it.end(first, .dispensed).isEmpty)
    // At its own station the station itself should have known; nobody is suspected.
    let third = try ask(it, .hold(it.exchange(7), code: shown))
    #expect(third.answer == .refused(.replayed, balance: nil) && third.notes.isEmpty)
    #expect(it.balance == 470 && it.faults.isEmpty)
  }

  @Test(
    "a code by which nothing was sold is as good as before",
    arguments: [ExchangeOutcome.cancelled, .refused(.machineOpen)])
  func unsold(outcome: ExchangeOutcome) throws {
    let it = try LedgerScenario()
    let shown = try code("TRIED AGAIN")
    #expect(
      try ask(it, .hold(it.exchange(1, 101), code: shown)).answer
        == .refused(.insufficientPoints, balance: 100))
    #expect(try ask(it, .hold(it.exchange(5), code: shown)).answer == .held(balance: 70))
    #expect(it.end(it.exchange(5), outcome).isEmpty)
    #expect(try ask(it, .hold(it.exchange(9), code: shown)).answer == .held(balance: 70))
    #expect(it.end(it.exchange(9), .failed(.dropNotSeen)).isEmpty)
    // The motor has turned: the code is used up, whatever fell.
    #expect(
      try ask(it, .hold(it.exchange(13), code: shown)).answer
        == .refused(.replayed, balance: nil))
    #expect(it.faults.isEmpty)
  }

  @Test("one code at the doors of two stations raises an alarm, at two doors of one none")
  func atTwoDoors() throws {
    let scenario = ManagementScenario()
    let shown = Credential.code(CodeDigest(high: 5, low: 5))
    func granted(_ number: Int) throws -> Record {
      scenario.record(
        .entry(.granted(try #require(AccessPointID(number)), member: Names.member("m-1"), shown)))
    }
    _ = scenario.deliver(batch(1, [try granted(1), try granted(2)]), from: gate)
    #expect(scenario.management.stations[gate]?.findings.alarms.isEmpty == true)
    let effects = scenario.deliver(batch(1, [try granted(1)], of: otherStream), from: hall)
    #expect(effects.contains(.note(.codeShared(hall, with: gate))))
    let alarms = scenario.management.stations[hall]?.findings.alarms.map(\.alarm)
    #expect(alarms == [.codeShared])
  }

  @Test("the last codes are remembered, however many come")
  func sightings() throws {
    var sightings = CodeSightings()
    let most = UInt64(CodeSightings.most)
    for number in 0...most {
      let other = sightings.note(CodeDigest(high: 0, low: number), at: gate)
      #expect(other == nil)
    }
    let forgotten = sightings.note(CodeDigest(high: 0, low: 0), at: hall)
    let known = sightings.note(CodeDigest(high: 0, low: most), at: hall)
    #expect(forgotten == nil && known == gate)
  }
}

@Suite("What one station may have in an hour")
struct StationHourTests {
  private let limits = StationLimits(holds: 3, points: 100, newMembers: 2)

  private func now(_ seconds: Int64) -> Instant {
    Instant(nanoseconds: seconds * 1_000_000_000)
  }

  @Test("exchanges, points and new members are counted over a sliding hour")
  func bounds() throws {
    var hour = StationHour()
    let (ten, hundred) = (try #require(Points(10)), try #require(Points(100)))
    func ask(_ price: Points, _ isNew: Bool, _ second: Int64, points: Int64? = nil) -> Bool {
      guard hour.allows(price, isNewMember: isNew, limits, at: now(second)) else { return false }
      hour.note(points: points ?? price.number, isNewMember: isNew, at: now(second))
      return true
    }
    let first = [ask(ten, true, 0), ask(hundred, false, 1), ask(ten, true, 2), ask(ten, true, 3)]
    // The second would pass the points, the fourth the new members.
    #expect(first == [true, false, true, false])
    let next = [ask(ten, false, 4, points: 0), ask(ten, false, 5)]
    #expect(next == [true, false])
    let later = [ask(ten, true, 3599), ask(ten, true, 3600), ask(ten, true, 3601)]
    #expect(later == [false, true, false])
  }

  @Test("a station that asks for too much is refused and told of, others are not")
  func alarm() throws {
    let it = try LedgerScenario(
      points: 500, limits: StationLimits(holds: 2, points: 999, newMembers: 9))
    #expect(it.hold(it.exchange(1)) == .held(balance: 470))
    #expect(it.hold(it.exchange(5)) == .held(balance: 440))
    let request = StationRequest.hold(it.exchange(9), code: LedgerScenario.code(it.exchange(9)))
    let effects = it.scenario.commit(it.scenario.hear(.request(gate), request.json))
    #expect(effects.contains(.note(.overLimit(gate))))
    let refusal = StationReply(
      request.id, to: ManagementScenario.payload(request.json).digest,
      .refused(.stationLimit, balance: nil))
    #expect(effects.contains(.reply(gate, refusal)))
    #expect(
      it.scenario.management.stations[gate]?.findings.alarms.map(\.alarm) == [.stationOverLimit])
    it.scenario.advance(.seconds(3600))
    #expect(it.hold(it.exchange(13)) == .held(balance: 410))
    #expect(it.faults.isEmpty)
  }
}
