// Tests of exchanges that go wrong: the machine, the power, the store. Who pays, what is kept.
import StationProtocol
import Testing
import Time

@testable import StationCore

@Suite struct ExchangeFaultTests {
  @Test(
    "whatever speaks against the drop leaves the points and closes the slot",
    arguments: MachineFault.allCases)
  func failed(_ fault: MachineFault) throws {
    let story = ExchangeStory()
    let serial = try story.start()
    story.answer(serial, .busy)
    story.answer(serial, .failed(fault), after: .seconds(2))
    #expect(story.outcome == .failed(fault))
    #expect(story.slot(ExchangeStory.soap).quarantine == .fault(fault))
    #expect(story.stands(.slotFaulty))
    #expect(
      story.phase == .ended(ExchangeStory.soap, .failed(fault), price: Points(50)!, balance: 150))
    if fault != .dropSensorFaulty {
      story.tell(.exchange(.selected(ExchangeStory.soap)))
      #expect(story.phase == .refused(ExchangeStory.soap, .quarantined))
    }
  }

  @Test("a spiral that did not come home after a drop is paid for, and closed")
  func droppedAndStuck() throws {
    let story = ExchangeStory()
    let serial = try story.start()
    story.answer(serial, .busy)
    story.answer(serial, .dropped(fault: .didNotReturn), after: .seconds(2))
    #expect(story.outcome == .dispensed)
    #expect(story.slot(ExchangeStory.soap).quarantine == .fault(.didNotReturn))
  }

  @Test("a drop sensor that cannot see stops all sales until it can")
  func dropSensor() {
    let story = ExchangeStory()
    story.advance(by: .seconds(10))
    story.answerCheck(.resting([.dropSensorFaulty]))
    #expect(story.stands(.dropSensorFaulty))
    story.tell(.exchange(.selected(ExchangeStory.tea)))
    #expect(story.phase == .refused(ExchangeStory.tea, .dropSensorFaulty))
    story.advance(by: .seconds(10))
    story.answerCheck()
    #expect(!story.stands(.dropSensorFaulty))
    story.tell(.exchange(.selected(ExchangeStory.tea)))
    #expect(story.vending.screen?.stop == nil)
  }

  @Test("the machine's open door stops all sales")
  func machineDoor() {
    let story = ExchangeStory()
    story.tell(.exchange(.doorChanged(isOpen: true)))
    #expect(story.stands(.machineOpen))
    story.tell(.exchange(.selected(ExchangeStory.tea)))
    #expect(story.phase == .refused(ExchangeStory.tea, .machineOpen))
    story.tell(.exchange(.doorChanged(isOpen: false)))
    #expect(!story.stands(.machineOpen))
  }

  @Test("a machine that never answered sells nothing; three silences are an alarm")
  func lost() {
    let story = ExchangeStory(isReady: false)
    story.tell(.link(.uplinkOpened(connection: 1)))
    #expect(story.vending.screen?.stop == .machineLost)
    #expect(!story.stands(.machineLost))
    for _ in 0..<3 {
      story.tell(.exchange(.silent(.check)))
      story.advance(by: .milliseconds(500))
    }
    #expect(story.stands(.machineLost))
    story.advance(by: .seconds(10))
    story.answerCheck()
    #expect(!story.stands(.machineLost))
    #expect(story.vending.screen?.stop == nil)
  }

  @Test("while a motor is told, a check that is due wakes nobody in vain")
  func checkDue() throws {
    let story = ExchangeStory()
    story.ask()
    story.advance(by: .seconds(1))
    let serial = try story.start()
    story.answer(serial, .busy)
    // The check that was under way when the motor was told is answered now.
    story.answerCheck()
    story.advance(by: .milliseconds(400))
    for _ in 0..<60 {
      if let deadline = story.station.nextDeadline { #expect(deadline > story.now.instant) }
      story.answer(serial, .busy, after: .milliseconds(250))
    }
    story.answer(serial, .dropped(fault: nil), after: .seconds(1))
    #expect(story.outcome == .dispensed)
  }

  @Test("slots are asked about in turn, and one that is not home is closed before anybody pays")
  func checks() {
    let story = ExchangeStory()
    var asked: [SlotID] = []
    for _ in 0..<4 {
      story.advance(by: .seconds(10))
      asked += story.effects.compactMap {
        if case .exchange(.checkMachine(let slot)) = $0 { slot } else { nil }
      }
      story.answerCheck(.resting(asked.last == ExchangeStory.tea ? [.notHome] : []))
    }
    #expect(asked == [2, 3, 1, 2].map { SlotID($0) })
    #expect(story.slot(ExchangeStory.tea).quarantine == .fault(.notHome))
    #expect(story.slot(ExchangeStory.soap).quarantine == nil)
  }

  @Test("an answer that comes sooner than any motor turns speaks of an earlier order")
  func stale() throws {
    let story = ExchangeStory(recovered: Recovered(stream: ExchangeStory.stream, serial: 4))
    let serial = try story.start()
    story.answer(serial, .dropped(fault: nil), after: .milliseconds(100))
    #expect(story.outcome == .unknown(.stale))
    #expect(story.slot(ExchangeStory.soap).quarantine == .unknown(.stale))
  }

  @Test("an answer with another serial number means nothing")
  func foreign() throws {
    let story = ExchangeStory()
    let serial = try story.start()
    story.answer(serial &+ 1, .dropped(fault: nil), after: .seconds(1))
    #expect(story.outcome == nil)
  }

  @Test("a silent machine is asked by the same number for 2 seconds and no longer")
  func silent() throws {
    let story = ExchangeStory()
    let serial = try story.start()
    var asked = 0
    while story.outcome == nil, asked < 50 {
      story.advance(by: .milliseconds(200))
      story.tell(.exchange(.silent(.turn(serial))))
      asked += story.orders.count
      #expect(story.orders.allSatisfy { $0 == serial })
    }
    #expect(story.outcome == .unknown(.silent))
    #expect(asked == 9)
  }

  @Test("three turns in a row of which nobody saw the drop stop all sales until somebody looks")
  func hiddenDrops() throws {
    let story = ExchangeStory()
    for slot in [ExchangeStory.soap, ExchangeStory.towel, ExchangeStory.tea] {
      #expect(!story.stands(.dropSensorFaulty))
      let serial = try story.start(slot)
      story.answer(serial, .busy)
      story.answer(serial, .failed(.dropNotSeen), after: .seconds(2))
      story.advance(by: .seconds(20))
      story.answerCheck()
    }
    #expect(story.stands(.dropSensorFaulty))
    story.fill(ExchangeStory.soap, 5)
    #expect(!story.stands(.dropSensorFaulty))
    #expect(throws: Never.self) { try story.start(ExchangeStory.soap) }
  }

  @Test("a board that is busy with nobody's order sells nothing")
  func busyBoard() {
    let story = ExchangeStory()
    story.advance(by: .seconds(10))
    story.answerCheck(.busy)
    story.tell(.exchange(.selected(ExchangeStory.tea)))
    #expect(story.phase == .refused(ExchangeStory.tea, .busy))
    story.advance(by: .seconds(10))
    story.answerCheck()
    #expect(story.vending.screen?.stop == nil)
  }

  @Test("a door of which nothing is known any more sells nothing; one that was never there does")
  func unknownDoor() {
    let story = ExchangeStory()
    #expect(story.vending.screen?.stop == nil)
    story.tell(.exchange(.doorChanged(isOpen: nil)))
    #expect(story.vending.screen?.stop == .machineOpen)
    #expect(!story.stands(.machineOpen))
    story.tell(.exchange(.doorChanged(isOpen: false)))
    #expect(story.vending.screen?.stop == nil)
  }

  @Test("an exchange ends although its machine was taken away meanwhile")
  func machineGone() {
    for (phase, outcome) in [
      (OpenExchange.Phase.intended, ExchangeOutcome.refused(.interrupted)),
      (.dispensing(serial: 3, at: Instant(nanoseconds: 0)), .unknown(.interrupted)),
    ] {
      var station = Station(
        StationConfiguration(
          version: "test", accessPoints: [AccessPointConfiguration(id: 1)]))
      let effects = station.handle(
        .booted(Self.recovered(phase)),
        at: Now(instant: Instant(nanoseconds: 5), wall: Scenario.noon))
      let outcomes = effects.compactMap { effect -> ExchangeOutcome? in
        guard case .store(.journal(let entry)) = effect,
          case .exchange(.ended(_, let outcome)) = entry.record.body
        else { return nil }
        return outcome
      }
      #expect(outcomes == [outcome])
    }
  }

  @Test("a machine that is busy without end is not waited for")
  func endless() throws {
    let story = ExchangeStory()
    let serial = try story.start()
    for _ in 0..<130 where story.outcome == nil {
      story.answer(serial, .busy)
      story.advance(by: .milliseconds(250))
    }
    #expect(story.outcome == .unknown(.endless))
  }

  // MARK: - After a restart

  private static func open(_ phase: OpenExchange.Phase) -> OpenExchange {
    OpenExchange(
      exchange: Exchange(
        id: ExchangeID(stream: ExchangeStory.stream, seq: 4), member: MemberID("m-1")!,
        slot: ExchangeStory.soap, article: ArticleID("soap")!, price: Points(50)!),
      phase: phase)
  }

  private static func recovered(_ phase: OpenExchange.Phase) -> Recovered {
    Recovered(
      stream: ExchangeStory.stream, boot: 2, ending: .unclean, floor: 1, next: 9,
      exchange: open(phase), serial: 17)
  }

  @Test("what was only intended is called off at the start")
  func interruptedIntention() {
    let story = ExchangeStory(recovered: Self.recovered(.intended), isReady: false)
    #expect(story.outcome == .refused(.interrupted))
    #expect(story.orders.isEmpty)
  }

  @Test("after a power cut nobody asks the machine, which may have forgotten; nobody pays")
  func powerCut() {
    let story = ExchangeStory(
      recovered: Self.recovered(.dispensing(serial: 17, at: nil)), isReady: false)
    #expect(story.outcome == .unknown(.interrupted))
    #expect(story.orders.isEmpty)
    #expect(story.slot(ExchangeStory.soap).quarantine == .unknown(.interrupted))
    #expect(story.stands(.slotFaulty))
  }

  @Test("where only the daemon ended, the machine is asked by the same number at once")
  func crash() {
    let at = Instant(nanoseconds: 0)
    let story = ExchangeStory(
      recovered: Self.recovered(.dispensing(serial: 17, at: at)), isReady: false)
    #expect(story.orders == [17])
    story.answer(17, .dropped(fault: nil), after: .milliseconds(5))
    #expect(story.outcome == .dispensed)
    let other = ExchangeStory(
      recovered: Self.recovered(.dispensing(serial: 17, at: at)), isReady: false)
    other.answer(17, .failed(.dropNotSeen), after: .milliseconds(5))
    #expect(other.outcome == .failed(.dropNotSeen))
  }

  @Test("an order that is older than a minute is not given again")
  func longCrash() {
    let at = Instant(nanoseconds: 1_000_000_000 - 60_000_000_000)
    let story = ExchangeStory(
      recovered: Self.recovered(.dispensing(serial: 17, at: at)), isReady: false)
    #expect(story.outcome == .unknown(.interrupted))
    #expect(story.orders.isEmpty)
  }

  @Test("the number of the next order goes on from the last, and is never 0")
  func serials() throws {
    var recovered = Recovered(stream: ExchangeStory.stream, boot: 2, ending: .clean)
    recovered.serial = 254
    let story = ExchangeStory(recovered: recovered)
    for expected: UInt8 in [255, 1, 2] {
      let serial = try story.start()
      #expect(serial == expected)
      story.answer(serial, .busy)
      story.answer(serial, .dropped(fault: nil), after: .seconds(1))
      story.advance(by: .seconds(20))
      story.answerCheck()
    }
  }

  // MARK: - The store

  @Test("a store lost before the decision calls the exchange off; after it the motor goes on")
  func storeLost() throws {
    let fresh = StreamID(bits: 0xF)
    let story = ExchangeStory()
    story.ask()
    story.hold()
    story.tell(.storeReplaced(fresh, isDurable: true))
    #expect(story.outcome == .refused(.interrupted))
    story.commit()
    #expect(story.orders.isEmpty)

    let other = ExchangeStory()
    let serial = try other.start()
    other.tell(.storeReplaced(fresh, isDurable: true))
    #expect(other.outcome == nil)
    other.answer(serial, .busy)
    other.answer(serial, .dropped(fault: nil), after: .seconds(1))
    #expect(other.outcome == .dispensed)
  }

  @Test("where nothing that is written lasts, nothing is sold")
  func memoryOnly() {
    let story = ExchangeStory()
    story.tell(.storeReplaced(StreamID(bits: 0xF), isDurable: false))
    story.tell(.exchange(.selected(ExchangeStory.soap)))
    #expect(story.phase == .refused(ExchangeStory.soap, .noStore))

    let other = ExchangeStory()
    other.tell(.link(.storeDisplaced))
    other.tell(.exchange(.selected(ExchangeStory.soap)))
    #expect(other.phase == .refused(ExchangeStory.soap, .noStore))
  }

  @Test("a full outbox never gives way with what says who pays: it is written again")
  func folded() throws {
    let story = ExchangeStory(outbox: OutboxLimits(mostRecords: 60, foldedAtOnce: 20))
    let serial = try story.start()
    story.answer(serial, .busy)
    story.answer(serial, .dropped(fault: nil), after: .seconds(1))
    let ended = try #require(story.records.last)
    story.commit()
    story.tell(.link(.uplinkClosed))
    for _ in 0..<200 {
      story.tell(.door(.exitRequested(1)))
      story.commit()
    }
    let places = story.records.indices.filter { story.records[$0] == ended }
    let floor = Int(story.station.outbox.floor)
    #expect(places.count > 1)
    #expect(try #require(places.last) + 1 >= floor)
  }

  @Test("a settlement that a restart finds is written again like one of this life")
  func recoveredSettlement() throws {
    let exchange = Self.open(.intended).exchange
    let record = Record(
      at: Scenario.noon, isTrusted: true, body: .exchange(.ended(exchange, .dispensed)))
    var recovered = Recovered(
      stream: ExchangeStory.stream, boot: 2, ending: .unclean, floor: 3, next: 4)
    recovered.settlements = [Settlement(seq: 3, record: record)]
    let story = ExchangeStory(
      recovered: recovered, outbox: OutboxLimits(mostRecords: 60, foldedAtOnce: 20))
    story.tell(.link(.uplinkClosed))
    for _ in 0..<80 {
      story.tell(.door(.exitRequested(1)))
      story.commit()
    }
    #expect(story.records.contains(record.body))
    let other = ExchangeStory(recovered: recovered)
    other.tell(.storeReplaced(StreamID(bits: 0xF), isDurable: true))
    #expect(other.records.contains(record.body))
    let acknowledged = ExchangeStory(recovered: recovered)
    acknowledged.commit()
    acknowledged.tell(acknowledged.sending.acknowledgement(3, of: ExchangeStory.stream))
    acknowledged.tell(.storeReplaced(StreamID(bits: 0xF), isDurable: true))
    #expect(!acknowledged.records.contains(record.body))
  }

  // MARK: - Stock

  @Test("an empty slot, one out of date and one in quarantine are not sold, and call for somebody")
  func stock() {
    let story = ExchangeStory()
    story.fill(ExchangeStory.soap, 0)
    story.fill(ExchangeStory.towel, 5, bestBefore: 20_231_114)
    story.fill(ExchangeStory.tea, 5, bestBefore: 20_231_115)
    #expect(story.stands(.slotEmpty))
    story.tell(.exchange(.selected(ExchangeStory.soap)))
    #expect(story.phase == .refused(ExchangeStory.soap, .soldOut))
    story.tell(.exchange(.selected(ExchangeStory.towel)))
    #expect(story.phase == .refused(ExchangeStory.towel, .outOfDate))
    story.tell(.exchange(.selected(ExchangeStory.tea)))
    #expect(story.vending.session.deadline != nil)
    // 2023-11-15 is Scenario.noon's day.
    story.advance(by: .seconds(12 * 3600))
    story.tell(.exchange(.selected(ExchangeStory.tea)))
    #expect(story.phase == .refused(ExchangeStory.tea, .outOfDate))
  }

  @Test("only who has the key counts, a count looks at the slot, and none is more than fits")
  func counting() throws {
    let story = ExchangeStory()
    let serial = try story.start()
    story.answer(serial, .failed(.didNotTurn), after: .seconds(1))
    story.tell(.exchange(.slotCounted(ExchangeStory.soap, stock: 5, bestBefore: nil)))
    #expect(story.slot(ExchangeStory.soap).stock == nil)
    story.fill(ExchangeStory.soap, 11)
    #expect(story.slot(ExchangeStory.soap).stock == nil)
    story.fill(ExchangeStory.soap, 10)
    #expect(
      story.slot(ExchangeStory.soap)
        == SlotMemory(slot: ExchangeStory.soap, article: ArticleID("soap"), stock: 10))
    #expect(story.records.contains(.exchange(.slotReleased(ExchangeStory.soap))))
    #expect(!story.stands(.slotFaulty))
  }

  @Test("the state tells the slots, and why nothing is sold")
  func state() {
    let story = ExchangeStory()
    story.fill(ExchangeStory.soap, 4)
    story.tell(.exchange(.doorChanged(isOpen: true)))
    let payloads = story.effects.compactMap { effect -> VendingPayload? in
      if case .link(.publishState(.vending(let payload))) = effect { payload } else { nil }
    }
    #expect(payloads.last?.stop == .machineOpen)
    #expect(payloads.last?.slots.map(\.stock) == [4, nil, nil])
  }
}
