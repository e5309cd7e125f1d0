// The SQLite wrapper on real files: values, errors, transactions, migrations and settings.

import Foundation
import SQL
import SQLite
import Testing

/// A folder that goes with the test.
private final class Folder {
  let url = FileManager.default.temporaryDirectory.appending(path: "sqlite-\(UUID().uuidString)")

  init() throws {
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }
  deinit { try? FileManager.default.removeItem(at: url) }

  func path(_ name: String) -> String { url.appending(path: name).path }
}

/// The error that `body` ends with; nil where it ends well.
private func failure(_ body: () throws(DatabaseError) -> Void) -> DatabaseError? {
  do throws(DatabaseError) {
    try body()
    return nil
  } catch {
    return error
  }
}

@Suite("SQLite")
struct SQLiteTests {
  // SQLite's primary result codes (sqlite.org/rescode.html).
  private static let corrupt: Int32 = 11
  private static let cannotOpen: Int32 = 14
  /// SQLITE_CONSTRAINT_CHECK and SQLITE_CONSTRAINT_UNIQUE.
  private static let failedCheck: Int32 = 275
  private static let notUnique: Int32 = 2067
  private static let notADatabase: Int32 = 26

  @Test("every storage class comes back as it went in, empty values and NUL included")
  func values() throws {
    let database = try Database(path: ":memory:")
    try database.execute("CREATE TABLE t(i INTEGER, r REAL, s TEXT, b BLOB, n TEXT) STRICT")
    let insert = try database.prepare("INSERT INTO t VALUES(?, ?, ?, ?, ?)")
    try insert.run([.integer(.min), .real(0.5), .text("a\0字"), .blob([0, 255]), .null])
    try insert.run([.integer(.max), .real(-1), .text(""), .blob([]), .text(nil)])
    var rows: [[SQLValue]] = []
    try database.prepare("SELECT i, r, s, b, n FROM t ORDER BY rowid").rows { row in
      rows.append([
        .integer(row.int64(0)), .real(row.double(1)), .text(row.textOrNil(2)),
        .blob(row.isNull(3) ? nil : row.bytes(3)), .text(row.textOrNil(4)),
      ])
    }
    #expect(
      rows == [
        [.integer(.min), .real(0.5), .text("a\0字"), .blob([0, 255]), .null],
        [.integer(.max), .real(-1), .text(""), .blob([]), .null],
      ])
  }

  @Test("parameters do not outlive a run")
  func parametersAreForgotten() throws {
    let database = try Database(path: ":memory:")
    try database.execute("CREATE TABLE t(a TEXT)")
    let insert = try database.prepare("INSERT INTO t VALUES(?)")
    try insert.run([.text("one")])
    try insert.run()
    var rows: [String?] = []
    try database.prepare("SELECT a FROM t").rows { rows.append($0.textOrNil(0)) }
    #expect(rows == ["one", nil])
  }

  @Test("a cached statement in the middle of its rows is not handed out twice")
  func nestedUse() throws {
    let database = try Database(path: ":memory:")
    let sql: StaticString =
      "WITH RECURSIVE n(x) AS (VALUES(1) UNION ALL SELECT x + 1 FROM n LIMIT 3) SELECT x FROM n"
    var pairs = 0
    try database.prepare(sql).rows { (_) throws(DatabaseError) in
      try database.prepare(sql).rows { _ in pairs += 1 }
    }
    #expect(pairs == 9)
  }

  @Test("an error carries the SQL and the code, and never a bound value")
  func errorHidesValues() throws {
    let database = try Database(path: ":memory:")
    try database.execute("CREATE TABLE t(a INTEGER CHECK (a > 0)) STRICT")
    let sql: StaticString = "INSERT INTO t VALUES(?1)"
    let refused = try #require(
      failure { () throws(DatabaseError) in try database.run(sql, .integer(-987_654)) })
    #expect(refused.code?.number == Self.failedCheck && refused.nature != .full)
    #expect(refused.sql == "INSERT INTO t VALUES(?1)")
    #expect(!refused.description.contains("987"))
    let misspelt = failure { () throws(DatabaseError) in _ = try database.prepare("SELEC") }
    #expect(misspelt?.operation == .prepare)
  }

  @Test("a transaction that throws leaves nothing behind, and the next one works")
  func rollback() throws {
    let database = try Database(path: ":memory:")
    try database.execute("CREATE TABLE t(a INTEGER UNIQUE) STRICT")
    let broken = failure { () throws(DatabaseError) in
      try database.transaction { () throws(DatabaseError) in
        try database.run("INSERT INTO t VALUES(?)", .integer(1))
        try database.run("INSERT INTO t VALUES(?)", .integer(1))
      }
    }
    #expect(broken?.code?.number == Self.notUnique)
    try database.transaction { () throws(DatabaseError) in
      try database.run("INSERT INTO t VALUES(?)", .integer(2))
    }
    var rows: [Int64] = []
    try database.prepare("SELECT a FROM t").rows { rows.append($0.int64(0)) }
    #expect(rows == [2])
    #expect(database.changes == 1)
  }

  @Test("migrations run once each, in order, and a later version is refused")
  func migrations() throws {
    let folder = try Folder()
    let path = folder.path("m.sqlite")
    let one = Migration("first", "CREATE TABLE a(x) STRICT;")
    let good = Migration("a", "CREATE TABLE a(x INTEGER) STRICT; INSERT INTO a VALUES(1)")
    let more = Migration("b", "ALTER TABLE a ADD COLUMN y INTEGER")
    let database = try Database(path: path)
    let failed = failure { () throws(DatabaseError) in try database.migrate([one]) }
    #expect(failed?.operation == .migrate)
    #expect(try database.schemaVersion() == 0)
    try database.migrate([good])
    try database.migrate([good, more])
    try database.migrate([good, more])
    #expect(try database.schemaVersion() == 2)
    let newer = failure { () throws(DatabaseError) in try database.migrate([good]) }
    #expect(newer?.message.contains("version 2") == true)
  }

  @Test("a file of rubbish is told apart as damaged")
  func corrupt() throws {
    let folder = try Folder()
    let path = folder.path("bad.sqlite")
    try Data(repeating: 0x41, count: 8192).write(to: URL(filePath: path))
    let found = failure { () throws(DatabaseError) in _ = try Database(path: path) }
    #expect(found?.code?.number == Self.notADatabase || found?.code?.number == Self.corrupt)
  }

  @Test("a full file is told apart as full, and the transaction is gone")
  func full() throws {
    let folder = try Folder()
    let database = try Database(path: folder.path("full.sqlite"))
    try database.execute("CREATE TABLE t(b BLOB) STRICT")
    try database.execute("PRAGMA max_page_count = 4")
    let found = failure { () throws(DatabaseError) in
      try database.transaction { () throws(DatabaseError) in
        for _ in 0..<10 {
          try database.run("INSERT INTO t VALUES(?)", .blob([UInt8](repeating: 1, count: 3000)))
        }
      }
    }
    #expect(found?.nature == .full)
    try database.execute("BEGIN; ROLLBACK")
  }

  @Test("a reader sees what a writer committed, and cannot write")
  func reader() throws {
    let folder = try Folder()
    let path = folder.path("two.sqlite")
    let absent = failure { () throws(DatabaseError) in
      _ = try Database(path: path, mode: .readOnly)
    }
    #expect(absent?.code?.number == Self.cannotOpen)
    let writer = try Database(path: path)
    try writer.execute("CREATE TABLE t(a INTEGER) STRICT")
    let reader = try Database(path: path, mode: .readOnly)
    try writer.run("INSERT INTO t VALUES(7)")
    var rows: [Int64] = []
    try reader.prepare("SELECT a FROM t").rows { rows.append($0.int64(0)) }
    #expect(rows == [7])
    let refused = failure { () throws(DatabaseError) in try reader.run("INSERT INTO t VALUES(8)") }
    #expect(refused?.nature == .readOnly)
    #expect(try reader.structureFaults().isEmpty)
  }

  @Test("the settings that keep data safe are in force")
  func settings() throws {
    let folder = try Folder()
    let database = try Database(
      path: folder.path("s.sqlite"),
      options: Database.Options(synchronous: .normal, autocheckpointPages: 64, pageSize: 8192))
    var found: [String] = []
    let pragmas: [StaticString] = [
      "PRAGMA journal_mode", "PRAGMA synchronous", "PRAGMA foreign_keys", "PRAGMA trusted_schema",
      "PRAGMA cell_size_check", "PRAGMA wal_autocheckpoint", "PRAGMA page_size",
    ]
    for pragma in pragmas { try database.prepare(pragma).rows { found.append($0.text(0)) } }
    #expect(found == ["wal", "1", "1", "0", "1", "64", "8192"])
  }
}
