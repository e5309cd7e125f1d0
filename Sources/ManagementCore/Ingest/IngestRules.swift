// The rules of ingest: from the messages of a station to rows, for every engine.
import StationProtocol
import Time

extension IngestBook {
  /// Stores an item. One that is there already changes nothing.
  package mutating func take(_ item: InboundItem, at now: Now) throws(Failure) -> StoreOutcome {
    switch item {
    case .batch(let batch) where batch.isKept: return try take(kept: batch, now)
    case .batch(let batch): return try take(batch, now)
    case .floor(let station, let stream, let floor, let ceiling):
      return try raise(StreamKey(station, stream), floor, ceiling: ceiling ?? floor, now)
    case .malformed(let station, let payload, let reason):
      return try confine(payload, of: station, reason, now)
    case .again(let again): return try take(again, now)
    case .request(let request, let proof):
      let station = request.station
      try register(station)
      var outcome = StoreOutcome(station: station, stream: nil)
      outcome.answer = StoreOutcome.Answer(
        to: request,
        try ledger.answer(request.request.question, proof, from: station, at: now))
      return outcome
    case .zone(let station, let name):
      try register(station)
      var outcome = StoreOutcome(station: station, stream: nil)
      outcome.zone = try move(station, into: name)
      return outcome
    }
  }

  private mutating func take(
    _ batch: InboundBatch, _ now: Now
  ) throws(Failure) -> StoreOutcome {
    let stream = try stream(StreamKey(batch.station, batch.stream))
    var outcome = StoreOutcome(station: batch.station, stream: batch.stream)
    outcome.numbers = batch.numbers
    outcome.digest = batch.digest
    outcome.events.reserveCapacity(batch.contents.count)
    let isPossible =
      stream.reached.follows(batch.numbers)
      || stream.claims.reach(batch.numbers.upperBound, at: now.wall)
    if !isPossible { outcome.disbelieved.append(ClaimReasons.records) }
    let zone = try zone(of: batch.station) ?? now.rules
    let arrival = Arrival(
      stream: stream, source: .outbox, isPossible: isPossible, zone: zone, received: now, now: now)
    for (seq, content) in zip(batch.numbers, batch.contents) {
      switch content {
      case .record(let record, let json):
        if try !store(record, json, at: seq, arrival, &outcome) {
          try compare(json, at: seq, stream, &outcome, now)
        }
      case .unreadable(let json, let reason):
        // Where the number is taken, that is the worse fault.
        try compare(json, at: seq, stream, &outcome, now)
        try keep(json, reason, at: seq, stream, &outcome, now)
      case .passedOver: break
      }
      stream.reached.add(seq...seq)
    }
    try add(outcome.visits, of: stream)
    try add(outcome.tallies, of: stream)
    stream.claims.prove(stream.reached.upto, at: now.wall)
    outcome.upto = stream.reached.upto
    try note(stream)
    return outcome
  }

  /// A record leaves quarantine for its place, where no other one has it.
  private mutating func take(
    _ again: InboundAgain, _ now: Now
  ) throws(Failure) -> StoreOutcome {
    let stream = try stream(StreamKey(again.station, again.stream))
    var outcome = StoreOutcome(station: again.station, stream: nil)
    outcome.again = again.id
    let zone = try zone(of: again.station) ?? now.rules
    let arrival = Arrival(
      stream: stream, source: .quarantine, isPossible: true, zone: zone,
      received: again.came(now), now: now)
    guard try store(again.record, again.json, at: again.seq, arrival, &outcome) else {
      return outcome
    }
    try add(outcome.visits, of: stream)
    try add(outcome.tallies, of: stream)
    try note(stream)
    try release(again.id)
    return outcome
  }

  /// Stores ends of exchanges that a store of before had acknowledged, and this one never had or has
  /// lost.
  private mutating func take(
    kept batch: InboundBatch, _ now: Now
  ) throws(Failure) -> StoreOutcome {
    let stream = try stream(StreamKey(batch.station, batch.stream))
    var outcome = StoreOutcome(station: batch.station, stream: batch.stream)
    outcome.kept = batch.numbers.upperBound
    outcome.digest = batch.digest
    let zone = try zone(of: batch.station) ?? now.rules
    let arrival = Arrival(
      stream: stream, source: .kept, isPossible: true, zone: zone, received: now, now: now)
    for (seq, content) in zip(batch.numbers, batch.contents) {
      guard case .record(let record, let json) = content,
        case .exchange(.ended) = record.body
      else {
        if !content.json.isEmpty {
          try keep(content.json, StoreReasons.notKept, at: seq, stream, &outcome, now)
        }
        continue
      }
      if try !store(record, json, at: seq, arrival, &outcome) {
        try compare(json, at: seq, stream, &outcome, now)
      }
    }
    return outcome
  }

