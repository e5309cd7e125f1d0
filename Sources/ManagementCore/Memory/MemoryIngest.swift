// The rows of ingest in plain collections.
import StationProtocol
import Time

/// A store in memory, while it takes what stations send.
struct MemoryIngest: IngestBook {
  typealias Failure = Never
  typealias Place = MemoryStore.Place
  typealias DayKey = MemoryStore.DayKey

  let store: MemoryStore

  var ledger: MemoryBook {
    get { store.book }
    nonmutating _modify { yield &store.book }
  }

  // MARK: - Stations and streams

  func register(_ station: StationID) {
    if store.registrations[station] == nil { store.registrations[station] = StationNames(station) }
  }

  func zone(of station: StationID) -> Zone? { store.book.zone(of: station) }

  func move(_ station: StationID, into zone: ZoneName) -> Zone? {
    store.book.toldZones[station] = zone
    return store.book.zone(of: station)
  }

  func stream(_ key: StreamKey) -> IngestStream {
    register(key.station)
    if store.book.owners[key.stream] == nil { store.book.owners[key.stream] = key.station }
    return IngestStream(key, store.progress[key] ?? StreamProgress(), store.claims[key])
  }

  func note(_ stream: IngestStream) {
    store.progress[stream.key] = stream.reached
    store.claims[stream.key] = stream.claims
  }

  func setCurrentStream(_ stream: StreamID, of station: StationID) {
    store.book.lives[station] = stream
  }

  func noteRestored(_ stream: IngestStream, through last: UInt64) {
    store.book.gaps[stream.key.stream] = max(store.book.gaps[stream.key.stream] ?? 0, last)
  }

  // MARK: - Records

  func event(at seq: UInt64, in stream: IngestStream) -> [UInt8]? {
    store.places[Place(key: stream.key, seq: seq)].map { store.stored[$0].json }
  }

  func measurement(at seq: UInt64, in stream: IngestStream) -> [UInt8]? {
    store.minutes[Place(key: stream.key, seq: seq)]
  }

  func insert(
    _ kind: Record.Kind, _ json: [UInt8], at seq: UInt64?, in stream: IngestStream, _ now: Now
  ) -> Int64? {
    if let seq {
      let place = Place(key: stream.key, seq: seq)
      guard store.places[place] == nil else { return nil }
      store.places[place] = store.stored.count
    }
    let id = Int64(store.stored.count) + 1
    store.stored.append(
      StoredEvent(
        id: id, station: stream.key.station, stream: stream.key.stream, seq: seq,
        received: now.wall, kind: kind, json: json))
    return id
  }

  func insert(
    measurement json: [UInt8], at seq: UInt64, in stream: IngestStream, _ now: Now
  ) -> Bool {
    let place = Place(key: stream.key, seq: seq)
    guard store.minutes[place] == nil else { return false }
    store.minutes[place] = json
    return true
  }

  func note(event id: Int64, of member: MemberID) {
    store.eventsOfMembers[member, default: []].append(id)
  }

  func add(_ more: [MeasuredHour], of stream: IngestStream) {
    for hour in more {
      store.hours[stream.key.station, default: [:]][
        hour.place, default: MeasuredHour(place: hour.place)] += hour
    }
  }

  func add(_ visits: [DayTally], of stream: IngestStream) {
    for visit in visits {
      let key = DayKey(station: stream.key.station, day: visit.day)
      store.days[key, default: VisitCounts()] += visit.counts
    }
  }

  func add(_ tallies: [HourTally], of stream: IngestStream) {
    for tally in tallies {
      store.tallies[stream.key.station, default: [:]][tally.hour, default: [:]][
        tally.count, default: 0] += tally.amount
    }
  }

  // MARK: - Quarantine

  func isConfined(_ raw: [UInt8], at seq: UInt64, in key: StreamKey) -> Bool {
    store.unreadable.contains {
      $0.station == key.station && $0.stream == key.stream && $0.seq == seq && $0.raw == raw
    }
  }

  func isConfined(_ raw: [UInt8], of station: StationID) -> Bool {
    store.unreadable.contains { $0.station == station && $0.stream == nil && $0.raw == raw }
  }

  func confinedCount(of station: StationID) -> Int {
    store.unreadable.count { $0.station == station && $0.stream == nil }
  }

  func confine(_ row: Quarantined) {
    store.lastUnreadable += 1
    var row = row
    row.id = store.lastUnreadable
    store.unreadable.append(row)
  }

  func release(_ id: Int64) { store.unreadable.removeAll { $0.id == id } }
}
