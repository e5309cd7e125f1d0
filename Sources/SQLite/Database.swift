// One connection to a SQLite database, with its settings, its statements and its transactions.

import CSQLite
import SQL

/// A connection. It is opened without SQLite's own locks and belongs to one thread at a time.
/// Statements are cached by their text, so that a hot path prepares nothing.
package final class Database: SQLConnection {
  package enum Mode: Sendable {
    /// Read and written; made where there is none.
    case readWrite
    /// Read only; there must be one.
    case readOnly
  }

  /// What SQLite is told at the start of a connection.
  package struct Options: Equatable, Sendable {
    package enum Synchronous: String, Sendable {
      /// A commit is on the disk when it returns.
      case full = "FULL"
      /// A power cut may lose the last commits of a WAL, but damages nothing.
      case normal = "NORMAL"
    }

    package var isWAL = true
    package var synchronous = Synchronous.full
    /// How long a statement waits for another connection's lock.
    package var busyTimeout: Duration = .seconds(5)
    /// Pages in the WAL before a commit moves them into the file.
    package var autocheckpointPages = 1000
    /// Bytes a page, for a new file only; nil leaves SQLite's own.
    package var pageSize: Int?
    /// The most KiB of pages that a connection that writes keeps in memory; nil leaves SQLite's own,
    /// 2000.
    package var cacheKiB: Int?

    package init(
      isWAL: Bool = true, synchronous: Synchronous = .full, busyTimeout: Duration = .seconds(5),
      autocheckpointPages: Int = 1000, pageSize: Int? = nil, cacheKiB: Int? = nil
    ) {
      self.isWAL = isWAL
      self.synchronous = synchronous
      self.busyTimeout = busyTimeout
      self.autocheckpointPages = autocheckpointPages
      self.pageSize = pageSize
      self.cacheKiB = cacheKiB
    }
  }

  /// A file, or `:memory:`.
  package let path: String
  private var handle: OpaquePointer?
  private var statements: [Text: Statement] = [:]

  /// A text of the program, by its place in memory: nothing is hashed of what it says.
  private struct Text: Hashable {
    let start: UnsafePointer<UInt8>
    let count: Int

    init(_ text: StaticString) {
      start = text.utf8Start
      count = text.utf8CodeUnitCount
    }
  }

  /// - Throws: where the file cannot be opened or refuses a setting; nothing stays open then.
  package init(
    path: String, mode: Mode = .readWrite, options: Options = Options()
  ) throws(DatabaseError) {
    self.path = path
    Self.prepareLibrary
    let access =
      switch mode {
      case .readWrite: SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
      case .readOnly: SQLITE_OPEN_READONLY
      }
    let flags = access | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
    let code = sqlite3_open_v2(path, &handle, flags, nil)
    guard code == SQLITE_OK else {
      // A handle is made even where opening fails, and carries the reason.
      let message = handle.map(Self.message) ?? String(cString: sqlite3_errstr(code))
      sqlite3_close_v2(handle)
      handle = nil
      throw DatabaseError(
        operation: .open, extendedCode: code, sql: nil, message: message, path: path)
    }
    do throws(DatabaseError) {
      try configure(mode, options)
    } catch {
      close()
      throw error
    }
  }

  deinit { close() }

  /// The file as SQLite has found it, behind symbolic links; nil for one in memory.
  package var file: String? { Self.file(of: open) }

  static func file(of handle: OpaquePointer?) -> String? {
    guard let name = sqlite3_db_filename(handle, "main") else { return nil }
    let file = String(cString: name)
    return file.isEmpty ? nil : file
  }

  /// Ends the connection; closing twice is harmless. A statement still held by someone keeps
  /// the file open until it goes.
  package func close() {
    statements = [:]
    sqlite3_close_v2(handle)
    handle = nil
  }

  /// Runs one or more statements that take no parameters and whose rows do not matter.
  package func execute(_ sql: String) throws(DatabaseError) {
    let code = sqlite3_exec(open, sql, nil, nil, nil)
    guard code == SQLITE_OK else { throw error(.execute, code, sql) }
  }

  /// The statement for this text, from the cache unless that one is in the middle of its rows.
  /// No text that is made while the program runs is a statement: what varies is a parameter.
  package func prepare(_ sql: StaticString) throws(DatabaseError) -> any SQLStatement {
    let text = Text(sql)
    if let cached = statements[text], !cached.isBusy { return cached }
    var pointer: OpaquePointer?
    let code = sqlite3_prepare_v3(
      open, "\(sql)", -1, UInt32(SQLITE_PREPARE_PERSISTENT), &pointer, nil)
    guard code == SQLITE_OK, let pointer else {
      throw error(.prepare, code == SQLITE_OK ? SQLITE_MISUSE : code, "\(sql)")
    }
    let statement = Statement(pointer, sql: sql)
    statements[text] = statement
    return statement
  }

  /// Runs `body` between BEGIN IMMEDIATE and COMMIT.
  package func transaction<Value, Failure: Error>(
    failingAs failure: (DatabaseError) -> Failure, _ body: () throws(Failure) -> Value
  ) throws(Failure) -> Value {
    do throws(DatabaseError) { try execute("BEGIN IMMEDIATE") } catch { throw failure(error) }
    let value: Value
    do throws(Failure) {
      value = try body()
    } catch {
      rollBack()
      throw error
    }
    do throws(DatabaseError) {
      try execute("COMMIT")
    } catch {
      rollBack()
      throw failure(error)
    }
    return value
  }

  /// Runs `body`, which only reads, on the state of one moment; others may write meanwhile.
  package func snapshot<Value>(
    _ body: () throws(DatabaseError) -> Value
  ) throws(DatabaseError) -> Value {
    try execute("BEGIN")
    defer { rollBack() }
    return try body()
  }

  /// SQLite has rolled back by itself after some errors, a full disk among them.
  private func rollBack() {
    if sqlite3_get_autocommit(open) == 0 { sqlite3_exec(open, "ROLLBACK", nil, nil, nil) }
  }

  /// Rows that the last INSERT, UPDATE or DELETE touched.
  package var changes: Int64 { sqlite3_changes64(open) }
  package var lastInsertID: Int64 { sqlite3_last_insert_rowid(open) }

  /// What SQLite finds wrong in the structure of the file; empty where it is sound.
  package func structureFaults() throws(DatabaseError) -> [String] {
    var findings: [String] = []
    try prepare("PRAGMA quick_check(20)").rows { findings.append($0.text(0)) }
    return findings == ["ok"] ? [] : findings
  }

  /// Once, before the first connection: SQLite counts the memory of all connections under one lock
  /// that each allocation takes, and nobody asks for the sum. A process that has used SQLite
  /// otherwise before is refused, and goes on counting.
  private static let prepareLibrary: Void = { _ = csqlite_count_no_memory() }()

  private func configure(_ mode: Mode, _ options: Options) throws(DatabaseError) {
    let (seconds, attoseconds) = options.busyTimeout.components
    let milliseconds = seconds * 1000 + attoseconds / 1_000_000_000_000_000
    sqlite3_busy_timeout(open, Int32(clamping: milliseconds))
    let code = csqlite_set_defensive(open)
    guard code == SQLITE_OK else { throw error(.configure, code, nil) }
    try execute("PRAGMA trusted_schema = OFF")
    try execute("PRAGMA cell_size_check = ON")
    try execute("PRAGMA foreign_keys = ON")
    guard mode == .readWrite else { return try execute("PRAGMA query_only = ON") }
    if let size = options.pageSize { try execute("PRAGMA page_size = \(size)") }
    if let size = options.cacheKiB { try execute("PRAGMA cache_size = -\(size)") }
    if options.isWAL, path != ":memory:" {
      // SQLite answers with the mode that it took instead of failing.
      var taken = ""
      try prepare("PRAGMA journal_mode = WAL").rows { taken = $0.text(0) }
      guard taken == "wal" else {
        throw DatabaseError(
          operation: .configure, extendedCode: SQLITE_CANTOPEN, sql: nil,
          message: "no write-ahead log is possible here, only \(taken)", path: path)
      }
    }
    try execute("PRAGMA synchronous = \(options.synchronous.rawValue)")
    try execute("PRAGMA wal_autocheckpoint = \(options.autocheckpointPages)")
  }

  private var open: OpaquePointer {
    guard let handle else { preconditionFailure("the database \(path) is closed") }
    return handle
  }

  private func error(
    _ operation: DatabaseError.Operation, _ code: Int32, _ sql: String?
  ) -> DatabaseError {
    DatabaseError(
      operation: operation, extendedCode: code, sql: sql, message: Self.message(open), path: path)
  }

  private static func message(_ handle: OpaquePointer) -> String {
    String(cString: sqlite3_errmsg(handle))
  }
}
