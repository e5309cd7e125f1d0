// A stolen login that makes the broker keep whatever it lets it keep, across a restart.
import Foundation
import Linux
import StationProtocol
import TestBed
import Testing

@Suite("A stolen login fills the broker")
struct RetainedFloodTests {
  private let bed: AttackBed
  private let stream = StreamID(bits: 0xF100D)

  init() throws { bed = try AttackBed(stations: ["gate-1", "gate-2"]) }

  private func records(_ first: UInt64) throws -> RecordBatch {
    let point = try #require(AccessPointID(1))
    let record = Record(at: Clock.wall, isTrusted: true, body: .door(.exitRequested(point)))
    return RecordBatch(stream: stream, first: first, records: [record.json])
  }

  /// Somebody else's station connects, sends, and is acknowledged.
  private func fleetWorks(_ first: UInt64) throws {
    let neighbour = try bed.steal("gate-2")
    neighbour.send(try records(first))
    try neighbour.waitForAcknowledgement(first, of: stream)
  }

  /// Bytes of what the broker would read again at its next start.
  private func keptBytes() throws -> Int {
    let path = bed.broker.storePath
    try? FileManager.default.removeItem(atPath: path)
    bed.broker.save()
    // The broker writes beside it and moves it there when it is whole.
    return try Deadline.wait(for: "the broker to save") {
      (try? FileManager.default.attributesOfItem(atPath: path))?[.size] as? Int
    }
  }

  @Test("retained messages on invented topics and the largest on its own leave the broker room")
  func flood() throws {
    let station = try #require(StationID("gate-1"))
    let thief = try bed.steal("gate-1")
    let large = [UInt8](repeating: 0x78, count: 200_000)
    for number in 0..<(AttackBed.isLong ? 2676 : 100) {
      thief.publish(path: "ws/v1/gate-1/state/0\(number)", large, isRetained: true)
    }
    let largest = [UInt8](repeating: 0x78, count: RecordBatch.longestJSON)
    for topic in Topic.said(by: station) { thief.publish(topic, largest, isRetained: true) }
    // The broker takes a client's messages in order.
    thief.send(try records(1))
    try thief.waitForAcknowledgement(1, of: stream)
    let most = Topic.said(by: station).count * (RecordBatch.longestJSON + 1000)
    #expect(try keptBytes() <= most)
    try bed.restartBroker()
    try fleetWorks(1)
    // After the restart the service is brought what the broker has kept, and clears it.
    try Deadline.wait(until: "the service to have cleared what the thief left") {
      try keptBytes() < 20_000
    }
    try bed.restartBroker()
    try fleetWorks(2)
  }
}
