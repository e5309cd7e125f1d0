// Commands and wishes in SQLite.
import JSON
import Linux
import ManagementCore
import SQL
import StationProtocol
import Time

/// The rows of commands, for whoever is inside a transaction of a connection.
enum CommandRows {
  private static let byID: StaticString = """
    SELECT id, station, body, actor, ordered, expires, progress, sent, received, ended, fault,
      parts, settled, number
    FROM command WHERE id = ?1
    """

  static func command(
    _ id: CommandID, in database: any SQLConnection
  ) throws(DatabaseError) -> OrderedCommand? {
    var found: OrderedCommand?
    try database.prepare(byID).rows([.text(id.text)]) { row throws(DatabaseError) in
      found = try command(row)
    }
    return found
  }

  static func command(_ row: any SQLRow) throws(DatabaseError) -> OrderedCommand {
    func time(_ column: Int) -> WallTime? {
      row.int64OrNil(column).map { WallTime(milliseconds: $0) }
    }
    guard let id = CommandID(row.text(0)), let station = StationID(row.text(1)),
      let order = try? StoredOrder(json: Array(row.text(2).utf8)).order,
      let progress = CommandProgress(rawValue: row.text(6))
    else { throw SQLiteBook.damaged("command", row.int64(13)) }
    let parts = row.textOrNil(11).map { try? StoredParts(json: Array($0.utf8)).parts } ?? []
    return OrderedCommand(
      id: id, station: station, order: order, actor: row.text(3),
      orderedAt: WallTime(milliseconds: row.int64(4)),
      expires: WallTime(milliseconds: row.int64(5)), progress: progress, sentAt: time(7),
      receivedAt: time(8), endedAt: time(9),
      fault: row.textOrNil(10).flatMap { OrderFault(rawValue: $0) }, parts: parts ?? [],
      isSettled: row.int64(12) == 1)
  }

  /// The command that was given under this key; nil where none was.
  static func command(
    under key: OrderKey, in database: any SQLConnection
  ) throws(DatabaseError) -> OrderedCommand? {
    var known: CommandID?
    try database.prepare("SELECT id FROM command WHERE order_key = ?1")
      .rows([.text(key.text)]) { known = CommandID($0.text(0)) }
    guard let known else { return nil }
    return try command(known, in: database)
  }

  /// Writes a command down, once for its key, with the name of who gave it.
  static func order(
    _ request: CommandRequest, epoch: StoreEpoch, isSent: Bool, by actor: String, at now: Now,
    in database: any SQLConnection
  ) throws(DatabaseError) -> CommandReceipt {
    if let command = try command(under: request.key, in: database) {
      return command.station == request.station && command.order == request.order
        ? .ordered(command, isNew: false) : .conflict
    }
    var number: Int64 = 1
    try database.prepare("SELECT COALESCE(MAX(number), 0) + 1 FROM command").rows {
      number = $0.int64(0)
    }
    let command = OrderedCommand(
      id: CommandID(epoch: epoch, number: number), station: request.station,
      order: request.order, actor: actor, orderedAt: now.wall,
      expires: now.wall + request.life, progress: isSent ? .sent : .queued,
      sentAt: isSent ? now.wall : nil)
    try database.run(
      """
      INSERT INTO command (number, id, order_key, station, body, actor, ordered, expires,
        progress, sent)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
      """, .integer(number), .text(command.id.text), .text(request.key.text),
      .text(request.station.text),
      .text(String(decoding: StoredOrder(order: request.order).json, as: UTF8.self)),
      .text(actor), .integer(now.wall.milliseconds), .integer(command.expires.milliseconds),
      .text(command.progress.rawValue), .integer(command.sentAt?.milliseconds))
    try SQLiteBook.note(.command(command), in: database)
    return .ordered(command, isNew: true)
  }

  /// Takes note of how far a command has come.
  static func advance(
    _ id: CommandID, of station: StationID, _ news: CommandNews, at now: Now,
    in database: any SQLConnection
  ) throws(DatabaseError) -> OrderedCommand? {
    guard var command = try command(id, in: database), command.station == station,
      command.advance(news, at: now.wall)
    else { return nil }
    let parts = command.parts.isEmpty ? nil : StoredParts(parts: command.parts).json
    try database.run(
      """
      UPDATE command SET progress = ?2, sent = ?3, received = ?4, ended = ?5, fault = ?6,
        parts = ?7, settled = ?8
      WHERE id = ?1
      """, .text(id.text), .text(command.progress.rawValue),
      .integer(command.sentAt?.milliseconds), .integer(command.receivedAt?.milliseconds),
      .integer(command.endedAt?.milliseconds), .text(command.fault?.rawValue),
      .text(parts.map { String(decoding: $0, as: UTF8.self) }),
      .integer(command.isSettled ? 1 : 0))
    return command
  }
}

