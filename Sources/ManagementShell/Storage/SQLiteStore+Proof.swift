// The proof of the ledger on SQLite: everything added up anew, as it stood at one moment.
import ManagementCore
import SQL
import StationProtocol
import Time

extension SQLiteStore {
  package func proof(at now: Now) throws(StoreFailure) -> LedgerProof {
    try guarded { () throws(DatabaseError) in
      try database.snapshot { () throws(DatabaseError) in
        try LedgerAudit(database).proof(at: now.wall)
      }
    }
  }
}

/// Reads the whole ledger inside a transaction that others may write beside.
private struct LedgerAudit {
  private let database: any SQLConnection
  private var findings = LedgerProof.Findings()

  init(_ database: any SQLConnection) { self.database = database }

  func proof(at time: WallTime) throws(DatabaseError) -> LedgerProof {
    var audit = self
    return try audit.run(time)
  }

  private mutating func run(_ time: WallTime) throws(DatabaseError) -> LedgerProof {
    let sums = try addUp()
    try compareBalances()
    try compareHolds()
    try judgeExchanges()
    try judgeRecords()
    try judgeOrders()
    return LedgerProof(
      sums: sums, movements: try count("SELECT count(*) FROM movement"),
      exchanges: try count("SELECT count(*) FROM exchange"),
      discrepancies: try count("SELECT count(*) FROM discrepancy"),
      pendingOrders: try count("SELECT count(*) FROM pending_order WHERE approved IS NULL"),
      holds: try ages(time), findings: findings.all)
  }

  private func count(_ sql: StaticString) throws(DatabaseError) -> Int64 {
    var count: Int64 = 0
    try database.prepare(sql).rows { count = $0.int64(0) }
    return count
  }

  private mutating func addUp() throws(DatabaseError) -> [LedgerProof.Sum] {
    var found: [Account.Kind: LedgerProof.Sum] = [:]
    try database.prepare("SELECT kind, count(*), SUM(balance) FROM account GROUP BY kind")
      .rows { row in
        guard let kind = Account.Kind(rawValue: row.text(0)) else { return }
        found[kind] = LedgerProof.Sum(kind: kind, accounts: row.int64(1), balance: row.int64(2))
      }
    let sums = Account.Kind.allCases.map {
      found[$0] ?? LedgerProof.Sum(kind: $0, accounts: 0, balance: 0)
    }
    findings.add(sum: sums.reduce(0) { $0 + $1.balance })
    return sums
  }

  private mutating func compareBalances() throws(DatabaseError) {
    try database.prepare(
      """
      SELECT kind, owner, balance, moved FROM (
        SELECT kind, owner, balance, COALESCE(came.amount, 0) - COALESCE(gone.amount, 0) AS moved
        FROM account
        LEFT JOIN (SELECT credit, SUM(amount) AS amount FROM movement GROUP BY credit) AS came
          ON came.credit = account.id
        LEFT JOIN (SELECT debit, SUM(amount) AS amount FROM movement GROUP BY debit) AS gone
          ON gone.debit = account.id) AS account_moved
      WHERE balance <> moved ORDER BY kind, owner
      """
    ).rows { row throws(DatabaseError) in
      findings.compare(try Self.account(row), holds: row.int64(2), moved: row.int64(3))
    }
  }

  private static func account(_ row: any SQLRow) throws(DatabaseError) -> Account {
    guard let kind = Account.Kind(rawValue: row.text(0)),
      let account = Account(kind, owner: row.text(1))
    else { throw SQLiteBook.damaged("account of \(row.text(0))", 0) }
    return account
  }

  private mutating func compareHolds() throws(DatabaseError) {
    try database.prepare(
      """
      SELECT station.id, COALESCE(balance, 0), COALESCE(aside.amount, 0) FROM station
      LEFT JOIN account ON account.kind = 'held' AND account.owner = station.id
      LEFT JOIN (
        SELECT stream.station AS station, SUM(price) AS amount FROM exchange
        JOIN stream ON stream.number = exchange.stream
        WHERE exchange.state = 'held' GROUP BY stream.station) AS aside
        ON aside.station = station.id
      WHERE COALESCE(balance, 0) <> COALESCE(aside.amount, 0) ORDER BY station.id
      """
    ).rows { row in
      guard let station = StationID(row.text(0)) else { return }
      findings.compare(station, holds: row.int64(1), open: row.int64(2))
    }
  }

