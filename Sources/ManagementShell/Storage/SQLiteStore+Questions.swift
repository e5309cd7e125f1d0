// The management store on SQLite: what the API asks and changes.
import ManagementCore
import SQL
import StationProtocol
import Time

extension SQLiteStore {
  package func events(after id: Int64, limit: Int) throws(StoreFailure) -> [StoredEvent] {
    try events(
      """
      SELECT record.id, stream.station, stream.stream, seq, received, record.kind, body
      FROM record JOIN stream ON stream.number = record.stream
      WHERE record.id > ?1 ORDER BY record.id LIMIT ?2
      """, [.integer(id), .integer(Int64(limit))])
  }

  package func events(
    matching filter: EventFilter, limit: Int
  ) throws(StoreFailure) -> [StoredEvent] {
    let before = SQLValue.integer(filter.before ?? .max)
    let most = SQLValue.integer(Int64(limit))
    guard filter.station != nil || filter.kind != nil else {
      return try events(
        """
        SELECT record.id, stream.station, stream.stream, seq, received, record.kind, body
        FROM record JOIN stream ON stream.number = record.stream
        WHERE record.id < ?1 ORDER BY record.id DESC LIMIT ?2
        """, [before, most])
    }
    return try events(
      Self.filteredEvents,
      [before, most, .text(filter.station?.text), .text(filter.kind?.rawValue)])
  }

  /// A page of the events of a station (?3), of a kind (?4), or both, with ids below ?1. The
  /// joins are CROSS because their order is the point: blocks from the newest down, the records
  /// of each, and no more of either than fill the page.
  static let filteredEvents: StaticString = """
    SELECT record.id, stream.station, stream.stream, seq, received, record.kind, body
    FROM record_block
    CROSS JOIN record CROSS JOIN stream
    WHERE record.id BETWEEN block * 256 AND block * 256 + 255 AND stream.number = record.stream
      AND record_block.station =
        CASE WHEN CAST(?3 AS TEXT) IS NULL THEN 0 ELSE (SELECT number FROM station WHERE id = ?3) END
      AND record_block.kind = COALESCE(?4, '')
      AND record_block.block <= ?1 / 256 AND record.id < ?1
      AND (?3 IS NULL OR stream.station = ?3) AND (?4 IS NULL OR record.kind = ?4)
    ORDER BY block DESC, record.id DESC LIMIT ?2
    """

  package func events(
    of member: MemberID, before: Int64?, limit: Int
  ) throws(StoreFailure) -> [StoredEvent] {
    try guarded { () throws(DatabaseError) in
      try database.snapshot { () throws(DatabaseError) in
        var found: [StoredEvent] = []
        var search = MemberEventSearch(member, before: before ?? .max)
        while found.count < limit, let ids = try search.next(in: database) {
          for id in ids where found.count < limit {
            guard let event = try event(id), MemberMention.member(of: event.json) == member else {
              continue
            }
            found.append(event)
          }
        }
        return found
      }
    }
  }

  private func event(_ id: Int64) throws(DatabaseError) -> StoredEvent? {
    var found: StoredEvent?
    try database.prepare(
      """
      SELECT record.id, stream.station, stream.stream, seq, received, record.kind, body
      FROM record JOIN stream ON stream.number = record.stream WHERE record.id = ?1
      """
    ).rows([.integer(id)]) { row throws(DatabaseError) in found = try Self.event(row) }
    return found
  }

  private func events(
    _ sql: StaticString, _ values: [SQLValue]
  ) throws(StoreFailure) -> [StoredEvent] {
    try guarded { () throws(DatabaseError) in
      var events: [StoredEvent] = []
      try database.prepare(sql).rows(values) { row throws(DatabaseError) in
        events.append(try Self.event(row))
      }
      return events
    }
  }

  private static func event(_ row: any SQLRow) throws(DatabaseError) -> StoredEvent {
    guard let station = StationID(row.text(1)), let stream = StreamID(row.text(2)),
      let kind = Record.Kind(rawValue: row.text(5))
    else {
      throw DatabaseError(
        operation: .step, .damaged,
        message: "record \(row.int64(0)) is not what was written there")
    }
    return StoredEvent(
      id: row.int64(0), station: station, stream: stream,
      seq: row.int64OrNil(3).map { UInt64($0) },
      received: WallTime(milliseconds: row.int64(4)), kind: kind, json: row.bytes(6))
  }

