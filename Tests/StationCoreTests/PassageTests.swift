// Tests how many are inside, from what the sensors of all doors say.
import StationProtocol
import Testing

@testable import StationCore

@Suite struct PassageTests {
  @Test("people inside are counted at every access point together, and remembered with each record")
  func together() {
    let story = Scenario(points: 2)
    story.walk(.outer, .inner, at: 1)
    story.expectJournal(.occupancy(.passage(1, .inward, inside: 1)), .soon)
    #expect(story.journal.last?.changes == story.station.headcount.occupancy.changes)
    #expect(story.station.headcount.occupancy.totals == OccupancyTotals(entered: 1))
    story.walk(.outer, .inner, at: 2)
    story.expectJournal(.occupancy(.passage(2, .inward, inside: 2)))
    story.walk(.inner, .outer, at: 1)
    story.expectJournal(.occupancy(.passage(1, .outward, inside: 1)))
    #expect(story.station.headcount.occupancy.totals == OccupancyTotals(entered: 2, left: 1))
  }

  @Test("two people in two access points do not disturb each other")
  func interleaved() {
    let story = Scenario(points: 2)
    for (point, beam, isBroken) in [
      (1, .outer, true), (2, .inner, true), (1, .inner, true), (2, .outer, true),
      (1, .outer, false), (2, .inner, false),
    ] as [(AccessPointID, Beam, Bool)] {
      story.tell(.occupancy(.beamChanged(point, beam, isBroken: isBroken)))
      story.advance(by: .milliseconds(50))
    }
    story.tell(.occupancy(.beamChanged(1, .inner, isBroken: false)))
    story.expectJournal(.occupancy(.passage(1, .inward, inside: 1)))
    story.tell(.occupancy(.beamChanged(2, .outer, isBroken: false)))
    story.expectJournal(.occupancy(.passage(2, .outward, inside: 0)))
  }

  @Test("a turn-back is recorded and changes no count")
  func turnBack() {
    let story = Scenario()
    story.walk(.outer)
    story.expectJournal(
      .occupancy(.passage(1, .turnBack, inside: 0)), .soon,
      [.day(story.station.headcount.occupancy.book)])
    #expect(story.station.headcount.occupancy.totals == OccupancyTotals())
  }

  @Test("an underflow appends a correction: the totals keep what was seen, the sum stays at zero")
  func neverNegative() {
    let story = Scenario()
    story.walk(.inner, .outer)
    story.expectJournal(
      .occupancy(.passage(1, .outward, inside: 0)), .soon, story.station.headcount.occupancy.changes
    )
    story.expectJournal(.occupancy(.corrected(by: 1, cause: .underflow, inside: 0)), .soon, [])
    #expect(story.station.headcount.occupancy.totals == OccupancyTotals(left: 1, corrections: 1))
    story.walk(.outer, .inner)
    story.expectJournal(.occupancy(.passage(1, .inward, inside: 1)))
  }

  @Test("the count survives a restart, and is stale after an unclean one until someone passes")
  func recovered() {
    for (ending, isStale) in [(Ending.clean, false), (.unclean, true), (.newStore, false)] {
      let story = Scenario(
        recovered: Recovered(
          stream: Scenario.stream, boot: 2, ending: ending, next: 9,
          totals: OccupancyTotals(entered: 5, left: 4, corrections: 1, refused: 3)))
      #expect(story.station.headcount.occupancy.isStale == isStale)
      story.walk(.outer)
      story.expectJournal(.occupancy(.passage(1, .turnBack, inside: 2)))
      #expect(story.station.headcount.occupancy.isStale == isStale)
      story.walk(.inner, .outer)
      story.expectJournal(.occupancy(.passage(1, .outward, inside: 1)))
      #expect(!story.station.headcount.occupancy.isStale)
    }
  }

  @Test("a passage while no door was open within the last three seconds is refused and counted")
  func shut() {
    let room = Room()
    room.walk(.inward)
    room.walk(.turnBack)
    #expect(room.said() == "")
    #expect(room.station.headcount.occupancy.totals == OccupancyTotals(refused: 2))
    room.wait(.seconds(60))
    #expect(room.said() == "1: refused 2")
    // The first beam within three seconds of the closing, the last one after.
    for (pause, expected) in [(3000, "1: out 0"), (3001, "")] {
      room.comeIn()
      _ = room.said()
      room.open()
      room.close()
      room.wait(.milliseconds(pause))
      room.walk(.outward)
      #expect(room.said() == expected)
      room.wait(.seconds(120))
      _ = room.said()
    }
  }

