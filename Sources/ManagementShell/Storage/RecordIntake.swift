// Writes what stations send into the tables of one connection, a transaction at a time.
import ManagementCore
import SQLite
import StationProtocol
import Time

/// The hot path of the service: it prepares each statement once, and what many records of a
/// transaction change together, it writes once at the end: the progress of a stream, the counts
/// of a day, the blocks in which a kind of event is found.
///
/// What it remembers between transactions is good as long as nobody else stores records, and
/// until a transaction fails: then it must be made anew.
final class RecordIntake {
  static let register = """
    INSERT INTO station (id, name_en, name_zh, number)
    VALUES (?1, ?1, ?1, (SELECT COALESCE(MAX(number), 0) + 1 FROM station))
    ON CONFLICT (id) DO NOTHING
    """
  /// How many ids share a block (`record_block`).
  static let blockSize: Int64 = 256

  let database: Database
  private let insertRecord: Statement
  private let insertBlock: Statement
  private let updateStream: Statement
  private let addCounts: Statement
  private var streams: [StreamKey: Stream] = [:]
  private var stations: [StationID: Int64] = [:]
  /// Streams whose progress is not written yet.
  private var moved: [Stream] = []
  private var counts: [DayKey: DayCounts] = [:]
  private var zones: ZoneMemory
  private var noted = NotedBlock()
  let measurements: MeasurementIntake
  var book: SQLiteBook

  struct StreamKey: Hashable {
    var station: StationID
    var stream: StreamID
  }

  private struct DayKey: Hashable {
    var station: StationID
    var day: Int
  }

  /// A stream as the tables know it, and how far it has come since.
  final class Stream {
    let number: Int64
    let station: Int64
    var reached: StreamProgress
    var claims: StreamClaims?
    fileprivate var writtenIslands: [ClosedRange<UInt64>]
    fileprivate var hasMoved = false

    init(number: Int64, station: Int64, _ reached: StreamProgress, _ claims: StreamClaims?) {
      self.number = number
      self.station = station
      self.reached = reached
      self.claims = claims
      writtenIslands = reached.islands
    }
  }

  /// - Parameter limits: how much of one station the ledger believes within an hour.
  init(_ database: Database, _ limits: StationLimits = .none) throws(DatabaseError) {
    self.database = database
    measurements = MeasurementIntake(database)
    book = try SQLiteBook(database, limits)
    insertRecord = try database.prepare(
      """
      INSERT INTO record (stream, seq, received, kind, body)
      VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (stream, seq) DO NOTHING
      """)
    insertBlock = try database.prepare(
      """
      INSERT INTO record_block (station, kind, block)
      VALUES (?1, ?2, ?3) ON CONFLICT (station, kind, block) DO NOTHING
      """)
    updateStream = try database.prepare(
      "UPDATE stream SET upto = ?2, claimed = ?3, claimed_at = ?4 WHERE number = ?1")
    addCounts = try database.prepare(
      """
      INSERT INTO day_count (station, day, entries, exits, granted, refused)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (station, day) DO UPDATE SET
        entries = day_count.entries + excluded.entries,
        exits = day_count.exits + excluded.exits,
        granted = day_count.granted + excluded.granted,
        refused = day_count.refused + excluded.refused
      """)
    zones = try ZoneMemory(database)
  }

  func store(_ items: [InboundItem], at now: Now) throws(DatabaseError) -> [StoreOutcome] {
    try database.transaction { () throws(DatabaseError) in
      try zones.refresh()
      var outcomes: [StoreOutcome] = []
      outcomes.reserveCapacity(items.count)
      for item in items {
        switch item {
        case .batch(let batch) where batch.isKept:
          outcomes.append(try store(kept: batch, now))
        case .batch(let batch): outcomes.append(try store(batch, now))
        case .floor(let station, let stream, let floor, let ceiling):
          outcomes.append(try raise(station, stream, floor, ceiling: ceiling ?? floor, now))
        case .malformed(let station, let payload, let reason):
          outcomes.append(try quarantine(station, payload, reason, now))
        case .again(let again): outcomes.append(try store(again, now))
        case .request(let station, let request, let proof):
          outcomes.append(try answer(request, proof, station, now))
        case .zone(let station, let name):
          _ = try number(of: station)
          var outcome = StoreOutcome(station: station, stream: nil)
          outcome.zone = try book.move(station, into: name)
          zones.forget(station)
          outcomes.append(outcome)
        }
      }
      try saveProgress()
      try saveCounts()
      try measurements.save(at: now)
      return outcomes
    }
  }

