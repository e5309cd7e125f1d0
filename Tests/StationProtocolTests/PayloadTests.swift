// Tests that every payload of the topic tree comes back from its text, and that no other text is one.
import Foundation
import JSON
import StationProtocol
import TestBed
import Testing

/// One kind of payload: how to make one, write it and read it.
struct PayloadKind: Sendable, CustomTestStringConvertible {
  let name: String
  /// It asks for something to be done: a member that is not known is an error.
  var isTakenWhole = false
  /// Makes one at random; returns its text and whether reading that gives it back.
  let make: @Sendable (inout SeededGenerator) -> (text: [UInt8], comesBack: Bool)
  let read: @Sendable ([UInt8]) throws(JSONError) -> Void
  var testDescription: String { name }

  static let all: [PayloadKind] = [
    PayloadKind(
      name: "status",
      make: { random in
        let value = StatusPayload(
          isOnline: random.bool(), session: random.session(), reason: random.word(),
          at: random.wall())
        return (value.json, (try? StatusPayload(json: value.json)) == value)
      }, read: { (json) throws(JSONError) in _ = try StatusPayload(json: json) }),
    PayloadKind(
      name: "birth",
      make: { random in
        let value = BirthPayload(
          session: random.session(), version: random.text(),
          accessPoints: (0..<Int.random(in: 0...4, using: &random)).map { _ in random.point() },
          floor: random.seq(), ceiling: random.seq(), isClockTrusted: random.bool(),
          at: random.wall())
        return (value.json, (try? BirthPayload(json: value.json)) == value)
      }, read: { (json) throws(JSONError) in _ = try BirthPayload(json: json) }),
    PayloadKind(
      name: "state/door",
      make: { random in
        let value = DoorPayload(
          seq: random.seq(), command: random.word(), lock: random.word(), door: random.word(),
          secured: random.word(), alarm: random.word(), mode: random.word(), at: random.wall())
        return (value.json, (try? DoorPayload(json: value.json)) == value)
      }, read: { (json) throws(JSONError) in _ = try DoorPayload(json: json) }),
    PayloadKind(
      name: "state/occupancy",
      make: { random in
        let value = OccupancyPayload(
          seq: random.seq(), inside: random.number(), entered: random.number(),
          left: random.number(), corrections: random.signed(), refused: random.number(),
          capacity: random.bool() ? max(1, random.number()) : nil, isStale: random.bool(),
          at: random.wall())
        return (value.json, (try? OccupancyPayload(json: value.json)) == value)
      }, read: { (json) throws(JSONError) in _ = try OccupancyPayload(json: json) }),
    PayloadKind(
      name: "state/alarms",
      make: { random in
        let value = AlarmsPayload(
          seq: random.seq(),
          active: (0..<Int.random(in: 0...5, using: &random)).map { _ in
            ActiveAlarm(
              alarm: random.word(), accessPoint: random.bool() ? random.point() : nil,
              since: random.wall())
          }, at: random.wall())
        return (value.json, (try? AlarmsPayload(json: value.json)) == value)
      }, read: { (json) throws(JSONError) in _ = try AlarmsPayload(json: json) }),
    PayloadKind(
      name: "state/codes",
      make: { random in
        let ids = Set((0..<Int.random(in: 0...5, using: &random)).map { _ in random.typedCodeID() })
        let point = random.point()
        let value = CodesPayload(
          seq: random.seq(),
          codes: ids.sorted().map {
            SetCode(
              point, $0, left: Int64.random(in: 0...100, using: &random), until: random.wall())
          }, at: random.wall())
        return (value.json, (try? CodesPayload(json: value.json)) == value)
      }, read: { (json) throws(JSONError) in _ = try CodesPayload(json: json) }),
    PayloadKind(
      name: "out",
      make: { random in
        let value = RecordBatch(
          stream: random.stream(), first: max(1, random.seq()),
          records: (0..<Int.random(in: 1...64, using: &random)).map { _ in
            random.record(random.word()).json
          })
        return (value.json, (try? RecordBatch(json: value.json)) == value)
      }, read: { (json) throws(JSONError) in _ = try RecordBatch(json: json) }),
    PayloadKind(
      name: "ack",
      make: { random in
        let value = Acknowledgement(
          stream: random.stream(), upto: random.seq(),
          batches: [PayloadDigest(high: random.seq(), low: random.seq())])
        return (value.json, (try? Acknowledgement(json: value.json)) == value)
      }, read: { (json) throws(JSONError) in _ = try Acknowledgement(json: json) }),
    PayloadKind(
      name: "cmd", isTakenWhole: true,
      make: { random in
        let value = random.command(random.word())
        return (value.json, (try? Command(json: value.json)) == value)
      }, read: { (json) throws(JSONError) in _ = try Command(json: json) }),
    PayloadKind(
      name: "a sealed message", isTakenWhole: true,
      make: { random in
        let value = random.sealed(random.command(random.word()).json)
        return (value.json, (try? SealedMessage(json: value.json)) == value)
      }, read: { (json) throws(JSONError) in _ = try SealedMessage(json: json) }),
    PayloadKind(
      name: "cmd/result",
      make: { random in
        let value = CommandResult(
          random.command(), random.word(), random.bool() ? random.word() : nil,
          parts: random.bool() ? random.parts() : [])
        return (value.json, (try? CommandResult(json: value.json)) == value)
      }, read: { (json) throws(JSONError) in _ = try CommandResult(json: json) }),
    PayloadKind(
      name: "config/desired", isTakenWhole: true,
      make: { random in
        let revision = max(1, random.number())
        let value = DesiredConfiguration(
          revision: revision, isLockedDown: random.bool(),
          settings: random.bool() ? random.settings(below: revision) : nil)
        return (value.json, (try? DesiredConfiguration(json: value.json)) == value)
      }, read: { (json) throws(JSONError) in _ = try DesiredConfiguration(json: json) }),
    PayloadKind(
      name: "config/reported",
      make: { random in
        let value = ReportedConfiguration(
          revision: random.number(), isLockedDown: random.bool(),
          settings: random.bool() ? random.settingsReport() : SettingsReport(),
          refusal: random.bool()
            ? ReportedConfiguration.Refusal(
              random.word(), revision: random.bool() ? max(1, random.number()) : nil) : nil)
        return (value.json, (try? ReportedConfiguration(json: value.json)) == value)
      }, read: { (json) throws(JSONError) in _ = try ReportedConfiguration(json: json) }),
    PayloadKind(
      name: "service/status",
      make: { random in
        let value = ServiceStatusPayload(isOnline: random.bool(), at: random.wall())
        return (value.json, (try? ServiceStatusPayload(json: value.json)) == value)
      }, read: { (json) throws(JSONError) in _ = try ServiceStatusPayload(json: json) }),
  ]
}

