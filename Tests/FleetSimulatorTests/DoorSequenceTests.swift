// Doors, fire and relays under random events; the release build plays a million of each.
import StationCore
import Testing

@testable import FleetSimulator

@Suite("Doors, fire and relays under random events")
struct DoorSequenceTests {
  @Test("no door is released without a record or beyond its bound, exit is honoured, fire stays")
  func doors() {
    #expect(SequenceRun.play(DoorSequence.self, from: 1, sequences: 150) == nil)
  }

  @Test("a pulse that fire has asked for ends with its reset, which a sequence once showed missing")
  func pulseAfterFire() {
    #expect(SequenceRun.play(DoorSequence.self, from: 446_011_496, sequences: 1) == nil)
  }

  @Test("the fire input does what its wires say and keeps what they said")
  func fire() {
    #expect(SequenceRun.play(FireSequence.self, from: 1, sequences: 2000) == nil)
  }

  @Test("a relay is on while somebody may be inside, and for its delay")
  func relays() {
    #expect(SequenceRun.play(RelaySequence.self, from: 1, sequences: 2000) == nil)
  }

  @Test("the rule on paper latches fire and lets it go only by the key while there is none")
  func paper() {
    var wires = WiresOfFire()
    wires.hear(.safety(.resetTurned))
    #expect(!wires.isLatched)
    wires.hear(.safety(.fireLineChanged(.first, isClosed: false)))
    wires.hear(.safety(.fireLineChanged(.second, isClosed: true)))
    #expect(wires.isLatched)
    wires.hear(.safety(.resetTurned))
    wires.hear(.wires(.linesChanged(nil, areReadable: false)))
    wires.hear(.safety(.resetTurned))
    #expect(wires.isLatched)
    wires.hear(.safety(.fireLineChanged(.first, isClosed: true)))
    wires.hear(.safety(.fireLineChanged(.second, isClosed: false)))
    wires.hear(.safety(.resetTurned))
    #expect(!wires.isLatched)
  }
}