  // MARK: - Records

  private func store(_ batch: InboundBatch, _ now: Now) throws(DatabaseError) -> StoreOutcome {
    let key = StreamKey(station: batch.station, stream: batch.stream)
    let stream = try stream(key)
    let zone = try zone(of: batch.station) ?? now.rules
    var outcome = StoreOutcome(station: batch.station, stream: batch.stream)
    outcome.numbers = batch.numbers
    outcome.events.reserveCapacity(batch.contents.count)
    let isPossible =
      stream.reached.follows(batch.numbers)
      || stream.claims.reach(batch.numbers.upperBound, at: now.wall)
    if !isPossible { outcome.disbelieved.append(ClaimReasons.records) }
    for (seq, content) in zip(batch.numbers, batch.contents) {
      switch content {
      case .record(let record, let json):
        if !record.kind.isEvent {
          if try measure(record, json, stream, seq, now) {
            outcome.add(record, nil, received: now, in: zone)
          } else {
            try compare(json, key, stream.number, seq, &outcome, now)
          }
        } else if try isMeasured(seq, stream) {
          try compare(json, key, stream.number, seq, &outcome, now)
        } else if let id = try insert(record.kind, json, stream, Int64(seq), now) {
          outcome.add(
            record,
            StoredEvent(
              id: id, station: key.station, stream: key.stream, seq: seq, received: now.wall,
              kind: record.kind, json: json), received: now, in: zone)
          try follow(record, key, stream, seq, isPossible: isPossible, &outcome, now)
        } else {
          try compare(json, key, stream.number, seq, &outcome, now)
        }
      case .unreadable(let json, let reason):
        try compare(json, key, stream.number, seq, &outcome, now)
        try keep(json, reason, key, seq, &outcome, now)
      case .passedOver: break
      }
      stream.reached.add(seq...seq)
    }
    count(outcome)
    stream.claims.prove(stream.reached.upto, at: now.wall)
    outcome.upto = stream.reached.upto
    note(stream)
    return outcome
  }

  /// Gaps and ends of exchanges: the consequences of an event that has just been stored.
  /// - Parameter isPossible: whether the station can have written it.
  func follow(
    _ record: Record, _ key: StreamKey, _ stream: Stream, _ seq: UInt64, isPossible: Bool,
    _ outcome: inout StoreOutcome, _ now: Now
  ) throws(DatabaseError) {
    switch record.body {
    case .stream(.gap(let from, let to, _)):
      if isPossible, to < seq {
        stream.reached.add(from...to)
        outcome.gaps.append(from...to)
      } else {
        outcome.disbelieved.append(ClaimReasons.gap)
      }
    case .exchange(.ended(let exchange, let end)):
      outcome.discrepancies += try book.end(
        exchange, end, from: key.station, in: key.stream, at: now)
    default: break
    }
  }

  func count(_ outcome: StoreOutcome) {
    for (day, more) in outcome.added where !more.isZero {
      counts[DayKey(station: outcome.station, day: day), default: DayCounts()] += more
    }
  }

  /// By which its days go; nil where those of the service count.
  func zone(of station: StationID) throws(DatabaseError) -> Zone? {
    try zones.zone(of: station) { () throws(DatabaseError) in try book.zone(of: station) }
  }

  /// Somebody has set the zone of a station through this connection.
  func forgetZone(of station: StationID) { zones.forget(station) }

  private func answer(
    _ request: StationRequest, _ proof: CodeProof, _ station: StationID, _ now: Now
  ) throws(DatabaseError) -> StoreOutcome {
    _ = try number(of: station)
    var outcome = StoreOutcome(station: station, stream: nil)
    outcome.answer = StoreOutcome.Answer(
      id: request.id, try book.answer(request.question, proof, from: station, at: now))
    return outcome
  }

