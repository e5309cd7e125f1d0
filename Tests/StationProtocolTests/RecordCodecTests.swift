// Tests that a record and its text are the same thing, and that no other text is a record.
import Foundation
import JSON
import StationProtocol
import TestBed
import Testing
import Time

/// What any JSON library sees of a record.
private struct PlainRecord: Codable, Equatable {
  var at: Int64
  var trusted: Bool
  var kind: String
  var ap: Int?
  var member: String?
  var code: String?
  var after: String?
  var version: String?
  var reason: String?
  var fault: String?
  var cause: String?
  var direction: String?
  var alarm: String?
  var mode: String?
  var note: String?
  var relay: String?
  var with: String?
  var credential: String?
  var on: Bool?
  var tailgate: Bool?
  var day: PlainDay?
  var seconds: Int64?
  var values: [PlainValue]?
  var exchange: String?
  var article: String?
  var outcome: String?
  var slot: Int?
  var price: Int64?
  var serial: Int64?
  var stock: Int64?
  var bestBefore: Int?
  var id: String?
  var op: String?
  var actor: String?
  var parts: [PlainPart]?
  var boot: Int64?
  var count: Int64?
  var inside: Int64?
  var by: Int64?
  var from: UInt64?
  var to: UInt64?
  var rev: Int64?

  private mutating func take(_ exchange: Exchange) {
    self.exchange = exchange.id.description
    (member, slot) = (exchange.member.text, exchange.slot.number)
    (article, price) = (exchange.article.text, exchange.price.number)
  }

  private mutating func take(_ credential: Credential) {
    with = credential.kind == .code ? nil : credential.kind.rawValue
    code = credential.digest?.description
    self.credential = credential.typed?.text
  }

  private mutating func take(_ record: StreamRecord) {
    guard case .gap(let from, let to, let reason) = record else { return }
    (self.from, self.to, self.reason) = (from, to, reason.rawValue)
  }

  private mutating func take(_ record: CommandRecord) {
    (id, op) = (record.id.text, record.operation.rawValue)
    switch record {
    case .accepted(_, _, let actor): self.actor = actor
    case .ended(_, _, let end):
      (outcome, fault) = (end.outcome.rawValue, end.fault?.rawValue)
      parts = end.parts.isEmpty ? nil : end.parts.map(PlainPart.init)
    }
  }

  private mutating func take(_ record: ConfigurationRecord) {
    rev = record.revision
    guard case .setBack(_, let back, let cause) = record else { return }
    (to, self.cause) = (UInt64(back), cause.rawValue)
  }

  init(_ record: Record) {
    at = record.at.milliseconds
    trusted = record.isTrusted
    kind = record.kind.rawValue
    switch record.body {
    case .station(.started(let boot, let after, let version)):
      (self.boot, self.after, self.version) = (boot, after.rawValue, version)
    case .entry(.granted(let point, let member, let credential, let note)):
      (ap, self.member, self.note) = (point.number, member?.text, note?.rawValue)
      take(credential)
    case .entry(.refused(let point, let reason, let fault, let member, let credential)):
      self.fault = fault?.rawValue
      (ap, self.reason, self.member) = (point.number, reason.rawValue, member?.text)
      take(credential)
    case .entry(.refusalsCounted(let point, let count)): (ap, self.count) = (point.number, count)
    case .station(.conditionChanged(_, let isOn)): on = isOn
    case .station(.messagesRefused(let reason, let count)):
      (self.reason, self.count) = (reason.rawValue, count)
    case .door(.opened(let point, let cause)): (ap, self.cause) = (point.number, cause.rawValue)
    case .door(.locked(let point, let cause)): (ap, self.cause) = (point.number, cause.rawValue)
    case .door(.closed(let point)), .door(.exitRequested(let point)): ap = point.number
    case .door(.modeChanged(let point, let mode, let cause)):
      (ap, self.mode, self.cause) = (point.number, mode.rawValue, cause.rawValue)
    case .occupancy(.passage(let point, let direction, let inside, let isTailgate)):
      (ap, self.direction, self.inside) = (point.number, direction.rawValue, inside)
      tailgate = isTailgate ? true : nil
    case .occupancy(.passagesRefused(let point, let count)):
      (ap, self.count) = (point.number, count)
    case .occupancy(.corrected(let by, let cause, let inside)):
      (self.by, self.cause, self.inside) = (by, cause.rawValue, inside)
    case .occupancy(.day(let day)): self.day = PlainDay(day)
    case .climate(.relaySwitched(let relay, let isOn, let cause)):
      (self.relay, on, self.cause) = (relay.rawValue, isOn, cause.rawValue)
    case .climate(.measured(let measurement)):
      (seconds, values) = (measurement.seconds, measurement.values.map(PlainValue.init))
    case .exchange(.intended(let exchange, let code)):
      take(exchange)
      self.code = code.description
    case .exchange(.dispensing(let id, let serial)):
      (exchange, self.serial) = (id.description, serial)
    case .exchange(.ended(let exchange, let outcome)):
      take(exchange)
      (self.outcome, reason) = (outcome.kind.rawValue, outcome.reason)
    case .exchange(.refused(let slot, let reason, let fault, let member, let code)):
      (self.slot, self.reason, self.fault) = (slot?.number, reason.rawValue, fault?.rawValue)
      (self.member, self.code) = (member?.text, code.description)
    case .exchange(.refusalsCounted(let count)): self.count = count
    case .exchange(.slotCounted(let slot, let stock, let bestBefore)):
      (self.slot, self.stock, self.bestBefore) = (slot.number, stock, bestBefore)
    case .exchange(.slotQuarantined(let slot, let cause)):
      (self.slot, self.cause) = (slot.number, cause.word)
    case .exchange(.slotReleased(let slot)): self.slot = slot.number
    case .alarm(.raised(let alarm, let point)), .alarm(.cleared(let alarm, let point)):
      (self.alarm, ap) = (alarm.rawValue, point?.number)
    case .command(let record): take(record)
    case .configuration(let record): take(record)
    case .station(.clockStepped(let by)): self.by = by
    case .stream(let record): take(record)
    }
  }
}

