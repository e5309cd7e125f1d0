// A stolen login that changes a door's state as fast as it can, while many watch.
import Foundation
import Linux
import StationProtocol
import TestBed
import Testing
import Time

@Suite("A flood of states")
struct StateFloodTests {
  @Test("a flood of door states with watchers delays no other station's acknowledgement")
  func doors() throws {
    let bed = try AttackBed(stations: ["gate-1", "gate-2"])
    let watchers = try (0..<10).map { _ in try EventStream(bed.management.api, "/events/stream") }
    let thief = try bed.steal("gate-1")
    let other = try bed.steal("gate-2")
    let station = try #require(StationID("gate-1"))
    let door = try #require(AccessPointID(1))
    let stream = StreamID(bits: 0xF100D)
    let rounds: UInt64 = AttackBed.isLong ? 200 : 20
    var longest: Duration = .zero
    for round in 1...rounds {
      for step in 0..<500 {
        let state = DoorPayload(
          seq: round, command: .lock, lock: .unused,
          door: step.isMultiple(of: 2) ? .opened : .closed,
          secured: .secured, alarm: .normal, at: Clock.wall)
        thief.publish(.state(station, .door(door)), state.json, isRetained: true)
      }
      let record = Record(at: Clock.wall, isTrusted: true, body: .door(.closed(door)))
      let start = Clock.now
      other.send(RecordBatch(stream: stream, first: round, records: [record.json]))
      try other.waitForAcknowledgement(round, of: stream)
      longest = max(longest, Clock.now - start)
    }
    #expect(longest < .seconds(5), "\(longest)")
    withExtendedLifetime(watchers) {}
  }
}
