// The exchange under way and the slots of the machine, as the station's store keeps them.
import Linux
import SQL
import SQLite
import StationCore
import StationProtocol
import Time

extension StationStore {
  static let vendingMigration = Migration(
    "points exchange",
    """
    CREATE TABLE used_code (
      code TEXT NOT NULL CHECK (length(code) = 32),
      purpose TEXT NOT NULL CHECK (purpose IN ('door', 'machine')),
      until INTEGER NOT NULL,
      PRIMARY KEY (code, purpose)
    ) STRICT, WITHOUT ROWID;
    INSERT INTO used_code SELECT code, 'door', until FROM replay_mark;
    DROP TABLE replay_mark;
    CREATE TABLE exchange (
      only INTEGER PRIMARY KEY CHECK (only = 1),
      exchange TEXT NOT NULL,
      member TEXT NOT NULL,
      slot INTEGER NOT NULL CHECK (slot BETWEEN 1 AND 80),
      article TEXT NOT NULL,
      price INTEGER NOT NULL CHECK (price >= 1),
      serial INTEGER CHECK (serial BETWEEN 1 AND 255),
      began INTEGER,
      system_boot TEXT,
      CHECK ((serial IS NULL) = (began IS NULL)),
      CHECK ((serial IS NULL) = (system_boot IS NULL))
    ) STRICT;
    CREATE TABLE machine (
      only INTEGER PRIMARY KEY CHECK (only = 1),
      serial INTEGER NOT NULL CHECK (serial BETWEEN 0 AND 255)
    ) STRICT;
    INSERT INTO machine VALUES (1, 0);
    CREATE TABLE settlement (
      seq INTEGER PRIMARY KEY CHECK (seq >= 1)
    ) STRICT;
    CREATE TABLE slot (
      slot INTEGER PRIMARY KEY CHECK (slot BETWEEN 1 AND 80),
      stock INTEGER CHECK (stock >= 0),
      best_before INTEGER,
      quarantine TEXT
    ) STRICT;
    """)

  /// Names the time since the computer was switched on: while it stays, so does the clock by which
  /// an order was given, and the power of what hangs on the same supply.
  static var systemBoot: String {
    do throws(SystemError) {
      let bytes = try Files.read("/proc/sys/kernel/random/boot_id", limit: 64)
      return String(decoding: bytes.prefix { $0 > 0x20 }, as: UTF8.self)
    } catch {
      // Then no order is ever taken for one of this boot.
      return ""
    }
  }

  /// - Throws: where the exchange under way cannot be read: who must pay would be anybody's guess,
  ///   and a store with such a row is not to be believed in the rest either.
  static func readVending(
    _ database: Database, base: Int64, _ recovered: inout Recovered
  ) throws(DatabaseError) {
    var isSound = true
    let boot = systemBoot
    try database.prepare(
      """
      SELECT exchange, member, slot, article, price, serial, began, system_boot FROM exchange
      """
    ).rows { row in
      guard let id = ExchangeID(row.text(0)), let member = MemberID(row.text(1)),
        let slot = SlotID(Int(row.int64(2))), let article = ArticleID(row.text(3)),
        let price = Points(row.int64(4))
      else {
        isSound = false
        return
      }
      var phase = OpenExchange.Phase.intended
      if let serial = row.int64OrNil(5).flatMap({ UInt8(exactly: $0) }) {
        // A time before the computer was switched on was spoilt: then nobody knows.
        let isSameBoot = !boot.isEmpty && row.text(7) == boot && row.int64(6) >= 0
        phase = .dispensing(
          serial: serial, at: isSameBoot ? Instant(nanoseconds: row.int64(6)) : nil)
      }
      recovered.exchange = OpenExchange(
        exchange: Exchange(id: id, member: member, slot: slot, article: article, price: price),
        phase: phase)
    }
    try database.prepare("SELECT serial FROM machine").rows { row in
      recovered.serial = UInt8(exactly: row.int64(0)) ?? 0
    }
    try database.prepare(
      "SELECT slot, stock, best_before, quarantine, article FROM slot ORDER BY slot"
    ).rows { row in
      guard let slot = SlotID(Int(row.int64(0))) else { return }
      let day = row.int64OrNil(2).map { Int($0) }
      recovered.slots.append(
        SlotMemory(
          slot: slot, article: row.textOrNil(4).flatMap { ArticleID($0) },
          stock: row.int64OrNil(1).map { min($0, VendingPayload.deepest) },
          // A day that was spoilt has passed: nothing is sold on the strength of it.
          bestBefore: day.map {
            OccupancyDay.days.contains($0) ? $0 : OccupancyDay.days.lowerBound
          },
          quarantine: row.textOrNil(3).map { QuarantineCause($0) ?? .fault(.failed) }))
    }
    try database.prepare(
      "SELECT outbox.seq, record FROM settlement JOIN outbox USING (seq) ORDER BY outbox.seq"
    ).rows { row in
      // One that was spoilt is sent as unreadable, like any other row.
      guard let record = try? Record(json: row.bytes(1)) else { return }
      recovered.settlements.append(
        Settlement(seq: UInt64(max(1, row.int64(0) - base)), record: record))
    }
    guard isSound else {
      throw DatabaseError(
        operation: .open, extendedCode: 11, sql: nil,
        message: "the exchange under way cannot be read", path: database.path)
    }
  }

  func remember(_ open: OpenExchange?) throws(DatabaseError) {
    try database.execute("DELETE FROM exchange")
    guard let open else { return }
    let exchange = open.exchange
    var order: [SQLValue] = [.null, .null, .null]
    if case .dispensing(let serial, let at) = open.phase {
      order = [
        .integer(Int64(serial)), .integer(at?.nanoseconds ?? 0),
        .text(at == nil ? "" : Self.systemBoot),
      ]
    }
    try database.prepare("INSERT INTO exchange VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)")
      .run(
        [
          .text(exchange.id.description), .text(exchange.member.text),
          .integer(Int64(exchange.slot.number)), .text(exchange.article.text),
          .integer(exchange.price.number),
        ] + order)
  }

  func remember(serial: UInt8) throws(DatabaseError) {
    try database.run("UPDATE machine SET serial = ?1", .integer(Int64(serial)))
  }

  func remember(_ memory: SlotMemory) throws(DatabaseError) {
    try database.run(
      """
      INSERT INTO slot (slot, stock, best_before, quarantine, article)
      VALUES (?1, ?2, ?3, ?4, ?5)
      ON CONFLICT (slot) DO UPDATE SET stock = excluded.stock,
        best_before = excluded.best_before, quarantine = excluded.quarantine,
        article = excluded.article
      """, .integer(Int64(memory.slot.number)), .integer(memory.stock),
      .integer(memory.bestBefore.map { Int64($0) }), .text(memory.quarantine?.word),
      .text(memory.article?.text))
  }
}