extension RecordIntake {
  func advance(
    _ id: CommandID, of station: StationID, _ news: CommandNews, at now: Now
  ) throws(DatabaseError) -> OrderedCommand? {
    try CommandRows.advance(id, of: station, news, at: now, in: database)
  }
}

extension SQLiteStore {
  package func order(
    _ request: CommandRequest, epoch: StoreEpoch, isSent: Bool, by actor: String, at now: Now
  ) throws(StoreFailure) -> CommandReceipt {
    try guarded { () throws(DatabaseError) in
      try database.transaction { () throws(DatabaseError) in
        try CommandRows.order(
          request, epoch: epoch, isSent: isSent, by: actor, at: now, in: database)
      }
    }
  }

  package func advance(
    _ id: CommandID, of station: StationID, _ news: CommandNews, at now: Now
  ) throws(StoreFailure) -> OrderedCommand? {
    try guarded { () throws(DatabaseError) in
      try database.transaction { () throws(DatabaseError) in
        try CommandRows.advance(id, of: station, news, at: now, in: database)
      }
    }
  }

  package func wish(
    lockDown: Bool, of station: StationID, above reported: Int64, reason: String,
    by actor: String, at now: Now
  ) throws(StoreFailure) -> Wish {
    try guarded { () throws(DatabaseError) in
      try database.transaction { () throws(DatabaseError) in
        try database.run(RecordIntake.register, .text(station.text))
        let before = try WishRows.wish(of: station, in: database)?.desired
        let wish = Wish(
          DesiredConfiguration(
            revision: max(before?.revision ?? 0, reported) + 1, isLockedDown: lockDown,
            settings: before?.settings), actor: actor, reason: reason, at: now.wall)
        try WishRows.write(wish, of: station, in: database)
        try SQLiteBook.note(.wish(wish, of: station), in: database)
        return wish
      }
    }
  }

  package func command(_ id: CommandID) throws(StoreFailure) -> OrderedCommand? {
    try guarded { () throws(DatabaseError) in try CommandRows.command(id, in: database) }
  }

  package func commands(
    of station: StationID, before: CommandID?, limit: Int
  ) throws(StoreFailure) -> [OrderedCommand] {
    try guarded { () throws(DatabaseError) in
      var all: [OrderedCommand] = []
      let statement = try database.prepare(
        """
        SELECT id, station, body, actor, ordered, expires, progress, sent, received, ended, fault,
          parts, settled, number
        FROM command
        WHERE station = ?1
          AND number < COALESCE((SELECT number FROM command WHERE id = ?2), 9007199254740992)
        ORDER BY number DESC LIMIT ?3
        """)
      let values: [SQLValue] = [
        .text(station.text), .text(before?.text), .integer(Int64(limit)),
      ]
      try statement.rows(values) { row throws(DatabaseError) in
        all.append(try CommandRows.command(row))
      }
      return all
    }
  }

  package func openCommands() throws(StoreFailure) -> [OrderedCommand] {
    try guarded { () throws(DatabaseError) in
      var all: [OrderedCommand] = []
      let statement = try database.prepare(
        """
        SELECT id, station, body, actor, ordered, expires, progress, sent, received, ended, fault,
          parts, settled, number
        FROM command WHERE ended IS NULL ORDER BY number
        """)
      try statement.rows { row in
        do throws(DatabaseError) {
          all.append(try CommandRows.command(row))
        } catch {
          // The service starts without it: a row that the disk has spoilt stops no station.
          Log.error("a command that was under way is passed over: \(error)")
        }
      }
      return all
    }
  }

  package func wishes() throws(StoreFailure) -> [StationID: Wish] {
    try guarded { () throws(DatabaseError) in try WishRows.all(in: database) }
  }
}

/// The operation of a command, as its row has it.
private struct StoredOrder: DescribedObject {
  var order: Order

  init(order: Order) { self.order = order }

  static func described<Coder: MemberCoder>(
    _ stored: StoredOrder?, by coder: inout Coder
  ) throws(Coder.Failure) -> StoredOrder {
    StoredOrder(order: try Order.described(stored?.order, by: &coder))
  }
}

/// The findings of a self-test, as the row of its command has them.
private struct StoredParts: DescribedObject {
  var parts: [TestResult]

  init(parts: [TestResult]) { self.parts = parts }

  static func described<Coder: MemberCoder>(
    _ stored: StoredParts?, by coder: inout Coder
  ) throws(Coder.Failure) -> StoredParts {
    StoredParts(parts: try TestResult.described(list: stored?.parts, by: &coder))
  }
}
