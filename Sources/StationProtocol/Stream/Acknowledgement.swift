// How the service acknowledges records.

/// `ack`: every record of the stream up to and including `upto` is stored by the service.
package struct Acknowledgement: Equatable, Sendable {
  package var stream: StreamID
  package var upto: UInt64
  /// The first number just sent under which the service already has a different record; nil where
  /// there is none. The records from that number on are not stored as the station sent them,
  /// whatever `upto` says.
  package var conflict: UInt64?
  /// The last number of a batch of kept ends, which is stored; nil for what answers no such batch.
  package var kept: UInt64?

  package init(
    stream: StreamID, upto: UInt64, conflict: UInt64? = nil, kept: UInt64? = nil
  ) {
    self.stream = stream
    self.upto = upto
    self.conflict = conflict
    self.kept = kept
  }
}

extension Acknowledgement: DescribedObject {
  package static func described<Coder: MemberCoder>(
    _ ack: Acknowledgement?, by coder: inout Coder
  ) throws(Coder.Failure) -> Acknowledgement {
    Acknowledgement(
      stream: try coder.member("stream", ack?.stream), upto: try coder.number("upto", ack?.upto),
      conflict: try coder.optionalNumber("conflict", ack?.conflict, 1...(.max)),
      kept: try coder.optionalNumber("kept", ack?.kept, 1...(.max)))
  }
}
