// How the service acknowledges records.

/// The body of `ack`, which is sealed: every record of the stream up to and including `upto` is
/// stored by the service. A station deletes only records of the batches that are named, for only
/// of these it knows that the service has them as it sent them.
package struct Acknowledgement: Equatable, Sendable {
  /// Batches that one acknowledgement names at most.
  package static let mostBatches = 16

  package var stream: StreamID
  package var upto: UInt64
  /// The first number just sent under which the service already has a different record; nil where
  /// there is none. The records from that number on are not stored as the station sent them,
  /// whatever `upto` says.
  package var conflict: UInt64?
  /// The last number of a batch of kept ends, which is stored; nil for what answers no such batch.
  package var kept: UInt64?
  /// The payloads on `out` that it answers; none where it answers a birth.
  package var batches: [PayloadDigest]

  package init(
    stream: StreamID, upto: UInt64, conflict: UInt64? = nil, kept: UInt64? = nil,
    batches: [PayloadDigest]
  ) {
    self.stream = stream
    self.upto = upto
    self.conflict = conflict
    self.kept = kept
    self.batches = batches
  }
}

extension Acknowledgement: DescribedObject {
  package static func described<Coder: MemberCoder>(
    _ ack: Acknowledgement?, by coder: inout Coder
  ) throws(Coder.Failure) -> Acknowledgement {
    Acknowledgement(
      stream: try coder.member("stream", ack?.stream), upto: try coder.number("upto", ack?.upto),
      conflict: try coder.optionalNumber("conflict", ack?.conflict, 1...(.max)),
      kept: try coder.optionalNumber("kept", ack?.kept, 1...(.max)),
      batches: try coder.list("batches", ack?.batches, ListBounds(most: mostBatches)))
  }
}