  package func lastEventID() throws(StoreFailure) -> Int64 {
    try guarded { () throws(DatabaseError) in
      var last: Int64 = 0
      try database.prepare("SELECT COALESCE(MAX(id), 0) FROM record").rows { last = $0.int64(0) }
      return last
    }
  }

  package func stations() throws(StoreFailure) -> [StationRegistration] {
    try guarded { () throws(DatabaseError) in
      var all: [StationRegistration] = []
      try database.prepare(
        """
        SELECT id, name_en, name_zh, retired_by, retired_at, retired_reason,
          COALESCE(zone_set, zone)
        FROM station ORDER BY id
        """
      ).rows { row in
        guard let id = StationID(row.text(0)) else { return }
        let retirement = row.textOrNil(3).map {
          Retirement(
            actor: $0, at: WallTime(milliseconds: row.int64(4)), reason: row.text(5))
        }
        all.append(
          StationRegistration(
            id: id, names: StationNames(english: row.text(1), chinese: row.text(2)),
            retirement: retirement,
            zone: row.textOrNil(6).flatMap { ZoneName($0) }.flatMap { shelf.zone($0) }))
      }
      return all
    }
  }

  package func retire(
    _ station: StationID, _ isRetired: Bool, reason: String, by actor: String, at now: Now
  ) throws(StoreFailure) -> Bool {
    let entry = AuditEntry.retirement(station, isRetired, reason: reason, by: actor, at: now)
    return try change(entry) { () throws(DatabaseError) in
      try database.run(
        "UPDATE station SET retired_by = ?2, retired_at = ?3, retired_reason = ?4 WHERE id = ?1",
        .text(station.text), .text(isRetired ? actor : nil),
        .integer(isRetired ? now.wall.milliseconds : nil), .text(isRetired ? reason : nil))
    }
  }

  package func name(
    _ station: StationID, _ names: StationNames, by actor: String, at now: Now
  ) throws(StoreFailure) {
    try change(.naming(station, names, by: actor, at: now)) { () throws(DatabaseError) in
      try database.run(
        """
        INSERT INTO station (id, name_en, name_zh, number)
        VALUES (?1, ?2, ?3, (SELECT COALESCE(MAX(number), 0) + 1 FROM station))
        ON CONFLICT (id) DO UPDATE SET name_en = excluded.name_en, name_zh = excluded.name_zh
        """, .text(station.text), .text(names.english), .text(names.chinese))
    }
  }

  /// One change and the name of who made it, where it changes a row.
  /// - Returns: whether it did.
  @discardableResult
  func change(
    _ entry: AuditEntry, _ body: () throws(DatabaseError) -> Void
  ) throws(StoreFailure) -> Bool {
    try guarded { () throws(DatabaseError) in
      try database.transaction { () throws(DatabaseError) in
        try body()
        guard database.changes == 1 else { return false }
        try SQLiteBook.note(entry, in: database)
        return true
      }
    }
  }

  package func measured(
    of station: StationID, hours: Range<Int64>
  ) throws(StoreFailure) -> [MeasuredHour] {
    try guarded { () throws(DatabaseError) in
      var all: [MeasuredHour] = []
      try database.prepare(
        """
        SELECT sensor, quantity, hour, seconds, weight, least, most, used, resets
        FROM measured_hour WHERE station = (SELECT number FROM station WHERE id = ?1)
          AND hour >= ?2 AND hour < ?3
        ORDER BY sensor, quantity, hour
        """
      ).rows([
        .text(station.text), .integer(hours.lowerBound), .integer(hours.upperBound),
      ]) { row in
        guard let sensor = SensorID(row.text(0)), let quantity = Quantity(rawValue: row.text(1))
        else { return }
        all.append(
          MeasuredHour(
            place: MeasuredHour.Place(sensor: sensor, quantity: quantity, hour: row.int64(2)),
            row, from: 3))
      }
      return all
    }
  }

  package func tallies(
    of station: StationID, hours: Range<Int64>
  ) throws(StoreFailure) -> [HourTally] {
    try guarded { () throws(DatabaseError) in
      var tallies: [HourTally] = []
      try database.prepare(
        """
        SELECT hour, what, amount FROM hour_count
        WHERE station = (SELECT number FROM station WHERE id = ?1) AND hour >= ?2 AND hour < ?3
        ORDER BY hour, what
        """
      ).rows([
        .text(station.text), .integer(hours.lowerBound), .integer(hours.upperBound),
      ]) { row in
        // A later version may have counted more.
        guard let count = HourCount(rawValue: row.text(1)) else { return }
        tallies.append(HourTally(hour: row.int64(0), count: count, amount: row.int64(2)))
      }
      return tallies
    }
  }

