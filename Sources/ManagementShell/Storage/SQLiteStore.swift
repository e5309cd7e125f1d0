// The management store on SQLite: what stations sent, each batch of it in one transaction.
import ManagementCore
import SQLite
import StationProtocol

/// One connection to the service's database, for one thread. The writer's thread has one and the
/// loop another; SQLite keeps them apart.
package final class SQLiteStore: ManagementStore {
  let database: Database
  /// Progress of streams that this connection has touched. Only the writer stores items, so it
  /// never goes stale there.
  private var progress: [StreamKey: StreamProgress] = [:]
  private var registered: Set<StationID> = []

  private struct StreamKey: Hashable {
    var station: StationID
    var stream: StreamID
  }

  /// - Throws: where the file cannot be opened, or was made by a later version.
  package init(path: String) throws(StoreFailure) {
    database = try Self.guarded { () throws(DatabaseError) in
      let database = try Database(path: path)
      try database.migrate(Schema.migrations)
      return database
    }
  }

  package func close() { database.close() }

  package func store(
    _ items: [InboundItem], at now: Now
  ) throws(StoreFailure) -> [StoreOutcome] {
    do throws(DatabaseError) {
      return try database.transaction { () throws(DatabaseError) in
        var outcomes: [StoreOutcome] = []
        for item in items {
          switch item {
          case .batch(let batch): outcomes.append(try store(batch, now))
          case .floor(let station, let stream, let floor):
            outcomes.append(try raise(station, stream, floor, now))
          case .malformed(let station, let payload, let reason):
            outcomes.append(try quarantine(station, payload, reason, now))
          }
        }
        return outcomes
      }
    } catch {
      // What was remembered may belong to the transaction that did not happen.
      progress = [:]
      registered = []
      throw StoreFailure(error.description)
    }
  }

  static func guarded<Value>(
    _ body: () throws(DatabaseError) -> Value
  ) throws(StoreFailure) -> Value {
    do throws(DatabaseError) {
      return try body()
    } catch {
      throw StoreFailure(error.description)
    }
  }

  // MARK: - Records

  private func store(_ batch: InboundBatch, _ now: Now) throws(DatabaseError) -> StoreOutcome {
    try register(batch.station)
    let key = StreamKey(station: batch.station, stream: batch.stream)
    let before = try progress(of: key)
    var reached = before
    var outcome = StoreOutcome(station: batch.station, stream: batch.stream)
    var counts: [Int: DayCounts] = [:]
    for (seq, content) in zip(batch.numbers, batch.contents) {
      switch content {
      case .record(let record, let json):
        if let event = try insert(record, json, key, seq, now) {
          outcome.events.append(event)
          counts[DayCounts.day(of: record, received: now), default: DayCounts()] +=
            DayCounts(of: record)
          if case .gap(let from, let to, _) = record.body { reached.add(from...to) }
        } else {
          try compare(json, key, seq, &outcome, now)
        }
      case .unreadable(let json, let reason):
        try compare(json, key, seq, &outcome, now)
        try keep(json, reason, key, seq, &outcome, now)
      }
      reached.add(seq...seq)
    }
    for (day, count) in counts where !count.isZero { try add(count, day, batch.station) }
    try save(reached, over: before, key)
    outcome.upto = reached.upto
    return outcome
  }

  /// - Returns: nil where the place is taken.
  private func insert(
    _ record: Record, _ json: [UInt8], _ key: StreamKey, _ seq: UInt64, _ now: Now
  ) throws(DatabaseError) -> StoredEvent? {
    try append(record.kind, json, key, Int64(seq), now)
    guard database.changes == 1 else { return nil }
    return StoredEvent(
      id: database.lastInsertID, station: key.station, stream: key.stream, seq: seq,
      received: now.wall, kind: record.kind, json: json)
  }

  private func append(
    _ kind: Record.Kind, _ json: [UInt8], _ key: StreamKey, _ seq: Int64?, _ now: Now
  ) throws(DatabaseError) {
    try database.prepare(
      """
      INSERT INTO record (station, stream, seq, received, kind, body)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (station, stream, seq) DO NOTHING
      """
    ).run([
      .text(key.station.text), .text(key.stream.description), .integer(seq),
      .integer(now.wall.milliseconds), .text(kind.rawValue),
      .text(String(decoding: json, as: UTF8.self)),
    ])
  }

  /// A number that already means another record is a fault of the station, and is kept.
  private func compare(
    _ json: [UInt8], _ key: StreamKey, _ seq: UInt64, _ outcome: inout StoreOutcome, _ now: Now
  ) throws(DatabaseError) {
    var body: [UInt8]?
    try database.prepare(
      "SELECT body FROM record WHERE station = ?1 AND stream = ?2 AND seq = ?3"
    ).rows([
      .text(key.station.text), .text(key.stream.description), .integer(Int64(seq)),
    ]) { body = $0.bytes(0) }
    guard let body, body != json else { return }
    try keep(json, StoreReasons.conflict, key, seq, &outcome, now)
  }

  /// Keeps what has a place but cannot stand there, once.
  private func keep(
    _ json: [UInt8], _ reason: String, _ key: StreamKey, _ seq: UInt64,
    _ outcome: inout StoreOutcome, _ now: Now
  ) throws(DatabaseError) {
    var isKnown = false
    try database.prepare(
      """
      SELECT 1 FROM quarantine WHERE station = ?1 AND stream = ?2 AND seq = ?3 AND raw = ?4
      """
    ).rows([
      .text(key.station.text), .text(key.stream.description), .integer(Int64(seq)), .blob(json),
    ]) { _ in isKnown = true }
    guard !isKnown else { return }
    outcome.quarantined.append(reason)
    try confine(key.station, key.stream, seq, json, reason, now)
  }

  /// The station no longer has what lies below its floor.
  private func raise(
    _ station: StationID, _ stream: StreamID, _ floor: UInt64, _ now: Now
  ) throws(DatabaseError) -> StoreOutcome {
    try register(station)
    let key = StreamKey(station: station, stream: stream)
    let before = try progress(of: key)
    var outcome = StoreOutcome(station: station, stream: stream)
    var reached = before
    for hole in before.holes(below: floor) {
      let gap = StoreReasons.gap(from: hole.lowerBound, to: hole.upperBound, at: now)
      try append(gap.kind, gap.json, key, nil, now)
      outcome.events.append(
        StoredEvent(
          id: database.lastInsertID, station: station, stream: stream, seq: nil,
          received: now.wall, kind: gap.kind, json: gap.json))
      reached.add(hole)
    }
    try save(reached, over: before, key)
    outcome.upto = reached.upto
    return outcome
  }

  private func quarantine(
    _ station: StationID, _ payload: [UInt8], _ reason: String, _ now: Now
  ) throws(DatabaseError) -> StoreOutcome {
    try register(station)
    var outcome = StoreOutcome(station: station, stream: nil)
    var count = 0
    var isKnown = false
    try database.prepare("SELECT count(*) FROM quarantine WHERE station = ? AND stream IS NULL")
      .rows([.text(station.text)]) { count = Int($0.int64(0)) }
    guard count < Quarantined.mostMalformed else { return outcome }
    try database.prepare(
      "SELECT 1 FROM quarantine WHERE station = ? AND stream IS NULL AND raw = ?"
    ).rows([.text(station.text), .blob(payload)]) { _ in isKnown = true }
    guard !isKnown else { return outcome }
    outcome.quarantined.append(reason)
    try confine(station, nil, nil, payload, reason, now)
    return outcome
  }

  private func confine(
    _ station: StationID, _ stream: StreamID?, _ seq: UInt64?, _ raw: [UInt8],
    _ reason: String, _ now: Now
  ) throws(DatabaseError) {
    try database.prepare(
      """
      INSERT INTO quarantine (station, stream, seq, received, reason, raw)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6)
      """
    ).run([
      .text(station.text), .text(stream?.description), .integer(seq.map { Int64($0) }),
      .integer(now.wall.milliseconds), .text(reason), .blob(raw),
    ])
  }

  // MARK: - Streams, stations, days

  private func progress(of key: StreamKey) throws(DatabaseError) -> StreamProgress {
    if let known = progress[key] { return known }
    var upto: UInt64?
    let place: [SQLValue] = [.text(key.station.text), .text(key.stream.description)]
    try database.prepare("SELECT upto FROM stream WHERE station = ?1 AND stream = ?2")
      .rows(place) { upto = UInt64($0.int64(0)) }
    guard let upto else {
      try database.prepare("INSERT INTO stream (station, stream, upto) VALUES (?1, ?2, 0)")
        .run(place)
      progress[key] = StreamProgress()
      return StreamProgress()
    }
    var islands: [ClosedRange<UInt64>] = []
    try database.prepare(
      "SELECT first, last FROM island WHERE station = ?1 AND stream = ?2 ORDER BY first"
    ).rows(place) { islands.append(UInt64($0.int64(0))...UInt64($0.int64(1))) }
    let found = StreamProgress(upto: upto, islands: islands)
    progress[key] = found
    return found
  }

  private func save(
    _ reached: StreamProgress, over before: StreamProgress, _ key: StreamKey
  ) throws(DatabaseError) {
    guard reached != before else { return }
    let place: [SQLValue] = [.text(key.station.text), .text(key.stream.description)]
    try database.prepare("UPDATE stream SET upto = ?3 WHERE station = ?1 AND stream = ?2")
      .run(place + [.integer(Int64(reached.upto))])
    if reached.islands != before.islands {
      try database.prepare("DELETE FROM island WHERE station = ?1 AND stream = ?2").run(place)
      for island in reached.islands {
        try database.prepare(
          "INSERT INTO island (station, stream, first, last) VALUES (?1, ?2, ?3, ?4)"
        )
        .run(
          place + [.integer(Int64(island.lowerBound)), .integer(Int64(island.upperBound))])
      }
    }
    progress[key] = reached
  }

  private func add(
    _ counts: DayCounts, _ day: Int, _ station: StationID
  ) throws(DatabaseError) {
    try database.prepare(
      """
      INSERT INTO day_count (station, day, entries, exits, granted, refused)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (station, day) DO UPDATE SET
        entries = day_count.entries + excluded.entries,
        exits = day_count.exits + excluded.exits,
        granted = day_count.granted + excluded.granted,
        refused = day_count.refused + excluded.refused
      """
    ).run([
      .text(station.text), .integer(Int64(day)), .integer(counts.entries),
      .integer(counts.exits), .integer(counts.granted), .integer(counts.refused),
    ])
  }

  private func register(_ station: StationID) throws(DatabaseError) {
    guard !registered.contains(station) else { return }
    try database.prepare(
      """
      INSERT INTO station (id, name_en, name_zh) VALUES (?1, ?1, ?1) ON CONFLICT (id) DO NOTHING
      """
    ).run([.text(station.text)])
    registered.insert(station)
  }
}
