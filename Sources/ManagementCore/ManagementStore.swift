// What the management service keeps, whichever engine keeps it.
import JSON
import StationProtocol
import Time

/// The durable side of the service. What a person changes is written down with the name of the
/// actor in the same transaction. Each method is one transaction: it happens whole or not at
/// all. Engines: `MemoryStore` here, SQLite in the shell; one contract suite runs on every one.
package protocol ManagementStore: LedgerStore {
  /// Stores what stations sent, in order. An item that is there already changes nothing.
  /// - Returns: an outcome for each item, in order.
  func store(_ items: [InboundItem], at now: Now) throws(StoreFailure) -> [StoreOutcome]

  /// Stored events with ids above `id`, oldest first.
  func events(after id: Int64, limit: Int) throws(StoreFailure) -> [StoredEvent]
  /// Stored events, newest first, with ids below `before` where it is given.
  func events(matching filter: EventFilter, limit: Int) throws(StoreFailure) -> [StoredEvent]
  /// The id of the newest event; 0 where there is none.
  func lastEventID() throws(StoreFailure) -> Int64

  /// What is known of every station that ever spoke or was named, sorted by id.
  func stations() throws(StoreFailure) -> [StationRegistration]
  /// Names a station, known or not.
  func name(
    _ station: StationID, _ names: StationNames, by actor: String, at now: Now
  ) throws(StoreFailure)
  /// Takes a station out of use, or back into it; nothing of what was stored of it changes.
  /// - Returns: false where no such station is known.
  func retire(
    _ station: StationID, _ isRetired: Bool, reason: String, by actor: String, at now: Now
  ) throws(StoreFailure) -> Bool
  /// What a station's sensors measured in these hours since 1970-01-01 UTC, sorted; of nothing
  /// but what was stored.
  func measured(
    of station: StationID, hours: Range<Int64>
  ) throws(StoreFailure) -> [MeasuredHour]
  /// The zone in which a station's days are counted from now on, whatever it says of itself.
  /// - Parameter zone: nil takes what the station says.
  func setZone(
    _ zone: ZoneName?, of station: StationID, by actor: String, at now: Now
  ) throws(StoreFailure)
  /// The counts of a day, by station; each counts its own days.
  func counts(onDay day: Int) throws(StoreFailure) -> [StationID: DayCounts]

  /// - Returns: false where the member is enrolled already.
  func enrol(_ member: Member, by actor: String) throws(StoreFailure) -> Bool
  func member(_ id: MemberID) throws(StoreFailure) -> Member?
  /// Members with ids above `id`, sorted.
  func members(after id: MemberID?, limit: Int) throws(StoreFailure) -> [Member]
  /// - Returns: false where there is no such member.
  func setStatus(
    _ status: Member.Status, of id: MemberID, by actor: String, at now: Now
  ) throws(StoreFailure) -> Bool

  /// Writes down what was done elsewhere, such as a code that was issued.
  func note(_ entry: AuditEntry) throws(StoreFailure)
  /// Who did what, newest first, with ids below `before` where it is given.
  /// - Parameter member: of this member alone; of everything where it is nil.
  func audit(
    of member: MemberID?, before: Int64?, limit: Int
  ) throws(StoreFailure) -> [AuditEntry]

  /// What could not be read, newest first, with ids below `before` where it is given.
  func quarantine(before: Int64?, limit: Int) throws(StoreFailure) -> [Quarantined]
  /// The same, oldest first, with ids above `after`.
  func quarantine(after id: Int64, limit: Int) throws(StoreFailure) -> [Quarantined]
}

extension ManagementStore {
  /// The counts of the day that it is now at each station's place.
  package func countsOfToday(at now: Now) throws(StoreFailure) -> [StationID: DayCounts] {
    var counts: [StationID: DayCounts] = [:]
    var days: [Int: [StationID: DayCounts]] = [:]
    for station in try stations() {
      let day = (station.zone ?? now.rules).localDay(of: now.wall)
      if days[day] == nil { days[day] = try self.counts(onDay: day) }
      counts[station.id] = days[day]?[station.id]
    }
    return counts
  }
}

