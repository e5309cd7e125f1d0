// Tests which way someone went, told from two beams, and how many are inside.
import StationCore
import StationProtocol
import Testing

@Suite struct BeamPairTests {
  /// `o` and `i` are the outer and inner beam; a capital breaks, a small letter clears.
  private func passages(_ script: String) -> String {
    var beams = BeamPair()
    return script.compactMap { step in
      let beam: Beam = step.lowercased() == "o" ? .outer : .inner
      return beams.sense(beam, isBroken: step.isUppercase)?.rawValue
    }.joined(separator: " ")
  }

  @Test(
    "the order of the beams tells the direction",
    arguments: [
      ("", ""), ("OIoi", "in"), ("IOio", "out"), ("OIoiOIoi", "in in"), ("OIoiIOio", "in out"),
      // Turned back after one beam, after both, and after almost having gone through.
      ("Oo", "turn-back"), ("Ii", "turn-back"), ("OIio", "turn-back"), ("IOoi", "turn-back"),
      ("OIoOio", "turn-back"), ("IOiIoi", "turn-back"),
      // Hesitated in the middle and went on.
      ("OIiIoi", "in"), ("OIoOoi", "in"), ("IOoOio", "out"),
      // Two thin things at once, or beams too far apart: both were broken, never together.
      ("OoIi", "turn-back turn-back"),
      // Levels told again change nothing.
      ("OOIIooii", "in"), ("oi", ""), ("iiOIoi", "in"),
    ])
  func directions(_ script: String, _ expected: String) {
    #expect(passages(script) == expected)
  }

  @Test("a passage under way is forgotten when the beams are lost")
  func lost() {
    var beams = BeamPair()
    #expect(beams.sense(.outer, isBroken: true) == nil)
    #expect(beams.sense(.inner, isBroken: true) == nil)
    beams.lose()
    #expect(beams.state == .clear)
    #expect(beams.sense(.outer, isBroken: false) == nil)
    #expect(beams.sense(.inner, isBroken: false) == nil)
    #expect(beams.sense(.inner, isBroken: true) == nil)
    #expect(beams.sense(.inner, isBroken: false) == .turnBack)
  }
}

@Suite struct OccupancyTests {
  @Test("people inside are counted at every access point together")
  func together() {
    let story = Scenario(points: 2)
    story.walk(.outer, .inner, at: 1)
    story.expectJournal(
      .passage(1, .inward, inside: 1), .soon, [.totals(OccupancyTotals(entered: 1, inside: 1))])
    story.walk(.outer, .inner, at: 2)
    story.expectJournal(.passage(2, .inward, inside: 2))
    story.walk(.inner, .outer, at: 1)
    story.expectJournal(
      .passage(1, .outward, inside: 1), .soon,
      [.totals(OccupancyTotals(entered: 2, left: 1, inside: 1))])
  }

  @Test("two people in two access points do not disturb each other")
  func interleaved() {
    let story = Scenario(points: 2)
    for (point, beam, isBroken) in [
      (1, .outer, true), (2, .inner, true), (1, .inner, true), (2, .outer, true),
      (1, .outer, false), (2, .inner, false),
    ] as [(AccessPointID, Beam, Bool)] {
      story.tell(.beamChanged(point, beam, isBroken: isBroken))
    }
    story.tell(.beamChanged(1, .inner, isBroken: false))
    story.expectJournal(.passage(1, .inward, inside: 1))
    story.tell(.beamChanged(2, .outer, isBroken: false))
    story.expectJournal(.passage(2, .outward, inside: 0))
  }

  @Test("a turn-back is recorded and changes no count")
  func turnBack() {
    let story = Scenario()
    story.walk(.outer)
    story.expectJournal(.passage(1, .turnBack, inside: 0), .soon, [])
  }

  @Test("the count never falls below zero, the totals keep what was seen")
  func neverNegative() {
    let story = Scenario()
    story.walk(.inner, .outer)
    story.expectJournal(
      .passage(1, .outward, inside: 0), .soon, [.totals(OccupancyTotals(left: 1))])
    story.walk(.outer, .inner)
    story.expectJournal(.passage(1, .inward, inside: 1))
  }

  @Test("the count survives a restart, and is stale after an unclean one until someone passes")
  func recovered() {
    for (ending, isStale) in [(Ending.clean, false), (.unclean, true), (.newStore, false)] {
      let story = Scenario(
        recovered: Recovered(
          stream: Scenario.stream, boot: 2, ending: ending, next: 9,
          totals: OccupancyTotals(entered: 5, left: 3, inside: 2)))
      #expect(story.station.occupancy.isStale == isStale)
      story.walk(.outer)
      story.expectJournal(.passage(1, .turnBack, inside: 2))
      #expect(story.station.occupancy.isStale == isStale)
      story.walk(.inner, .outer)
      story.expectJournal(.passage(1, .outward, inside: 1))
      #expect(!story.station.occupancy.isStale)
    }
  }
}
