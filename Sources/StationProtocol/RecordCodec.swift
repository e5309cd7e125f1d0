// A record as one JSON object, written and read by hand: strict, and without reflection.
import JSON
import Time

extension Record {
  /// What the `kind` member says.
  package enum Kind: String, CaseIterable, Sendable {
    case started
    case entryGranted = "entry-granted"
    case entryRefused = "entry-refused"
    case refusalsCounted = "refusals-counted"
    case messagesRefused = "messages-refused"
    case doorOpened = "door-opened"
    case doorClosed = "door-closed"
    case doorLocked = "door-locked"
    case exitRequested = "exit-requested"
    case modeChanged = "mode-changed"
    case passage
    case passagesRefused = "passages-refused"
    case occupancyCorrected = "occupancy-corrected"
    case occupancyDay = "occupancy-day"
    case relaySwitched = "relay-switched"
    case measured
    case exchangeIntended = "exchange-intended"
    case exchangeDispensing = "exchange-dispensing"
    case exchangeEnded = "exchange-ended"
    case exchangeRefused = "exchange-refused"
    case exchangeRefusalsCounted = "exchange-refusals-counted"
    case slotCounted = "slot-counted"
    case slotQuarantined = "slot-quarantined"
    case slotReleased = "slot-released"
    case alarmRaised = "alarm-raised"
    case alarmCleared = "alarm-cleared"
    case clockStepped = "clock-stepped"
    case gap
    case unreadable

    /// Whether it tells of an event. Measurements come by the minute and are kept for themselves,
    /// or nobody would find an event among them.
    package var isEvent: Bool { self != .measured }
  }

