// A store that did not do what it was asked.

/// A store that did not do what it was asked. Nothing of the transaction has happened.
package struct StoreFailure: Error, Equatable, Sendable, CustomStringConvertible {
  package let description: String

  /// - Parameter description: the engine's own words, without any stored value.
  package init(_ description: String) { self.description = description }
}
