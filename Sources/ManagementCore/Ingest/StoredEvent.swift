// Records as they are stored and asked for.
import JSON
import StationProtocol
import Time

/// A record as it is stored and shown. Its id grows with every commit and is the event stream's.
package struct StoredEvent: Equatable, Sendable {
  package var id: Int64
  package var station: StationID
  package var stream: StreamID
  /// nil for what the service itself wrote into the stream.
  package var seq: UInt64?
  package var received: WallTime
  package var kind: Record.Kind
  /// The record's JSON as the station wrote it.
  package var json: [UInt8]

  package init(
    id: Int64, station: StationID, stream: StreamID, seq: UInt64?, received: WallTime,
    kind: Record.Kind, json: [UInt8]
  ) {
    self.id = id
    self.station = station
    self.stream = stream
    self.seq = seq
    self.received = received
    self.kind = kind
    self.json = json
  }

  /// The text by which a record is compared, stored and shown: as the station wrote it, with what only
  /// a later version can read, but without white space of the station's choosing, such as the line
  /// ends that separate events of a stream.
  /// - Parameter json: of a record that was read.
  static func text(of json: [UInt8]) -> [UInt8] { JSONText.compact(json) }

  package func write(to writer: inout JSONWriter) {
    writer.object {
      $0.field("id", id)
      $0.field("station", station)
      $0.field("stream", stream)
      $0.key("seq")
      if let seq { $0.value(seq) } else { $0.null() }
      $0.field("received", received.milliseconds)
      $0.key("record")
      $0.raw(json)
    }
  }
}

/// Which events are asked for.
package struct EventFilter: Equatable, Sendable {
  package var station: StationID?
  package var kind: Record.Kind?
  package var before: Int64?

  package init(station: StationID? = nil, kind: Record.Kind? = nil, before: Int64? = nil) {
    self.station = station
    self.kind = kind
    self.before = before
  }
}

/// How long measurements are kept as they came; their hours are kept for good. A record that
/// comes again later than that is not held against the first one.
package enum MinuteRetention {
  package static let period: Duration = .seconds(35 * 86_400)
}