  @Test("passages refused are recorded at most once a minute for each access point, however many")
  func flood() {
    let room = Room(doors: 2)
    for _ in 0..<200 { room.walk(.inward, at: 2) }
    room.wait(.seconds(61))
    let lines = room.said().split(separator: ", ")
    #expect(lines == ["2: refused 150", "2: refused 50"])
    #expect(room.station.headcount.occupancy.totals.refused == 200)
    #expect(room.recovered.totals.refused == 200)
  }

  @Test("a contact that is at fault, or cannot be sensed, refuses nobody")
  func contactFault() {
    let room = Room()
    _ = room.station.alarms.raise(.contactFault, 1, at: room.now.wall)
    room.walk(.inward)
    #expect(room.said() == "1: in! 1")
    let other = Room()
    other.tell(.door(.contactChanged(1, isClosed: nil)))
    other.walk(.inward)
    #expect(other.said() == "1: in 1")
  }

  @Test("more people in than grants in one opening are flagged as tailgates, and counted")
  func tailgates() {
    let room = Room()
    room.grant()
    room.open()
    room.walk(.inward)
    room.walk(.inward)
    #expect(room.said() == "1: in 1, 1: in! 2")
    room.grant()
    room.walk(.inward)
    #expect(room.said() == "1: in 3")
    room.close()
    // A grant that nobody used is not for the next one who slips in as somebody leaves.
    room.grant()
    room.wait(.seconds(10))
    room.tell(.door(.exitRequested(1)))
    room.open()
    room.walk(.outward)
    room.walk(.inward)
    #expect(room.said() == "1: out 2, 1: in! 3")
    #expect(room.station.headcount.occupancy.book.tally.tailgates == 2)
  }

  @Test("beams that are blocked raise an alarm, and count nobody either way until they are clear")
  func blocked() {
    let room = Room()
    room.grant()
    room.open()
    room.tell(.occupancy(.beamChanged(1, .inner, isBroken: true)))
    room.wait(.seconds(61))
    #expect(room.said() == "+beam-blocked")
    room.tell(.occupancy(.beamChanged(1, .outer, isBroken: true)))
    room.wait(.milliseconds(300))
    room.tell(.occupancy(.beamChanged(1, .outer, isBroken: false)))
    #expect(room.said() == "1: ambiguous 0")
    room.tell(.occupancy(.beamChanged(1, .inner, isBroken: false)))
    room.wait(.seconds(6))
    #expect(room.said() == "-beam-blocked")
    // Lost lines end the fault with the sensing; dark beams are told apart.
    for beam in Beam.allCases { room.tell(.occupancy(.beamChanged(1, beam, isBroken: true))) }
    room.wait(.seconds(11))
    #expect(room.said() == "+beam-dark")
    room.tell(.wires(.linesChanged(1, areReadable: false)))
    #expect(room.said() == "-beam-dark")
  }
}

@Suite struct OtherCounterTests {
  @Test(
    "a single sensor counts by its policy, or by who opened the door",
    arguments: PulseDirection.allCases)
  func pulses(_ direction: PulseDirection) {
    let room = Room(OccupancyPolicy(pulse: direction))
    room.grant()
    room.open()
    room.tell(.occupancy(.counterPulsed(1)))
    room.tell(.occupancy(.counterPulsed(1)))
    room.wait(.milliseconds(299))
    room.close()
    room.wait(.seconds(10))
    room.tell(.door(.exitRequested(1)))
    room.open()
    room.tell(.occupancy(.counterPulsed(1)))
    room.close()
    let expected =
      switch direction {
      case .inward: "1: in 1, 1: in! 2"
      case .outward: "1: out 0, underflow +1 0, 1: out 0, underflow +1 0"
      case .opener: "1: in 1, 1: out 0"
      }
    #expect(room.said() == expected)
    guard direction == .opener else { return }
    room.wait(.seconds(10))
    room.open()
    room.tell(.occupancy(.counterPulsed(1)))
    room.close()
    room.wait(.seconds(10))
    room.grant()
    room.tell(.door(.exitRequested(1)))
    room.open()
    room.tell(.occupancy(.counterPulsed(1)))
    #expect(room.said() == "1: ambiguous 0, 1: ambiguous 0")
  }

