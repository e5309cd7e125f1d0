// The versions of a schema: a list that only grows, each step named and run once.

import CSQLite

/// One step from a version of a schema to the next.
package struct Migration: Equatable, Sendable {
  /// What the step brings, for error messages.
  package let name: String
  /// One or more statements; they run in one transaction.
  package let sql: String

  package init(_ name: String, _ sql: String) {
    self.name = name
    self.sql = sql
  }
}

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
          operation: .migrate, extendedCode: error.extendedCode, sql: error.sql,
          message: "step \(number + 1), \(migration.name): \(error.message)", path: path)
      }
    }
  }
}
