// What went wrong in SQLite: the operation, the code and the SQL, never the values in it.

import CSQLite

/// An operating error of a database. It holds no bound value, so it may be logged as it is.
package struct DatabaseError: Error, Equatable, Sendable, CustomStringConvertible {
  package enum Operation: String, Sendable {
    case open
    case configure
    case prepare
    case bind
    case step
    case execute
    case migrate
  }

  package let operation: Operation
  /// SQLite's extended result code.
  package let extendedCode: Int32
  /// The statement with its parameters unfilled; for `open`, nil.
  package let sql: String?
  /// SQLite's own words; they name tables, columns and files.
  package let message: String

  package init(operation: Operation, extendedCode: Int32, sql: String?, message: String) {
    self.operation = operation
    self.extendedCode = extendedCode
    self.sql = sql
    self.message = message
  }

  /// SQLite's primary result code.
  package var code: Int32 { extendedCode & 0xFF }

  /// The disk, or the quota, is full.
  package var isFull: Bool { code == SQLITE_FULL }
  /// The file, or the file system below it, cannot be written.
  package var isReadOnly: Bool { code == SQLITE_READONLY || code == SQLITE_PERM }
  /// What stands in the file is to blame, or the file itself, and another file may do better:
  /// not a full disk, a missing folder or permission, or a lock that somebody holds.
  package var condemnsFile: Bool {
    !isFull && !isReadOnly && !isBusy && code != SQLITE_CANTOPEN
  }
  /// The file's schema is of a later version than the program's: sound, and not for this program.
  package var isLaterVersion: Bool {
    operation == .migrate && code == SQLITE_SCHEMA && sql == nil
  }
  /// Another connection holds the lock for longer than the busy timeout.
  package var isBusy: Bool { code == SQLITE_BUSY || code == SQLITE_LOCKED }

  package var description: String {
    let place = sql.map { " in: \($0)" } ?? ""
    return "cannot \(operation.rawValue): \(message) (SQLite \(extendedCode))\(place)"
  }
}
