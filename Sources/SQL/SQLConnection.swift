// One connection to a store of tables, whichever engine keeps it.

/// A connection, for one thread. The SQL is that which every engine of this project knows: literal
/// texts with numbered parameters, `?1`. Engines: `Database` of SQLite.
package protocol SQLConnection: AnyObject {
  /// The place of the store, for messages.
  var path: String { get }

  /// Runs one or more statements that take no parameters and whose rows do not matter.
  func execute(_ sql: String) throws(DatabaseError)
  /// The statement for this text, from the cache unless that one is in the middle of its rows. No
  /// text that is made while the program runs is a statement: what varies is a parameter.
  func prepare(_ sql: StaticString) throws(DatabaseError) -> any SQLStatement
  /// Runs `body` in a transaction that writes; rolls back where it, or the commit, fails.
  /// - Parameter failure: says in the body's own kind why the transaction itself failed.
  func transaction<Value, Failure: Error>(
    failingAs failure: (DatabaseError) -> Failure, _ body: () throws(Failure) -> Value
  ) throws(Failure) -> Value
  /// Runs `body`, which only reads, on the state of one moment; others may write meanwhile.
  func snapshot<Value>(
    _ body: () throws(DatabaseError) -> Value
  ) throws(DatabaseError) -> Value

  /// Rows that the last INSERT, UPDATE or DELETE touched.
  var changes: Int64 { get }
  /// The id that the engine gave to the last row that was inserted.
  var lastInsertID: Int64 { get }
  /// How many migrations have run on this store.
  func schemaVersion() throws(DatabaseError) -> Int
  /// Runs the migrations that have not run yet, each in a transaction of its own.
  /// - Throws: where a step fails, or the store is of a later version than the list knows; it keeps
  ///   the version that it had reached.
  func migrate(_ migrations: [Migration]) throws(DatabaseError)
  /// What the engine finds wrong in the structure of the store; empty where it is sound.
  func structureFaults() throws(DatabaseError) -> [String]
  /// Ends the connection; closing twice is harmless.
  func close()
}

extension SQLConnection {
  /// Prepares, binds and runs a statement that returns no row.
  package func run(_ sql: StaticString, _ values: SQLValue...) throws(DatabaseError) {
    try prepare(sql).run(values)
  }

  package func transaction<Value>(
    _ body: () throws(DatabaseError) -> Value
  ) throws(DatabaseError) -> Value {
    try transaction(failingAs: { $0 }, body)
  }
}
