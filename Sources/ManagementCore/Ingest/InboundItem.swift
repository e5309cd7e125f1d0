// The messages of stations that must be kept.
import StationProtocol
import Time

/// The payload of a message, and the digest by which an answer names it.
package struct InboundPayload: Equatable, Sendable {
  package var bytes: [UInt8]
  package var digest: PayloadDigest

  package init(_ bytes: [UInt8], digest: PayloadDigest) {
    self.bytes = bytes
    self.digest = digest
  }
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
  case request(InboundRequest, CodeProof)

  package var request: PendingRequest? {
    guard case .request(let request, _) = self else { return nil }
    return request.pending
  }

  /// How many records it brings; 1 for what is no batch.
  package var recordCount: Int {
    if case .batch(let batch) = self { batch.contents.count } else { 1 }
  }

  package var station: StationID {
    switch self {
    case .batch(let batch): batch.station
    case .again(let again): again.station
    case .request(let request, _): request.station
    case .floor(let station, _, _, _), .malformed(let station, _, _), .zone(let station, _):
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
  /// By which an acknowledgement names it.
  package var digest: PayloadDigest

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
    station: StationID, stream: StreamID, first: UInt64, contents: [Content],
    isKept: Bool = false, digest: PayloadDigest
  ) {
    self.station = station
    self.stream = stream
    self.first = first
    self.contents = contents
    self.isKept = isKept
    self.digest = digest
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
    json = StoredEvent.text(of: row.raw)
  }

  /// The moment at which it came, by which its day is found where its own clock is not believed.
  package func came(_ now: Now) -> Now {
    var then = now
    then.wall = received
    return then
  }
}

/// A question as it came.
package struct InboundRequest: Equatable, Sendable {
  package var station: StationID
  package var request: StationRequest
  /// By which the reply names it.
  package var digest: PayloadDigest

  package init(station: StationID, _ request: StationRequest, digest: PayloadDigest) {
    self.station = station
    self.request = request
    self.digest = digest
  }

  package var pending: PendingRequest {
    PendingRequest(station: station, id: request.id, digest: digest)
  }

  package func reply(_ answer: StationReply.Answer) -> StationReply { pending.reply(answer) }
}

/// A question that waits for its answer.
package struct PendingRequest: Equatable, Sendable {
  package var station: StationID
  package var id: RequestID
  package var digest: PayloadDigest

  package func reply(_ answer: StationReply.Answer) -> StationReply {
    StationReply(id, to: digest, answer)
  }
}
