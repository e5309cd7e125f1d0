// A stolen login that sends without end: the store stays small, and others are not kept waiting.
import Foundation
import Linux
import StationProtocol
import TestBed
import Testing

@Suite struct FloodTests {
  @Test("unreadable records of 200 KB by the hundred fill no store, and are told")
  func unreadable() throws {
    let bed = try AttackBed(stations: ["gate-1", "gate-2"])
    let store = bed.folder.file("management/management.sqlite")
    let stream = StreamID(bits: 0xF)
    let thief = try bed.steal("gate-1")
    let count: UInt64 = AttackBed.isLong ? 5_000 : 300
    for seq in 1...count {
      let text = "\"\(seq)" + String(repeating: "x", count: 200_000) + "\""
      thief.send(RecordBatch(stream: stream, first: seq, records: [Array(text.utf8)]))
    }
    try Deadline.wait(60, until: "the alarm") {
      try bed.alarms(of: "gate-1").contains("sends-too-much")
    }
    let neighbour = try bed.steal("gate-2")
    let record = Record(at: Clock.wall, isTrusted: true, body: .stream(.unreadable))
    neighbour.send(RecordBatch(stream: StreamID(bits: 0xB), first: 1, records: [record.json]))
    try neighbour.waitForAcknowledgement(1, of: StreamID(bits: 0xB))
    let bytes = try ["", "-wal"].reduce(0) { sum, suffix in
      let path = store + suffix
      guard FileManager.default.fileExists(atPath: path) else { return sum }
      let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int
      return sum + (size ?? 0)
    }
    #expect(bytes < 8 << 20)
  }
}
