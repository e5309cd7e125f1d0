// A stolen login of one station, used against another one.
import Linux
import StationProtocol
import TestBed
import Testing

@Suite struct NeighbourTests {
  @Test("a stolen login changes nothing that the service knows of another station")
  func speaksForAnother() throws {
    let bed = try AttackBed(stations: ["gate-1", "gate-2"])
    let victim = try #require(StationID("gate-2"))
    let stream = StreamID(bits: 0xBAD)
    let record = Record(at: Clock.wall, isTrusted: true, body: .door(.exitRequested(try door())))
    let batch = RecordBatch(stream: stream, first: 1, records: [record.json])
    let thief = try bed.steal("gate-1")
    thief.publish(.out(victim), batch.json)
    let status = StatusPayload(
      isOnline: true, session: SessionID(stream: stream, boot: 1, connection: 1),
      reason: .connected, at: Clock.wall)
    thief.publish(.status(victim), status.json, isRetained: true)
    // The broker takes a client's messages in order: what is said for the victim is decided then.
    thief.send(batch)
    try thief.waitForAcknowledgement(1, of: stream)
    #expect(try bed.management.records(of: "gate-2").isEmpty)
    #expect(try bed.management.api.call("GET", "/stations/gate-2").status == 404)
  }

  private func door() throws -> AccessPointID { try #require(AccessPointID(1)) }
}
