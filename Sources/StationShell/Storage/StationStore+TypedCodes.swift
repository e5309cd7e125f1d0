// What the store knows of typed codes: their hashes, windows and uses.
import SQL
import SQLite
import StationCore
import StationProtocol
import Time

extension StationStore {
  static let typedCodeMigration = Migration(
    "typed codes",
    """
    CREATE TABLE typed_code (
      access_point INTEGER NOT NULL CHECK (access_point BETWEEN 1 AND 4),
      id TEXT NOT NULL CHECK (length(id) BETWEEN 1 AND 32),
      hash TEXT NOT NULL CHECK (length(hash) = 64),
      begins INTEGER NOT NULL,
      ends INTEGER NOT NULL,
      uses INTEGER NOT NULL CHECK (uses BETWEEN 1 AND 100),
      used INTEGER NOT NULL CHECK (used >= 0),
      PRIMARY KEY (access_point, id)
    ) STRICT, WITHOUT ROWID;
    """)

  func remember(_ change: PoolChange, at point: AccessPointID) throws(DatabaseError) {
    let number = Int64(point.number)
    switch change {
    case .kept(let kept):
      try database.run(
        """
        INSERT INTO typed_code (access_point, id, hash, begins, ends, uses, used)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
        ON CONFLICT (access_point, id) DO UPDATE SET hash = excluded.hash,
          begins = excluded.begins, ends = excluded.ends, uses = excluded.uses,
          used = excluded.used
        """, .integer(number), .text(kept.code.id.text), .text(kept.code.hash.memberText),
        .integer(kept.code.from.milliseconds), .integer(kept.code.until.milliseconds),
        .integer(kept.code.uses), .integer(kept.used))
    case .removed(let id):
      try database.run(
        "DELETE FROM typed_code WHERE access_point = ?1 AND id = ?2", .integer(number),
        .text(id.text))
    case .cleared:
      try database.run("DELETE FROM typed_code WHERE access_point = ?1", .integer(number))
    }
  }

  /// A row that was spoilt opens nothing and condemns no store: it is passed over. A file of an
  /// earlier version, on a disk without room for the table, is read without it: used codes and
  /// latches are worth more.
  static func typedCodes(_ database: Database) throws(DatabaseError) -> [PooledCode] {
    var codes: [PooledCode] = []
    var hasTable = false
    try database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'typed_code'").rows { _ in
      hasTable = true
    }
    guard hasTable else { return codes }
    let select: StaticString = """
      SELECT access_point, id, hash, begins, ends, uses, used FROM typed_code
      ORDER BY access_point, id
      """
    try database.prepare(select).rows { row in
      let (begins, ends) = (row.int64(3), row.int64(4))
      guard let point = AccessPointID(Int(clamping: row.int64(0))),
        let id = TypedCodeID(row.text(1)), let hash = TypedCodeHash(member: row.text(2)),
        times.contains(begins), times.contains(ends), TypedCode.uses.contains(row.int64(5)),
        counts.contains(row.int64(6))
      else { return }
      let code = TypedCode(
        id, hash, from: WallTime(milliseconds: begins), until: WallTime(milliseconds: ends),
        uses: row.int64(5))
      codes.append(PooledCode(point, KeptCode(code, used: row.int64(6))))
    }
    return codes
  }
}
