// A prepared statement: parameters in, rows out, always reset before it is used again.

import CSQLite
import SQL

/// A statement of one connection, on that connection's thread.
package final class Statement: SQLStatement {
  package let sql: StaticString
  private let pointer: OpaquePointer
  private static let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

  /// Takes the pointer over and finalizes it.
  init(_ pointer: OpaquePointer, sql: StaticString) {
    self.pointer = pointer
    self.sql = sql
  }

  deinit { sqlite3_finalize(pointer) }

  /// Whether it stands in the middle of its rows.
  var isBusy: Bool { sqlite3_stmt_busy(pointer) != 0 }

  /// Sets a parameter; they are counted from 1.
  package func bind(_ index: Int, _ value: SQLValue) throws(DatabaseError) {
    let index = Int32(index)
    let code =
      switch value {
      case .null: sqlite3_bind_null(pointer, index)
      case .integer(let number): sqlite3_bind_int64(pointer, index, number)
      case .real(let number): sqlite3_bind_double(pointer, index, number)
      case .text(let text): bind(index, text: text)
      case .blob(let bytes): bind(index, blob: bytes)
      }
    guard code == SQLITE_OK else { throw error(.bind, code) }
  }

  /// Sets a parameter to a text that is given as its UTF-8.
  package func bind(_ index: Int, utf8: [UInt8]) throws(DatabaseError) {
    let code = utf8.withUnsafeBufferPointer { bind(Int32(index), utf8: $0) }
    guard code == SQLITE_OK else { throw error(.bind, code) }
  }

  /// Goes to the next row.
  /// - Returns: false after the last one; the statement is reset then, and after an error.
  package func step() throws(DatabaseError) -> Bool {
    let code = sqlite3_step(pointer)
    switch code {
    case SQLITE_ROW: return true
    case SQLITE_DONE:
      reset()
      return false
    default:
      let failure = error(.step, code)
      reset()
      throw failure
    }
  }

  /// Leaves the rows and forgets the parameters.
  package func reset() {
    sqlite3_reset(pointer)
    sqlite3_clear_bindings(pointer)
  }

  // Columns of the row it stands on, counted from 0. SQLite converts where the class differs.

  package func isNull(_ column: Int) -> Bool {
    sqlite3_column_type(pointer, Int32(column)) == SQLITE_NULL
  }

  package func int64(_ column: Int) -> Int64 { sqlite3_column_int64(pointer, Int32(column)) }

  package func double(_ column: Int) -> Double { sqlite3_column_double(pointer, Int32(column)) }

  /// The empty text for NULL.
  package func text(_ column: Int) -> String {
    guard let start = sqlite3_column_text(pointer, Int32(column)) else { return "" }
    let count = Int(sqlite3_column_bytes(pointer, Int32(column)))
    return String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
  }

  /// No bytes for NULL.
  package func bytes(_ column: Int) -> [UInt8] {
    guard let start = sqlite3_column_blob(pointer, Int32(column)) else { return [] }
    let count = Int(sqlite3_column_bytes(pointer, Int32(column)))
    return Array(UnsafeRawBufferPointer(start: start, count: count))
  }

  private func bind(_ index: Int32, text: String) -> Int32 {
    var text = text
    return text.withUTF8 { bind(index, utf8: $0) }
  }

  private func bind(_ index: Int32, utf8: UnsafeBufferPointer<UInt8>) -> Int32 {
    // An empty buffer may have no address, which SQLite would take for NULL.
    guard let start = utf8.baseAddress, !utf8.isEmpty else {
      return sqlite3_bind_text(pointer, index, "", 0, Self.transient)
    }
    return start.withMemoryRebound(to: CChar.self, capacity: utf8.count) {
      sqlite3_bind_text64(
        pointer, index, $0, UInt64(utf8.count), Self.transient, UInt8(SQLITE_UTF8))
    }
  }

  private func bind(_ index: Int32, blob: [UInt8]) -> Int32 {
    guard !blob.isEmpty else { return sqlite3_bind_zeroblob(pointer, index, 0) }
    return blob.withUnsafeBytes {
      sqlite3_bind_blob64(pointer, index, $0.baseAddress, UInt64($0.count), Self.transient)
    }
  }

  private func error(_ operation: DatabaseError.Operation, _ code: Int32) -> DatabaseError {
    let handle = sqlite3_db_handle(pointer)
    return DatabaseError(
      operation: operation, extendedCode: code, sql: "\(sql)",
      message: String(cString: sqlite3_errmsg(handle)), path: Database.file(of: handle))
  }
}
