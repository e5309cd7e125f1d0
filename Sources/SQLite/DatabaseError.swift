// A failure of SQLite: the file, the code and the SQL, never the values in it.

import CSQLite

/// An operating error of a database. It holds no bound value, so it may be logged as it is: for
/// people, who know a file and what can be done about it, and no statement.
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
  /// The statement with its parameters unfilled, for tests and debuggers: no log shows it. nil where
  /// none was run.
  package let sql: String?
  /// SQLite's own words; they name tables, columns and files.
  package let message: String
  /// The file, or `:memory:`; nil where that is known one level up.
  package private(set) var path: String?

  package init(
    operation: Operation, extendedCode: Int32, sql: String?, message: String, path: String? = nil
  ) {
    self.path = path
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

  /// The file holds something that was never written there.
  package var isDamage: Bool { code == SQLITE_CORRUPT || code == SQLITE_NOTADB }

  /// The same, with the file where it does not say one yet.
  package func at(_ path: String) -> DatabaseError {
    var error = self
    error.path = self.path ?? path
    return error
  }

  package var description: String {
    let place = path.map { $0 == ":memory:" ? "the store in memory: " : "\($0): " } ?? ""
    return "\(place)\(cause) (SQLite \(extendedCode))\(advice.map { "; \($0)" } ?? "")"
  }

  /// SQLite's words, without the expression of a check that failed.
  private var cause: String {
    let check = "CHECK constraint failed"
    guard extendedCode == Self.failedCheck, let place = message.firstRange(of: check) else {
      return message
    }
    return String(message[..<place.upperBound])
  }

  /// What somebody can do about it.
  private var advice: String? {
    switch code {
    case SQLITE_FULL: "make room on its disk"
    case SQLITE_READONLY, SQLITE_PERM, SQLITE_CANTOPEN:
      "look whether its folder is there, and whether this program's user may write both"
    case SQLITE_BUSY, SQLITE_LOCKED: "another process holds it: stop that one"
    case SQLITE_CORRUPT, SQLITE_NOTADB: "the file is damaged"
    // A code without a detail was not SQLite's.
    case SQLITE_IOERR where extendedCode != SQLITE_IOERR:
      "the disk or its file system fails: look into the kernel's log"
    default: nil
    }
  }

  /// SQLITE_CONSTRAINT_CHECK, a macro that Swift does not see.
  private static let failedCheck: Int32 = SQLITE_CONSTRAINT | 1 << 8
}
