// How SQLite counts the versions of a schema.

import CSQLite
import SQL

extension Database {
  /// The version of the schema: how many migrations have run on this file.
  package func schemaVersion() throws(DatabaseError) -> Int {
    var version = 0
    try prepare("PRAGMA user_version").rows { version = Int($0.int64(0)) }
    return version
  }

  /// Runs the migrations that have not run yet, each in a transaction of its own.
  /// - Throws: where a step fails, or the file is of a later version than the list knows; the
  ///   file keeps the version that it had reached.
  package func migrate(_ migrations: [Migration]) throws(DatabaseError) {
    let version = try schemaVersion()
    guard version <= migrations.count else {
      throw DatabaseError(
        operation: .migrate, extendedCode: SQLITE_SCHEMA, sql: nil,
        message: "the file is of version \(version), this program knows \(migrations.count)",
        path: path)
    }
    for (number, migration) in migrations.enumerated().dropFirst(version) {
      do throws(DatabaseError) {
        try transaction { () throws(DatabaseError) in
          try execute(migration.sql)
          try execute("PRAGMA user_version = \(number + 1)")
        }
      } catch {
        throw DatabaseError(
          operation: .migrate, error.nature, code: error.code, sql: error.sql,
          message: "step \(number + 1), \(migration.name): \(error.message)", path: path)
      }
    }
  }
}
