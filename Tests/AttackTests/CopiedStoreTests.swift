// A station's card that was copied and put back, and the service's store from a backup.
import Foundation
import Linux
import StationProtocol
import TestBed
import Testing
import Time

@Suite struct CopiedStoreTests {
  @Test("a station on a copy of its card has every record counted, once, and says so")
  func copiedCard() throws {
    let bed = try AttackBed(stations: ["gate-1"])
    let station = try bed.start("gate-1")
    try press(station)
    try waitForExits(1, in: bed)
    try station.waitForReleasedExit()
    #expect(try station.stopDaemon() == 0)
    try FileManager.default.copyItem(atPath: station.store, toPath: "\(station.store).copy")
    try station.start()
    for count in 2...4 {
      try press(station)
      try waitForExits(count, in: bed)
    }
    try station.waitForReleasedExit()
    #expect(try station.stopDaemon() == 0)
    for suffix in ["", "-wal", "-shm"] {
      try? FileManager.default.removeItem(atPath: station.store + suffix)
    }
    try FileManager.default.moveItem(atPath: "\(station.store).copy", toPath: station.store)
    try station.start()
    try press(station)
    try waitForExits(5, in: bed)
    try Deadline.wait(until: "the alarm") { try bed.alarms(of: "gate-1").contains("store-copied") }
    // From then on as ever.
    try press(station)
    try waitForExits(6, in: bed)
  }

  @Test("a restored backup is another store to the stations, and takes what they have kept")
  func restoredBackup() throws {
    let bed = try AttackBed(stations: ["gate-1"])
    let store = bed.folder.file("management/management.sqlite")
    let stream = StreamID(bits: 0xA)
    let first = try knownStore(of: bed)
    #expect(try bed.management.stop() == 0)
    try FileManager.default.copyItem(atPath: store, toPath: "\(store).backup")
    try bed.management.start()
    #expect(try knownStore(of: bed) == first)
    do {
      let station = try bed.steal("gate-1")
      station.send(
        RecordBatch(stream: stream, first: 1, records: [try end(1).json, try end(2).json]))
      try station.waitForAcknowledgement(2, of: stream)
    }
    #expect(try bed.management.stop() == 0)
    for suffix in ["", "-wal", "-shm"] {
      try? FileManager.default.removeItem(atPath: store + suffix)
    }
    try FileManager.default.moveItem(atPath: "\(store).backup", toPath: store)
    try bed.management.start()
    #expect(try knownStore(of: bed) != first)
    let station = try bed.steal("gate-1")
    for seq in 1...2 as ClosedRange<UInt64> {
      station.send(
        RecordBatch(stream: stream, first: seq, records: [try end(seq).json], isKept: true))
      try Deadline.wait(until: "the answer to the kept end \(seq)") {
        station.acknowledgements.contains { $0.stream == stream && $0.kept == seq }
      }
    }
    #expect(try bed.management.records(of: "gate-1").count == 2)
    #expect(try bed.management.check().status == 0)
  }

  @Test("what fell after the backup was made stays paid: the station tells of its end again")
  func paidBeforeTheRestore() throws {
    let bed = try AttackBed(stations: ["gate-1"])
    let store = bed.folder.file("management/management.sqlite")
    _ = try bed.management.enrol("m-1")
    try bed.management.issue(1000, reason: "this year")
    try bed.management.grant(100, to: "m-1", reason: "welcome")
    let station = try bed.start("gate-1") { $0.hasMachine = true }
    try station.fill(slot: 1, stock: 3)
    try station.buy(slot: 1, member: "m-1")
    try station.waitForPhase("turning")
    // The points are set aside by now, and nobody knows yet whether it falls.
    let backup = try Program.run("sqlite3", [store, ".backup \(store).backup"])
    try #require(backup.status == 0, "\(backup.output)")
    let held = try Program.run(
      "sqlite3", ["\(store).backup", "SELECT count(*) FROM exchange WHERE state = 'held'"])
    try #require(held.output == "1\n")
    try station.waitForPhase("dispensed")
    try waitUntilPaid(bed)
    #expect(try bed.management.stop() == 0)
    for suffix in ["", "-wal", "-shm"] {
      try? FileManager.default.removeItem(atPath: store + suffix)
    }
    try FileManager.default.moveItem(atPath: "\(store).backup", toPath: store)
    try bed.management.start()
    try waitUntilPaid(bed)
    #expect(try bed.management.check().status == 0)
    #expect(station.fallen == 1)
  }

  /// No hold is open, and the article was paid once.
  private func waitUntilPaid(_ bed: AttackBed) throws {
    try Deadline.wait(60, until: "the article to be paid for") {
      let holds = try bed.management.api.call("GET", "/holds").object["holds"] as? [Any]
      let points = try bed.management.api.call("GET", "/members/m-1/points")
      return holds?.isEmpty == true
        && points.object["balance"] as? Int == 100 - MachinePlan.prices[0]
    }
  }

  private func end(_ seq: UInt64) throws -> Record {
    let exchange = Exchange(
      id: ExchangeID(stream: StreamID(bits: 0xA), seq: seq), member: try #require(MemberID("m-1")),
      slot: try #require(SlotID(1)), article: try #require(ArticleID("water")),
      price: try #require(Points(5)))
    return Record(
      at: WallTime(seconds: 1_790_000_000), isTrusted: true,
      body: .exchange(.ended(exchange, .cancelled)))
  }

  /// The store that the service says it is on, as a station hears it.
  private func knownStore(of bed: AttackBed) throws -> StoreEpoch {
    let listener = try bed.steal("gate-1")
    listener.subscribe(Topic.serviceStatus.path)
    return try Deadline.wait(for: "the service's status") {
      try listener.messages(.serviceStatus).compactMap { message in
        let status = try ServiceStatusPayload(json: message.payload)
        return status.isOnline ? status.store : nil
      }.last
    }
  }

  private func press(_ station: StationUnderTest) throws { try station.pressExit() }

  private func waitForExits(_ count: Int, in bed: AttackBed) throws {
    try Deadline.wait(60, until: "\(count) records of the exit button") {
      try bed.management.records(of: "gate-1").count { record in
        (record["record"] as? [String: Any])?["kind"] as? String == "exit-requested"
      } == count
    }
  }
}