  @Test("totals of a people counter count by their differences, over the end of 16 bits too")
  func differences() {
    let room = Room()
    room.grant()
    room.open()
    room.tell(.occupancy(.counterReported(1, entered: 65_534, left: 100)))
    #expect(room.said() == "")
    room.tell(.occupancy(.counterReported(1, entered: 0, left: 101)))
    #expect(room.said() == "1: in 1, 1: in! 2, 1: out 1")
    room.tell(.occupancy(.counterReported(1, entered: 0, left: 101)))
    #expect(room.said() == "")
  }

  @Test("a people counter that began anew counts from zero, and until that is sure is not trusted")
  func restarted() {
    let room = Room()
    room.open()
    room.tell(.occupancy(.counterReported(1, entered: 0, left: 0)))
    room.tell(.occupancy(.counterReported(1, entered: 3, left: 0)))
    #expect(room.said() == "1: in! 1, 1: in! 2, 1: in! 3")
    room.tell(.occupancy(.counterReported(1, entered: 1, left: 0)))
    #expect(room.said() == "")
    #expect(room.station.headcount.occupancy.isStale)
    #expect(room.station.headcount.occupancy.totals.refused == 1)
    room.tell(.occupancy(.counterReported(1, entered: 1, left: 1)))
    #expect(room.said() == "1: in! 4, 1: out 3")
    #expect(!room.station.headcount.occupancy.isStale)
  }

  @Test("totals that leap are one event, and nobody is counted by a leap that was a lie")
  func leap() {
    let room = Room()
    room.open()
    room.tell(.occupancy(.counterReported(1, entered: 500, left: 400)))
    room.tell(.occupancy(.counterReported(1, entered: (500 + 65_530) % 65_536, left: 400)))
    #expect(room.station.headcount.occupancy.totals.refused == 1)
    #expect(room.station.headcount.occupancy.isStale)
    room.tell(.occupancy(.counterReported(1, entered: 501, left: 400)))
    #expect(room.said() == "1: in! 1")
    #expect(!room.station.headcount.occupancy.isStale)
    // Where the next report goes on from the leap, the difference begins there.
    room.tell(.occupancy(.counterReported(1, entered: 5000, left: 400)))
    room.tell(.occupancy(.counterReported(1, entered: 5002, left: 400)))
    #expect(room.said() == "1: in! 2, 1: in! 3")
    #expect(room.station.headcount.occupancy.totals.refused == 2)
  }

  @Test("ten at once can pass, and three for each second since the last word")
  func bounds() {
    let room = Room()
    room.open()
    room.tell(.occupancy(.counterReported(1, entered: 2, left: 0)))
    room.tell(.occupancy(.counterReported(1, entered: 12, left: 0)))
    #expect(room.station.headcount.occupancy.totals.inside == 10)
    room.tell(.occupancy(.counterReported(1, entered: 23, left: 0)))
    #expect(room.station.headcount.occupancy.totals.inside == 10)
    #expect(room.station.headcount.occupancy.totals.refused == 1)
    room.wait(.seconds(1))
    room.tell(.occupancy(.counterReported(1, entered: 25, left: 0)))
    #expect(room.station.headcount.occupancy.totals.inside == 23)
  }

  @Test("a people counter that is gone raises an alarm and counts from its return on")
  func lost() {
    let room = Room()
    room.open()
    room.tell(.occupancy(.counterReported(1, entered: 10, left: 0)))
    room.tell(.occupancy(.counterChanged(1, isConnected: false)))
    #expect(room.said() == "+counter-lost")
    room.tell(.occupancy(.counterChanged(1, isConnected: true)))
    room.tell(.occupancy(.counterReported(1, entered: 14, left: 0)))
    #expect(room.said() == "-counter-lost")
    room.tell(.occupancy(.counterReported(1, entered: 15, left: 0)))
    #expect(room.said() == "1: in! 1")
  }

  @Test("what happens at an access point that this station does not have is nothing")
  func elsewhere() {
    let room = Room()
    for event in [
      Event.occupancy(.counterPulsed(4)), .occupancy(.counterReported(4, entered: 1, left: 1)),
      .occupancy(.counterChanged(4, isConnected: false)),
      .occupancy(.beamChanged(4, .outer, isBroken: true)),
    ] {
      room.tell(event)
    }
    #expect(room.said() == "")
  }
}