@Suite struct PayloadTests {
  private func message(_ kind: PayloadKind, _ json: [UInt8]) -> String? {
    do throws(JSONError) {
      try kind.read(json)
      return nil
    } catch {
      return error.description
    }
  }

  @Test("a payload comes back from its text unchanged", arguments: PayloadKind.all)
  func roundTrip(_ kind: PayloadKind) {
    var random = SeededGenerator(seed: 21)
    for _ in 0..<200 {
      let (text, comesBack) = kind.make(&random)
      #expect(comesBack, "\(String(decoding: text, as: UTF8.self))")
    }
  }

  @Test("a payload is one JSON object to any other library", arguments: PayloadKind.all)
  func isJSON(_ kind: PayloadKind) throws {
    var random = SeededGenerator(seed: 22)
    for _ in 0..<50 {
      let parsed = try JSONSerialization.jsonObject(with: Data(kind.make(&random).text))
      #expect(parsed is [String: Any])
    }
  }

  @Test(
    "no member may be missing, repeated or null, and one more is passed over or refused",
    arguments: PayloadKind.all)
  func members(_ kind: PayloadKind) throws {
    var random = SeededGenerator(seed: 23)
    let text = kind.make(&random).text
    let members = try #require(
      try JSONSerialization.jsonObject(with: Data(text)) as? [String: Any])
    // A room without a limit has no capacity, a station of before no version of the contract.
    let optional = ["capacity", "protocol", "fault", "parts", "refused", "settings"]
    for name in members.keys.sorted() where !optional.contains(name) {
      var fewer = members
      fewer[name] = nil
      let without = Array(try JSONSerialization.data(withJSONObject: fewer))
      #expect(message(kind, without)?.hasSuffix("member \"\(name)\" is missing") == true)
      var nulled = members
      nulled[name] = NSNull()
      #expect(message(kind, Array(try JSONSerialization.data(withJSONObject: nulled))) != nil)
      let value = try JSONSerialization.data(
        withJSONObject: try #require(members[name]), options: .fragmentsAllowed)
      let twice = Array(text.dropLast()) + Array(",\"\(name)\":".utf8) + Array(value) + [125]
      #expect(
        message(kind, Array(twice)) == "byte \(text.count): member \"\(name)\" stands twice")
    }
    let more = Array(text.dropLast()) + Array(#","extra":1}"#.utf8)
    #expect((message(kind, Array(more)) == nil) == !kind.isTakenWhole)
    #expect(
      message(kind, text + [0x21]) == "byte \(text.count): more bytes follow the value")
  }

  @Test("no prefix of a payload is a payload", arguments: PayloadKind.all)
  func prefixes(_ kind: PayloadKind) {
    var random = SeededGenerator(seed: 24)
    let text = kind.make(&random).text
    for count in 0..<min(text.count, 600) {
      #expect(message(kind, Array(text.prefix(count))) != nil)
    }
  }

  @Test("damaged payloads are refused or read, and never trap", arguments: PayloadKind.all)
  func damaged(_ kind: PayloadKind) {
    var random = SeededGenerator(seed: 25)
    for _ in 0..<400 {
      var text = kind.make(&random).text
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        text[Int.random(in: 0..<text.count, using: &random)] = UInt8(
          truncatingIfNeeded: random.next())
      }
      _ = message(kind, text)
    }
  }

  @Test(
    "a batch has 1 to 64 records and begins at 1 or later",
    arguments: [
      (
        #"{"stream":"00000000000000ff","first":0,"records":[{}]}"#,
        "byte 37: the value of \"first\" is not acceptable"
      ),
      (
        #"{"stream":"00000000000000ff","first":1,"records":[]}"#,
        "byte 52: the value of \"records\" is not acceptable"
      ),
      (
        #"{"stream":"00000000000000FF","first":1,"records":[{}]}"#,
        "byte 10: the value of \"stream\" is not acceptable"
      ),
      (
        #"{"stream":"ff","first":1,"records":[{}]}"#,
        "byte 10: the value of \"stream\" is not acceptable"
      ),
      (#"{"stream":"00000000000000ff","first":1,"records":[{]}"#, "byte 51: expected a string"),
    ])
  func batches(_ json: String, _ expected: String) throws {
    let kind = try #require(PayloadKind.all.first { $0.name == "out" })
    #expect(message(kind, Array(json.utf8)) == expected)
    let many = Array(repeating: "{}", count: 65).joined(separator: ",")
    let long = #"{"stream":"00000000000000ff","first":1,"records":[\#(many)]}"#
    #expect(message(kind, Array(long.utf8)) == "byte 242: expected at most 64 elements")
  }

  @Test("a batch ends at the last number that can be acknowledged")
  func lastNumber() throws {
    let kind = try #require(PayloadKind.all.first { $0.name == "out" })
    let start = #"{"stream":"00000000000000ff","first":9007199254740991,"records":[{},{}"#
    #expect(message(kind, Array("\(start)]}".utf8)) == nil)
    #expect(
      message(kind, Array("\(start),{}]}".utf8))
        == "byte 75: the value of \"first\" is not acceptable")
  }

  @Test("a record that is JSON but no record does not spoil its batch")
  func strangeRecords() throws {
    let json = #"{"records":[ {"a":[1,null]} ,7],"first":5,"stream":"00000000000000ff"}"#
    let batch = try RecordBatch(json: Array(json.utf8))
    #expect(batch.records.map { String(decoding: $0, as: UTF8.self) } == [#"{"a":[1,null]}"#, "7"])
    #expect(batch.last == 6)
  }

  @Test("sessions of one stream are ordered by boot and connection, others are not ordered")
  func sessions() {
    let session = { SessionID(stream: StreamID(bits: $0), boot: $1, connection: $2) }
    #expect(session(1, 1, 9).isOlder(than: session(1, 2, 1)))
    #expect(session(1, 1, 1).isOlder(than: session(1, 1, 2)))
    #expect(!session(1, 1, 1).isOlder(than: session(1, 1, 1)))
    #expect(!session(1, 2, 1).isOlder(than: session(1, 1, 9)))
    #expect(!session(1, 1, 1).isOlder(than: session(2, 5, 5)))
  }
}