/// A store that did not do what it was asked. Nothing of the transaction has happened.
package struct StoreFailure: Error, Equatable, Sendable, CustomStringConvertible {
  package let description: String

  /// - Parameter description: the engine's own words, without any stored value.
  package init(_ description: String) { self.description = description }
}

/// Something that a station sent and that must be kept.
package enum InboundItem: Equatable, Sendable {
  case batch(InboundBatch)
  /// A station says from which number on it still has records, and which is the last; nil where it
  /// has none.
  case floor(StationID, StreamID, floor: UInt64, ceiling: UInt64? = nil)
  /// A station says by which zone its days go.
  case zone(StationID, ZoneName)
  /// A payload that could not be taken apart at all.
  case malformed(StationID, payload: [UInt8], reason: String)
  /// A record that lies in quarantine and can be read now.
  case again(InboundAgain)
  /// A question, which is answered by what is stored at its turn, and what its code proves.
  case request(StationID, StationRequest, CodeProof)

  package var request: PendingRequest? {
    guard case .request(let station, let request, _) = self else { return nil }
    return PendingRequest(station: station, id: request.id)
  }

  /// How many records it brings; 1 for what is no batch.
  package var recordCount: Int {
    if case .batch(let batch) = self { batch.contents.count } else { 1 }
  }

  package var station: StationID {
    switch self {
    case .batch(let batch): batch.station
    case .again(let again): again.station
    case .floor(let station, _, _, _), .malformed(let station, _, _),
      .request(let station, _, _), .zone(let station, _):
      station
    }
  }

  /// Bytes of what the station said, for bounds on what waits.
  package var size: Int {
    switch self {
    case .batch(let batch): batch.contents.reduce(0) { $0 + $1.json.count }
    case .again(let again): again.json.count
    case .floor, .request, .zone: 0
    case .malformed(_, let payload, _): payload.count
    }
  }
}

/// Records of one stream with consecutive numbers.
package struct InboundBatch: Equatable, Sendable {
  package var station: StationID
  package var stream: StreamID
  package var first: UInt64
  package var contents: [Content]
  /// Ends of exchanges that a store of before had acknowledged. They stand for themselves, and say
  /// nothing of the numbers before them.
  package var isKept: Bool

  /// How many of its records tell how an exchange ended.
  var endCount: Int {
    contents.count {
      if case .record(let record, _) = $0 { record.kind == .exchange(.ended) } else { false }
    }
  }

  package enum Content: Equatable, Sendable {
    case record(Record, json: [UInt8])
    /// JSON that is no record this version knows: kept as it is, in quarantine.
    case unreadable(json: [UInt8], reason: String)
    /// The same beyond what is kept of one station: its number is taken, its text is not.
    case passedOver

    package var json: [UInt8] {
      switch self {
      case .record(_, let json), .unreadable(let json, _): json
      case .passedOver: []
      }
    }
  }

  package init(
    station: StationID, stream: StreamID, first: UInt64, contents: [Content], isKept: Bool = false
  ) {
    self.station = station
    self.stream = stream
    self.first = first
    self.contents = contents
    self.isKept = isKept
  }

  package var numbers: ClosedRange<UInt64> { first...first + UInt64(contents.count) - 1 }
}

/// A record that an earlier version could not read, with the place that was kept for it.
package struct InboundAgain: Equatable, Sendable {
  /// Its row in quarantine, which it leaves when it is stored.
  package var id: Int64
  package var station: StationID
  package var stream: StreamID
  package var seq: UInt64
  /// When it came.
  package var received: WallTime
  package var record: Record
  package var json: [UInt8]

  /// - Returns: nil where the row is no record, or must stay where it is: another record has its
  ///   place, or it was no end of an exchange among ends that a station had kept.
  package init?(_ row: Quarantined) {
    guard let stream = row.stream, let seq = row.seq,
      row.reason != StoreReasons.conflict, row.reason != StoreReasons.notKept,
      let record = try? Record(json: row.raw)
    else { return nil }
    id = row.id
    station = row.station
    self.stream = stream
    self.seq = seq
    received = row.received
    self.record = record
    json = record.text(of: row.raw)
  }

  /// The moment at which it came, by which its day is found where its own clock is not believed.
  package func came(_ now: Now) -> Now {
    var then = now
    then.wall = received
    return then
  }
}

