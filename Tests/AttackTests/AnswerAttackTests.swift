// Whoever owns the broker answers stations in the service's place, or has the service do so.
import Foundation
import Linux
import MemberCode
import StationProtocol
import TestBed
import Testing
import Time

@Suite("Answers by whoever owns the broker")
struct AnswerAttackTests {
  private let bed: AttackBed
  private let gate: StationID

  init() throws {
    bed = try AttackBed(stations: ["gate-1"])
    gate = try #require(StationID("gate-1"))
  }

  // MARK: - Acknowledgements

  @Test("an acknowledgement that no key has signed, or that is an old one, deletes nothing")
  func forgedAcknowledgements() throws {
    let station = try bed.start("gate-1")
    let old = try SealedMessage(
      json: try bed.overhear(Topic.ack(gate).path) { try station.pressExit() })
    try waitForExits(1)
    try waitForDelivery(from: station)
    try bed.broker.holdBack(Topic.out(gate).path, from: "service")
    let payload = try bed.overhear(Topic.out(gate).path) { try station.pressExit() }
    let batch = try RecordBatch(json: payload)
    let right = Acknowledgement(
      stream: batch.stream, upto: batch.last, batches: [PayloadDigest(of: payload)])
    let thief = SigningKey.generate()
    var named = thief.seal(right.json, for: .ack(gate))
    named.key = old.key
    var changed = old
    changed.body = SealedBody(right.json)
    let forged = [thief.seal(right.json, for: .ack(gate)), named, changed, old].map(\.json)
    for message in forged + [right.json] { try bed.publish(Topic.ack(gate).path, message) }
    try waitForRefusal(.unsigned, by: station)
    try waitForRefusal(.unreadable, by: station)
    try bed.broker.letThrough()
    try waitForExits(2)
    try waitForDelivery(from: station)
  }