  /// - Returns: false where the place is taken, or was before its minute was forgotten.
  func measure(
    _ record: Record, _ json: [UInt8], _ stream: Stream, _ seq: UInt64, _ now: Now
  ) throws(DatabaseError) -> Bool {
    guard !stream.reached.contains(seq), try event(stream.number, seq) == nil else { return false }
    return try measurements.store(
      record, json, station: stream.station, stream: stream.number, seq: seq, at: now)
  }

  /// Whether a number stands for a measurement already; asked only where it stands for something.
  func isMeasured(_ seq: UInt64, _ stream: Stream) throws(DatabaseError) -> Bool {
    guard stream.reached.contains(seq) else { return false }
    return try measurements.body(stream: stream.number, seq: seq) != nil
  }

  func event(_ stream: Int64, _ seq: UInt64) throws(DatabaseError) -> [UInt8]? {
    var body: [UInt8]?
    try database.prepare("SELECT body FROM record WHERE stream = ?1 AND seq = ?2")
      .rows([.integer(stream), .integer(Int64(seq))]) { body = $0.bytes(0) }
    return body
  }

  /// - Returns: the event's id; nil where the place is taken.
  func insert(
    _ kind: Record.Kind, _ json: [UInt8], _ stream: Stream, _ seq: Int64?, _ now: Now
  ) throws(DatabaseError) -> Int64? {
    try insertRecord.bind(1, stream.number)
    try insertRecord.bind(2, seq)
    try insertRecord.bind(3, now.wall.milliseconds)
    try insertRecord.bind(4, kind.rawValue)
    try insertRecord.bind(5, utf8: json)
    try insertRecord.run()
    guard database.changes == 1 else { return nil }
    let id = database.lastInsertID
    for entry in noted.missing(station: stream.station, kind, block: id / Self.blockSize) {
      try insertBlock.bind(1, entry.station)
      try insertBlock.bind(2, entry.kind?.rawValue ?? "")
      try insertBlock.bind(3, id / Self.blockSize)
      try insertBlock.run()
    }
    return id
  }

  /// A number that already means another record is a fault of the station, and is kept.
  func compare(
    _ json: [UInt8], _ key: StreamKey, _ number: Int64, _ seq: UInt64,
    _ outcome: inout StoreOutcome, _ now: Now
  ) throws(DatabaseError) {
    var known = try event(number, seq)
    if known == nil { known = try measurements.body(stream: number, seq: seq) }
    guard let known, known != json else { return }
    outcome.conflict = outcome.conflict ?? seq
    try keep(json, StoreReasons.conflict, key, seq, &outcome, now)
  }

  /// The station no longer has what lies below its floor.
  private func raise(
    _ station: StationID, _ streamID: StreamID, _ floor: UInt64, ceiling: UInt64, _ now: Now
  ) throws(DatabaseError) -> StoreOutcome {
    let key = StreamKey(station: station, stream: streamID)
    let stream = try stream(key)
    try book.bear(station, in: streamID)
    var outcome = StoreOutcome(station: station, stream: streamID)
    guard stream.claims.reach(ceiling, at: now.wall) else {
      outcome.disbelieved.append(ClaimReasons.floor)
      outcome.upto = stream.reached.upto
      note(stream)
      return outcome
    }
    for hole in stream.reached.holes(below: floor) {
      let gap = StoreReasons.gap(from: hole.lowerBound, to: hole.upperBound, at: now)
      if let id = try insert(gap.kind, gap.json, stream, nil, now) {
        outcome.events.append(
          StoredEvent(
            id: id, station: station, stream: streamID, seq: nil, received: now.wall,
            kind: gap.kind, json: gap.json))
      }
      try database.prepare(
        """
        INSERT INTO restored_gap (stream, last) VALUES (?1, ?2)
        ON CONFLICT (stream) DO UPDATE SET last = max(last, excluded.last)
        """
      ).run([.integer(stream.number), .integer(Int64(hole.upperBound))])
      stream.reached.add(hole)
    }
    outcome.upto = stream.reached.upto
    note(stream)
    return outcome
  }

  // MARK: - Streams, stations, days

