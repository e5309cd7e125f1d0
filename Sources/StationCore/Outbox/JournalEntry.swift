// A record on its way to the store.
import StationProtocol

/// A record with its place in the stream, and what boot must remember with it.
package struct JournalEntry: Equatable, Sendable {
  package var seq: UInt64
  package var record: Record
  package var lane: Lane
  /// Written in the same transaction.
  package var changes: [RecoveryChange]

  package init(seq: UInt64, record: Record, lane: Lane, changes: [RecoveryChange] = []) {
    self.seq = seq
    self.record = record
    self.lane = lane
    self.changes = changes
  }
}

/// How soon something must be durable.
package enum Lane: Equatable, Sendable {
  /// Grants, alarms: the commit starts within 50 ms.
  case urgent
  /// Contact, relock, passage: within 2 s, together with what else has come by then.
  case soon
  /// Memories that the next occasion tells again, and deletions: within 10 s.
  case relaxed
  /// Measurements: with whatever is written next, within 5 minutes.
  case late
}
