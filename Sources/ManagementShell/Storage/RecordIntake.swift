// Writes what stations send into the tables of one connection, a transaction at a time.
import ManagementCore
import SQL
import StationProtocol
import Time

/// The rows of ingest, and the hot path of the service: each statement is prepared once, and a
/// value that many records of a transaction change together is written once at the end: the
/// progress of a stream, the counts of a day, the blocks in which a kind of event is found.
///
/// Its memory of rows is good between transactions as long as this connection alone writes, and
/// until a transaction fails: then it must be made anew.
final class RecordIntake: IngestBook {
  typealias Failure = DatabaseError

  static let register: StaticString = """
    INSERT INTO station (id, name_en, name_zh, number)
    VALUES (?1, ?1, ?1, (SELECT COALESCE(MAX(number), 0) + 1 FROM station))
    ON CONFLICT (id) DO NOTHING
    """
  /// How many ids share a block (`record_block`); the statements that read blocks have this number.
  static let blockSize: Int64 = 256

  let database: any SQLConnection
  private let insertRecord: any SQLStatement
  private let insertBlock: any SQLStatement
  private let updateStream: any SQLStatement
  private let addDay: any SQLStatement
  private let addHour: any SQLStatement
  private var streams: [StreamKey: IngestStream] = [:]
  private var stations: [StationID: Int64] = [:]
  /// Streams whose progress is not written yet.
  private var moved: [IngestStream] = []
  private var visits: [DayKey: (station: StationID, counts: VisitCounts)] = [:]
  private var tallies: [HourKey: Int64] = [:]
  private var zones: [StationID: Zone?] = [:]
  private var noted = NotedBlock()
  private let measurements: MeasurementIntake
  private let members: MemberIndex
  var ledger: SQLiteBook

  /// A station, by its number in the tables, and one of its days.
  private struct DayKey: Hashable {
    var station: Int64
    var day: Int
  }

  /// A station, by its number in the tables, and a count of one of its hours.
  private struct HourKey: Hashable {
    var station: Int64
    var hour: Int64
    var count: HourCount
  }

  /// - Parameter limits: how much of one station the ledger believes within an hour.
  init(_ database: any SQLConnection, _ limits: StationLimits = .none) throws(DatabaseError) {
    self.database = database
    measurements = MeasurementIntake(database)
    members = try MemberIndex(database)
    ledger = try SQLiteBook(database, limits)
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
    addDay = try database.prepare(
      """
      INSERT INTO day_count (station, day, entries, exits, granted, refused)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (station, day) DO UPDATE SET
        entries = day_count.entries + excluded.entries,
        exits = day_count.exits + excluded.exits,
        granted = day_count.granted + excluded.granted,
        refused = day_count.refused + excluded.refused
      """)
    addHour = try database.prepare(
      """
      INSERT INTO hour_count (station, hour, what, amount)
      VALUES (?1, ?2, ?3, ?4) ON CONFLICT (station, hour, what) DO UPDATE SET
        amount = hour_count.amount + excluded.amount
      """)
  }

  func store(_ items: [InboundItem], at now: Now) throws(DatabaseError) -> [StoreOutcome] {
    try database.transaction { () throws(DatabaseError) in
      var outcomes: [StoreOutcome] = []
      outcomes.reserveCapacity(items.count)
      var book = self
      for item in items { outcomes.append(try book.take(item, at: now)) }
      try saveProgress()
      try saveCounts()
      try members.save()
      try measurements.save(at: now)
      return outcomes
    }
  }

  // MARK: - Stations and streams

  func register(_ station: StationID) throws(DatabaseError) { _ = try number(of: station) }

  func zone(of station: StationID) throws(DatabaseError) -> Zone? {
    if let known = zones[station] { return known }
    let zone = try ledger.zone(of: station)
    zones[station] = zone
    return zone
  }

  func move(_ station: StationID, into zone: ZoneName) throws(DatabaseError) -> Zone? {
    forgetZone(of: station)
    return try ledger.move(station, into: zone)
  }

  /// The zone of a station is being set.
  func forgetZone(of station: StationID) { zones[station] = nil }

