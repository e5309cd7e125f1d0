// How the orders of one subsystem are described.

/// The orders of one subsystem: one file, one description for both directions.
package protocol OrderFamily: Equatable, Sendable {
  /// The words of its operations.
  associatedtype Kind: RawRepresentable<String>, CaseIterable, Hashable, Sendable

  var kind: Kind { get }

  /// Names the members of an operation to the coder, in the order in which they are written.
  /// - Parameter order: nil while reading.
  static func described<Coder: MemberCoder>(
    _ kind: Kind, _ order: Self?, by coder: inout Coder
  ) throws(Coder.Failure) -> Self
}