  func stream(_ key: StreamKey) throws(DatabaseError) -> Stream {
    if let known = streams[key] { return known }
    let station = try number(of: key.station)
    let place: [SQLValue] = [.text(key.station.text), .text(key.stream.description)]
    try database.prepare(
      """
      INSERT INTO stream (station, stream, upto) VALUES (?1, ?2, 0)
      ON CONFLICT (station, stream) DO NOTHING
      """
    ).run(place)
    var number: Int64 = 0
    var upto: UInt64 = 0
    var claims: StreamClaims?
    try database.prepare(
      "SELECT number, upto, claimed, claimed_at FROM stream WHERE station = ?1 AND stream = ?2"
    ).rows(place) { row in
      (number, upto) = (row.int64(0), UInt64(row.int64(1)))
      claims = row.int64OrNil(2).map {
        StreamClaims(last: UInt64($0), at: WallTime(milliseconds: row.int64(3)))
      }
    }
    var islands: [ClosedRange<UInt64>] = []
    try database.prepare("SELECT first, last FROM island WHERE stream = ?1 ORDER BY first")
      .rows([.integer(number)]) { islands.append(UInt64($0.int64(0))...UInt64($0.int64(1))) }
    let found = Stream(
      number: number, station: station, StreamProgress(upto: upto, islands: islands), claims)
    streams[key] = found
    return found
  }

  /// The stream may have come further, or have been claimed to.
  func note(_ stream: Stream) {
    guard !stream.hasMoved else { return }
    stream.hasMoved = true
    moved.append(stream)
  }

  private func saveProgress() throws(DatabaseError) {
    for stream in moved {
      try updateStream.bind(1, stream.number)
      try updateStream.bind(2, Int64(stream.reached.upto))
      try updateStream.bind(3, stream.claims.map { Int64($0.last) })
      try updateStream.bind(4, stream.claims?.at.milliseconds)
      try updateStream.run()
      if stream.reached.islands != stream.writtenIslands {
        try database.prepare("DELETE FROM island WHERE stream = ?1").run([.integer(stream.number)])
        for island in stream.reached.islands {
          try database.prepare("INSERT INTO island (stream, first, last) VALUES (?1, ?2, ?3)")
            .run([
              .integer(stream.number), .integer(Int64(island.lowerBound)),
              .integer(Int64(island.upperBound)),
            ])
        }
      }
      stream.writtenIslands = stream.reached.islands
      stream.hasMoved = false
    }
    moved.removeAll(keepingCapacity: true)
  }

  private func saveCounts() throws(DatabaseError) {
    for (key, count) in counts {
      try addCounts.bind(1, key.station.text)
      try addCounts.bind(2, Int64(key.day))
      try addCounts.bind(3, count.entries)
      try addCounts.bind(4, count.exits)
      try addCounts.bind(5, count.granted)
      try addCounts.bind(6, count.refused)
      try addCounts.run()
    }
    counts.removeAll(keepingCapacity: true)
  }

  /// The number of a station, which it is given when it is first heard of.
  func number(of station: StationID) throws(DatabaseError) -> Int64 {
    if let known = stations[station] { return known }
    try database.prepare(Self.register).run([.text(station.text)])
    var number: Int64 = 0
    try database.prepare("SELECT number FROM station WHERE id = ?1")
      .rows([.text(station.text)]) { number = $0.int64(0) }
    stations[station] = number
    return number
  }
}

/// What is already noted of the newest block, so that most records need no look at the table.
private struct NotedBlock {
  /// A block holds an event of this station (0: of any) and of this kind (nil: of any).
  struct Entry: Hashable {
    var station: Int64
    var kind: Record.Kind?
  }

  private var block: Int64 = -1
  private var entries: Set<Entry> = []

  /// The entries that an event brings and that are not noted yet; they count as noted from now.
  mutating func missing(station: Int64, _ kind: Record.Kind, block: Int64) -> [Entry] {
    if block != self.block {
      self.block = block
      entries.removeAll(keepingCapacity: true)
    }
    guard entries.insert(Entry(station: station, kind: kind)).inserted else { return [] }
    return [Entry(station: station, kind: kind)]
      + [Entry(station: station, kind: nil), Entry(station: 0, kind: kind)].filter {
        entries.insert($0).inserted
      }
  }
}
