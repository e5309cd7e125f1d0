// Who did what, in SQLite: written inside the transaction of the deed.
import ManagementCore
import SQL
import StationProtocol
import Time

extension SQLiteBook {
  func note(_ entry: AuditEntry) throws(DatabaseError) { try Self.note(entry, in: database) }

  static func note(_ entry: AuditEntry, in database: any SQLConnection) throws(DatabaseError) {
    try database.run(
      """
      INSERT INTO audit (at, actor, action, member, contents, pending)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6)
      """, .integer(entry.at.milliseconds), .text(entry.actor), .text(entry.action.rawValue),
      .text(entry.member?.text), .text(entry.contents), .integer(entry.pending))
  }

  static func audit(_ row: any SQLRow) throws(DatabaseError) -> AuditEntry {
    guard let action = AuditEntry.Action(rawValue: row.text(3)) else {
      throw damaged("audit", row.int64(0))
    }
    return AuditEntry(
      id: row.int64(0), at: WallTime(milliseconds: row.int64(1)), actor: row.text(2), action,
      member: row.textOrNil(4).flatMap { MemberID($0) }, contents: row.text(5),
      pending: row.int64OrNil(6))
  }
}

extension SQLiteStore {
  package func note(_ entry: AuditEntry) throws(StoreFailure) {
    try guarded { () throws(DatabaseError) in try SQLiteBook.note(entry, in: database) }
  }

  package func audit(
    of member: MemberID?, before: Int64?, limit: Int
  ) throws(StoreFailure) -> [AuditEntry] {
    try guarded { () throws(DatabaseError) in
      var all: [AuditEntry] = []
      let place: [SQLValue] = [.integer(before ?? .max), .integer(Int64(limit))]
      let (sql, values): (StaticString, [SQLValue]) =
        if let member {
          (
            """
            SELECT id, at, actor, action, member, contents, pending FROM audit
            WHERE id < ?1 AND member = ?3 ORDER BY id DESC LIMIT ?2
            """, place + [.text(member.text)]
          )
        } else {
          (
            """
            SELECT id, at, actor, action, member, contents, pending FROM audit
            WHERE id < ?1 ORDER BY id DESC LIMIT ?2
            """, place
          )
        }
      try database.prepare(sql).rows(values) { row throws(DatabaseError) in
        all.append(try SQLiteBook.audit(row))
      }
      return all
    }
  }
}
