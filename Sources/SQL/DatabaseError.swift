// A failure of a store: where, why, and what can be done; never the values in it.

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

  /// The kind of fault, by the way in which it can be mended.
  package enum Nature: Equatable, Sendable {
    /// The disk, or the quota, is full.
    case full
    /// The file, or the file system below it, cannot be written.
    case readOnly
    /// A folder or a permission is missing.
    case unreachable
    /// Another connection holds the lock for longer than was waited.
    case busy
    /// The store holds something that was never written there.
    case damaged
    /// The disk fails.
    case disk
    /// The schema is of a later version than the program's: sound, and not for this program.
    case later
    /// The content of the store, or of the statement, is to blame.
    case other
  }

  package let operation: Operation
  package let nature: Nature
  /// The engine's own code, by which its manual can be asked; nil where the fault is not its own.
  package let code: Code?
  /// The statement with its parameters unfilled, for tests and debuggers: no log shows it. nil
  /// where none was run.
  package let sql: String?
  /// The engine's own words; they name tables, columns and files.
  package let message: String
  /// The file, or `:memory:`; nil where that is known one level up.
  package private(set) var path: String?

  package struct Code: Equatable, Sendable {
    package let engine: String
    package let number: Int32

    package init(_ engine: String, _ number: Int32) {
      self.engine = engine
      self.number = number
    }
  }

  package init(
    operation: Operation, _ nature: Nature, code: Code? = nil, sql: String? = nil,
    message: String, path: String? = nil
  ) {
    self.operation = operation
    self.nature = nature
    self.code = code
    self.sql = sql
    self.message = message
    self.path = path
  }

  /// The file or its content is to blame, and another file may do better:
  /// not a full disk, a missing folder or permission, or a lock that somebody holds.
  package var condemnsFile: Bool {
    switch nature {
    case .full, .readOnly, .busy, .unreachable: false
    case .damaged, .disk, .later, .other: true
    }
  }

  /// The same, with the file where it does not say one yet.
  package func at(_ path: String) -> DatabaseError {
    var error = self
    error.path = self.path ?? path
    return error
  }

  package var description: String {
    let place = path.map { $0 == ":memory:" ? "the store in memory: " : "\($0): " } ?? ""
    let told = code.map { " (\($0.engine) \($0.number))" } ?? ""
    return "\(place)\(message)\(told)\(advice.map { "; \($0)" } ?? "")"
  }

  private var advice: String? {
    switch nature {
    case .full: "make room on its disk"
    case .readOnly, .unreachable:
      "look whether its folder is there, and whether this program's user may write both"
    case .busy: "another process holds it: stop that one"
    case .damaged: "the file is damaged"
    case .disk: "the disk or its file system fails: look into the kernel's log"
    case .later, .other: nil
    }
  }
}
