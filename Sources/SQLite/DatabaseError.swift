// SQLite's result codes, and the nature of each fault.

import CSQLite
import SQL

extension DatabaseError {
  /// - Parameter extendedCode: SQLite's extended result code.
  package init(
    operation: Operation, extendedCode: Int32, sql: String?, message: String, path: String? = nil
  ) {
    self.init(
      operation: operation, Self.nature(operation, extendedCode, sql),
      code: Code("SQLite", extendedCode), sql: sql, message: Self.cause(extendedCode, message),
      path: path)
  }

  private static func nature(
    _ operation: Operation, _ extendedCode: Int32, _ sql: String?
  ) -> Nature {
    switch extendedCode & 0xFF {
    case SQLITE_FULL: .full
    case SQLITE_READONLY, SQLITE_PERM: .readOnly
    case SQLITE_CANTOPEN: .unreachable
    case SQLITE_BUSY, SQLITE_LOCKED: .busy
    case SQLITE_CORRUPT, SQLITE_NOTADB: .damaged
    // A code without a detail was not SQLite's.
    case SQLITE_IOERR where extendedCode != SQLITE_IOERR: .disk
    case SQLITE_SCHEMA where operation == .migrate && sql == nil: .later
    default: .other
    }
  }

  /// SQLite's words, without the expression of a check that failed.
  private static func cause(_ extendedCode: Int32, _ message: String) -> String {
    let check = "CHECK constraint failed"
    guard extendedCode == failedCheck, let place = message.firstRange(of: check) else {
      return message
    }
    return String(message[..<place.upperBound])
  }

  /// SQLITE_CONSTRAINT_CHECK, a macro that Swift does not see.
  private static let failedCheck: Int32 = SQLITE_CONSTRAINT | 1 << 8
}
