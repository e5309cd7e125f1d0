// How the records of one subsystem are described, and what bounds them all.

/// The records of one subsystem: one file, one description for both directions.
package protocol RecordFamily: Equatable, Sendable {
  /// The words of its kinds.
  associatedtype Kind: RawRepresentable<String>, CaseIterable, Hashable, Sendable

  var kind: Kind { get }

  /// Names the members of a kind to the coder, in the order in which they are written, behind
  /// those of every record.
  /// - Parameter record: nil while reading.
  static func described<Coder: MemberCoder>(
    _ kind: Kind, _ record: Self?, by coder: inout Coder
  ) throws(Coder.Failure) -> Self
}

package enum RecordBounds {
  /// More refusals than any reader can bring about in a minute. A larger count is no record: sums
  /// of such counts must never overflow, whatever a station says.
  package static let mostRefusals: Int64 = 1_000_000
}
