// A record as one JSON object, written and read by hand: strict, and without reflection.

extension Record {
  /// What the `kind` member says.
  package enum Kind: String, CaseIterable, Sendable {
    case started
    case entryGranted = "entry-granted"
    case entryRefused = "entry-refused"
    case refusalsCounted = "refusals-counted"
    case doorOpened = "door-opened"
    case doorClosed = "door-closed"
    case doorLocked = "door-locked"
    case exitRequested = "exit-requested"
    case passage
    case alarmRaised = "alarm-raised"
    case alarmCleared = "alarm-cleared"
    case clockStepped = "clock-stepped"
    case gap
    case unreadable
  }

  package var kind: Kind {
    switch body {
    case .started: .started
    case .entryGranted: .entryGranted
    case .entryRefused: .entryRefused
    case .refusalsCounted: .refusalsCounted
    case .doorOpened: .doorOpened
    case .doorClosed: .doorClosed
    case .doorLocked: .doorLocked
    case .exitRequested: .exitRequested
    case .passage: .passage
    case .alarmRaised: .alarmRaised
    case .alarmCleared: .alarmCleared
    case .clockStepped: .clockStepped
    case .gap: .gap
    case .unreadable: .unreadable
    }
  }

  /// The record's one encoding: members in a fixed order, no white space.
  package var json: [UInt8] {
    JSONWriter.object { $0.members(of: self) }
  }

  /// - Throws: where the text is not JSON, or not a record this version knows.
  package init(json: [UInt8]) throws(JSONError) {
    self = try JSONReader.read(json) { (reader) throws(JSONError) in try Record(from: &reader) }
  }

  package init(from reader: inout JSONReader) throws(JSONError) {
    var fields = RecordFields()
    try reader.object { (reader, key) throws(JSONError) in try fields.take(key, &reader) }
    let body = try fields.body(reader)
    guard fields.untaken.isEmpty else {
      throw reader.error(.unknownMember(fields.untaken.sorted()[0]))
    }
    self.init(
      at: try reader.require(fields.at, "at"),
      isTrusted: try reader.require(fields.trusted, "trusted"), body: body)
  }
}

extension JSONWriter {
  fileprivate mutating func members(of record: Record) {
    field("at", record.at.milliseconds)
    field("trusted", record.isTrusted)
    field("kind", record.kind.rawValue)
    switch record.body {
    case .started(let boot, let ending, let version):
      field("boot", boot)
      field("after", ending.rawValue)
      field("version", version)
    case .entryGranted(let point, let member, let code):
      field("ap", point.number)
      field("member", member.text)
      field("code", code)
    case .entryRefused(let point, let reason, let member, let code):
      field("ap", point.number)
      field("reason", reason.rawValue)
      if let member { field("member", member.text) }
      field("code", code)
    case .refusalsCounted(let point, let count):
      field("ap", point.number)
      field("count", count)
    case .doorOpened(let point, let cause):
      field("ap", point.number)
      field("cause", cause.rawValue)
    case .doorLocked(let point, let cause):
      field("ap", point.number)
      field("cause", cause.rawValue)
    case .doorClosed(let point), .exitRequested(let point):
      field("ap", point.number)
    case .passage(let point, let passage, let inside):
      field("ap", point.number)
      field("direction", passage.rawValue)
      field("inside", inside)
    case .alarmRaised(let alarm, let point), .alarmCleared(let alarm, let point):
      field("alarm", alarm.rawValue)
      if let point { field("ap", point.number) }
    case .clockStepped(let milliseconds): field("by", milliseconds)
    case .gap(let from, let to, let reason):
      field("from", from)
      field("to", to)
      field("reason", reason.rawValue)
    case .unreadable: break
    }
  }
}

/// Every member that a record of any kind may have. Those that its kind does not use must be
/// absent, so each is noted as it comes and struck off as it is used.
private struct RecordFields {
  var at: WallTime?
  var trusted: Bool?
  private var kind: Record.Kind?
  private var point: AccessPointID?
  private var member: MemberID?
  private var code: CodeDigest?
  private var text: [String: String] = [:]
  private var numbers: [String: Int64] = [:]
  private(set) var untaken: Set<String> = []

