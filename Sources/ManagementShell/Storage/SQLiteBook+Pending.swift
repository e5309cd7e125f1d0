// The ledger's rows in SQLite: orders for a second person, what was decided alone, and the rules.
import ManagementCore
import SQL
import StationProtocol
import Time

extension SQLiteBook {
  static func pending(_ row: any SQLRow) throws(DatabaseError) -> PendingOrder {
    guard let order = LedgerOrder(contents: row.text(1)) else {
      throw damaged("pending_order", row.int64(0))
    }
    return PendingOrder(
      id: row.int64(0), order,
      weight: OrderWeight(
        points: row.int64(2), member: row.textOrNil(3).flatMap { MemberID($0) }),
      actor: row.text(4), at: WallTime(milliseconds: row.int64(5)),
      decision: row.int64OrNil(6).map {
        PendingOrder.Decision(
          isApproved: $0 == 1, actor: row.text(7), reason: row.textOrNil(8),
          at: WallTime(milliseconds: row.int64(9)))
      })
  }

  func pending(_ id: Int64) throws(DatabaseError) -> PendingOrder? {
    var pending: PendingOrder?
    try database.prepare(
      """
      SELECT id, contents, points, member, actor, at, approved, decider, decision_reason, decided
      FROM pending_order WHERE id = ?1
      """
    )
    .rows([.integer(id)]) { row throws(DatabaseError) in pending = try Self.pending(row) }
    return pending
  }

  func pending(_ order: LedgerOrder, by actor: String) throws(DatabaseError) -> Int64? {
    var id: Int64?
    try database.prepare(
      """
      SELECT id FROM pending_order WHERE approved IS NULL AND actor = ?1 AND contents = ?2
      ORDER BY id LIMIT 1
      """
    ).rows([.text(actor), .text(order.contents)]) { id = $0.int64(0) }
    return id
  }

  func pendingCount() throws(DatabaseError) -> Int {
    try Int(number("SELECT count(*) FROM pending_order WHERE approved IS NULL", []))
  }

  private func number(_ sql: StaticString, _ values: [SQLValue]) throws(DatabaseError) -> Int64 {
    var number: Int64 = 0
    try database.prepare(sql).rows(values) { number = $0.int64(0) }
    return number
  }

  func submit(_ pending: PendingOrder) throws(DatabaseError) -> Int64 {
    try database.prepare(
      """
      INSERT INTO pending_order (contents, points, member, actor, at) VALUES (?1, ?2, ?3, ?4, ?5)
      """
    ).run([
      .text(pending.order.contents), .integer(pending.weight.points),
      .text(pending.weight.member?.text), .text(pending.actor), .integer(pending.at.milliseconds),
    ])
    return database.lastInsertID
  }

  func decide(_ pending: PendingOrder) throws(DatabaseError) {
    guard let decision = pending.decision else { return }
    try database.prepare(
      """
      UPDATE pending_order SET approved = ?2, decider = ?3, decision_reason = ?4, decided = ?5
      WHERE id = ?1 AND approved IS NULL
      """
    ).run([
      .integer(pending.id), .integer(decision.isApproved ? 1 : 0), .text(decision.actor),
      .text(decision.reason), .integer(decision.at.milliseconds),
    ])
  }

  func points(decidedAloneBy actor: String, since time: WallTime) throws(DatabaseError) -> Int64 {
    try number(
      """
      SELECT COALESCE(SUM(alone), 0) FROM ledger_order WHERE alone > 0 AND actor = ?1 AND at > ?2
      """, [.text(actor), .integer(time.milliseconds)])
  }

  func points(
    decidedAloneFor member: MemberID, since time: WallTime
  ) throws(DatabaseError) -> Int64 {
    try number(
      """
      SELECT COALESCE(SUM(alone), 0) FROM ledger_order WHERE alone > 0 AND member = ?1 AND at > ?2
      """, [.text(member.text), .integer(time.milliseconds)])
  }

  // MARK: - Articles without a hold

  /// `LedgerExchange.isUnproven` is written as the index `exchange_unproven` has it.
  func unproven(
    at station: StationID, through id: Int64
  ) throws(DatabaseError) -> UnprovenSum? {
    var sum: UnprovenSum?
    try database.prepare(
      """
      SELECT count(*), SUM(price), MAX(id), MIN(member), MAX(member) FROM exchange
      WHERE state IN ('void', 'refused') AND outcome = 'dispensed' AND resolver IS NULL
        AND id <= ?2
        AND stream IN (SELECT number FROM stream WHERE station = ?1)
      """
    ).rows([.text(station.text), .integer(id)]) { row in
      guard row.int64(0) > 0 else { return }
      sum = UnprovenSum(
        station: station, count: row.int64(0), points: row.int64(1), through: row.int64(2),
        member: row.text(3) == row.text(4) ? MemberID(row.text(3)) : nil)
    }
    return sum
  }

  func dismiss(
    _ sum: UnprovenSum, _ resolution: LedgerExchange.Resolution
  ) throws(DatabaseError) {
    try database.run(
      """
      UPDATE exchange SET state = 'void', resolver = ?3, resolution = ?4
      WHERE state IN ('void', 'refused') AND outcome = 'dispensed' AND resolver IS NULL
        AND id <= ?2
        AND stream IN (SELECT number FROM stream WHERE station = ?1)
      """, .text(sum.station.text), .integer(sum.through), .text(resolution.actor),
      .text(resolution.reason))
  }

  // MARK: - Rules

  func limits() throws(DatabaseError) -> ExchangeLimits {
    var limits = ExchangeLimits()
    try database.prepare("SELECT kind, most FROM exchange_limit").rows { row in
      switch row.text(0) {
      case "day": limits.perDay = row.int64(1)
      default: limits.perArticle = row.int64(1)
      }
    }
    return limits
  }

  func set(_ limits: ExchangeLimits) throws(DatabaseError) {
    try database.run("DELETE FROM exchange_limit")
    for (kind, most) in [("day", limits.perDay), ("article", limits.perArticle)] {
      guard let most else { continue }
      try database.run(
        "INSERT INTO exchange_limit (kind, most) VALUES (?1, ?2)", .text(kind), .integer(most))
    }
  }

  func price(of slot: SlotID, at station: StationID) throws(DatabaseError) -> Points? {
    Points(
      try number(
        "SELECT price FROM slot_price WHERE station = ?1 AND slot = ?2",
        [.text(station.text), .integer(slot.number)]))
  }

  func agree(
    on price: Points?, of slot: SlotID, at station: StationID
  ) throws(DatabaseError) {
    guard let price else {
      return try database.run(
        "DELETE FROM slot_price WHERE station = ?1 AND slot = ?2", .text(station.text),
        .integer(slot.number))
    }
    // It may have said no more than that it is there.
    try database.run(RecordIntake.register, .text(station.text))
    try database.run(
      """
      INSERT INTO slot_price (station, slot, price) VALUES (?1, ?2, ?3)
      ON CONFLICT (station, slot) DO UPDATE SET price = excluded.price
      """, .text(station.text), .integer(slot.number), .integer(price.number))
  }
}
