// Bad input for a running service: all of it is survived, told apart and counted.
import Foundation
import Linux
import ManagementCore
import StationProtocol
import TestBed
import Testing

@Suite("The service under abuse")
struct AbuseTests {
  private let service: LiveManagement

  init() throws { service = try LiveManagement() }

  /// How often something was refused.
  private func count(_ kind: RefusedInput.Kind, station: String? = nil) throws -> Int {
    let answer = try service.api.call("GET", "/refused-input")
    let counters = try #require(answer.object["refused"] as? [[String: Any]])
    let counter = counters.first {
      $0["kind"] as? String == kind.rawValue && $0["station"] as? String == station
        && $0["source"] as? String == kind.source.rawValue
    }
    return counter?["count"] as? Int ?? 0
  }

  private func wait(
    for kind: RefusedInput.Kind, station: String? = nil, count expected: Int
  ) throws {
    try Deadline.wait(until: "\(expected) times \(kind)") {
      try count(kind, station: station) >= expected
    }
  }

  /// After whatever was done to it, the service takes records and acknowledges them.
  private func stillWorks(_ gate: StationStandIn) throws {
    gate.send(Sample.batch(1, [Sample.passage(1)]))
    try gate.waitForAcknowledgement(1, of: Sample.stream)
    #expect(try service.health()["status"] as? String == "ok")
    #expect(service.management.isRunning)
  }

  @Test("what a station says on topics of its own making is seen, and counted as its own")
  func wrongTopics() throws {
    let gate = try service.station()
    // What the access list lets through; everything else the broker answers "not authorized".
    let paths = ["sample"]
    for path in paths { gate.publish(path: "ws/v1/gate-1/\(path)", Array("{}".utf8)) }
    for path in [
      "ack", "out/x", "nothing", "req/A", "cmd", "cmd/1/result", "state/x", "state/0",
      "state/door/9", "config/desired",
    ] {
      gate.publish(path: "ws/v1/gate-1/\(path)", Array("{}".utf8))
    }
    gate.publish(path: "ws/v1/gate-2/out", Array("{}".utf8))
    try wait(for: .unknownTopic, station: "gate-1", count: paths.count)
    try stillWorks(gate)
    #expect(try count(.unknownTopic, station: "gate-1") == paths.count)
    #expect(try count(.unknownTopic, station: "gate-2") == 0)
    // Its own acknowledgements do not come back to it.
    #expect(try count(.unknownTopic) == 0)
  }

  @Test("malformed and foreign JSON on every topic is kept once, counted each time, and no more")
  func foreignJSON() throws {
    let gate = try service.station()
    let door = try #require(AccessPointID(1))
    let topics: [Topic] = [
      .status(Sample.gate), .birth(Sample.gate), .out(Sample.gate),
      .state(Sample.gate, .occupancy), .state(Sample.gate, .alarms),
      .state(Sample.gate, .door(door)),
    ]
    let payloads = AbusePayloads.all
    for topic in topics {
      for payload in payloads { gate.publish(topic, payload) }
    }
    // What is larger than its topic allows is not even looked into.
    let small = topics.map { topic in payloads.count { $0.count <= topic.largestPayload } }
    let read = small.reduce(0, +)
    let large = topics.count * payloads.count - read
    try wait(for: .unreadableMessage, station: "gate-1", count: read)
    try wait(for: .oversizedMessage, station: "gate-1", count: large)
    #expect(try count(.unreadableMessage, station: "gate-1") == read)
    #expect(try count(.oversizedMessage, station: "gate-1") == large)
    // What is acknowledged after them was committed after them.
    try stillWorks(gate)
    let kept = try service.api.call("GET", "/quarantine?limit=1000").object["quarantine"]
    #expect((1...Quarantined.mostMalformed).contains((kept as? [Any])?.count ?? 0))
  }