  /// Raises the lowest number that the station still keeps: it has no earlier record any more.
  private mutating func raise(
    _ key: StreamKey, _ floor: UInt64, ceiling: UInt64, _ now: Now
  ) throws(Failure) -> StoreOutcome {
    let stream = try stream(key)
    try setCurrentStream(key.stream, of: key.station)
    var outcome = StoreOutcome(station: key.station, stream: key.stream)
    if stream.claims.reach(ceiling, at: now.wall) {
      for hole in stream.reached.holes(below: floor) {
        let gap = StoreReasons.gap(from: hole.lowerBound, to: hole.upperBound, at: now)
        let json = gap.json
        if let id = try insert(gap.kind, json, at: nil, in: stream, now) {
          outcome.events.append(
            StoredEvent(
              id: id, station: key.station, stream: key.stream, seq: nil, received: now.wall,
              kind: gap.kind, json: json))
        }
        try noteRestored(stream, through: hole.upperBound)
        stream.reached.add(hole)
      }
    } else {
      outcome.disbelieved.append(ClaimReasons.floor)
    }
    outcome.upto = stream.reached.upto
    try note(stream)
    return outcome
  }
}

// MARK: - One record

/// The values that the records of one item share.
private struct Arrival {
  let stream: IngestStream
  let source: Source
  let isPossible: Bool
  let zone: Zone
  /// When they came.
  let received: Now
  let now: Now

  enum Source {
    case outbox
    /// Acknowledged by a store of before, and kept by the station.
    case kept
    /// They lay in quarantine until now.
    case quarantine
  }
}

extension IngestBook {
  /// Puts a record in its place, with all that follows from it.
  /// - Returns: false where the place is taken.
  private mutating func store(
    _ record: Record, _ json: [UInt8], at seq: UInt64, _ arrival: Arrival,
    _ outcome: inout StoreOutcome
  ) throws(Failure) -> Bool {
    let stream = arrival.stream
    let isKnown = stream.reached.contains(seq)
    let kind = record.kind
    var event: StoredEvent?
    if kind.isEvent {
      if isKnown, try measurement(at: seq, in: stream) != nil { return false }
      guard let id = try insert(kind, json, at: seq, in: stream, arrival.received) else {
        return false
      }
      event = StoredEvent(
        id: id, station: stream.key.station, stream: stream.key.stream, seq: seq,
        received: arrival.received.wall, kind: kind, json: json)
    } else {
      // The minute that stood there may be forgotten by now.
      guard !isKnown || arrival.source == .quarantine, try self.event(at: seq, in: stream) == nil,
        try insert(measurement: json, at: seq, in: stream, arrival.received)
      else { return false }
    }
    outcome.add(record, event)
    let consumers = RecordConsumer.of(record.family)
    guard !consumers.isEmpty else { return true }
    let new = NewRecord(
      record: record, event: event?.id, seq: seq, stream: stream, isPossible: arrival.isPossible,
      isKept: arrival.source == .kept, zone: arrival.zone, received: arrival.received,
      now: arrival.now)
    for consumer in consumers { try hand(new, to: consumer, &outcome) }
    return true
  }

  /// A number that already means another record is a fault of the station, and is shown.
  private mutating func compare(
    _ json: [UInt8], at seq: UInt64, _ stream: IngestStream, _ outcome: inout StoreOutcome,
    _ now: Now
  ) throws(Failure) {
    var known = try event(at: seq, in: stream)
    if known == nil { known = try measurement(at: seq, in: stream) }
    guard let known, known != json else { return }
    outcome.conflict = outcome.conflict ?? seq
    try keep(json, StoreReasons.conflict, at: seq, stream, &outcome, now)
  }

  /// Keeps what has a place but cannot stand there, once.
  private mutating func keep(
    _ json: [UInt8], _ reason: String, at seq: UInt64, _ stream: IngestStream,
    _ outcome: inout StoreOutcome, _ now: Now
  ) throws(Failure) {
    guard try !isConfined(json, at: seq, in: stream.key) else { return }
    outcome.quarantined.append(reason)
    try confine(
      Quarantined(
        id: 0, station: stream.key.station, stream: stream.key.stream, seq: seq,
        received: now.wall, reason: reason, raw: json))
  }

  /// Keeps what could not be taken apart at all, once, and not without end.
  private mutating func confine(
    _ payload: [UInt8], of station: StationID, _ reason: String, _ now: Now
  ) throws(Failure) -> StoreOutcome {
    try register(station)
    var outcome = StoreOutcome(station: station, stream: nil)
    guard try confinedCount(of: station) < Quarantined.mostMalformed,
      try !isConfined(payload, of: station)
    else { return outcome }
    outcome.quarantined.append(reason)
    try confine(
      Quarantined(
        id: 0, station: station, stream: nil, seq: nil, received: now.wall, reason: reason,
        raw: payload))
    return outcome
  }
}
