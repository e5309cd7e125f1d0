// From a message to an acknowledgement: only what is committed counts, and nothing counts twice.
import ManagementCore
import StationProtocol
import Testing

@Suite("Ingest")
struct IngestTests {
  @Test("a batch is acknowledged when it is committed, not when it is received")
  func acknowledgement() {
    let scenario = ManagementScenario()
    let received = scenario.hear(
      .out(gate),
      batch(
        1, [scenario.record(.door(.closed(door))), scenario.record(.door(.exitRequested(door)))]
      ).json)
    #expect(received.count == 1)
    #expect(scenario.store.lastEventID() == 0)
    // The commit was lost with a crash: the station sends again.
    scenario.restart()
    let again = scenario.deliver(
      batch(
        1, [scenario.record(.door(.closed(door))), scenario.record(.door(.exitRequested(door)))]),
      from: gate)
    #expect(again == [acknowledged(2), .announce(gate)])
  }

  @Test("a batch that comes again is acknowledged again and stored once")
  func redelivery() {
    let scenario = ManagementScenario()
    let records = batch(1, [scenario.record(.occupancy(.passage(door, .inward, inside: 1)))])
    #expect(scenario.deliver(records, from: gate) == [acknowledged(1), .announce(gate)])
    #expect(scenario.deliver(records, from: gate) == [acknowledged(1)])
    scenario.restart()
    #expect(scenario.deliver(records, from: gate) == [acknowledged(1)])
    #expect(scenario.store.events(after: 0, limit: 10).map(\.seq) == [1])
    #expect(scenario.management.view(of: gate, at: scenario.now)?.today.entries == 1)
  }

  @Test("nothing is acknowledged over a hole until it is filled")
  func hole() {
    let scenario = ManagementScenario()
    let record = scenario.record(.door(.closed(door)))
    #expect(scenario.deliver(batch(3, [record]), from: gate) == [.announce(gate)])
    #expect(scenario.deliver(batch(1, [record]), from: gate) == [acknowledged(1)])
    #expect(scenario.deliver(batch(2, [record]), from: gate) == [acknowledged(3)])
  }

  @Test("a gap record covers the numbers that it names")
  func gap() {
    let scenario = ManagementScenario()
    _ = scenario.deliver(batch(1, [scenario.record(.door(.closed(door)))]), from: gate)
    let gap = scenario.record(.stream(.gap(from: 2, to: 9, reason: .full)))
    #expect(scenario.deliver(batch(10, [gap]), from: gate) == [acknowledged(10)])
  }