/// What became of an item.
package struct StoreOutcome: Equatable, Sendable {
  package var station: StationID
  /// nil for what belongs to no stream.
  package var stream: StreamID?
  /// The end of the prefix of the stream that is stored without a hole.
  package var upto: UInt64
  /// The numbers of the batch that it was; nil for what is none, and for kept ends.
  package var numbers: ClosedRange<UInt64>?
  /// Numbers that will never come, by records of this batch.
  package var gaps: [ClosedRange<UInt64>] = []
  /// The last number of the kept ends that it was.
  package var kept: UInt64?
  /// The row of quarantine that was read again; nil for every other item.
  package var again: Int64?
  /// The first number of them that meant another record before.
  package var conflict: UInt64?
  /// Why something that the station says of its stream was passed over.
  package var disbelieved: [String] = []
  /// Events that are new, in the order of their ids.
  package var events: [StoredEvent]
  /// Why something went into quarantine, once for each.
  package var quarantined: [String]
  /// By which the station's days go from now on; nil where nothing was said of it.
  package var zone: Zone?
  /// The answer to a question; nil for everything else.
  package var answer: Answer?
  /// The member codes by which somebody came in or wanted something.
  package private(set) var codes: [CodeDigest] = []
  /// What a record of this item told the ledger and does not fit.
  package var discrepancies: [Discrepancy] = []
  /// What the station's new records add to the counts of each local day.
  package private(set) var added: [Int: DayCounts] = [:]
  /// What the last of the station's new records says of its clock; nil where there is none.
  package private(set) var isClockTrusted: Bool?

  /// Whether the outcome tells of a stream, a zone, a clock or a count, as that of an answer does
  /// not.
  var saysSomething: Bool {
    stream != nil || zone != nil || isClockTrusted != nil || !added.isEmpty
  }

  package struct Answer: Equatable, Sendable {
    package var reply: StationReply
    package var finding: LedgerAnswer.Finding?

    package init(id: RequestID, _ answer: LedgerAnswer) {
      reply = StationReply(id, answer.reply)
      finding = answer.finding
    }
  }

  package init(
    station: StationID, stream: StreamID?, upto: UInt64 = 0, events: [StoredEvent] = [],
    quarantined: [String] = []
  ) {
    self.station = station
    self.stream = stream
    self.upto = upto
    self.events = events
    self.quarantined = quarantined
  }

  /// A record of the station was stored, as this event; nil for a measurement, which is none.
  /// - Parameter zone: of the station's place.
  package mutating func add(
    _ record: Record, _ event: StoredEvent?, received now: Now, in zone: Zone
  ) {
    if let event { events.append(event) }
    // A record that is read again was said long ago.
    if again == nil { isClockTrusted = record.isTrusted }
    switch record.body {
    case .entry(.granted(_, _, .code(let code), _)), .exchange(.intended(_, let code)):
      codes.append(code)
    default: break
    }
    let counts = DayCounts(of: record)
    guard !counts.isZero else { return }
    added[DayCounts.day(of: record, received: now, in: zone), default: DayCounts()] += counts
  }
}

/// How long measurements are kept as they came; their hours are kept for good. A record that
/// comes again later than that is not held against the first one.
package enum MinuteRetention {
  package static let period: Duration = .seconds(35 * 86_400)
}

