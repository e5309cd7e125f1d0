// How much bad input has come, from where and of what kind, for the people who run the service.
import StationProtocol
import Time

/// Counters of everything that was refused since the service started. They are bounded: whoever
/// sends garbage under ever new names fills no memory, and is counted all the same.
package struct RefusedInput: Equatable, Sendable {
  /// The most counters at a time.
  package static let mostEntries = 1000
  /// Bytes of a reason that are kept; it may repeat what came from outside.
  static let longestReason = 200

  /// The kind of refusal. Some names stand for statuses of RFC 9110.
  package enum Kind: String, CaseIterable, Sendable {
    // From the broker.
    /// On a topic that no part of this product uses.
    case unknownTopic = "unknown-topic"
    /// Records that the broker had kept; nobody may send those.
    case retainedRecords = "retained-records"
    /// Anything else that the broker had kept where nothing is kept; it was cleared.
    case retainedElsewhere = "retained-elsewhere"
    /// A payload that is not what its topic asks for; it lies in quarantine.
    case unreadableMessage = "unreadable-message"
    /// A message above the size that the service takes.
    case oversizedMessage = "oversized-message"
    /// A record that this version does not know, or that differs from one already stored; it lies
    /// in quarantine and is acknowledged.
    case quarantinedRecord = "quarantined-record"
    /// The store was behind; nothing was acknowledged, so the station sends it again.
    case notStored = "not-stored"
    /// More questions of one station than may wait at a time; they were not answered.
    case requestFlood = "request-flood"
    /// What a station says of its records or sessions cannot be; it was passed over.
    case implausibleClaim = "implausible-claim"
    /// More than a station may send: it waits at the station, or its text was not kept.
    case overShare = "over-share"
    /// Sessions of two machines under one station's name.
    case sharedName = "shared-name"
    /// A question or a record about an exchange that is not the station's own.
    case foreignExchange = "foreign-exchange"
    /// A question with a member code that the service does not accept.
    case unprovenCode = "unproven-code"
    /// A certificate, or a wish for one, that the service does not accept.
    case unprovenIdentity = "unproven-identity"
    /// A member code that was shown at two stations.
    case sharedCode = "shared-code"
    /// More exchanges, points or new members in an hour than one station may have.
    case stationOverLimit = "station-over-limit"
    /// A record about an exchange that does not fit the ledger; it is listed there.
    case discrepancy
    // From browsers and other clients.
    case badRequest = "bad-request"
    case unauthorized
    case forbidden
    case notFound = "not-found"
    case methodNotAllowed = "method-not-allowed"
    case timedOut = "timed-out"
    case tooLarge = "too-large"
    case addressTooLong = "address-too-long"
    case tooManyRequests = "too-many-requests"
    case headerTooLarge = "header-too-large"
    case notImplemented = "not-implemented"
    /// A connection beyond what the service or one address may have.
    case tooManyConnections = "too-many-connections"
    /// A connection that gave way to a new one before it had brought a whole request.
    case gaveWay = "gave-way"
    /// A reader that did not take its answer.
    case slowReader = "slow-reader"

    package var source: Source {
      switch self {
      case .unknownTopic, .retainedRecords, .retainedElsewhere, .unreadableMessage,
        .oversizedMessage, .quarantinedRecord, .notStored, .requestFlood, .implausibleClaim,
        .overShare, .sharedName, .foreignExchange, .unprovenCode, .unprovenIdentity, .sharedCode,
        .stationOverLimit, .discrepancy:
        .mqtt
      case .badRequest, .unauthorized, .forbidden, .notFound, .methodNotAllowed, .timedOut,
        .tooLarge, .addressTooLong, .tooManyRequests, .headerTooLarge, .notImplemented,
        .tooManyConnections, .gaveWay, .slowReader:
        .http
      }
    }
  }

  package enum Source: String, CaseIterable, Sendable, Comparable {
    case http
    case mqtt

    package static func < (one: Source, other: Source) -> Bool { one.rawValue < other.rawValue }
  }

  package struct Entry: Equatable, Sendable {
    package var kind: Kind
    /// nil where no station is known to be the sender, or where there are too many.
    package var station: StationID?
    package var count: Int64
    package var last: WallTime
    /// The reason of the last one.
    package var reason: String

    package init(kind: Kind, station: StationID?, count: Int64, last: WallTime, reason: String) {
      self.kind = kind
      self.station = station
      self.count = count
      self.last = last
      self.reason = reason
    }
  }

  /// When counting began.
  package private(set) var since: WallTime
  private var entries: [Key: Entry] = [:]

  private struct Key: Hashable, Sendable {
    var kind: Kind
    var station: StationID?
  }

  package init(since: WallTime = WallTime(milliseconds: 0)) { self.since = since }

  package mutating func count(
    _ kind: Kind, from station: StationID? = nil, reason: String, at time: WallTime
  ) {
    var key = Key(kind: kind, station: station)
    // Room is kept for one counter of each kind without a station: the rest goes there.
    let most = Self.mostEntries - Kind.allCases.count
    if entries[key] == nil, entries.count >= most { key.station = nil }
    let count = entries[key]?.count ?? 0
    entries[key] = Entry(
      kind: kind, station: key.station, count: count + 1, last: time,
      reason: String(decoding: reason.utf8.prefix(Self.longestReason), as: UTF8.self))
  }

  /// Sorted by source, kind and station; what no station is known for comes first.
  package var all: [Entry] {
    entries.values.sorted { Self.order($0) < Self.order($1) }
  }

  /// How much was refused in all.
  package var total: Int64 { entries.values.reduce(0) { $0 + $1.count } }

  private static func order(_ entry: Entry) -> (Source, String, String) {
    (entry.kind.source, entry.kind.rawValue, entry.station?.text ?? "")
  }
}
