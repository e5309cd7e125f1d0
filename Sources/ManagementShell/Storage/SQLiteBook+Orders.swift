// The ledger's rows in SQLite: what people ordered, and what does not fit.
import ManagementCore
import SQL
import StationProtocol
import Time

extension SQLiteBook {
  /// The columns of a movement with its accounts and its exchange, in every statement that reads one.
  static let movementColumnCount = 14

  static func movement(_ row: any SQLRow) throws(DatabaseError) -> Movement {
    func account(_ column: Int) -> Account? {
      Account.Kind(rawValue: row.text(column)).flatMap { Account($0, owner: row.text(column + 1)) }
    }
    guard let kind = Movement.Kind(rawValue: row.text(1)), let from = account(2),
      let to = account(4), let actor = LedgerActor(row.text(12)), let cause = cause(row)
    else { throw damaged("movement", row.int64(0)) }
    return Movement(
      id: row.int64(0), kind, from: from, to: to, amount: row.int64(6), actor: actor,
      cause: cause, at: WallTime(milliseconds: row.int64(13)))
  }

  private static func cause(_ row: any SQLRow) -> Movement.Cause? {
    let key = row.textOrNil(9).flatMap { OrderKey($0) }
    if let name = row.textOrNil(7), let stream = StreamID(name) {
      let id = ExchangeID(stream: stream, seq: UInt64(row.int64(8)))
      return key.map { .resolution(id, $0) } ?? .exchange(id)
    }
    guard let key, let reason = row.textOrNil(10) else { return nil }
    return row.int64OrNil(11).map { .reversal(of: $0, key, reason: reason) }
      ?? .order(key, reason: reason)
  }

  func movement(_ id: Int64) throws(DatabaseError) -> Movement? {
    var movement: Movement?
    try database.prepare(
      """
      SELECT movement.id, movement.kind, debited.kind, debited.owner, credited.kind,
        credited.owner, amount, stream.stream, exchange.seq, order_key, reason, reverses, actor,
        movement.at
      FROM movement JOIN account AS debited ON debited.id = debit
      JOIN account AS credited ON credited.id = credit
      LEFT JOIN exchange ON exchange.id = movement.exchange
      LEFT JOIN stream ON stream.number = exchange.stream
      WHERE movement.id = ?1
      """
    ).rows([.integer(id)]) { row throws(DatabaseError) in movement = try Self.movement(row) }
    return movement
  }

  func isReversed(_ id: Int64) throws(DatabaseError) -> Bool {
    var isReversed = false
    try database.prepare("SELECT 1 FROM movement WHERE reverses = ?1")
      .rows([.integer(id)]) { _ in isReversed = true }
    return isReversed
  }

  // MARK: - Orders

  func order(_ key: OrderKey) throws(DatabaseError) -> PlacedOrder? {
    var order: PlacedOrder?
    try database.prepare(
      """
      SELECT actor, contents, movement, pending, at, alone, member FROM ledger_order WHERE key = ?1
      """
    ).rows([.text(key.text)]) { row in
      order = PlacedOrder(
        key: key, actor: row.text(0), contents: row.text(1),
        receipt: OrderReceipt(movement: row.int64OrNil(2), pending: row.int64OrNil(3)),
        alone: OrderWeight(
          points: row.int64(5), member: row.textOrNil(6).flatMap { MemberID($0) }),
        at: WallTime(milliseconds: row.int64(4)))
    }
    return order
  }

  func place(_ order: PlacedOrder) throws(DatabaseError) {
    try database.prepare(
      """
      INSERT INTO ledger_order (key, actor, contents, movement, pending, at, alone, member)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
      """
    ).run([
      .text(order.key.text), .text(order.actor), .text(order.contents),
      .integer(order.receipt.movement), .integer(order.receipt.pending),
      .integer(order.at.milliseconds), .integer(order.alone.points),
      .text(order.alone.member?.text),
    ])
  }

  // MARK: - What does not fit

  func list(_ discrepancy: Discrepancy) throws(DatabaseError) {
    let exchange = discrepancy.exchange
    try database.prepare(
      """
      INSERT INTO discrepancy (kind, station, stream, seq, member, slot, article, price, outcome,
        outcome_reason, charged, borne, at)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)
      """
    ).run([
      .text(discrepancy.kind.rawValue), .text(discrepancy.station.text),
      .text(exchange.id.stream.description), .integer(Int64(exchange.id.seq)),
      .text(exchange.member.text), .integer(Int64(exchange.slot.number)),
      .text(exchange.article.text), .integer(exchange.price.number),
      .text(discrepancy.outcome.kind.rawValue), .text(discrepancy.outcome.reason),
      .integer(discrepancy.charged), .integer(discrepancy.borne),
      .integer(discrepancy.at.milliseconds),
    ])
  }

  static func discrepancy(_ row: any SQLRow) throws(DatabaseError) -> Discrepancy {
    guard let kind = Discrepancy.Kind(rawValue: row.text(1)), let station = StationID(row.text(2)),
      let stream = StreamID(row.text(3)), let member = MemberID(row.text(5)),
      let slot = SlotID(Int(row.int64(6))), let article = ArticleID(row.text(7)),
      let price = Points(row.int64(8)),
      let outcome = try outcome(row, 9, "discrepancy", row.int64(0))
    else { throw damaged("discrepancy", row.int64(0)) }
    return Discrepancy(
      id: row.int64(0), kind, station: station,
      exchange: Exchange(
        id: ExchangeID(stream: stream, seq: UInt64(row.int64(4))), member: member, slot: slot,
        article: article, price: price), outcome: outcome, charged: row.int64(11),
      borne: row.int64(12), at: WallTime(milliseconds: row.int64(13)))
  }

  // MARK: - Rules

  static func prices(
    of station: StationID, in database: any SQLConnection
  ) throws(DatabaseError) -> [SlotPrice] {
    var all: [SlotPrice] = []
    try database.prepare("SELECT slot, price FROM slot_price WHERE station = ?1 ORDER BY slot")
      .rows([.text(station.text)]) { row throws(DatabaseError) in
        guard let slot = SlotID(Int(row.int64(0))), let price = Points(row.int64(1)) else {
          throw damaged("slot_price", row.int64(0))
        }
        all.append(SlotPrice(slot: slot, price: price))
      }
    return all
  }
}
