// What a station says of its records and cannot be: passed over, told, and never believed for ever.
import ManagementCore
import StationProtocol
import Testing
import Time

@Suite("Claims that cannot be true")
struct ClaimsTests {
  let scenario = ManagementScenario()

  private func birth(
    floor: UInt64, ceiling: UInt64, of stream: StreamID = stream
  ) -> [ManagementEffect] {
    let payload = BirthPayload(
      session: session(stream, 1), version: "1", accessPoints: [door], floor: floor,
      ceiling: ceiling, isClockTrusted: true, at: scenario.now.wall)
    return scenario.hear(.birth(gate), payload.json)
  }

  private func disbelieved(_ reason: String) -> ManagementEffect {
    .note(.implausible(gate, reason: reason))
  }

  private var alarms: [Alarm] {
    get throws { try scenario.view.life.findings.alarms.map(\.alarm) }
  }

  private func deliver(_ first: UInt64, _ count: Int = 1) -> [ManagementEffect] {
    scenario.deliver(
      batch(first, (0..<count).map { _ in scenario.record(.door(.closed(door))) }), from: gate)
  }

  @Test("a floor above the next number of the same birth is refused, and an alarm says so")
  func floorAboveCeiling() throws {
    _ = deliver(1)
    let effects = birth(floor: 1 << 53, ceiling: 1)
    #expect(effects == [disbelieved(ClaimReasons.floorAboveCeiling), .announce(gate)])
    #expect(try alarms == [.claimsImplausible])
    #expect(birth(floor: 0, ceiling: 0) == [disbelieved(ClaimReasons.floorAboveCeiling)])
    #expect(scenario.management.refused.all.map(\.kind) == [.implausibleClaim])
    #expect(deliver(2) == [acknowledged(2)])
  }

  @Test("a floor of 2^53 moves nothing, and the real records are stored and acknowledged")
  func floorOfTheEnd() throws {
    _ = scenario.commit(birth(floor: 1, ceiling: 3))
    _ = deliver(1, 3)
    let effects = scenario.commit(birth(floor: 1 << 53, ceiling: (1 << 53) - 1))
    #expect(effects.contains(disbelieved(ClaimReasons.floor)))
    #expect(try alarms == [.claimsImplausible])
    #expect(scenario.store.events(matching: EventFilter(kind: .stream(.gap)), limit: 9).isEmpty)
    // The station itself, in its own next session.
    _ = scenario.commit(birth(floor: 4, ceiling: 4))
    #expect(deliver(4) == [acknowledged(4)])
  }

  @Test("a full outbox may give way to as many records as a station can have written since")
  func fold() throws {
    _ = deliver(1)
    scenario.advance(.seconds(86_400))
    #expect(
      scenario.commit(birth(floor: 8_640_001, ceiling: 8_650_000)) == [
        acknowledged(8_640_000)
      ])
    #expect(
      scenario.commit(birth(floor: 8_660_002, ceiling: 8_660_001))
        .contains(disbelieved(ClaimReasons.floor)))
    // Time makes it possible: nobody is shut out.
    scenario.advance(.seconds(1))
    let effects = scenario.commit(birth(floor: 8_660_002, ceiling: 8_660_001))
    #expect(effects.contains(acknowledged(8_660_001)))
  }

  @Test("a floor is taken in the end though the service's clock was set back by years")
  func clockSetBack() {
    var claims = StreamClaims(last: 10, at: WallTime(seconds: 2_500_000_000))
    let early = claims.reach(500_000, at: WallTime(seconds: 1_800_000_000))
    #expect(!early)
    let later = claims.reach(500_000, at: WallTime(seconds: 1_800_005_000))
    #expect(later)
  }

  @Test("of a stream that the service does not know, the first floor is taken")
  func unknownStream() throws {
    let effects = scenario.commit(birth(floor: 3_000_000, ceiling: 3_000_000))
    #expect(effects == [acknowledged(2_999_999)])
    let other = scenario.commit(birth(floor: 1 << 53, ceiling: (1 << 53) - 1, of: otherStream))
    #expect(other.contains(disbelieved(ClaimReasons.floor)))
  }

  @Test("a gap covers nothing from its own place on", arguments: [10, 11, 1 << 53] as [UInt64])
  func gap(_ to: UInt64) throws {
    _ = deliver(1)
    let gap = scenario.record(.stream(.gap(from: 2, to: to, reason: .full)))
    let effects = scenario.deliver(batch(10, [gap]), from: gate)
    #expect(effects.contains(disbelieved(ClaimReasons.gap)))
    #expect(!effects.contains(acknowledged(10)))
    #expect(try alarms == [.claimsImplausible])
    // The record itself is kept, and what follows the hole is acknowledged once it is filled.
    #expect(scenario.store.events(matching: EventFilter(kind: .stream(.gap)), limit: 9).count == 1)
    #expect(deliver(2, 8) == [acknowledged(10)])
  }

  @Test("a gap in a place that cannot have been reached covers nothing, however small")
  func farGap() throws {
    _ = deliver(1)
    let gap = scenario.record(.stream(.gap(from: 2, to: 1 << 40, reason: .full)))
    let effects = scenario.deliver(batch(1 << 41, [gap]), from: gate)
    #expect(effects.contains(disbelieved(ClaimReasons.records)))
    #expect(deliver(2) == [acknowledged(2)])
    #expect(
      scenario.commit(birth(floor: 1 << 41, ceiling: 1 << 41))
        .contains(disbelieved(ClaimReasons.floor)))
  }

  @Test("records that follow on what is stored are taken however fast they come")
  func backlog() {
    for first in stride(from: UInt64(1), to: 60_000, by: 64) { _ = deliver(first, 64) }
    #expect(scenario.store.lastEventID() == 60_032)
    #expect(scenario.management.refused.total == 0)
  }

  @Test("what is believed of a stream is not what another station says of it")
  func otherStation() throws {
    let hall = Names.station("hall-2")
    _ = scenario.commit(birth(floor: 1, ceiling: 1))
    let payload = BirthPayload(
      session: session(stream, 1), version: "1", accessPoints: [door], floor: 900_000,
      ceiling: 900_000, isClockTrusted: true, at: scenario.now.wall)
    _ = scenario.commit(scenario.hear(.birth(hall), payload.json))
    #expect(deliver(1) == [acknowledged(1)])
  }
}