/// A day's totals as another library reads them.
struct PlainDay: Codable, Equatable {
  var date: Int
  var `in`: Int64
  var out: Int64
  var turnBacks: Int64
  var ambiguous: Int64
  var tailgates: Int64
  var refused: Int64
  var underflows: Int64
  var residual: Int64
  var exitResets: Int64
  var cycleResets: Int64

  init(_ day: OccupancyDay) {
    (date, `in`, out, turnBacks) = (day.day, day.entered, day.left, day.turnBacks)
    (ambiguous, tailgates, refused) = (day.ambiguous, day.tailgates, day.refused)
    (underflows, residual) = (day.underflows, day.residual)
    (exitResets, cycleResets) = (day.exitResets, day.cycleResets)
  }
}

/// A part of a self-test as another library reads it.
struct PlainPart: Codable, Equatable {
  var part: String
  var ap: Int?
  var well: Bool

  init(_ result: TestResult) {
    (part, ap, well) = (result.part.rawValue, result.accessPoint?.number, result.isWell)
  }
}

/// A measured value as another library reads it.
struct PlainValue: Codable, Equatable {
  var sensor: String
  var quantity: String
  var count: Int64
  var mean: Int64?
  var least: Int64?
  var most: Int64?
  var used: Int64?
  var last: Int64?
  var reset: Bool?

  init(_ value: MeasuredValue) {
    (sensor, quantity, count) = (value.sensor.text, value.quantity.rawValue, value.count)
    switch value.amount {
    case .level(let mean, let least, let most):
      (self.mean, self.least, self.most) = (mean, least, most)
    case .counter(let used, let last, let isReset):
      (self.used, self.last, reset) = (used, last, isReset ? true : nil)
    }
  }
}

@Suite struct RecordCodecTests {
  private static let at = #""at":0,"trusted":true"#
  private static let code = String(repeating: "0", count: 32)

  @Test("a record of any kind comes back from its text unchanged", arguments: Record.Kind.allCases)
  func roundTrip(_ kind: Record.Kind) throws {
    var random = SeededGenerator(seed: 2024)
    for _ in 0..<300 {
      let record = random.record(kind)
      #expect(record.kind == kind)
      #expect(try Record(json: record.json) == record)
    }
  }

  @Test(
    "the text of a record means the same to another JSON library", arguments: Record.Kind.allCases)
  func agreesWhenWritten(_ kind: Record.Kind) throws {
    var random = SeededGenerator(seed: 7)
    for _ in 0..<100 {
      let record = random.record(kind)
      let plain = try JSONDecoder().decode(PlainRecord.self, from: Data(record.json))
      #expect(plain == PlainRecord(record))
    }
  }

  @Test("a record that another JSON library has written is read", arguments: Record.Kind.allCases)
  func agreesWhenRead(_ kind: Record.Kind) throws {
    var random = SeededGenerator(seed: 8)
    for format in [JSONEncoder.OutputFormatting.prettyPrinted, .sortedKeys, []] {
      let encoder = JSONEncoder()
      encoder.outputFormatting = format
      for _ in 0..<50 {
        let record = random.record(kind)
        #expect(try Record(json: Array(encoder.encode(PlainRecord(record)))) == record)
      }
    }
  }