  mutating func take(_ key: JSONKey, _ reader: inout JSONReader) throws(JSONError) {
    switch key {
    case "at":
      return try reader.read(&at, key, integer: { WallTime(milliseconds: $0) })
    case "trusted":
      return try reader.read(&trusted, key) { (reader) throws(JSONError) in try reader.bool() }
    case "kind": return try reader.read(&kind, key, text: Record.Kind.init(rawValue:))
    case "ap": try reader.read(&point, key, integer: { AccessPointID(Int($0)) })
    case "member": try reader.read(&member, key, text: { MemberID($0) })
    case "code": try reader.read(&code, key, text: { CodeDigest($0) })
    case "after", "version", "reason", "cause", "direction", "alarm":
      try reader.read(&text[key.name], key, text: { $0 })
    case "boot", "count", "inside", "by", "from", "to":
      try reader.read(&numbers[key.name], key, integer: { $0 })
    default: throw reader.unknown(key)
    }
    untaken.insert(key.name)
  }

  mutating func body(_ reader: JSONReader) throws(JSONError) -> Record.Body {
    switch try reader.require(kind, "kind") {
    case .started:
      .started(
        boot: try count("boot", reader), after: try word("after", reader),
        version: try string("version", reader))
    case .entryGranted:
      .entryGranted(
        try accessPoint(reader), member: try use("member", member, reader),
        code: try use("code", code, reader))
    case .entryRefused:
      .entryRefused(
        try accessPoint(reader), reason: try word("reason", reader),
        member: optional("member", member), code: try use("code", code, reader))
    case .refusalsCounted:
      .refusalsCounted(
        try accessPoint(reader), count: try count("count", reader, most: Record.mostRefusals))
    case .doorOpened: .doorOpened(try accessPoint(reader), cause: try word("cause", reader))
    case .doorClosed: .doorClosed(try accessPoint(reader))
    case .doorLocked: .doorLocked(try accessPoint(reader), cause: try word("cause", reader))
    case .exitRequested: .exitRequested(try accessPoint(reader))
    case .passage:
      .passage(
        try accessPoint(reader), try word("direction", reader),
        inside: try count("inside", reader))
    case .alarmRaised: .alarmRaised(try word("alarm", reader), optional("ap", point))
    case .alarmCleared: .alarmCleared(try word("alarm", reader), optional("ap", point))
    case .clockStepped: .clockStepped(milliseconds: try number("by", reader))
    case .gap: try gap(reader)
    case .unreadable: .unreadable
    }
  }

  private mutating func gap(_ reader: JSONReader) throws(JSONError) -> Record.Body {
    let from = try count("from", reader)
    let to = try count("to", reader)
    guard from >= 1, to >= from else { throw reader.error(.invalidMember("to")) }
    return .gap(from: UInt64(from), to: UInt64(to), reason: try word("reason", reader))
  }

  private mutating func use<Value>(
    _ name: String, _ value: Value?, _ reader: JSONReader
  ) throws(JSONError) -> Value {
    untaken.remove(name)
    return try reader.require(value, name)
  }

  private mutating func optional<Value>(_ name: String, _ value: Value?) -> Value? {
    untaken.remove(name)
    return value
  }

  private mutating func accessPoint(_ reader: JSONReader) throws(JSONError) -> AccessPointID {
    try use("ap", point, reader)
  }

  private mutating func number(_ name: String, _ reader: JSONReader) throws(JSONError) -> Int64 {
    try use(name, numbers[name], reader)
  }

  private mutating func count(
    _ name: String, _ reader: JSONReader, most: Int64 = .max
  ) throws(JSONError) -> Int64 {
    let number = try number(name, reader)
    guard (0...most).contains(number) else { throw reader.error(.invalidMember(name)) }
    return number
  }

  private mutating func string(_ name: String, _ reader: JSONReader) throws(JSONError) -> String {
    try use(name, text[name], reader)
  }

  /// A word of a closed list.
  private mutating func word<Word: RawRepresentable<String>>(
    _ name: String, _ reader: JSONReader
  ) throws(JSONError) -> Word {
    guard let word = Word(rawValue: try string(name, reader)) else {
      throw reader.error(.invalidMember(name))
    }
    return word
  }
}