  private func ages(_ time: WallTime) throws(DatabaseError) -> LedgerProof.HoldAges {
    var ages = LedgerProof.HoldAges()
    try database.prepare(SQLiteStore.openHolds)
      .rows([.integer(0), .integer(.max)]) { row throws(DatabaseError) in
        let hold = try SQLiteStore.hold(row)
        if hold.entry.state == .held { ages.count(hold, at: time) }
      }
    return ages
  }

  private mutating func judgeExchanges() throws(DatabaseError) {
    try database.prepare(
      """
      SELECT stream.station, stream.stream, exchange.seq,
        COALESCE(SUM(CASE WHEN kind = 'hold' THEN amount END), 0),
        COALESCE(SUM(CASE WHEN kind = 'post' THEN amount END), 0),
        COALESCE(SUM(CASE WHEN kind = 'release' THEN amount END), 0),
        COALESCE(SUM(CASE WHEN kind IN ('charge', 'shortfall') THEN amount END), 0),
        exchange.id, member, slot, article, price, state, posted, refusal, day, exchange.at, told,
        outcome, outcome_reason, settled, resolver, resolution, code
      FROM exchange JOIN stream ON stream.number = exchange.stream
      LEFT JOIN movement ON movement.exchange = exchange.id
      GROUP BY exchange.id, stream.number ORDER BY exchange.id
      """
    ).rows { row throws(DatabaseError) in
      guard let station = StationID(row.text(0)), let stream = StreamID(row.text(1)) else {
        throw SQLiteBook.damaged("exchange", row.int64(7))
      }
      let id = ExchangeID(stream: stream, seq: UInt64(row.int64(2)))
      findings.judge(
        try SQLiteBook.entry(row, from: 7, id, of: station),
        LedgerProof.Moved(
          hold: row.int64(3), post: row.int64(4), release: row.int64(5), unheld: row.int64(6)))
    }
  }

  private mutating func judgeRecords() throws(DatabaseError) {
    let book = try SQLiteBook(database)
    try database.prepare(
      """
      SELECT stream.station, stream.stream, record.seq, record.body FROM record_block
      CROSS JOIN record CROSS JOIN stream
      WHERE record.id BETWEEN block * 256 AND block * 256 + 255
        AND stream.number = record.stream AND record_block.station = 0
        AND record_block.kind = ?1 AND record.kind = ?1 AND record.seq IS NOT NULL
      """
    ).rows([.text(Record.Kind.exchange(.ended).rawValue)]) { row throws(DatabaseError) in
      guard let station = StationID(row.text(0)), let stream = StreamID(row.text(1)),
        let record = try? Record(json: row.bytes(3)),
        case .exchange(.ended(let exchange, let outcome)) = record.body
      else { throw SQLiteBook.damaged("record", row.int64(2)) }
      let told = LedgerProof.EndRecord(
        station: station, stream: stream, seq: UInt64(row.int64(2)), exchange: exchange,
        outcome: outcome)
      let entry = try book.entry(exchange.id)
      guard LedgerProof.fault(of: told, entry) != nil else { return }
      findings.judge(told, entry, isListed: try isListed(told))
    }
  }

  private func isListed(_ record: LedgerProof.EndRecord) throws(DatabaseError) -> Bool {
    var isListed = false
    try database.prepare(
      """
      SELECT id, kind, station, stream, seq, member, slot, article, price, outcome, outcome_reason,
        charged, borne, at
      FROM discrepancy WHERE stream = ?1 AND seq = ?2
      """
    ).rows([
      .text(record.exchange.id.stream.description), .integer(Int64(record.exchange.id.seq)),
    ]) { row throws(DatabaseError) in
      let listed = LedgerProof.Listed(try SQLiteBook.discrepancy(row))
      if listed == LedgerProof.Listed(record) { isListed = true }
    }
    return isListed
  }

  private mutating func judgeOrders() throws(DatabaseError) {
    try database.prepare(
      """
      SELECT back.reverses FROM movement AS back
      LEFT JOIN movement ON movement.id = back.reverses
      WHERE back.reverses IS NOT NULL
        AND (movement.id IS NULL OR movement.amount <> back.amount)
      ORDER BY back.reverses
      """
    ).rows { findings.add(.reversal($0.int64(0))) }
    try database.prepare(
      """
      SELECT ledger_order.key FROM ledger_order
      LEFT JOIN movement ON movement.id = ledger_order.movement
      WHERE ledger_order.movement IS NOT NULL
        AND (movement.id IS NULL OR movement.order_key IS NULL
          OR movement.order_key <> ledger_order.key)
      ORDER BY ledger_order.key
      """
    ).rows { row in
      if let key = OrderKey(row.text(0)) { findings.add(.order(key)) }
    }
  }
}