  package func counts(onDay day: Int) throws(StoreFailure) -> [StationID: VisitCounts] {
    try guarded { () throws(DatabaseError) in
      var counts: [StationID: VisitCounts] = [:]
      try database.prepare(
        "SELECT station, entries, exits, granted, refused FROM day_count WHERE day = ?1"
      ).rows([.integer(Int64(day))]) { row in
        guard let station = StationID(row.text(0)) else { return }
        counts[station] = VisitCounts(
          entries: row.int64(1), exits: row.int64(2), granted: row.int64(3),
          refused: row.int64(4))
      }
      return counts
    }
  }

  package func enrol(_ member: Member, by actor: String) throws(StoreFailure) -> Bool {
    try change(.enrolment(member, by: actor)) { () throws(DatabaseError) in
      try database.run(
        """
        INSERT INTO member (id, label, status, enrolled) VALUES (?1, ?2, ?3, ?4)
        ON CONFLICT (id) DO NOTHING
        """, .text(member.id.text), .text(member.label), .text(member.status.rawValue),
        .integer(member.enrolled.milliseconds))
    }
  }

  package func member(_ id: MemberID) throws(StoreFailure) -> Member? {
    try members(
      "SELECT id, label, status, enrolled FROM member WHERE id = ?1", [.text(id.text)]
    ).first
  }

  package func members(
    matching search: MemberSearch?, after id: MemberID?, limit: Int
  ) throws(StoreFailure) -> [Member] {
    let page: [SQLValue] = [.text(id?.text ?? ""), .integer(Int64(limit))]
    guard let search else {
      return try members(
        "SELECT id, label, status, enrolled FROM member WHERE id > ?1 ORDER BY id LIMIT ?2", page)
    }
    return try members(
      """
      SELECT id, label, status, enrolled FROM member
      WHERE id > ?1 AND (lower(id) LIKE ?3 ESCAPE '\\' OR lower(label) LIKE ?3 ESCAPE '\\')
      ORDER BY id LIMIT ?2
      """, page + [.text(search.pattern)])
  }

  private func members(
    _ sql: StaticString, _ values: [SQLValue]
  ) throws(StoreFailure) -> [Member] {
    try guarded { () throws(DatabaseError) in
      var all: [Member] = []
      try database.prepare(sql)
        .rows(values) { row in
          guard let id = MemberID(row.text(0)), let status = Member.Status(rawValue: row.text(2))
          else { return }
          all.append(
            Member(
              id: id, label: row.textOrNil(1), status: status,
              enrolled: WallTime(milliseconds: row.int64(3))))
        }
      return all
    }
  }

  package func setStatus(
    _ status: Member.Status, of id: MemberID, reason: String?, by actor: String, at now: Now
  ) throws(StoreFailure) -> Bool {
    try change(.status(status, of: id, reason: reason, by: actor, at: now)) {
      () throws(DatabaseError) in
      try database.run(
        "UPDATE member SET status = ?2 WHERE id = ?1", .text(id.text), .text(status.rawValue))
    }
  }

  package func quarantine(before: Int64?, limit: Int) throws(StoreFailure) -> [Quarantined] {
    try quarantine(
      """
      SELECT id, station, stream, seq, received, reason, raw FROM quarantine
      WHERE id < ?1 ORDER BY id DESC LIMIT ?2
      """, before ?? .max, limit)
  }

  package func quarantine(after id: Int64, limit: Int) throws(StoreFailure) -> [Quarantined] {
    try quarantine(
      """
      SELECT id, station, stream, seq, received, reason, raw FROM quarantine
      WHERE id > ?1 ORDER BY id LIMIT ?2
      """, id, limit)
  }

  private func quarantine(
    _ statement: StaticString, _ id: Int64, _ limit: Int
  ) throws(StoreFailure) -> [Quarantined] {
    try guarded { () throws(DatabaseError) in
      var all: [Quarantined] = []
      try database.prepare(statement).rows([.integer(id), .integer(Int64(limit))]) { row in
        guard let station = StationID(row.text(1)) else { return }
        all.append(
          Quarantined(
            id: row.int64(0), station: station,
            stream: row.textOrNil(2).flatMap { StreamID($0) },
            seq: row.int64OrNil(3).map { UInt64($0) },
            received: WallTime(milliseconds: row.int64(4)), reason: row.text(5),
            raw: row.bytes(6)))
      }
      return all
    }
  }
}
