// A prepared statement: parameters in, rows out, always reset before it is used again.

/// The row on which a statement stands. Columns are counted from 0; a value of another class than
/// the one that is asked for is converted.
package protocol SQLRow {
  func isNull(_ column: Int) -> Bool
  /// 0 for NULL.
  func int64(_ column: Int) -> Int64
  /// 0 for NULL.
  func double(_ column: Int) -> Double
  /// The empty text for NULL.
  func text(_ column: Int) -> String
  /// No bytes for NULL.
  func bytes(_ column: Int) -> [UInt8]
}

extension SQLRow {
  package func int64OrNil(_ column: Int) -> Int64? { isNull(column) ? nil : int64(column) }
  package func textOrNil(_ column: Int) -> String? { isNull(column) ? nil : text(column) }
}

/// A statement of one connection, on that connection's thread.
package protocol SQLStatement: SQLRow, AnyObject {
  /// Sets a parameter; they are counted from 1.
  func bind(_ index: Int, _ value: SQLValue) throws(DatabaseError)
  /// Sets a parameter to a text that is given as its UTF-8.
  func bind(_ index: Int, utf8: [UInt8]) throws(DatabaseError)
  /// Goes to the next row.
  /// - Returns: false after the last one; the statement is reset then, and after an error.
  func step() throws(DatabaseError) -> Bool
  /// Leaves the rows and forgets the parameters.
  func reset()
}

extension SQLStatement {
  package func bind(_ index: Int, _ number: Int64?) throws(DatabaseError) {
    try bind(index, .integer(number))
  }
  package func bind(_ index: Int, _ text: String?) throws(DatabaseError) {
    try bind(index, .text(text))
  }
  package func bind(_ index: Int, _ bytes: [UInt8]?) throws(DatabaseError) {
    try bind(index, .blob(bytes))
  }
  package func bind(_ index: Int, _ number: Double) throws(DatabaseError) {
    try bind(index, .real(number))
  }

  /// Runs the statement to its end with these parameters; with none, those bound before stay.
  package func run(_ values: [SQLValue] = []) throws(DatabaseError) {
    try rows(values) { _ in }
  }

  /// Calls `body` for each row with these parameters; with none, those bound before stay.
  package func rows(
    _ values: [SQLValue] = [], _ body: (any SQLRow) throws(DatabaseError) -> Void
  ) throws(DatabaseError) {
    for (index, value) in values.enumerated() { try bind(index + 1, value) }
    do throws(DatabaseError) {
      while try step() { try body(self) }
    } catch {
      reset()
      throw error
    }
  }
}
