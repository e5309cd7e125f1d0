// The versions of a schema: a list that only grows, each step named and run once.

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
