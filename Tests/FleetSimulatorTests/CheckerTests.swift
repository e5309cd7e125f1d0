// Tests of the checkers themselves: what they must find, shown to them directly.
import StationCore
import StationProtocol
import Testing
import Time

@testable import FleetSimulator

private let stream = StreamID(bits: 7)
private let one = AccessPointID(1)!

private func row(_ milliseconds: Int64) -> [UInt8] {
  Record(at: WallTime(milliseconds: milliseconds), isTrusted: true, body: .door(.closed(one))).json
}

private func at(_ milliseconds: Int64) -> Instant { Instant(nanoseconds: milliseconds * 1_000_000) }

@Suite struct DeliveryCheckerTests {
  /// Three records are durable.
  private func checker() -> DeliveryChecker {
    var checker = DeliveryChecker(stations: 2)
    checker.storeMade(0, stream)
    for seq in 1...3 as ClosedRange<UInt64> { _ = checker.durable(0, stream, seq, row(Int64(seq))) }
    return checker
  }

  private func stored(_ seqs: Int64...) -> [StoredRecord] {
    seqs.map { StoredRecord(station: 0, stream: stream, seq: UInt64($0), bytes: row($0)) }
  }

  @Test("every durable record once, in any order, is right")
  func right() {
    #expect(checker().compare(stored(2, 3, 1)) == nil)
  }

  @Test("a missing, a doubled, a strange and an altered record are found")
  func wrong() {
    #expect(
      checker().compare(stored(1, 3)) == "station 1: record 2 was durable and is not in the service"
    )
    #expect(checker().compare(stored(1, 2, 3, 2)) == "station 1: record 2 is in the service twice")
    #expect(
      checker().compare(stored(1, 2, 3, 4))
        == "station 1: record 4 is in the service but was never durable")
    var altered = stored(1, 2, 3)
    altered[1].bytes = row(9)
    #expect(checker().compare(altered) == "station 1: record 2 has other bytes in the service")
    var moved = stored(1, 2, 3)
    moved[0].station = 1
    #expect(
      checker().compare(moved) == "station 2: record 1 is in the service but was never durable")
  }

  @Test("what gave way may be missing, what a lost store held too, but nothing may be added")
  func exempt() {
    var folded = checker()
    let gap = Record(
      at: WallTime(milliseconds: 0), isTrusted: true,
      body: .stream(.gap(from: 1, to: 2, reason: .full))
    ).json
    #expect(folded.durable(0, stream, 4, gap) == nil)
    let last = StoredRecord(station: 0, stream: stream, seq: 4, bytes: gap)
    #expect(folded.compare(stored(3) + [last]) == nil)
    #expect(folded.compare(stored(1) + [last]) != nil)
    var lost = checker()
    lost.storeLost(0, stream)
    #expect(lost.compare(stored(2)) == nil)
    #expect(lost.compare(stored(4)) != nil)
  }

  @Test("a number that becomes durable twice, or leaves a hole, is found")
  func durable() {
    var checker = checker()
    #expect(checker.durable(0, stream, 3, row(3)) == "station 1: record 3 is written a second time")
    #expect(
      checker.durable(0, stream, 5, row(5)) == "station 1: record 5 leaves a hole in its stream")
  }

  @Test("one number that leaves the station with two contents is found")
  func sent() {
    var checker = checker()
    #expect(checker.sent(0, stream, 5, row(5)) == nil)
    #expect(checker.sent(0, stream, 5, row(5)) == nil)
    #expect(
      checker.sent(0, stream, 5, row(6)) == "station 1: record 5 left the station with two contents"
    )
  }

  @Test("an event stream that repeats a record, an id or an order is found")
  func feed() {
    let entry = { FeedEntry(id: $0, station: 0, stream: stream, seq: $1) }
    #expect(checker().compare([entry(1, 2), entry(2, 1), entry(9, 3)]) == nil)
    #expect(
      checker().compare([entry(1, 2), entry(2, 2)])
        == "station 1: record 2 is in the event stream twice")
    #expect(
      checker().compare([entry(1, 2), entry(1, 3)]) == "the event stream does not count up at 1")
    #expect(
      checker().compare([entry(1, 4)]) == "station 1: record 4 is an event but was never durable")
  }
}

@Suite struct DoorCheckerTests {
  private let code = CodeDigest(high: 1, low: 2)

  private func checker() -> DoorChecker {
    var checker = DoorChecker(station: 0)
    let timing = DoorTiming(access: .seconds(5), exit: .seconds(8))
    checker.configure(
      StationConfiguration(
        version: "", accessPoints: [AccessPointConfiguration(id: one, timing: timing)]))
    return checker
  }

  private func grant(_ seq: UInt64 = 1) -> [Effect] {
    let record = Record(
      at: WallTime(milliseconds: 0), isTrusted: true,
      body: .entry(.granted(one, member: MemberID("m")!, .code(code))))
    return [
      .door(.setStrike(one, .release)),
      .store(.journal(JournalEntry(seq: seq, record: record, lane: .urgent))),
    ]
  }

  private func row(of effects: [Effect]) -> [UInt8] {
    guard case .store(.journal(let entry)) = effects[1] else { return [] }
    return entry.record.json
  }

