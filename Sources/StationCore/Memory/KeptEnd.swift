// How an exchange ended, as the store keeps it beyond the acknowledgement.
import StationProtocol

/// The end of an exchange as it was sent and acknowledged: its stream, its number, its record.
package struct KeptEnd: Equatable, Sendable {
  package var stream: StreamID
  package var seq: UInt64
  package var record: Record

  package init(stream: StreamID, seq: UInt64, record: Record) {
    self.stream = stream
    self.seq = seq
    self.record = record
  }
}

/// A record by which points are taken or given back, and its place.
package struct Settlement: Equatable, Sendable {
  package var seq: UInt64
  package var record: Record

  package init(seq: UInt64, record: Record) {
    self.seq = seq
    self.record = record
  }
}
