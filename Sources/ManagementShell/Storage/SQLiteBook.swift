// The ledger's rows in SQLite, for whoever is inside a transaction of this connection.
import ManagementCore
import SQL
import StationProtocol
import Time

/// The book remembers numbers of rows, which never change. Where a transaction fails it must be
/// made anew: it may remember rows that are not there.
final class SQLiteBook: LedgerBook {
  typealias Failure = DatabaseError

  /// Accounts whose numbers are remembered.
  private static let mostAccounts = 20_000

  let database: any SQLConnection
  let shelf = ZoneShelf()
  let stationLimits: StationLimits
  var hours: [StationID: StationHour] = [:]
  private var streams: [StreamID: (number: Int64, owner: StationID)] = [:]
  private var accounts: [Account: Int64] = [:]
  private var lives: [StationID: StreamID] = [:]
  private let selectEntry: any SQLStatement
  private let selectSale: any SQLStatement
  private let selectKnown: any SQLStatement
  private let selectTerms: any SQLStatement
  private let insertEntry: any SQLStatement
  private let updateEntry: any SQLStatement
  private let insertMovement: any SQLStatement
  private let updateBalance: any SQLStatement

  init(_ database: any SQLConnection, _ limits: StationLimits = .none) throws(DatabaseError) {
    self.database = database
    stationLimits = limits
    selectEntry = try database.prepare(
      """
      SELECT exchange.id, member, slot, article, price, state, posted, refusal, day, exchange.at,
        told, outcome, outcome_reason, settled, resolver, resolution, code
      FROM exchange WHERE stream = ?1 AND seq = ?2
      """)
    selectSale = try database.prepare(
      """
      SELECT stream.station FROM exchange JOIN stream ON stream.number = exchange.stream
      WHERE exchange.code = ?1 AND state <> 'refused'
        AND NOT (state = 'void' AND COALESCE(outcome, '') IN ('refused', 'cancelled')) LIMIT 1
      """)
    selectKnown = try database.prepare(
      """
      SELECT 1 FROM exchange JOIN stream ON stream.number = exchange.stream
      WHERE member = ?1 AND stream.station = ?2 LIMIT 1
      """)
    selectTerms = try database.prepare(
      """
      SELECT member.status, account.id, account.balance,
        (SELECT price FROM slot_price WHERE station = ?2 AND slot = ?3),
        (SELECT most FROM exchange_limit WHERE kind = 'day'),
        (SELECT most FROM exchange_limit WHERE kind = 'article')
      FROM member LEFT JOIN account ON account.kind = 'member' AND account.owner = member.id
      WHERE member.id = ?1
      """)
    insertEntry = try database.prepare(
      """
      INSERT INTO exchange (stream, seq, member, slot, article, price, state, posted, refusal, day,
        at, told, outcome, outcome_reason, settled, code)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)
      """)
    updateEntry = try database.prepare(
      """
      UPDATE exchange SET state = ?2, posted = ?3, outcome = ?4, outcome_reason = ?5, settled = ?6,
        resolver = ?7, resolution = ?8 WHERE id = ?1
      """)
    insertMovement = try database.prepare(
      """
      INSERT INTO movement (kind, debit, credit, amount, member_account, exchange, order_key, reason,
        reverses, actor, at)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
      """)
    updateBalance = try database.prepare(
      "UPDATE account SET balance = balance + ?2 WHERE id = ?1")
  }

  // MARK: - Stations

  func currentStream(of station: StationID) throws(DatabaseError) -> StreamID? {
    if let known = lives[station] { return known }
    var life: StreamID?
    try database.prepare("SELECT life FROM station WHERE id = ?1")
      .rows([.text(station.text)]) { life = $0.textOrNil(0).flatMap { StreamID($0) } }
    lives[station] = life
    return life
  }

  /// The station was born in this stream.
  func setCurrentStream(_ stream: StreamID, of station: StationID) throws(DatabaseError) {
    guard try currentStream(of: station) != stream else { return }
    try database.prepare("UPDATE station SET life = ?2 WHERE id = ?1")
      .run([.text(station.text), .text(stream.description)])
    lives[station] = stream
  }

  func owner(of stream: StreamID) throws(DatabaseError) -> StationID? {
    try place(stream)?.owner
  }

  private func place(
    _ stream: StreamID
  ) throws(DatabaseError) -> (number: Int64, owner: StationID)? {
    if let known = streams[stream] { return known }
    var place: (number: Int64, owner: StationID)?
    try database.prepare(
      "SELECT number, station FROM stream WHERE stream = ?1 ORDER BY number LIMIT 1"
    ).rows([.text(stream.description)]) { row in
      place = StationID(row.text(1)).map { (row.int64(0), $0) }
    }
    if let place { streams[stream] = place }
    return place
  }

  // MARK: - Exchanges

