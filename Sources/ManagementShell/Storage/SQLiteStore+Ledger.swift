// The management store on SQLite: what is asked of its ledger.
import ManagementCore
import SQL
import StationProtocol
import Time

extension SQLiteStore {
  package func carryOut(
    _ order: LedgerOrder, key: OrderKey, by actor: String, aloneUpTo: Int64, at now: Now
  ) throws(StoreFailure) -> OrderOutcome {
    try guarded { () throws(DatabaseError) in
      var book = try SQLiteBook(database)
      return try database.transaction { () throws(DatabaseError) in
        try book.carryOut(order, key, by: actor, aloneUpTo: aloneUpTo, at: now)
      }
    }
  }

  package func balance(of member: MemberID) throws(StoreFailure) -> Int64? {
    try asked { (book) throws(DatabaseError) in try book.balance(of: member) }
  }

  package func balance(of account: Account) throws(StoreFailure) -> Int64 {
    try asked { (book) throws(DatabaseError) in try book.balance(of: account) }
  }

  package func exchange(_ id: ExchangeID) throws(StoreFailure) -> LedgerExchange? {
    try asked { (book) throws(DatabaseError) in try book.entry(id) }
  }

  package func pendingOrder(_ id: Int64) throws(StoreFailure) -> PendingOrder? {
    try asked { (book) throws(DatabaseError) in try book.pending(id) }
  }

  private func asked<Value>(
    _ question: (SQLiteBook) throws(DatabaseError) -> Value
  ) throws(StoreFailure) -> Value {
    try guarded { () throws(DatabaseError) in try question(try SQLiteBook(database)) }
  }

  /// The rows of a question, each read by `read`.
  private func list<Value>(
    _ sql: StaticString, _ values: [SQLValue],
    _ read: (any SQLRow) throws(DatabaseError) -> Value
  ) throws(StoreFailure) -> [Value] {
    try guarded { () throws(DatabaseError) in
      var all: [Value] = []
      try database.prepare(sql).rows(values) { row throws(DatabaseError) in
        all.append(try read(row))
      }
      return all
    }
  }

  package func statement(
    of member: MemberID, before: Int64?, limit: Int
  ) throws(StoreFailure) -> [StatementLine] {
    try list(
      """
      SELECT movement.id, movement.kind, debited.kind, debited.owner, credited.kind,
        credited.owner, amount, stream.stream, exchange.seq, order_key, reason, reverses, actor,
        movement.at, stream.station,
        exchange.id, member, slot, article, price, state, posted, refusal, day, exchange.at, told,
        outcome, outcome_reason, settled, resolver, resolution, code
      FROM movement JOIN account AS debited ON debited.id = debit
      JOIN account AS credited ON credited.id = credit
      LEFT JOIN exchange ON exchange.id = movement.exchange
      LEFT JOIN stream ON stream.number = exchange.stream
      WHERE member_account = (SELECT id FROM account WHERE kind = 'member' AND owner = ?1)
        AND movement.id < ?2
      ORDER BY movement.id DESC LIMIT ?3
      """, [.text(member.text), .integer(before ?? .max), .integer(Int64(limit))]
    ) { row throws(DatabaseError) in
      let movement = try SQLiteBook.movement(row)
      let column = SQLiteBook.movementColumnCount
      guard let id = movement.exchange, let station = StationID(row.text(column)) else {
        return StatementLine(movement: movement, exchange: nil)
      }
      let entry = try SQLiteBook.entry(row, from: column + 1, id, of: station)
      return StatementLine(movement: movement, exchange: entry)
    }
  }

  package func movements(before: Int64?, limit: Int) throws(StoreFailure) -> [Movement] {
    try list(
      """
      SELECT movement.id, movement.kind, debited.kind, debited.owner, credited.kind,
        credited.owner, amount, stream.stream, exchange.seq, order_key, reason, reverses, actor,
        movement.at
      FROM movement JOIN account AS debited ON debited.id = debit
      JOIN account AS credited ON credited.id = credit
      LEFT JOIN exchange ON exchange.id = movement.exchange
      LEFT JOIN stream ON stream.number = exchange.stream
      WHERE movement.id < ?1 ORDER BY movement.id DESC LIMIT ?2
      """, [.integer(before ?? .max), .integer(Int64(limit))]
    ) { row throws(DatabaseError) in try SQLiteBook.movement(row) }
  }

  package func takings(
    of station: StationID, days: ClosedRange<Int>
  ) throws(StoreFailure) -> [Taking] {
    try list(
      """
      SELECT day, article, count(*), SUM(posted) FROM exchange
      WHERE stream IN (SELECT number FROM stream WHERE station = ?1)
        AND day BETWEEN ?2 AND ?3 AND state = 'posted'
      GROUP BY day, article ORDER BY day, article
      """,
      [.text(station.text), .integer(Int64(days.lowerBound)), .integer(Int64(days.upperBound))]
    ) { row throws(DatabaseError) in
      guard let article = ArticleID(row.text(1)) else {
        throw SQLiteBook.damaged("exchange of day", row.int64(0))
      }
      return Taking(
        day: Int(row.int64(0)), article: article, count: row.int64(2), points: row.int64(3))
    }
  }