  package var kind: Kind {
    switch body {
    case .started: .started
    case .entryGranted: .entryGranted
    case .entryRefused: .entryRefused
    case .refusalsCounted: .refusalsCounted
    case .messagesRefused: .messagesRefused
    case .doorOpened: .doorOpened
    case .doorClosed: .doorClosed
    case .doorLocked: .doorLocked
    case .exitRequested: .exitRequested
    case .modeChanged: .modeChanged
    case .passage: .passage
    case .passagesRefused: .passagesRefused
    case .occupancyCorrected: .occupancyCorrected
    case .occupancyDay: .occupancyDay
    case .relaySwitched: .relaySwitched
    case .measured: .measured
    case .exchangeIntended: .exchangeIntended
    case .exchangeDispensing: .exchangeDispensing
    case .exchangeEnded: .exchangeEnded
    case .exchangeRefused: .exchangeRefused
    case .exchangeRefusalsCounted: .exchangeRefusalsCounted
    case .slotCounted: .slotCounted
    case .slotQuarantined: .slotQuarantined
    case .slotReleased: .slotReleased
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
    if let surplus = fields.surplus { throw reader.error(.unknownMember(surplus.name)) }
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
    case .entryGranted(let point, let member, let credential, let note):
      field("ap", point.number)
      field("member", member.text)
      self.members(of: credential)
      if let note { field("note", note.rawValue) }
    case .entryRefused(let point, let reason, let fault, let member, let credential):
      field("ap", point.number)
      field("reason", reason.rawValue)
      if let fault { field("fault", fault.rawValue) }
      if let member { field("member", member.text) }
      self.members(of: credential)
    case .refusalsCounted(let point, let count):
      field("ap", point.number)
      field("count", count)
    case .messagesRefused(let refusal, let count):
      field("reason", refusal.rawValue)
      field("count", count)
    case .doorOpened(let point, let cause):
      field("ap", point.number)
      field("cause", cause.rawValue)
    case .doorLocked(let point, let cause):
      field("ap", point.number)
      field("cause", cause.rawValue)
    case .doorClosed(let point), .exitRequested(let point):
      field("ap", point.number)
    case .modeChanged(let point, let mode, let cause):
      field("ap", point.number)
      field("mode", mode.rawValue)
      field("cause", cause.rawValue)
    case .passage, .passagesRefused, .occupancyCorrected, .occupancyDay, .relaySwitched, .measured:
      roomMembers(of: record.body)
    case .exchangeIntended, .exchangeDispensing, .exchangeEnded, .exchangeRefused,
      .exchangeRefusalsCounted, .slotCounted, .slotQuarantined, .slotReleased:
      machineMembers(of: record.body)
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

  /// What is said of the people inside, and of what is switched for them.
  private mutating func roomMembers(of body: Record.Body) {
    switch body {
    case .passage(let point, let passage, let inside, let isTailgate):
      field("ap", point.number)
      field("direction", passage.rawValue)
      field("inside", inside)
      if isTailgate { field("tailgate", true) }
    case .passagesRefused(let point, let count):
      field("ap", point.number)
      field("count", count)
    case .occupancyCorrected(let by, let cause, let inside):
      field("by", by)
      field("cause", cause.rawValue)
      field("inside", inside)
    case .occupancyDay(let day):
      key("day")
      object { $0.members(of: day) }
    case .relaySwitched(let relay, let isOn, let cause):
      field("relay", relay.rawValue)
      field("on", isOn)
      field("cause", cause.rawValue)
    case .measured(let measurement): members(of: measurement)
    default: break
    }
  }

  /// A code, which almost every record of an entry speaks of, goes without saying.
  fileprivate mutating func members(of credential: Credential) {
    if credential.kind != .code { field("with", credential.kind.rawValue) }
    if let digest = credential.digest { field("code", digest) }
  }
}

/// A member that records of some kinds have and others must not, in alphabetical order.
enum RecordMember: UInt8, CaseIterable {
  case after, alarm, ap, article, bestBefore, boot, by, cause, code, count, day, direction
  case exchange, fault, from, inside, member, mode, note, on, outcome, price, reason, relay
  case seconds, serial, slot, stock, tailgate, to, values, version, with

  var name: String { String(describing: self) }
}

/// A set of members in one word: the record codec is the one decoder through which everything
/// passes that a fleet says, and a hash table for each record would cost more than the rest.
struct RecordMembers {
  private var bits: UInt64 = 0

  var first: RecordMember? {
    bits == 0 ? nil : RecordMember(rawValue: UInt8(bits.trailingZeroBitCount))
  }
  mutating func insert(_ member: RecordMember) { bits |= 1 << UInt64(member.rawValue) }
  mutating func remove(_ member: RecordMember) { bits &= ~(1 << UInt64(member.rawValue)) }
}

/// Every member that a record of any kind may have. Those that its kind does not use must be
/// absent, so each is noted as it comes and struck off as it is used.
struct RecordFields {
  var at: WallTime?
  var trusted: Bool?
  var kind: Record.Kind?
  private var point: AccessPointID?
  var member: MemberID?
  var code: CodeDigest?
  var exchange: ExchangeID?
  var article: ArticleID?
  var slot: SlotID?
  var price: Points?
  var outcome: ExchangeOutcome.Kind?
  private var after: String?
  private var alarm: String?
  var cause: String?
  private var day: OccupancyDay?
  private var direction: String?
  var fault: String?
  private var mode: String?
  private var note: String?
  private var on: Bool?
  var reason: String?
  private var relay: String?
  private var seconds: Int64?
  private var tailgate: Bool?
  private var values: [MeasuredValue]?
  private var version: String?
  var bestBefore: Int64?
  private var boot: Int64?
  private var by: Int64?
  var count: Int64?
  private var from: Int64?
  private var inside: Int64?
  var serial: Int64?
  var stock: Int64?
  private var to: Int64?
  private var with: Credential.Kind?
  var untaken = RecordMembers()

  /// A member that came and that the record's kind does not have.
  var surplus: RecordMember? { untaken.first }

  mutating func take(_ key: JSONKey, _ reader: inout JSONReader) throws(JSONError) {
    switch key {
    case "at": try reader.read(&at, key, integer: { WallTime(milliseconds: $0) })
    case "trusted":
      try reader.read(&trusted, key) { (reader) throws(JSONError) in try reader.bool() }
    case "kind": try reader.read(&kind, key, text: Record.Kind.init(rawValue:))
    case "ap":
      try reader.read(&point, key, integer: { AccessPointID(Int($0)) })
      untaken.insert(.ap)
    case "member":
      try reader.read(&member, key, text: { MemberID($0) })
      untaken.insert(.member)
    case "code":
      try reader.read(&code, key, utf8: { CodeDigest(utf8: $0) })
      untaken.insert(.code)
    case "after": try Self.text(&after, .after, &untaken, key, &reader)
    case "alarm": try Self.text(&alarm, .alarm, &untaken, key, &reader)
    case "cause": try Self.text(&cause, .cause, &untaken, key, &reader)
    case "day":
      try reader.read(&day, key) { (reader) throws(JSONError) in try OccupancyDay(from: &reader) }
      untaken.insert(.day)
    case "direction": try Self.text(&direction, .direction, &untaken, key, &reader)
    case "fault": try Self.text(&fault, .fault, &untaken, key, &reader)
    case "mode": try Self.text(&mode, .mode, &untaken, key, &reader)
    case "note": try Self.text(&note, .note, &untaken, key, &reader)
    case "on": try Self.flag(&on, .on, &untaken, key, &reader)
    case "reason": try Self.text(&reason, .reason, &untaken, key, &reader)
    case "relay": try Self.text(&relay, .relay, &untaken, key, &reader)
    case "seconds": try Self.number(&seconds, .seconds, &untaken, key, &reader)
    case "tailgate": try Self.flag(&tailgate, .tailgate, &untaken, key, &reader)
    case "values":
      try reader.read(&values, key) { (reader) throws(JSONError) in
        try Measurement.values(from: &reader)
      }
      untaken.insert(.values)
    case "version": try Self.text(&version, .version, &untaken, key, &reader)
    case "article", "exchange", "outcome", "price", "slot":
      try takeOfMachine(key, &reader)
    case "bestBefore": try Self.number(&bestBefore, .bestBefore, &untaken, key, &reader)
    case "boot": try Self.number(&boot, .boot, &untaken, key, &reader)
    case "by": try Self.number(&by, .by, &untaken, key, &reader)
    case "count": try Self.number(&count, .count, &untaken, key, &reader)
    case "from": try Self.number(&from, .from, &untaken, key, &reader)
    case "inside": try Self.number(&inside, .inside, &untaken, key, &reader)
    case "serial": try Self.number(&serial, .serial, &untaken, key, &reader)
    case "stock": try Self.number(&stock, .stock, &untaken, key, &reader)
    case "to": try Self.number(&to, .to, &untaken, key, &reader)
    case "with":
      try reader.read(&with, key, text: Credential.Kind.init(rawValue:))
      untaken.insert(.with)
    default: throw reader.unknown(key)
    }
  }

  private static func text(
    _ slot: inout String?, _ member: RecordMember, _ untaken: inout RecordMembers,
    _ key: JSONKey, _ reader: inout JSONReader
  ) throws(JSONError) {
    try reader.read(&slot, key, text: { $0 })
    untaken.insert(member)
  }

  private static func number(
    _ slot: inout Int64?, _ member: RecordMember, _ untaken: inout RecordMembers,
    _ key: JSONKey, _ reader: inout JSONReader
  ) throws(JSONError) {
    try reader.read(&slot, key, integer: { $0 })
    untaken.insert(member)
  }

  private static func flag(
    _ slot: inout Bool?, _ member: RecordMember, _ untaken: inout RecordMembers,
    _ key: JSONKey, _ reader: inout JSONReader
  ) throws(JSONError) {
    try reader.read(&slot, key) { (reader) throws(JSONError) in try reader.bool() }
    untaken.insert(member)
  }

  mutating func body(_ reader: JSONReader) throws(JSONError) -> Record.Body {
    switch try reader.require(kind, "kind") {
    case .started:
      .started(
        boot: try count(.boot, boot, reader), after: try word(.after, after, reader),
        version: try use(.version, version, reader))
    case .entryGranted:
      .entryGranted(
        try accessPoint(reader), member: try use(.member, member, reader),
        try credential(reader), note: try optionalWord(.note, note, reader))
    case .entryRefused: try refusal(reader)
    case .refusalsCounted:
      .refusalsCounted(
        try accessPoint(reader),
        count: try count(.count, count, reader, 0...Record.mostRefusals))
    case .messagesRefused:
      .messagesRefused(
        try word(.reason, reason, reader),
        count: try count(.count, count, reader, 1...Record.mostRefusals))
    case .doorOpened:
      .doorOpened(try accessPoint(reader), cause: try word(.cause, cause, reader))
    case .doorClosed: .doorClosed(try accessPoint(reader))
    case .doorLocked:
      .doorLocked(try accessPoint(reader), cause: try word(.cause, cause, reader))
    case .exitRequested: .exitRequested(try accessPoint(reader))
    case .modeChanged:
      .modeChanged(
        try accessPoint(reader), try word(.mode, mode, reader),
        cause: try word(.cause, cause, reader))
    case .passage: try passage(reader)
    case .passagesRefused:
      .passagesRefused(
        try accessPoint(reader),
        count: try count(.count, count, reader, 1...Record.mostRefusals))
    case .occupancyCorrected:
      .occupancyCorrected(
        by: try use(.by, by, reader), cause: try word(.cause, cause, reader),
        inside: try count(.inside, inside, reader))
    case .occupancyDay: .occupancyDay(try use(.day, day, reader))
    case .relaySwitched:
      .relaySwitched(
        try word(.relay, relay, reader), isOn: try use(.on, on, reader),
        cause: try word(.cause, cause, reader))
    case .measured:
      .measured(
        Measurement(
          seconds: try count(.seconds, seconds, reader, 1...Measurement.longest),
          values: try use(.values, values, reader)))
    case .exchangeIntended, .exchangeDispensing, .exchangeEnded, .exchangeRefused,
      .exchangeRefusalsCounted, .slotCounted, .slotQuarantined, .slotReleased:
      try machineBody(reader)
    case .alarmRaised: .alarmRaised(try word(.alarm, alarm, reader), optional(.ap, point))
    case .alarmCleared: .alarmCleared(try word(.alarm, alarm, reader), optional(.ap, point))
    case .clockStepped: .clockStepped(milliseconds: try use(.by, by, reader))
    case .gap: try gap(reader)
    case .unreadable: .unreadable
    }
  }

  /// A malformed code has a fault, and no other one has.
  private mutating func refusal(_ reader: JSONReader) throws(JSONError) -> Record.Body {
    let point = try accessPoint(reader)
    let denial: Denial = try word(.reason, reason, reader)
    return .entryRefused(
      point, reason: denial,
      fault: denial == .malformed ? try word(.fault, fault, reader) as CodeFault : nil,
      member: optional(.member, member), try credential(reader))
  }

  /// A code has a digest and a card has one; a PIN must not.
  private mutating func credential(_ reader: JSONReader) throws(JSONError) -> Credential {
    let kind = optional(.with, with)
    // What nobody writes is not read either: a code goes without saying.
    guard kind != .code else { throw reader.error(.invalidMember("with")) }
    let digest = kind == .pin ? nil : try use(.code, code, reader)
    guard let credential = Credential(kind ?? .code, digest) else {
      throw reader.error(.missingMember("code"))
    }
    return credential
  }

  /// A tailgate is only told where there is one, and only of somebody who came in.
  private mutating func passage(_ reader: JSONReader) throws(JSONError) -> Record.Body {
    let point = try accessPoint(reader)
    let passage: Passage = try word(.direction, direction, reader)
    let flag = optional(.tailgate, tailgate)
    guard flag == nil || (flag == true && passage == .inward) else {
      throw reader.error(.invalidMember("tailgate"))
    }
    return .passage(
      point, passage, inside: try count(.inside, inside, reader), isTailgate: flag == true)
  }

  private mutating func gap(_ reader: JSONReader) throws(JSONError) -> Record.Body {
    let from = try count(.from, from, reader)
    let to = try count(.to, to, reader)
    guard from >= 1, to >= from else { throw reader.error(.invalidMember("to")) }
    return .gap(
      from: UInt64(from), to: UInt64(to), reason: try word(.reason, reason, reader))
  }

  mutating func use<Value>(
    _ member: RecordMember, _ value: Value?, _ reader: JSONReader
  ) throws(JSONError) -> Value {
    untaken.remove(member)
    guard let value else { throw reader.error(.missingMember(member.name)) }
    return value
  }

  mutating func optional<Value>(_ member: RecordMember, _ value: Value?) -> Value? {
    untaken.remove(member)
    return value
  }

  private mutating func accessPoint(_ reader: JSONReader) throws(JSONError) -> AccessPointID {
    try use(.ap, point, reader)
  }

  mutating func count(
    _ member: RecordMember, _ value: Int64?, _ reader: JSONReader,
    _ range: ClosedRange<Int64> = 0...(.max)
  ) throws(JSONError) -> Int64 {
    let number = try use(member, value, reader)
    guard range.contains(number) else { throw reader.error(.invalidMember(member.name)) }
    return number
  }

  private mutating func optionalWord<Word: RawRepresentable<String>>(
    _ member: RecordMember, _ text: String?, _ reader: JSONReader
  ) throws(JSONError) -> Word? {
    text == nil ? nil : try word(member, text, reader) as Word
  }

  /// A word of a closed list.
  mutating func word<Word: RawRepresentable<String>>(
    _ member: RecordMember, _ text: String?, _ reader: JSONReader
  ) throws(JSONError) -> Word {
    guard let word = Word(rawValue: try use(member, text, reader)) else {
      throw reader.error(.invalidMember(member.name))
    }
    return word
  }
}
