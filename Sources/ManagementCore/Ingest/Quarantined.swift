// Records and payloads that are kept apart, and the reasons why.
import StationProtocol
import Time

/// Something that could not be understood, kept for a maintainer.
package struct Quarantined: Equatable, Sendable {
  package var id: Int64
  package var station: StationID
  package var stream: StreamID?
  package var seq: UInt64?
  package var received: WallTime
  package var reason: String
  package var raw: [UInt8]

  /// How many are read again at a time.
  package static let page = 64

  /// The most payloads without a place in a stream that are kept for a station; a station that
  /// repeats one for ever must not fill the disk.
  package static let mostMalformed = 100

  package init(
    id: Int64, station: StationID, stream: StreamID?, seq: UInt64?, received: WallTime,
    reason: String, raw: [UInt8]
  ) {
    self.id = id
    self.station = station
    self.stream = stream
    self.seq = seq
    self.received = received
    self.reason = reason
    self.raw = raw
  }
}

/// Words and records that every engine writes alike.
package enum StoreReasons {
  package static let notKept = "only ends of exchanges are kept by stations"
  package static let conflict = "conflict: this number already means another record"

  /// The record that the service writes where a stream begins later than it should.
  package static func gap(from: UInt64, to: UInt64, at now: Now) -> Record {
    Record(
      at: now.wall, isTrusted: now.isTrusted,
      body: .stream(.gap(from: from, to: to, reason: .restored)))
  }
}