  @Test("a record of an unknown kind is acknowledged, kept in quarantine and counted")
  func unknownKinds() throws {
    let gate = try service.station()
    let strange = (0..<5).map {
      Array(#"{"at":\#($0),"trusted":true,"kind":"party","guests":\#($0)}"#.utf8)
    }
    gate.send(RecordBatch(stream: Sample.stream, first: 1, records: strange))
    try gate.waitForAcknowledgement(5, of: Sample.stream)
    try wait(for: .quarantinedRecord, station: "gate-1", count: 5)
    let answer = try service.api.call("GET", "/quarantine?limit=10")
    let kept = try #require(answer.object["quarantine"] as? [[String: Any]])
    #expect(kept.count == 5)
    #expect(kept.allSatisfy { ($0["raw"] as? String)?.contains("party") == true })
    gate.send(Sample.batch(6, [Sample.passage(1)]))
    try gate.waitForAcknowledgement(6, of: Sample.stream)
  }

  @Test("records that the broker has kept, and a batch deep in brackets, are refused and counted")
  func otherMessages() throws {
    let gate = try service.station()
    gate.publish(.out(Sample.gate), Sample.batch(1, [Sample.passage(1)]).json, isRetained: true)
    gate.publish(.out(Sample.gate), [UInt8](repeating: 0x5B, count: 200_000))
    try wait(for: .unreadableMessage, station: "gate-1", count: 1)
    // Live, a retained message comes like any other; after a restart it is one of the past.
    try gate.waitForAcknowledgement(1, of: Sample.stream)
    try service.management.stop()
    try service.management.start()
    try wait(for: .retainedRecords, station: "gate-1", count: 1)
    #expect(try service.stored() == [1])
  }

  @Test("guessers of tokens are told to wait, and right tokens are served meanwhile")
  func tokens() throws {
    for attempt in 1...30 {
      let answer = try service.plain.call(
        "GET", "/api/v1/stations", headers: ["Authorization": "Bearer wrong-token-\(attempt)"])
      #expect(answer.status == (attempt <= 10 ? 401 : 429), "attempt \(attempt)")
      if attempt > 10 {
        #expect((1...60).contains(Int(answer.headers["retry-after"] ?? "") ?? 0))
      }
      #expect(try service.api.call("GET", "/stations").status == 200)
    }
    // Whoever offers none is asked for one, however often.
    #expect(try service.plain.call("GET", "/api/v1/stations").status == 401)
    #expect(try count(.unauthorized) == 11)
    #expect(try count(.tooManyRequests) == 20)
  }

  @Test("every refusal of a request is counted by its kind")
  func requests() throws {
    let viewer = service.api(token: service.management.viewerToken)
    #expect(try service.api.call("GET", "/events?limit=0").status == 400)
    #expect(try viewer.call("GET", "/refused-input").status == 403)
    #expect(try service.api.call("GET", "/nothing").status == 404)
    #expect(try service.api.call("DELETE", "/stations").status == 405)
    let large = "{\"label\":\"\(String(repeating: "x", count: 10 << 20))\"}"
    #expect(try service.api.call("POST", "/members", json: large).status == 413)
    for kind in [
      RefusedInput.Kind.badRequest, .forbidden, .notFound, .methodNotAllowed, .tooLarge,
    ] {
      #expect(try count(kind) == 1, "\(kind)")
    }
  }

  @Test("bodies of 10 MB are refused without being held")
  func largeBodies() throws {
    _ = try service.api.call("GET", "/stations")
    let before = try service.management.peakMemory()
    let large = "{\"label\":\"\(String(repeating: "x", count: 10 << 20))\"}"
    for _ in 0..<5 {
      #expect(try service.api.call("POST", "/members", json: large).status == 413)
    }
    let growth = try service.management.peakMemory() - before
    print("five bodies of 10 MB made the service grow by \(growth) KiB")
    #expect(growth < 5 * 1024)
    try wait(for: .tooLarge, count: 5)
  }
}