  @Test("a genuine acknowledgement of a batch that the station has not sent deletes nothing")
  func forgedBatch() throws {
    let station = try bed.start("gate-1")
    try station.pressExit()
    try waitForExits(1)
    try station.waitForReleasedExit()
    let before = try waitForDelivery(from: station)
    try bed.broker.holdBack(Topic.out(gate).path, from: "gate-1")
    try station.pressExit()
    let last = try Deadline.wait(for: "the record of the exit button") {
      StoreInspection.lastRecord(ofStore: station.store).flatMap { $0.seq > before ? $0.seq : nil }
    }
    let stream = try #require(
      StoreInspection.lastRecord(ofStore: station.store).flatMap { StreamID($0.stream) })
    // More than the station has, so that what it writes meanwhile is taken along.
    let point = try #require(AccessPointID(1))
    let made = Record(
      at: Clock.wall, isTrusted: true,
      body: .occupancy(.passage(point, .turnBack, inside: 0)))
    let forged = RecordBatch(
      stream: stream, first: UInt64(before) + 1,
      records: Array(repeating: made.json, count: last - before))
    let heard = try bed.overhear(Topic.ack(gate).path) {
      try bed.publish(Topic.out(gate).path, forged.json)
    }
    let ack = try Acknowledgement(json: try SealedMessage(json: heard).body.json)
    #expect(ack.upto == UInt64(last) && ack.conflict == nil)
    #expect(ack.batches == [PayloadDigest(of: forged.json)])
    try waitForRefusal(.foreignAcknowledgement, by: station)
    try bed.broker.letThrough()
    // The numbers are taken: the station sends its own records in another stream.
    try waitForExits(2)
    try Deadline.wait(until: "the alarm") { try bed.alarms(of: "gate-1").contains("store-copied") }
    try waitForDelivery(from: station)
    #expect(try bed.management.check().status == 0)
  }

  // MARK: - Replies

  @Test("a reply that no key has signed gets no goods")
  func forgedReply() throws {
    let station = try startMachine()
    try bed.broker.holdBack(Topic.request(gate).path, from: "service")
    let payload = try bed.overhear(Topic.request(gate).path) {
      try station.buy(slot: 1, member: "m-1")
    }
    let question = try StationRequest(json: payload)
    let reply = StationReply(
      question.id, to: PayloadDigest(of: payload), .held(balance: 9))
    let thief = SigningKey.generate()
    let topic = Topic.reply(gate)
    var named = thief.seal(reply.json, for: topic)
    named.key = try serviceKey
    for message in [thief.seal(reply.json, for: topic).json, named.json, reply.json] {
      try bed.publish(topic.path, message)
    }
    try waitForRefusal(.unsigned, by: station)
    try waitForEnd()
    #expect(station.fallen == 0)
  }

  @Test("a genuine reply to a question that the station has not asked gets no goods")
  func forgedQuestion() throws {
    let station = try startMachine()
    try bed.broker.holdBack(Topic.request(gate).path, from: "gate-1")
    // This member has no points; the one who owns the broker has.
    try station.buy(slot: 1, member: "m-1")
    let intended = try Deadline.wait(for: "the exchange") { try records("exchange-intended").first }
    guard case .exchange(.intended(var exchange, _)) = intended.body else { return }
    exchange.member = try #require(MemberID("m-2"))
    let code = try CodeIssuer(bed.issuer).issue(
      exchange.member, life: .seconds(60), at: Clock.wall)
    let forged = StationRequest.hold(exchange, code: try #require(CodeText(code))).json
    let heard = try bed.overhear(Topic.reply(gate).path) {
      try bed.publish(Topic.request(gate).path, forged)
    }
    let reply = try StationReply(json: try SealedMessage(json: heard).body.json)
    #expect(reply.id == RequestID(exchange.id))
    #expect(reply.answer == .held(balance: Int64(1000 - MachinePlan.prices[0])))
    try waitForRefusal(.foreignReply, by: station)
    try waitForEnd()
    #expect(station.fallen == 0)
  }

  // MARK: - The surroundings

  /// A station with a machine, two members, and points for the second.
  private func startMachine() throws -> StationUnderTest {
    for member in ["m-1", "m-2"] { _ = try bed.management.enrol(member) }
    try bed.management.issue(1000, reason: "this year")
    try bed.management.grant(1000, to: "m-2", reason: "hours")
    let station = try bed.start("gate-1") { $0.hasMachine = true }
    try station.fill(slot: 1, stock: 3)
    return station
  }

  private var serviceKey: ServiceKeyID {
    get throws {
      let key = try VerificationKey(pem: Array(bed.management.commandKey.utf8))
      return ServiceKeyID(bits: key.id.bits)
    }
  }

  /// The station's records of a kind, as the service has them.
  private func records(_ kind: String) throws -> [Record] {
    try bed.management.records(of: "gate-1").compactMap { event in
      guard let record = event["record"] as? [String: Any], record["kind"] as? String == kind
      else { return nil }
      return try Record(json: Array(try JSONSerialization.data(withJSONObject: record)))
    }
  }

  private func waitForExits(_ count: Int) throws {
    try Deadline.wait(90, until: "\(count) records of the exit button") {
      try records("exit-requested").count == count
    }
  }

  private func waitForEnd() throws {
    try Deadline.wait(60, until: "the exchange to end") { try !records("exchange-ended").isEmpty }
  }

  /// Every record of the station's stream is in the service, once.
  /// - Returns: the last number.
  @discardableResult
  private func waitForDelivery(from station: StationUnderTest) throws -> Int {
    try Deadline.wait(90, for: "every record of the station in the service") {
      guard let last = StoreInspection.lastRecord(ofStore: station.store) else { return nil }
      let stored = try bed.management.records(of: "gate-1")
        .filter { $0["stream"] as? String == last.stream }.compactMap { $0["seq"] as? Int }
      return stored.sorted() == Array(1...max(1, last.seq)) ? last.seq : nil
    }
  }

  /// The station has written down that it refused a message, whether or not the service hears of it.
  private func waitForRefusal(_ refusal: MessageRefusal, by station: StationUnderTest) throws {
    try Deadline.wait(30, until: "a message refused as \(refusal.rawValue)") {
      let kept = try Program.run(
        "sqlite3",
        [
          "-readonly", station.store,
          "SELECT count(*) FROM outbox WHERE instr(CAST(record AS TEXT), '\(refusal.rawValue)') > 0",
        ])
      let isSent = try records("messages-refused").contains { record in
        guard case .station(.messagesRefused(refusal, _)) = record.body else { return false }
        return true
      }
      return isSent || (Int(kept.output.trimmingCharacters(in: .whitespacesAndNewlines)) ?? 0) > 0
    }
  }
}
