// What a log says of a database that fails: the file and what can be done, and no SQL.
import Foundation
import SQL
import SQLite
import TestBed
import Testing

@Suite("Errors of a database")
struct DatabaseErrorTests {
  private let folder: WorkFolder
  private let path: String

  init() throws {
    folder = try WorkFolder()
    path = folder.file("a.sqlite")
  }

  private func words(_ body: () throws(DatabaseError) -> Void) -> String? {
    do throws(DatabaseError) {
      try body()
      return nil
    } catch {
      return error.description
    }
  }

  @Test("a file that is none names itself, whatever statement met it")
  func noDatabase() throws {
    try folder.write(String(repeating: "no database ", count: 1000), to: "a.sqlite")
    let found = words { () throws(DatabaseError) in _ = try Database(path: path) }
    #expect(found == "\(path): file is not a database (SQLite 26); the file is damaged")
  }

  @Test("a full disk is said with the file, at an insertion as at a commit")
  func full() throws {
    let database = try Database(path: path)
    try database.execute("CREATE TABLE one (\n  x BLOB\n) STRICT; PRAGMA max_page_count = 2")
    let expected = "\(path): database or disk is full (SQLite 13); make room on its disk"
    let bound = words { () throws(DatabaseError) in
      try database.run(
        """
        INSERT INTO one (x)
        VALUES (?1)
        """, .blob([UInt8](repeating: 1, count: 20_000)))
    }
    #expect(bound == expected)
    let plain = words { () throws(DatabaseError) in
      try database.execute("INSERT INTO one\nVALUES (zeroblob(20000))")
    }
    #expect(plain == expected)
  }

  @Test("a check that fails is named without its expression, in a migration as well")
  func check() throws {
    let database = try Database(path: path)
    try database.execute("CREATE TABLE one (x INTEGER CHECK (x > 0)) STRICT")
    let refused = words { () throws(DatabaseError) in
      try database.run("INSERT INTO one VALUES (?1)", .integer(-1))
    }
    #expect(refused == "\(path): CHECK constraint failed (SQLite 275)")
    let step = Migration("wrong", "INSERT INTO one VALUES (-1)")
    let migrated = words { () throws(DatabaseError) in try database.migrate([step]) }
    #expect(migrated == "\(path): step 1, wrong: CHECK constraint failed (SQLite 275)")
  }

  @Test("a folder that is missing, a lock and a later version each say what to do or to know")
  func others() throws {
    let away = folder.file("away/a.sqlite")
    let missing = words { () throws(DatabaseError) in _ = try Database(path: away) }
    #expect(
      missing
        == "\(away): unable to open database file (SQLite 14); look whether its folder is there, "
        + "and whether this program's user may write both")
    let database = try Database(path: path)
    try database.execute("PRAGMA user_version = 3; BEGIN IMMEDIATE")
    let other = try Database(path: path, options: Database.Options(busyTimeout: .zero))
    let locked = words { () throws(DatabaseError) in try other.execute("BEGIN IMMEDIATE") }
    #expect(
      locked
        == "\(path): database is locked (SQLite 5); another process holds it: stop that one")
    let later = words { () throws(DatabaseError) in try other.migrate([]) }
    #expect(later == "\(path): the file is of version 3, this program knows 0 (SQLite 17)")
  }

  @Test("an error from one level down is told with the file that is known above")
  func above() {
    let error = DatabaseError(
      operation: .step, extendedCode: 11, sql: nil, message: "record 5 is not what was written")
    #expect(
      error.at("/a").at("/b").description
        == "/a: record 5 is not what was written (SQLite 11); the file is damaged")
  }
}
