// The management store in memory: the reference for every engine, and the simulator's own.
import StationProtocol
import Time

/// Keeps everything in plain collections. Deterministic: the same calls give the same ids.
package final class MemoryStore: ManagementStore {
  private(set) var stored: [StoredEvent] = []
  private var places: [Place: Int] = [:]
  private var progress: [StreamKey: StreamProgress] = [:]
  private var claims: [StreamKey: StreamClaims] = [:]
  private var registrations: [StationID: StationNames] = [:]
  private var retirements: [StationID: Retirement] = [:]
  private var days: [DayKey: DayCounts] = [:]
  private var minutes: [Place: [UInt8]] = [:]
  private var hours: [StationID: [MeasuredHour.Place: MeasuredHour]] = [:]
  /// The ledger, and the members whose points it knows of.
  var book = MemoryBook()
  private var unreadable: [Quarantined] = []
  private var lastUnreadable: Int64 = 0

  private struct StreamKey: Hashable {
    var station: StationID
    var stream: StreamID
  }

  private struct Place: Hashable {
    var key: StreamKey
    var seq: UInt64
  }

  private struct DayKey: Hashable {
    var station: StationID
    var day: Int
  }

  /// - Parameter zones: the rules of a zone by its name.
  package init(
    zones: @escaping @Sendable (ZoneName) -> Zone? = { _ in nil }, limits: StationLimits = .none
  ) {
    book.zones = zones
    book.stationLimits = limits
  }

  /// A backup: what is stored in one of the two from now on is not in the other.
  package init(copyOf other: MemoryStore) {
    stored = other.stored
    places = other.places
    progress = other.progress
    claims = other.claims
    registrations = other.registrations
    retirements = other.retirements
    days = other.days
    minutes = other.minutes
    hours = other.hours
    book = other.book
    unreadable = other.unreadable
    lastUnreadable = other.lastUnreadable
  }

  /// The store has come back from a backup: of how far streams have come since it knows nothing.
  package func forgetClaims() { claims = [:] }

  package func store(_ items: [InboundItem], at now: Now) -> [StoreOutcome] {
    items.map { item in
      switch item {
      case .batch(let batch): batch.isKept ? store(kept: batch, now) : store(batch, now)
      case .floor(let station, let stream, let floor, let ceiling):
        raise(station, stream, floor, ceiling: ceiling ?? floor, now)
      case .malformed(let station, let payload, let reason):
        quarantine(station, payload, reason, now)
      case .request(let station, let request, let proof): answer(request, proof, station, now)
      case .zone(let station, let name): move(station, into: name)
      case .again(let again): store(again, now)
      }
    }
  }

  private func move(_ station: StationID, into zone: ZoneName) -> StoreOutcome {
    register(station)
    book.toldZones[station] = zone
    var outcome = StoreOutcome(station: station, stream: nil)
    outcome.zone = book.zone(of: station)
    return outcome
  }

  private func answer(
    _ request: StationRequest, _ proof: CodeProof, _ station: StationID, _ now: Now
  ) -> StoreOutcome {
    register(station)
    var outcome = StoreOutcome(station: station, stream: nil)
    outcome.answer = StoreOutcome.Answer(
      id: request.id, book.answer(request.question, proof, from: station, at: now))
    return outcome
  }

  private func store(_ batch: InboundBatch, _ now: Now) -> StoreOutcome {
    register(batch.station)
    own(batch.stream, batch.station)
    let key = StreamKey(station: batch.station, stream: batch.stream)
    var outcome = StoreOutcome(station: batch.station, stream: batch.stream)
    outcome.numbers = batch.numbers
    let zone = book.zone(of: batch.station) ?? now.rules
    var reached = progress[key] ?? StreamProgress()
    let isPossible =
      reached.follows(batch.numbers)
      || claims[key].reach(batch.numbers.upperBound, at: now.wall)
    if !isPossible { outcome.disbelieved.append(ClaimReasons.records) }
    for (seq, content) in zip(batch.numbers, batch.contents) {
      let place = Place(key: key, seq: seq)
      switch content {
      case .record(let record, let json):
        if !record.kind.isEvent {
          if keep(measured: record, json, place, isKnown: reached.contains(seq), now) {
            outcome.add(record, nil, received: now, in: zone)
          } else {
            conflict(place, json, &outcome, now)
          }
        } else if let event = insert(record, json, place, zone, now) {
          outcome.add(record, event, received: now, in: zone)
          follow(record, place, isPossible: isPossible, &reached, &outcome, now)
        } else {
          conflict(place, json, &outcome, now)
        }
      case .unreadable(let json, let reason):
        // Where the number is taken, that is the worse fault.
        conflict(place, json, &outcome, now)
        keep(place, json, reason, &outcome, now)
      case .passedOver: break
      }
      reached.add(seq...seq)
    }
    progress[key] = reached
    claims[key].prove(reached.upto, at: now.wall)
    outcome.upto = reached.upto
    return outcome
  }

  /// Gaps and ends of exchanges: the consequences of an event that has just been stored.
  /// - Parameter isPossible: whether the station can have written it.
  private func follow(
    _ record: Record, _ place: Place, isPossible: Bool, _ reached: inout StreamProgress,
    _ outcome: inout StoreOutcome, _ now: Now
  ) {
    switch record.body {
    case .stream(.gap(let from, let to, _)):
      if isPossible, to < place.seq {
        reached.add(from...to)
        outcome.gaps.append(from...to)
      } else {
        outcome.disbelieved.append(ClaimReasons.gap)
      }
    case .exchange(.ended(let exchange, let end)):
      outcome.discrepancies += book.end(
        exchange, end, from: place.key.station, in: place.key.stream, at: now)
    default: break
    }
  }

  /// A record leaves quarantine for its place, where no other one has it.
  private func store(_ again: InboundAgain, _ now: Now) -> StoreOutcome {
    let key = StreamKey(station: again.station, stream: again.stream)
    let place = Place(key: key, seq: again.seq)
    var outcome = StoreOutcome(station: again.station, stream: nil)
    outcome.again = again.id
    let zone = book.zone(of: again.station) ?? now.rules
    let then = again.came(now)
    if !again.record.kind.isEvent {
      guard keep(measured: again.record, again.json, place, isKnown: false, then) else {
        return outcome
      }
      outcome.add(again.record, nil, received: then, in: zone)
    } else {
      guard let event = insert(again.record, again.json, place, zone, then) else { return outcome }
      outcome.add(again.record, event, received: then, in: zone)
      var reached = progress[key] ?? StreamProgress()
      follow(again.record, place, isPossible: true, &reached, &outcome, now)
      progress[key] = reached
    }
    unreadable.removeAll { $0.id == again.id }
    return outcome
  }

  /// What a store of before had acknowledged, and this one never had or has lost.
  private func store(kept batch: InboundBatch, _ now: Now) -> StoreOutcome {
    register(batch.station)
    own(batch.stream, batch.station)
    let key = StreamKey(station: batch.station, stream: batch.stream)
    var outcome = StoreOutcome(station: batch.station, stream: batch.stream)
    outcome.kept = batch.numbers.upperBound
    let zone = book.zone(of: batch.station) ?? now.rules
    for (seq, content) in zip(batch.numbers, batch.contents) {
      let place = Place(key: key, seq: seq)
      guard case .record(let record, let json) = content,
        case .exchange(.ended(let exchange, let end)) = record.body
      else {
        if !content.json.isEmpty {
          keep(place, content.json, StoreReasons.notKept, &outcome, now)
        }
        continue
      }
      guard let event = insert(record, json, place, zone, now) else {
        conflict(place, json, &outcome, now)
        continue
      }
      outcome.add(record, event, received: now, in: zone)
      // It may be of a stream of before, which this store has never heard of.
      own(exchange.id.stream, batch.station)
      outcome.discrepancies += book.end(
        exchange, end, from: batch.station, in: batch.stream, at: now)
    }
    return outcome
  }

  /// - Returns: nil where the place is taken.
  private func insert(
    _ record: Record, _ json: [UInt8], _ place: Place, _ zone: Zone, _ now: Now
  ) -> StoredEvent? {
    guard places[place] == nil, minutes[place] == nil else { return nil }
    places[place] = stored.count
    let event = StoredEvent(
      id: Int64(stored.count) + 1, station: place.key.station, stream: place.key.stream,
      seq: place.seq, received: now.wall, kind: record.kind, json: json)
    stored.append(event)
    let day = DayKey(
      station: place.key.station, day: DayCounts.day(of: record, received: now, in: zone))
    days[day, default: DayCounts()] += DayCounts(of: record)
    return event
  }

  /// - Returns: false where the place is taken.
  private func keep(
    measured record: Record, _ json: [UInt8], _ place: Place, isKnown: Bool, _ now: Now
  ) -> Bool {
    guard !isKnown, places[place] == nil, minutes[place] == nil else { return false }
    minutes[place] = json
    for hour in MeasuredHour.hours(of: record, received: now) {
      hours[place.key.station, default: [:]][
        hour.place, default: MeasuredHour(place: hour.place)] += hour
    }
    return true
  }

  /// Keeps what cannot be read in its place, once.
  private func keep(
    _ place: Place, _ json: [UInt8], _ reason: String, _ outcome: inout StoreOutcome, _ now: Now
  ) {
    let isKnown = unreadable.contains {
      $0.station == place.key.station && $0.stream == place.key.stream && $0.seq == place.seq
        && $0.raw == json
    }
    guard !isKnown else { return }
    outcome.quarantined.append(reason)
    unreadable.append(
      Quarantined(
        id: nextUnreadable(), station: place.key.station, stream: place.key.stream,
        seq: place.seq, received: now.wall, reason: reason, raw: json))
  }

  /// A number that already means another record is a fault of the station, and is shown.
  private func conflict(
    _ place: Place, _ json: [UInt8], _ outcome: inout StoreOutcome, _ now: Now
  ) {
    let known = places[place].map { stored[$0].json } ?? minutes[place]
    guard let known, known != json else { return }
    outcome.conflict = outcome.conflict ?? place.seq
    keep(place, json, StoreReasons.conflict, &outcome, now)
  }

  /// The station no longer has what lies below its floor.
  private func raise(
    _ station: StationID, _ stream: StreamID, _ floor: UInt64, ceiling: UInt64, _ now: Now
  ) -> StoreOutcome {
    register(station)
    own(stream, station)
    book.lives[station] = stream
    let key = StreamKey(station: station, stream: stream)
    var outcome = StoreOutcome(station: station, stream: stream)
    var reached = progress[key] ?? StreamProgress()
    outcome.upto = reached.upto
    guard claims[key].reach(ceiling, at: now.wall) else {
      outcome.disbelieved.append(ClaimReasons.floor)
      return outcome
    }
    for hole in reached.holes(below: floor) {
      let gap = StoreReasons.gap(from: hole.lowerBound, to: hole.upperBound, at: now)
      let event = StoredEvent(
        id: Int64(stored.count) + 1, station: station, stream: stream, seq: nil,
        received: now.wall, kind: gap.kind, json: gap.json)
      stored.append(event)
      outcome.events.append(event)
      book.gaps[stream] = max(book.gaps[stream] ?? 0, hole.upperBound)
      reached.add(hole)
      progress[key] = reached
    }
    outcome.upto = reached.upto
    return outcome
  }

  private func quarantine(
    _ station: StationID, _ payload: [UInt8], _ reason: String, _ now: Now
  ) -> StoreOutcome {
    register(station)
    var outcome = StoreOutcome(station: station, stream: nil)
    let others = unreadable.filter { $0.station == station && $0.stream == nil }
    guard others.count < Quarantined.mostMalformed, !others.contains(where: { $0.raw == payload })
    else { return outcome }
    outcome.quarantined.append(reason)
    unreadable.append(
      Quarantined(
        id: nextUnreadable(), station: station, stream: nil, seq: nil,
        received: now.wall, reason: reason, raw: payload))
    return outcome
  }

  private func register(_ station: StationID) {
    if registrations[station] == nil { registrations[station] = StationNames(station) }
  }

  private func own(_ stream: StreamID, _ station: StationID) {
    if book.owners[stream] == nil { book.owners[stream] = station }
  }

  // MARK: - Reading

  package func events(after id: Int64, limit: Int) -> [StoredEvent] {
    // Ids are consecutive from 1, so an id is also a place in the array.
    Array(stored.dropFirst(Int(max(0, id))).prefix(limit))
  }

  package func events(matching filter: EventFilter, limit: Int) -> [StoredEvent] {
    Array(
      stored.reversed().lazy.filter { event in
        (filter.before.map { event.id < $0 } ?? true)
          && (filter.station.map { $0 == event.station } ?? true)
          && (filter.kind.map { $0 == event.kind } ?? true)
      }.prefix(limit))
  }

  package func lastEventID() -> Int64 { stored.last?.id ?? 0 }

  package func stations() -> [StationRegistration] {
    registrations.map {
      StationRegistration(
        id: $0.key, names: $0.value, retirement: retirements[$0.key],
        zone: book.zone(of: $0.key))
    }
    .sorted { $0.id < $1.id }
  }

  package func retire(
    _ station: StationID, _ isRetired: Bool, reason: String, by actor: String, at now: Now
  ) -> Bool {
    guard registrations[station] != nil else { return false }
    retirements[station] =
      isRetired ? Retirement(actor: actor, at: now.wall, reason: reason) : nil
    book.note(.retirement(station, isRetired, reason: reason, by: actor, at: now))
    return true
  }

  package func name(
    _ station: StationID, _ names: StationNames, by actor: String, at now: Now
  ) {
    registrations[station] = names
    book.note(.naming(station, names, by: actor, at: now))
  }

  package func setZone(
    _ zone: ZoneName?, of station: StationID, by actor: String, at now: Now
  ) {
    register(station)
    book.setZones[station] = zone
    book.note(.zone(zone, of: station, by: actor, at: now))
  }

  package func measured(of station: StationID, hours range: Range<Int64>) -> [MeasuredHour] {
    (hours[station] ?? [:]).values.filter { range.contains($0.place.hour) }
      .sorted { $0.place < $1.place }
  }

  package func counts(onDay day: Int) -> [StationID: DayCounts] {
    var counts: [StationID: DayCounts] = [:]
    for (key, value) in days where key.day == day { counts[key.station] = value }
    return counts
  }

  package func enrol(_ member: Member, by actor: String) -> Bool {
    guard book.members[member.id] == nil else { return false }
    book.members[member.id] = member
    book.note(.enrolment(member, by: actor))
    return true
  }

  package func member(_ id: MemberID) -> Member? { book.members[id] }

  package func members(after id: MemberID?, limit: Int) -> [Member] {
    let later = book.members.values.filter { member in id.map { member.id > $0 } ?? true }
    return Array(later.sorted { $0.id < $1.id }.prefix(limit))
  }

  package func setStatus(
    _ status: Member.Status, of id: MemberID, by actor: String, at now: Now
  ) -> Bool {
    guard book.members[id] != nil else { return false }
    book.members[id]?.status = status
    book.note(.status(status, of: id, by: actor, at: now))
    return true
  }

  package func note(_ entry: AuditEntry) { book.note(entry) }

  package func audit(of member: MemberID?, before: Int64?, limit: Int) -> [AuditEntry] {
    Array(
      book.audit.reversed().lazy.filter { entry in
        (before.map { entry.id < $0 } ?? true) && (member == nil || entry.member == member)
      }.prefix(limit))
  }

  private func nextUnreadable() -> Int64 {
    lastUnreadable += 1
    return lastUnreadable
  }

  package func quarantine(after id: Int64, limit: Int) -> [Quarantined] {
    Array(unreadable.lazy.filter { $0.id > id }.prefix(limit))
  }

  package func quarantine(before: Int64?, limit: Int) -> [Quarantined] {
    Array(
      unreadable.reversed().lazy.filter { one in before.map { one.id < $0 } ?? true }
        .prefix(limit))
  }
}