  @Test("a release with its record, secured in time, is right")
  func right() {
    var checker = checker()
    #expect(checker.step(.wake, grant(), at: at(0)) == nil)
    #expect(checker.durable(1, row(of: grant())) == nil)
    #expect(checker.step(.wake, [.door(.setStrike(one, .secure))], at: at(5000)) == nil)
    #expect(checker.finish() == nil)
  }

  @Test("a release without a record, or with another one in its place, is found")
  func unrecorded() {
    var checker = checker()
    #expect(
      checker.step(.wake, [.door(.setStrike(one, .release))], at: at(0))
        == "station 1: the strike 1 is released without a record")
    #expect(checker.step(.wake, grant(), at: at(0)) == nil)
    #expect(
      checker.durable(1, [1, 2])
        == "station 1: another record than that of its release has the number 1")
  }

  @Test("a power cut may take the record of the last 50 ms, and no older one")
  func powerCut() {
    for (milliseconds, isFine) in [(50, true), (51, false)] as [(Int64, Bool)] {
      var checker = checker()
      #expect(checker.step(.wake, grant(), at: at(0)) == nil)
      let complaint = checker.powerCut(slow: false, until: at(0), at: at(milliseconds))
      #expect((complaint == nil) == isFine)
    }
    var slow = checker()
    #expect(slow.step(.wake, grant(), at: at(0)) == nil)
    #expect(slow.powerCut(slow: true, until: at(0), at: at(9000)) == nil)
  }

  @Test("a record that never becomes durable is found at the end")
  func neverDurable() {
    var checker = checker()
    #expect(checker.step(.wake, grant(), at: at(0)) == nil)
    #expect(checker.finish() == "station 1: a release never got a durable record")
  }

  @Test("a strike released beyond its bound, or secured before it, is found")
  func bounds() {
    var late = checker()
    #expect(late.step(.wake, grant(), at: at(0)) == nil)
    #expect(late.step(.wake, [], at: at(5000)) == nil)
    #expect(
      late.step(.wake, [], at: at(5002))
        == "station 1: the strike 1 stays released after its time")
    var early = checker()
    #expect(early.step(.wake, grant(), at: at(0)) == nil)
    #expect(
      early.step(.wake, [.door(.setStrike(one, .secure))], at: at(4999))
        == "station 1: the strike 1 is secured before its time")
    var closed = checker()
    #expect(closed.step(.wake, grant(), at: at(0)) == nil)
    let event = Event.door(.contactChanged(one, isClosed: true))
    #expect(closed.step(event, [.door(.setStrike(one, .secure))], at: at(100)) == nil)
  }

  @Test("an exit that does not release the strike is found")
  func exit() {
    var checker = checker()
    #expect(
      checker.step(.door(.exitRequested(one)), [], at: at(0))
        == "station 1: exit is not honoured at 1")
  }

  @Test("a code that opens twice is found, unless somebody has accepted an earlier time in between")
  func replay() {
    for isAccepted in [false, true] {
      var checker = checker()
      #expect(checker.step(.wake, grant(), at: at(0)) == nil)
      #expect(checker.durable(1, row(of: grant())) == nil)
      if isAccepted { checker.clockAccepted() }
      let complaint = checker.step(.wake, grant(2), at: at(4000))
      #expect(complaint == (isAccepted ? nil : "station 1: the code \(code) opens a second time"))
    }
  }
}

@Suite struct CountCheckerTests {
  @Test("whoever goes through while a beam that was stuck is not yet believed is not counted on")
  func settling() {
    let world = World(
      seed: 3, plan: FaultPlan(seed: 3, allowed: [], required: []), mutation: nil, stations: 1)
    let id = StationID("station-1")!
    let station = SimulatedStation(
      world, SimulatedBroker(world, stations: [id]), index: 0, id: id)
    let door = station.doors[0]
    #expect(door.areBeamsHonest)
    door.stickBeam()
    #expect(!door.areBeamsHonest)
    world.run(until: world.now + .seconds(3600))
    door.freeBeam()
    world.run(until: world.now + BeamTiming().clearAfter)
    #expect(!door.areBeamsHonest)
    world.run(until: world.now + .seconds(2))
    #expect(door.areBeamsHonest)
  }

  @Test("a wrong count is found while sensors are honest, and only then")
  func counts() {
    var checker = CountChecker()
    checker.passed(.inward)
    checker.passed(.inward)
    checker.passed(.outward)
    #expect(checker.finish(0, OccupancyTotals(entered: 2, left: 1)) == nil)
    #expect(checker.finish(0, OccupancyTotals(entered: 2, left: 1, corrections: 1)) != nil)
    checker.isKept = false
    #expect(checker.finish(0, OccupancyTotals()) == nil)
  }

  @Test("a passage that was not durable when the power failed is not held against the count")
  func lost() {
    for (durable, isKept) in [(3, true), (2, false)] as [(UInt64, Bool)] {
      var checker = CountChecker()
      let record = Record(
        at: WallTime(milliseconds: 0), isTrusted: true,
        body: .occupancy(.passage(one, .inward, inside: 1)))
      checker.step([.store(.journal(JournalEntry(seq: 3, record: record, lane: .soon)))])
      checker.ended(durable: durable)
      #expect(checker.isKept == isKept)
    }
  }
}