/// A record as it is stored and shown. Its id grows with every commit and is the event stream's.
package struct StoredEvent: Equatable, Sendable {
  package var id: Int64
  package var station: StationID
  package var stream: StreamID
  /// nil for what the service itself wrote into the stream.
  package var seq: UInt64?
  package var received: WallTime
  package var kind: Record.Kind
  /// The record's JSON as the station wrote it.
  package var json: [UInt8]

  package init(
    id: Int64, station: StationID, stream: StreamID, seq: UInt64?, received: WallTime,
    kind: Record.Kind, json: [UInt8]
  ) {
    self.id = id
    self.station = station
    self.stream = stream
    self.seq = seq
    self.received = received
    self.kind = kind
    self.json = json
  }

  package func write(to writer: inout JSONWriter) {
    writer.object {
      $0.field("id", id)
      $0.field("station", station)
      $0.field("stream", stream)
      $0.key("seq")
      if let seq { $0.value(seq) } else { $0.null() }
      $0.field("received", received.milliseconds)
      $0.key("record")
      $0.raw(json)
    }
  }
}

/// Which events are asked for.
package struct EventFilter: Equatable, Sendable {
  package var station: StationID?
  package var kind: Record.Kind?
  package var before: Int64?

  package init(station: StationID? = nil, kind: Record.Kind? = nil, before: Int64? = nil) {
    self.station = station
    self.kind = kind
    self.before = before
  }
}

/// Something that could not be understood, kept for a maintainer.
package struct Quarantined: Equatable, Sendable {
  package var id: Int64
  package var station: StationID
  package var stream: StreamID?
  package var seq: UInt64?
  package var received: WallTime
  package var reason: String
  package var raw: [UInt8]

  /// How many are read again at a time.
  package static let page = 64

  /// The most payloads without a place in a stream that are kept for a station; a station that
  /// repeats one for ever must not fill the disk.
  package static let mostMalformed = 100

  package init(
    id: Int64, station: StationID, stream: StreamID?, seq: UInt64?, received: WallTime,
    reason: String, raw: [UInt8]
  ) {
    self.id = id
    self.station = station
    self.stream = stream
    self.seq = seq
    self.received = received
    self.reason = reason
    self.raw = raw
  }
}

/// A station as the service knows it.
package struct StationRegistration: Equatable, Sendable {
  package var id: StationID
  package var names: StationNames
  /// nil while it is in use.
  package var retirement: Retirement?
  /// By which its days are counted: as set, or as the station says; nil where nobody has said it.
  package var zone: Zone?

  package init(
    id: StationID, names: StationNames, retirement: Retirement? = nil, zone: Zone? = nil
  ) {
    self.id = id
    self.names = names
    self.retirement = retirement
    self.zone = zone
  }
}

/// Who took a station out of use, when and why. Its history stays.
package struct Retirement: Equatable, Sendable {
  /// In Unicode scalars, of a reason.
  package static let longestReason = 200

  package var actor: String
  package var at: WallTime
  package var reason: String

  package init(actor: String, at: WallTime, reason: String) {
    self.actor = actor
    self.at = at
    self.reason = reason
  }
}

/// What people call a station; its id where nobody has named it.
package struct StationNames: Equatable, Sendable {
  /// In Unicode scalars, of each.
  package static let mostCharacters = 120

  package var english: String
  package var chinese: String

  package init(english: String, chinese: String) {
    self.english = english
    self.chinese = chinese
  }

  package init(_ station: StationID) { self.init(english: station.text, chinese: station.text) }
}

/// A member of the union, by pseudonym.
package struct Member: Equatable, Sendable {
  package var id: MemberID
  /// For the people who manage members; never a name or a number that stations would see.
  package var label: String?
  package var status: Status
  package var enrolled: WallTime

  package enum Status: String, CaseIterable, Sendable {
    case active
    /// Gets no codes.
    case suspended
  }

  package init(id: MemberID, label: String?, status: Status = .active, enrolled: WallTime) {
    self.id = id
    self.label = label
    self.status = status
    self.enrolled = enrolled
  }

  package func write(to writer: inout JSONWriter) {
    writer.object {
      $0.field("id", id)
      $0.key("label")
      if let label { $0.value(label) } else { $0.null() }
      $0.field("status", status.rawValue)
      $0.field("enrolled", enrolled.milliseconds)
    }
  }
}