  func entry(_ id: ExchangeID) throws(DatabaseError) -> LedgerExchange? {
    guard let (number, owner) = try place(id.stream) else { return nil }
    try selectEntry.bind(1, number)
    try selectEntry.bind(2, Int64(id.seq))
    var entry: LedgerExchange?
    try selectEntry.rows { row throws(DatabaseError) in
      entry = try Self.entry(row, id, of: owner)
    }
    return entry
  }

  static func entry(
    _ row: any SQLRow, from column: Int = 0, _ id: ExchangeID, of station: StationID
  ) throws(DatabaseError) -> LedgerExchange {
    func next(_ offset: Int) -> Int { column + offset }
    guard let member = MemberID(row.text(next(1))), let slot = SlotID(Int(row.int64(next(2)))),
      let article = ArticleID(row.text(next(3))), let price = Points(row.int64(next(4))),
      let state = Self.state(row, next(5))
    else { throw Self.damaged("exchange", row.int64(next(0))) }
    let outcome = try Self.outcome(row, next(11), "exchange", row.int64(next(0)))
    return LedgerExchange(
      id: row.int64(next(0)), station: station,
      exchange: Exchange(id: id, member: member, slot: slot, article: article, price: price),
      state: state, day: Int(row.int64(next(8))), at: WallTime(milliseconds: row.int64(next(9))),
      told: row.int64OrNil(next(10)), outcome: outcome,
      settled: row.int64OrNil(next(13)).map { WallTime(milliseconds: $0) },
      resolution: row.textOrNil(next(14)).map {
        LedgerExchange.Resolution(actor: $0, reason: row.text(next(15)))
      },
      code: row.textOrNil(next(16)).flatMap { CodeDigest($0) })
  }

  /// State, posted and refusal.
  private static func state(_ row: any SQLRow, _ column: Int) -> LedgerExchange.State? {
    switch LedgerExchange.State.Kind(rawValue: row.text(column)) {
    case .held: .held
    case .posted: .posted(row.int64(column + 1))
    case .void: .void
    case .refused: ExchangeRefusal(rawValue: row.text(column + 2)).map { .refused($0) }
    case nil: nil
    }
  }

  /// Outcome and its reason.
  static func outcome(
    _ row: any SQLRow, _ column: Int, _ table: String, _ id: Int64
  ) throws(DatabaseError) -> ExchangeOutcome? {
    guard let word = row.textOrNil(column) else { return nil }
    guard let kind = ExchangeOutcome.Kind(rawValue: word),
      let outcome = ExchangeOutcome(kind, reason: row.textOrNil(column + 1))
    else { throw damaged(table, id) }
    return outcome
  }

  static func damaged(_ table: String, _ id: Int64) -> DatabaseError {
    DatabaseError(
      operation: .step, .damaged,
      message: "\(table) \(id) is not what was written there")
  }

  func open(_ entry: LedgerExchange) throws(DatabaseError) -> Int64 {
    guard let (number, _) = try place(entry.exchange.id.stream) else {
      throw Self.damaged("stream of exchange", Int64(entry.exchange.id.seq))
    }
    let exchange = entry.exchange
    try insertEntry.bind(1, number)
    try insertEntry.bind(2, Int64(exchange.id.seq))
    try insertEntry.bind(3, exchange.member.text)
    try insertEntry.bind(4, Int64(exchange.slot.number))
    try insertEntry.bind(5, exchange.article.text)
    try insertEntry.bind(6, exchange.price.number)
    try insertEntry.bind(7, entry.state.kind.rawValue)
    try insertEntry.bind(8, entry.posted)
    try insertEntry.bind(9, entry.refusal?.rawValue)
    try insertEntry.bind(10, Int64(entry.day))
    try insertEntry.bind(11, entry.at.milliseconds)
    try insertEntry.bind(12, entry.told)
    try insertEntry.bind(13, entry.outcome?.kind.rawValue)
    try insertEntry.bind(14, entry.outcome?.reason)
    try insertEntry.bind(15, entry.settled?.milliseconds)
    try insertEntry.bind(16, entry.code?.description)
    try insertEntry.run()
    return database.lastInsertID
  }

  func settle(_ entry: LedgerExchange) throws(DatabaseError) {
    try updateEntry.bind(1, entry.id)
    try updateEntry.bind(2, entry.state.kind.rawValue)
    try updateEntry.bind(3, entry.posted)
    try updateEntry.bind(4, entry.outcome?.kind.rawValue)
    try updateEntry.bind(5, entry.outcome?.reason)
    try updateEntry.bind(6, entry.settled?.milliseconds)
    try updateEntry.bind(7, entry.resolution?.actor)
    try updateEntry.bind(8, entry.resolution?.reason)
    try updateEntry.run()
  }

  func sale(by code: CodeDigest) throws(DatabaseError) -> StationID? {
    try selectSale.bind(1, code.description)
    var station: StationID?
    try selectSale.rows { station = StationID($0.text(0)) }
    return station
  }