  @Test("a birth above what is stored is a gap that the service writes itself, once")
  func floor() throws {
    let scenario = ManagementScenario()
    _ = scenario.deliver(batch(1, [scenario.record(.door(.closed(door)))]), from: gate)
    _ = scenario.deliver(batch(6, [scenario.record(.door(.closed(door)))]), from: gate)
    let effects = scenario.commit(scenario.birth(session(stream, 1), floor: 9))
    #expect(effects == [acknowledged(8)])
    let gaps = scenario.store.events(matching: EventFilter(kind: .stream(.gap)), limit: 10)
    #expect(gaps.map(\.seq) == [nil, nil])
    #expect(
      try gaps.map { try Record(json: $0.json).body } == [
        .stream(.gap(from: 7, to: 8, reason: .restored)),
        .stream(.gap(from: 2, to: 5, reason: .restored)),
      ])
    #expect(scenario.commit(scenario.birth(session(stream, 1), floor: 9)) == [acknowledged(8)])
    #expect(scenario.store.events(matching: EventFilter(kind: .stream(.gap)), limit: 10).count == 2)
  }

  @Test("a record that cannot be read is kept, acknowledged and reported, and blocks no other")
  func unreadable() throws {
    let scenario = ManagementScenario()
    let strange = Array("{\"at\":1,\"trusted\":true,\"kind\":\"teleported\"}".utf8)
    let mixed = RecordBatch(
      stream: stream, first: 1, records: [strange, scenario.record(.door(.closed(door))).json])
    let effects = scenario.deliver(mixed, from: gate)
    #expect(effects.contains(acknowledged(2)))
    #expect(effects.count == 3)
    let kept = try #require(scenario.store.quarantine(before: nil, limit: 10).first)
    #expect(kept.raw == strange && kept.seq == 1 && kept.stream == stream)
    #expect(effects.contains(.note(.quarantined(gate, reason: kept.reason))))
    #expect(scenario.deliver(mixed, from: gate) == [acknowledged(2)])
    #expect(scenario.store.quarantine(before: nil, limit: 10).count == 1)
  }

  @Test("another content under a number that is taken is a conflict, and the first one stays")
  func conflict() throws {
    let scenario = ManagementScenario()
    _ = scenario.deliver(batch(1, [scenario.record(.door(.closed(door)))]), from: gate)
    let other = batch(1, [scenario.record(.door(.exitRequested(door)))])
    let effects = scenario.deliver(other, from: gate)
    let told = ManagementEffect.acknowledge(
      gate, Acknowledgement(stream: stream, upto: 1, conflict: 1, batches: []))
    #expect(effects == [.note(.quarantined(gate, reason: StoreReasons.conflict)), told])
    #expect(scenario.deliver(other, from: gate) == [told])
    #expect(scenario.store.events(after: 0, limit: 10).map(\.kind) == [.door(.closed)])
  }

  @Test("a record with white space of its own is stored in the one encoding")
  func whiteSpace() throws {
    let scenario = ManagementScenario()
    let record = scenario.record(.door(.closed(door)))
    let spaced = Array(
      String(decoding: record.json, as: UTF8.self).replacing(",", with: ",\n\n").utf8)
    let injected = RecordBatch(stream: stream, first: 1, records: [spaced])
    #expect(scenario.deliver(injected, from: gate) == [acknowledged(1), .announce(gate)])
    #expect(scenario.store.events(after: 0, limit: 1).map(\.json) == [record.json])
    #expect(scenario.deliver(batch(1, [record]), from: gate) == [acknowledged(1)])
  }

  @Test("what only a later version can read of a record is stored with it")
  func laterMembers() throws {
    let scenario = ManagementScenario()
    let text =
      #" {"later": "a \" b",  "at":1,"trusted":true,"kind":"door-closed","ap":1, "x":[1, 2]}"#
    let batch = RecordBatch(stream: stream, first: 1, records: [Array(text.utf8)])
    #expect(scenario.deliver(batch, from: gate) == [acknowledged(1), .announce(gate)])
    #expect(scenario.deliver(batch, from: gate) == [acknowledged(1)])
    let event = try #require(scenario.store.events(after: 0, limit: 10).first)
    #expect(
      String(decoding: event.json, as: UTF8.self)
        == #"{"later":"a \" b","at":1,"trusted":true,"kind":"door-closed","ap":1,"x":[1,2]}"#)
  }

  @Test("a record beyond the largest is not stored as one, however much of it is understood")
  func tooLong() throws {
    let scenario = ManagementScenario()
    let more = String(repeating: "x", count: Record.longestJSON)
    let text = #"{"at":1,"trusted":true,"kind":"door-closed","ap":1,"x":"\#(more)"}"#
    let effects = scenario.deliver(
      RecordBatch(stream: stream, first: 1, records: [Array(text.utf8)]), from: gate)
    #expect(effects.contains(acknowledged(1)))
    #expect(scenario.store.events(after: 0, limit: 10).isEmpty)
    #expect(scenario.store.quarantine(before: nil, limit: 10).count == 1)
  }

  @Test("a message that is not what its topic promises is kept and not acknowledged")
  func malformed() throws {
    let scenario = ManagementScenario()
    let topics: [Topic] = [
      .out(gate), .status(gate), .birth(gate), .state(gate, .occupancy),
      .state(gate, .door(door)), .state(gate, .alarms),
    ]
    for (number, topic) in topics.enumerated() {
      let effects = scenario.hear(topic, Array("{\"x\":\(number)}".utf8))
      #expect(effects.count == 2, "\(topic.path)")
      guard case .note(.malformed(gate, topic.path, _)) = effects.first else {
        Issue.record("\(topic.path): \(effects)")
        continue
      }
      #expect(scenario.commit(effects).count == 1)
    }
    // The same bytes are kept once.
    #expect(scenario.commit(scenario.hear(.out(gate), Array("{\"x\":0}".utf8))).isEmpty)
    let kept = scenario.store.quarantine(before: nil, limit: 10)
    #expect(kept.count == topics.count)
    #expect(try #require(kept.last).reason.hasPrefix("ws/v1/gate-1/out: byte "))
  }

  @Test("retained records, foreign topics and the service's own are refused")
  func refused() {
    let scenario = ManagementScenario()
    let records = batch(1, [scenario.record(.door(.closed(door)))]).json
    #expect(
      scenario.hear(.out(gate), records, isRetained: true)
        == [.note(.retainedRecords(gate)), .clear(topic: "ws/v1/gate-1/out")])
    for (path, sender) in [
      ("", nil), ("ws/v1/gate-1", gate), ("ws/v2/gate-1/out", nil), ("ws/v1/gate-1/ack", gate),
      ("ws/v1/service/status", nil), ("ws/v1/gate-1/sample", gate), ("ws/v1/A/out", nil),
      ("ws/v1/gate-1/", gate), ("ws/v1//out", nil), ("ws/v1", nil), ("ws/v1/gate-1/out/x", gate),
    ] as [(String, StationID?)] {
      let event = ManagementEvent.messageArrived(
        topic: path, payload: ManagementScenario.payload([]), isRetained: false)
      #expect(scenario.handle(event) == [.note(.unknownTopic(sender))], "\(path)")
    }
    let counted = scenario.management.refused.all.map { ($0.kind, $0.station, $0.count) }
    #expect(counted.map(\.0) == [.retainedRecords, .unknownTopic, .unknownTopic])
    #expect(counted.map(\.1) == [gate, nil, gate])
    #expect(counted.map(\.2) == [1, 6, 5])
  }

  @Test("a record that is put into quarantine is acknowledged and counted once")
  func counting() {
    let scenario = ManagementScenario()
    let strange = Array(#"{"at":0,"trusted":true,"kind":"party"}"#.utf8)
    _ = scenario.deliver(RecordBatch(stream: stream, first: 1, records: [strange]), from: gate)
    _ = scenario.commit(scenario.hear(.out(gate), Array("{".utf8)))
    let counted = scenario.management.refused.all
    #expect(counted.map(\.kind) == [.quarantinedRecord, .unreadableMessage])
    #expect(counted.allSatisfy { $0.station == gate && $0.count == 1 })
    #expect(counted[0].reason.contains("kind"))
  }

  @Test("streams of one station are apart, and a station that was never named is known by its id")
  func streams() throws {
    let scenario = ManagementScenario()
    let record = scenario.record(.door(.closed(door)))
    _ = scenario.deliver(batch(1, [record]), from: gate)
    #expect(
      scenario.deliver(batch(1, [record], of: otherStream), from: gate)
        == [acknowledged(1, of: otherStream)])
    #expect(
      scenario.store.stations() == [
        StationRegistration(id: gate, names: StationNames(english: "gate-1", chinese: "gate-1"))
      ])
  }
}
