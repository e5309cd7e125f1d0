// A stolen login of one station, used for the points of members whom it has never seen.
import Linux
import MemberCode
import StationProtocol
import TestBed
import Testing

@Suite struct StolenLoginTests {
  private static let gate = StreamID(bits: 0xA1)
  private static let hall = StreamID(bits: 0xA2)

  /// A service with a member who has 100 points, and two logins.
  private func bed() throws -> AttackBed {
    let bed = try AttackBed(stations: ["gate-1", "gate-2"])
    let enrolled = try bed.management.api.call("POST", "/members", json: #"{"id":"m-1"}"#)
    #expect(enrolled.status == 201)
    try bed.management.issue(1000, reason: "this year")
    try bed.management.grant(100, to: "m-1", reason: "welcome")
    return bed
  }

  private func thief(_ bed: AttackBed, _ name: String, _ stream: StreamID) throws -> StationStandIn
  {
    let thief = try bed.steal(name)
    let birth = BirthPayload(
      session: SessionID(stream: stream, boot: 1, connection: 1), version: "1",
      accessPoints: [], floor: 1, ceiling: 0, isClockTrusted: true, at: Clock.wall)
    thief.publish(.birth(thief.station), birth.json, isRetained: true)
    return thief
  }

  private func exchange(_ seq: UInt64, _ stream: StreamID, _ price: Int64 = 10) throws -> Exchange {
    Exchange(
      id: ExchangeID(stream: stream, seq: seq), member: try #require(MemberID("m-1")),
      slot: try #require(SlotID(1)), article: try #require(ArticleID("water")),
      price: try #require(Points(price)))
  }

  private func points(_ bed: AttackBed) throws -> Int? {
    try bed.management.api.call("GET", "/members/m-1/points").object["balance"] as? Int
  }

  private func code(_ key: SigningKey) throws -> CodeText {
    let text = try CodeIssuer(key).issue(
      try #require(MemberID("m-1")), life: .seconds(60), at: Clock.wall)
    return try #require(CodeText(text))
  }

  @Test("without a member's code a stolen login neither takes points nor learns a balance")
  func withoutACode() throws {
    let bed = try bed()
    let thief = try thief(bed, "gate-1", Self.gate)
    let forged = try code(SigningKey.generate())
    #expect(
      try thief.ask(.hold(try exchange(1, Self.gate), code: forged))
        == .refused(.unknownKey, balance: nil))
    let id = RequestID(balance: 1, boot: 1, stream: Self.gate)
    let member = try #require(MemberID("m-1"))
    #expect(
      try thief.ask(StationRequest(id, .balance(member), code: forged))
        == .refused(.unknownKey, balance: nil))
    // It says that articles fell for which nobody asked.
    let ends = try (1...5).map { number in
      Record(
        at: Clock.wall, isTrusted: true,
        body: .exchange(.ended(try exchange(UInt64(100 + number), Self.gate), .dispensed)))
    }
    thief.send(RecordBatch(stream: Self.gate, first: 1, records: ends.map(\.json)))
    try thief.waitForAcknowledgement(5, of: Self.gate)
    #expect(try points(bed) == 100)
    #expect(try bed.alarms(of: "gate-1").contains("exchange-unproven"))
    #expect(try bed.management.check().status == 0)
  }

  @Test("a code that a member has shown pays once, whichever login it is tried with")
  func paysOnce() throws {
    let bed = try bed()
    let first = try thief(bed, "gate-1", Self.gate)
    let second = try thief(bed, "gate-2", Self.hall)
    let shown = try code(bed.issuer)
    #expect(
      try first.ask(.hold(try exchange(1, Self.gate), code: shown)) == .held(balance: 90))
    #expect(
      try second.ask(.hold(try exchange(1, Self.hall), code: shown))
        == .refused(.replayed, balance: nil))
    #expect(
      try first.ask(.hold(try exchange(5, Self.gate), code: shown))
        == .refused(.replayed, balance: nil))
    #expect(try points(bed) == 90)
    #expect(try bed.alarms(of: "gate-2").contains("code-shared"))
    #expect(try bed.management.check().status == 0)
  }
}