  func hasAsked(
    for member: MemberID, at station: StationID
  ) throws(DatabaseError) -> Bool {
    try selectKnown.bind(1, member.text)
    try selectKnown.bind(2, station.text)
    var isKnown = false
    try selectKnown.rows { _ in isKnown = true }
    return isKnown
  }

  // MARK: - Members

  func terms(
    for member: MemberID, at station: StationID, _ slot: SlotID
  ) throws(DatabaseError) -> HoldTerms? {
    try selectTerms.bind(1, member.text)
    try selectTerms.bind(2, station.text)
    try selectTerms.bind(3, Int64(slot.number))
    var terms: HoldTerms?
    try selectTerms.rows { row in
      guard let status = Member.Status(rawValue: row.text(0)) else { return }
      if let number = row.int64OrNil(1) { remember(.member(member), number) }
      terms = HoldTerms(
        status: status, balance: row.int64(2), price: row.int64OrNil(3).flatMap { Points($0) },
        limits: ExchangeLimits(perDay: row.int64OrNil(4), perArticle: row.int64OrNil(5)))
    }
    return terms
  }

  func count(
    of member: MemberID, day: Int, _ article: ArticleID
  ) throws(DatabaseError) -> (all: Int64, ofArticle: Int64) {
    var count: (all: Int64, ofArticle: Int64) = (0, 0)
    try database.prepare(
      """
      SELECT count(*), COALESCE(SUM(CASE WHEN article = ?3 THEN 1 ELSE 0 END), 0) FROM exchange
      WHERE member = ?1 AND day = ?2 AND state IN ('held', 'posted')
      """
    ).rows([.text(member.text), .integer(Int64(day)), .text(article.text)]) {
      count = ($0.int64(0), $0.int64(1))
    }
    return count
  }

  func balance(of member: MemberID) throws(DatabaseError) -> Int64? {
    var balance: Int64?
    try database.prepare(
      """
      SELECT COALESCE(account.balance, 0) FROM member
      LEFT JOIN account ON account.kind = 'member' AND account.owner = member.id
      WHERE member.id = ?1
      """
    ).rows([.text(member.text)]) { balance = $0.int64(0) }
    return balance
  }

  // MARK: - Accounts and movements

  func balance(of account: Account) throws(DatabaseError) -> Int64 {
    var balance: Int64 = 0
    try database.prepare("SELECT balance FROM account WHERE kind = ?1 AND owner = ?2")
      .rows([.text(account.kind.rawValue), .text(account.owner)]) { balance = $0.int64(0) }
    return balance
  }

  private func remember(_ account: Account, _ number: Int64) {
    if accounts.count >= Self.mostAccounts { accounts.removeAll() }
    accounts[account] = number
  }

  /// The number of an account, which it is given when something first moves.
  private func number(of account: Account) throws(DatabaseError) -> Int64 {
    if let known = accounts[account] { return known }
    let name: [SQLValue] = [.text(account.kind.rawValue), .text(account.owner)]
    try database.prepare(
      """
      INSERT INTO account (kind, owner, balance) VALUES (?1, ?2, 0)
      ON CONFLICT (kind, owner) DO NOTHING
      """
    ).run(name)
    var number: Int64 = 0
    try database.prepare("SELECT id FROM account WHERE kind = ?1 AND owner = ?2")
      .rows(name) { number = $0.int64(0) }
    remember(account, number)
    return number
  }

  func move(_ movement: Movement, _ entry: LedgerExchange?) throws(DatabaseError) -> Int64 {
    let from = try number(of: movement.from)
    let to = try number(of: movement.to)
    let member =
      movement.from.kind == .member ? from : movement.to.kind == .member ? to : nil
    try insertMovement.bind(1, movement.kind.rawValue)
    try insertMovement.bind(2, from)
    try insertMovement.bind(3, to)
    try insertMovement.bind(4, movement.amount)
    try insertMovement.bind(5, member)
    try insertMovement.bind(6, entry?.id)
    try insertMovement.bind(7, movement.order?.text)
    try insertMovement.bind(8, movement.reason)
    try insertMovement.bind(9, movement.reverses)
    try insertMovement.bind(10, movement.actor.description)
    try insertMovement.bind(11, movement.at.milliseconds)
    try insertMovement.run()
    let id = database.lastInsertID
    try add(-movement.amount, to: from)
    try add(movement.amount, to: to)
    return id
  }

  private func add(_ amount: Int64, to account: Int64) throws(DatabaseError) {
    try updateBalance.bind(1, account)
    try updateBalance.bind(2, amount)
    try updateBalance.run()
  }
}

extension LedgerExchange {
  fileprivate var posted: Int64? {
    if case .posted(let amount) = state { amount } else { nil }
  }
  fileprivate var refusal: ExchangeRefusal? {
    if case .refused(let refusal) = state { refusal } else { nil }
  }
}