  package func openHolds(after id: Int64, limit: Int) throws(StoreFailure) -> [OpenHold] {
    try list(
      Self.openHolds, [.integer(id), .integer(Int64(limit))]
    ) { row throws(DatabaseError) in try Self.hold(row) }
  }

  static let openHolds: StaticString = """
    SELECT stream.station, stream.stream, exchange.seq, station.life,
      CASE WHEN restored_gap.last > exchange.seq THEN 1 ELSE 0 END,
      exchange.id, member, slot, article, price, state, posted, refusal, day, exchange.at, told,
      outcome, outcome_reason, settled, resolver, resolution, code
    FROM exchange JOIN stream ON stream.number = exchange.stream
    JOIN station ON station.id = stream.station
    LEFT JOIN restored_gap ON restored_gap.stream = exchange.stream
    WHERE exchange.id IN (
      SELECT id FROM exchange WHERE state = 'held' AND id > ?1
      UNION ALL
      SELECT id FROM exchange
      WHERE state IN ('void', 'refused') AND outcome = 'dispensed' AND resolver IS NULL
        AND id > ?1)
    ORDER BY exchange.id LIMIT ?2
    """

  static func hold(_ row: any SQLRow) throws(DatabaseError) -> OpenHold {
    guard let station = StationID(row.text(0)), let stream = StreamID(row.text(1)) else {
      throw SQLiteBook.damaged("exchange", row.int64(5))
    }
    let id = ExchangeID(stream: stream, seq: UInt64(row.int64(2)))
    let entry = try SQLiteBook.entry(row, from: 5, id, of: station)
    let life = row.textOrNil(3)
    return OpenHold(
      entry, isOrphaned: life != nil && life != stream.description, isInGap: row.int64(4) == 1)
  }

  package func countHolds(
    olderThan time: WallTime
  ) throws(StoreFailure) -> (open: Int64, old: Int64) {
    try list(
      """
      SELECT count(*), COALESCE(SUM(CASE WHEN at < ?1 THEN 1 ELSE 0 END), 0) FROM (
        SELECT at FROM exchange WHERE state = 'held'
        UNION ALL
        SELECT -9007199254740992 FROM exchange
        WHERE state IN ('void', 'refused') AND outcome = 'dispensed' AND resolver IS NULL)
        AS waiting
      """, [.integer(time.milliseconds)]
    ) { row throws(DatabaseError) in (row.int64(0), row.int64(1)) }.first ?? (0, 0)
  }

  package func unprovenSums() throws(StoreFailure) -> [UnprovenSum] {
    try list(
      """
      SELECT station, count(*), SUM(price), MAX(id), MIN(member), MAX(member) FROM (
        SELECT stream.station, exchange.id, price, member,
          ROW_NUMBER() OVER (PARTITION BY stream.station ORDER BY exchange.id) AS place
        FROM exchange JOIN stream ON stream.number = exchange.stream
        WHERE state IN ('void', 'refused') AND outcome = 'dispensed' AND resolver IS NULL)
        AS waiting
      WHERE place <= ?1 GROUP BY station ORDER BY station
      """, [.integer(UnprovenSum.most)]
    ) { row throws(DatabaseError) in
      guard let station = StationID(row.text(0)) else {
        throw SQLiteBook.damaged("exchange", row.int64(3))
      }
      return UnprovenSum(
        station: station, count: row.int64(1), points: row.int64(2), through: row.int64(3),
        member: row.text(4) == row.text(5) ? MemberID(row.text(4)) : nil)
    }
  }

  package func discrepancies(before: Int64?, limit: Int) throws(StoreFailure) -> [Discrepancy] {
    try list(
      """
      SELECT id, kind, station, stream, seq, member, slot, article, price, outcome, outcome_reason,
        charged, borne, at
      FROM discrepancy
      WHERE id < ?1 ORDER BY id DESC LIMIT ?2
      """, [.integer(before ?? .max), .integer(Int64(limit))]
    ) { row throws(DatabaseError) in try SQLiteBook.discrepancy(row) }
  }

  package func pendingOrders(
    after id: Int64, limit: Int
  ) throws(StoreFailure) -> [PendingOrder] {
    try list(
      """
      SELECT id, contents, points, member, actor, at, approved, decider, decision_reason, decided
      FROM pending_order
      WHERE approved IS NULL AND id > ?1 ORDER BY id LIMIT ?2
      """, [.integer(id), .integer(Int64(limit))]
    ) { row throws(DatabaseError) in try SQLiteBook.pending(row) }
  }

  // MARK: - Rules

  package func exchangeLimits() throws(StoreFailure) -> ExchangeLimits {
    try asked { (book) throws(DatabaseError) in try book.limits() }
  }

  package func prices(of station: StationID) throws(StoreFailure) -> [SlotPrice] {
    try guarded { () throws(DatabaseError) in
      try SQLiteBook.prices(of: station, in: database)
    }
  }
}