  @Test("each kind has one text, with its members in a fixed order")
  func oneText() {
    let record = Record(
      at: WallTime(milliseconds: -5), isTrusted: false,
      body: .entry(
        .refused(
          AccessPointID(2)!, reason: .replayed, member: MemberID("m.1"),
          .code(CodeDigest(high: 1, low: 255)))))
    #expect(
      String(decoding: record.json, as: UTF8.self)
        == #"{"at":-5,"trusted":false,"kind":"entry-refused","ap":2,"reason":"replayed","#
        + #""member":"m.1","code":"000000000000000100000000000000ff"}"#)
  }

  private static let refusals = [
    (#"{"trusted":true,"kind":"unreadable"}"#, #"byte 36: member "at" is missing"#),
    (#"{"at":0,"kind":"unreadable"}"#, #"byte 28: member "trusted" is missing"#),
    (#"{\#(at)}"#, #"byte 23: member "kind" is missing"#),
    (#"{\#(at),"kind":"opened"}"#, #"byte 30: the value of "kind" is not acceptable"#),
    (#"{\#(at),"kind":"door-closed"}"#, #"byte 44: member "ap" is missing"#),
    (#"{\#(at),"kind":"door-closed","ap":0}"#, #"byte 49: the value of "ap" is not acceptable"#),
    (#"{\#(at),"kind":"door-closed","ap":5}"#, #"byte 49: the value of "ap" is not acceptable"#),
    (#"{\#(at),"kind":"door-closed","ap":1.0}"#, "byte 49: expected an integer"),
    (#"{\#(at),"kind":"door-closed","ap":"1"}"#, "byte 49: expected an integer"),
    (#"{\#(at),"kind":"unreadable","at":0}"#, #"byte 43: member "at" stands twice"#),
    (#"{\#(at),"kind":"unreadable"}x"#, "byte 43: more bytes follow the value"),
    (
      #"{\#(at),"kind":"refusals-counted","ap":1,"count":-1}"#,
      #"byte 64: the value of "count" is not acceptable"#
    ),
    (
      #"{\#(at),"kind":"refusals-counted","ap":1,"count":1000001}"#,
      #"byte 64: the value of "count" is not acceptable"#
    ),
    (
      #"{\#(at),"kind":"messages-refused","reason":"retained","count":0}"#,
      #"byte 77: the value of "count" is not acceptable"#
    ),
    (
      #"{\#(at),"kind":"messages-refused","reason":"ugly","count":1}"#,
      #"byte 58: the value of "reason" is not acceptable"#
    ),
    (
      #"{\#(at),"kind":"entry-refused","ap":1,"reason":"malformed","code":"\#(code)"}"#,
      #"byte 116: member "fault" is missing"#
    ),
    (
      #"{\#(at),"kind":"entry-refused","ap":1,"reason":"full","fault":"noise","code":"\#(code)"}"#,
      #"byte 69: unknown member "fault""#
    ),
    (
      #"{\#(at),"kind":"door-opened","ap":1,"cause":"wind"}"#,
      #"byte 59: the value of "cause" is not acceptable"#
    ),
    (
      #"{\#(at),"kind":"gap","from":0,"to":1,"reason":"full"}"#,
      #"byte 43: the value of "from" is not acceptable"#
    ),
    (
      #"{\#(at),"kind":"gap","from":3,"to":2,"reason":"full"}"#,
      #"byte 50: the value of "to" is not acceptable"#
    ),
    (
      #"{\#(at),"kind":"gap","from":9007199254740993,"to":1,"reason":"full"}"#,
      "byte 43: expected a smaller number"
    ),
    ("", "byte 0: the text ends early"),
    ("[]", "byte 0: expected an object"),
  ]

  @Test("what is no record is refused, and the message says where and why", arguments: refusals)
  func refused(_ text: String, _ message: String) {
    do throws(JSONError) {
      _ = try Record(json: Array(text.utf8))
      Issue.record("\(text) was read")
    } catch {
      #expect(error.description == message, "of \(text)")
    }
  }

  @Test("a member that a later version has added is passed over, in a record of any kind")
  func laterMembers() throws {
    var random = SeededGenerator(seed: 9)
    for kind in Record.Kind.allCases {
      let record = random.record(kind)
      let json = Array(#"{"later":{"a":[1,null]},"#.utf8) + record.json.dropFirst().dropLast()
      #expect(try Record(json: json + Array(#","x":0}"#.utf8)) == record)
    }
  }

  @Test("an object has 32 members at most, known or not")
  func mostMembers() throws {
    func json(_ more: Int) -> [UInt8] {
      let others = (0..<more).map { #","x\#($0)":0"# }.joined()
      return Array((#"{\#(Self.at),"kind":"unreadable""# + others + "}").utf8)
    }
    #expect(try Record(json: json(29)).body == .stream(.unreadable))
    #expect(throws: JSONError.self) { try Record(json: json(30)) }
  }

  @Test("no prefix of a record is a record")
  func prefixes() {
    var random = SeededGenerator(seed: 3)
    for kind in Record.Kind.allCases {
      let json = random.record(kind).json
      for count in 0..<json.count {
        #expect(throws: JSONError.self) { try Record(json: Array(json.prefix(count))) }
      }
    }
  }

  @Test("damaged text is refused or read, and never traps")
  func damaged() {
    var random = SeededGenerator(seed: 4)
    for _ in 0..<5000 {
      var json = random.record(random.word()).json
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        json[Int.random(in: 0..<json.count, using: &random)] = UInt8(
          truncatingIfNeeded: random.next())
      }
      if let record = try? Record(json: json) {
        #expect((try? Record(json: record.json)) == record)
      }
    }
  }

  @Test("damaged text is read only where another JSON library reads the same record in it")
  func agreesOnDamage() throws {
    var random = SeededGenerator(seed: 5)
    var read = 0
    for _ in 0..<20_000 {
      var json = random.record(random.word()).json
      json[Int.random(in: 0..<json.count, using: &random)] =
        random.bool()
        ? random.next() % 2 == 0 ? 0x31 : 0x20 : UInt8.random(in: 0...255, using: &random)
      // In keys that are no JSON the decoder of Swift 6.0 traps; the other reader refuses them.
      let isJSON =
        String(validating: json, as: UTF8.self) != nil
        && (try? JSONSerialization.jsonObject(with: Data(json))) != nil
      let plain = isJSON ? try? JSONDecoder().decode(PlainRecord.self, from: Data(json)) : nil
      do throws(JSONError) {
        let record = try Record(json: json)
        read += 1
        #expect(plain == PlainRecord(record), "of \(String(decoding: json, as: UTF8.self))")
      } catch {
        let isStricter = Self.isStricter(error, json)
        #expect(plain == nil || isStricter, "\(error) of \(String(decoding: json, as: UTF8.self))")
      }
    }
    #expect(read > 1000)
  }

  /// Whether a text is refused for what a record must be, not for what JSON must be.
  private static func isStricter(_ error: JSONError, _ json: [UInt8]) -> Bool {
    switch error.reason {
    case .unknownMember, .repeatedMember, .missingMember, .invalidMember: true
    case .expected("values in order, each once"), .expected("at least one value"): true
    // Another library takes 1.0 and 1e0 for the integer 1, and numbers beyond 2^53 as they come.
    case .expected("an integer"):
      json[error.offset...].prefix { $0 != UInt8(ascii: ",") && $0 != UInt8(ascii: "}") }
        .contains { $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "e") || $0 == UInt8(ascii: "E") }
        || json[error.offset...].starts(with: Array("-0".utf8))
    case .expected("a smaller number"): true
    // Another library takes a comma after the last member, against RFC 8259 section 4.
    case .expected("a string"):
      json[..<error.offset].last { $0 != 0x20 } == UInt8(ascii: ",")
        && json[error.offset] == UInt8(ascii: "}")
    default: false
    }
  }

  @Test("a member's name is what it means, however it is written")
  func escapedNames() throws {
    let json = #"{"\u0061t":0,"trusted":true,"k\u0069nd":"unreadable"}"#
    #expect(
      try Record(json: Array(json.utf8))
        == Record(at: WallTime(milliseconds: 0), isTrusted: true, body: .stream(.unreadable)))
    #expect(throws: JSONError(offset: 8, reason: .repeatedMember("é"))) {
      try Record(json: Array(#"{"é":0,"\u00e9":0}"#.utf8))
    }
    #expect(throws: JSONError(offset: 1, reason: .invalidUTF8)) {
      try Record(json: [0x7B, 0x22, 0xC3, 0x22, 0x3A, 0x30, 0x7D])
    }
  }

  @Test("every ground of refusal of a code is a ground of refusal at the door, by the same name")
  func denials() {
    for refusal in CodeRefusal.allCases {
      let name = String("\(refusal)".prefix { $0 != "(" })
      #expect("\(Denial(refusal))" == name)
    }
    #expect(CodeRefusal.allCases.compactMap(\.fault) == CodeFault.allCases)
  }

  @Test("a malformed code says what is wrong with it, behind the reason")
  func fault() throws {
    let record = Record(
      at: WallTime(milliseconds: 0), isTrusted: true,
      body: .entry(
        .refused(
          AccessPointID(1)!, reason: .malformed, fault: .notBase45, member: nil,
          .code(CodeDigest(high: 0, low: 0)))))
    #expect(
      String(decoding: record.json, as: UTF8.self)
        == #"{\#(Self.at),"kind":"entry-refused","ap":1,"reason":"malformed","#
        + #""fault":"not-base45","code":"\#(Self.code)"}"#)
    #expect(try Record(json: record.json) == record)
  }
}