  func setCurrentStream(_ stream: StreamID, of station: StationID) throws(DatabaseError) {
    try ledger.setCurrentStream(stream, of: station)
  }

  func noteRestored(_ stream: IngestStream, through last: UInt64) throws(DatabaseError) {
    try database.run(
      """
      INSERT INTO restored_gap (stream, last) VALUES (?1, ?2)
      ON CONFLICT (stream) DO UPDATE SET last = excluded.last
      WHERE excluded.last > restored_gap.last
      """, .integer(stream.number), .integer(Int64(last)))
  }

  func stream(_ key: StreamKey) throws(DatabaseError) -> IngestStream {
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
    let found = IngestStream(
      key, number: number, stationNumber: station,
      StreamProgress(upto: upto, islands: islands), claims)
    streams[key] = found
    return found
  }

  func note(_ stream: IngestStream) {
    guard !stream.hasMoved else { return }
    stream.hasMoved = true
    moved.append(stream)
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

  // MARK: - Records

  func event(at seq: UInt64, in stream: IngestStream) throws(DatabaseError) -> [UInt8]? {
    var body: [UInt8]?
    try database.prepare("SELECT body FROM record WHERE stream = ?1 AND seq = ?2")
      .rows([.integer(stream.number), .integer(Int64(seq))]) { body = $0.bytes(0) }
    return body
  }

  func measurement(at seq: UInt64, in stream: IngestStream) throws(DatabaseError) -> [UInt8]? {
    try measurements.body(stream: stream.number, seq: seq)
  }

  func insert(
    _ kind: Record.Kind, _ json: [UInt8], at seq: UInt64?, in stream: IngestStream, _ now: Now
  ) throws(DatabaseError) -> Int64? {
    try insertRecord.bind(1, stream.number)
    try insertRecord.bind(2, seq.map { Int64($0) })
    try insertRecord.bind(3, now.wall.milliseconds)
    try insertRecord.bind(4, kind.rawValue)
    try insertRecord.bind(5, utf8: json)
    try insertRecord.run()
    guard database.changes == 1 else { return nil }
    let id = database.lastInsertID
    for entry in noted.missing(station: stream.stationNumber, kind, block: id / Self.blockSize) {
      try insertBlock.bind(1, entry.station)
      try insertBlock.bind(2, entry.kind?.rawValue ?? "")
      try insertBlock.bind(3, id / Self.blockSize)
      try insertBlock.run()
    }
    return id
  }

  func note(event id: Int64, of member: MemberID) { members.note(event: id, of: member) }

  func insert(
    measurement json: [UInt8], at seq: UInt64, in stream: IngestStream, _ now: Now
  ) throws(DatabaseError) -> Bool {
    try measurements.insert(json, stream: stream.number, seq: seq, at: now)
  }

  func add(_ hours: [MeasuredHour], of stream: IngestStream) {
    measurements.add(hours, station: stream.stationNumber)
  }

  func add(_ visits: [DayTally], of stream: IngestStream) {
    for visit in visits {
      let key = DayKey(station: stream.stationNumber, day: visit.day)
      self.visits[key, default: (stream.key.station, VisitCounts())].counts += visit.counts
    }
  }

  func add(_ tallies: [HourTally], of stream: IngestStream) {
    for tally in tallies {
      let key = HourKey(station: stream.stationNumber, hour: tally.hour, count: tally.count)
      self.tallies[key, default: 0] += tally.amount
    }
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
    for (key, visit) in visits {
      try addDay.bind(1, visit.station.text)
      try addDay.bind(2, Int64(key.day))
      try addDay.bind(3, visit.counts.entries)
      try addDay.bind(4, visit.counts.exits)
      try addDay.bind(5, visit.counts.granted)
      try addDay.bind(6, visit.counts.refused)
      try addDay.run()
    }
    visits.removeAll(keepingCapacity: true)
    for (key, amount) in tallies {
      try addHour.bind(1, key.station)
      try addHour.bind(2, key.hour)
      try addHour.bind(3, key.count.rawValue)
      try addHour.bind(4, amount)
      try addHour.run()
    }
    tallies.removeAll(keepingCapacity: true)
  }
}

/// The entries already noted of the newest block, so that most records need no look at the table.
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
