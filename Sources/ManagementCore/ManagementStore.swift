// What the management service keeps, whichever engine keeps it.
import StationProtocol

/// The durable side of the service. Each method is one transaction: it happens whole or not at
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
  func name(_ station: StationID, _ names: StationNames) throws(StoreFailure)
  /// What a station's sensors measured in these hours since 1970-01-01 UTC, sorted; of nothing
  /// but what was stored.
  func measured(
    of station: StationID, hours: Range<Int64>
  ) throws(StoreFailure) -> [MeasuredHour]
  /// The counts of a local day, by station.
  func counts(onDay day: Int) throws(StoreFailure) -> [StationID: DayCounts]

  /// - Returns: false where the member is enrolled already.
  func enrol(_ member: Member) throws(StoreFailure) -> Bool
  func member(_ id: MemberID) throws(StoreFailure) -> Member?
  /// Members with ids above `id`, sorted.
  func members(after id: MemberID?, limit: Int) throws(StoreFailure) -> [Member]
  /// - Returns: false where there is no such member.
  func setStatus(_ status: Member.Status, of id: MemberID) throws(StoreFailure) -> Bool

  /// What could not be read, newest first, with ids below `before` where it is given.
  func quarantine(before: Int64?, limit: Int) throws(StoreFailure) -> [Quarantined]
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
  /// A station says from which number on it still has records.
  case floor(StationID, StreamID, floor: UInt64)
  /// A payload that could not be taken apart at all.
  case malformed(StationID, payload: [UInt8], reason: String)
  /// A question, which is answered by what is stored at its turn.
  case request(StationID, StationRequest)

  package var request: PendingRequest? {
    guard case .request(let station, let request) = self else { return nil }
    return PendingRequest(station: station, id: request.id)
  }

  /// How many records it brings; 1 for what is no batch.
  package var recordCount: Int {
    if case .batch(let batch) = self { batch.contents.count } else { 1 }
  }

  package var station: StationID {
    switch self {
    case .batch(let batch): batch.station
    case .floor(let station, _, _), .malformed(let station, _, _), .request(let station, _):
      station
    }
  }

  /// Bytes of what the station said, for bounds on what waits.
  package var size: Int {
    switch self {
    case .batch(let batch):
      batch.contents.reduce(0) { sum, content in
        switch content {
        case .record(_, let json), .unreadable(let json, _): sum + json.count
        }
      }
    case .floor, .request: 0
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

  package enum Content: Equatable, Sendable {
    case record(Record, json: [UInt8])
    /// JSON that is no record this version knows: kept as it is, in quarantine.
    case unreadable(json: [UInt8], reason: String)
  }

  package init(station: StationID, stream: StreamID, first: UInt64, contents: [Content]) {
    self.station = station
    self.stream = stream
    self.first = first
    self.contents = contents
  }

  package var numbers: ClosedRange<UInt64> { first...first + UInt64(contents.count) - 1 }
}

/// What became of an item.
package struct StoreOutcome: Equatable, Sendable {
  package var station: StationID
  /// nil for what belongs to no stream.
  package var stream: StreamID?
  /// The end of the prefix of the stream that is stored without a hole.
  package var upto: UInt64
  /// Events that are new, in the order of their ids.
  package var events: [StoredEvent]
  /// Why something went into quarantine, once for each.
  package var quarantined: [String]
  /// The answer to a question; nil for everything else.
  package var answer: Answer?
  /// What a record of this item told the ledger and does not fit.
  package var discrepancies: [Discrepancy] = []
  /// What the station's new records add to the counts of each local day.
  package private(set) var added: [Int: DayCounts] = [:]
  /// What the last of the station's new records says of its clock; nil where there is none.
  package private(set) var isClockTrusted: Bool?

  package struct Answer: Equatable, Sendable {
    package var reply: StationReply
    /// The question was about something that is not the station's own.
    package var isForeign: Bool

    package init(id: RequestID, _ answer: LedgerAnswer) {
      reply = StationReply(id, answer.reply)
      isForeign = answer.isForeign
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
  package mutating func add(_ record: Record, _ event: StoredEvent?, received now: Now) {
    if let event { events.append(event) }
    isClockTrusted = record.isTrusted
    let counts = DayCounts(of: record)
    guard !counts.isZero else { return }
    added[DayCounts.day(of: record, received: now), default: DayCounts()] += counts
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

  package init(id: StationID, names: StationNames) {
    self.id = id
    self.names = names
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
