// The rows that the rules of ingest need of the engine that keeps records: rows in, rows out, no rules.
import StationProtocol
import Time

/// Names a stream of a station.
package struct StreamKey: Hashable, Sendable {
  package var station: StationID
  package var stream: StreamID

  package init(_ station: StationID, _ stream: StreamID) {
    self.station = station
    self.stream = stream
  }
}

/// A stream as the engine knows it, and how far it has come since.
package final class IngestStream {
  package let key: StreamKey
  /// The engine's own numbers of the stream and of its station; 0 where it has none.
  package let number: Int64
  package let stationNumber: Int64
  package var reached: StreamProgress
  package var claims: StreamClaims?
  /// The islands as they are written down.
  package var writtenIslands: [ClosedRange<UInt64>]
  /// The stream is among those that are written down at the end of the transaction.
  package var hasMoved = false

  package init(
    _ key: StreamKey, number: Int64 = 0, stationNumber: Int64 = 0, _ reached: StreamProgress,
    _ claims: StreamClaims?
  ) {
    self.key = key
    self.number = number
    self.stationNumber = stationNumber
    self.reached = reached
    self.claims = claims
    writtenIslands = reached.islands
  }
}

/// The rows of ingest, inside a transaction of the engine. The rules stand once, in the extensions
/// of this protocol, so that every engine stores alike what stations send.
package protocol IngestBook {
  associatedtype Failure: Error
  associatedtype Ledger: LedgerBook where Ledger.Failure == Failure

  var ledger: Ledger { get set }

  // MARK: Stations and streams

  /// Makes a station known where it is not.
  mutating func register(_ station: StationID) throws(Failure)
  /// By which its days go; nil where those of the service count.
  mutating func zone(of station: StationID) throws(Failure) -> Zone?
  /// A station says by which zone its days go.
  /// - Returns: what counts now.
  mutating func move(_ station: StationID, into zone: ZoneName) throws(Failure) -> Zone?
  /// The stream, which is made known with its station where it is not.
  mutating func stream(_ key: StreamKey) throws(Failure) -> IngestStream
  /// The stream may have come further, or have been claimed to.
  mutating func note(_ stream: IngestStream) throws(Failure)
  /// The station was born in this stream.
  mutating func setCurrentStream(_ stream: StreamID, of station: StationID) throws(Failure)
  /// A restored store never got the numbers of this stream up to this one.
  mutating func noteRestored(_ stream: IngestStream, through last: UInt64) throws(Failure)

  // MARK: Records

  /// The text of the event in a place.
  func event(at seq: UInt64, in stream: IngestStream) throws(Failure) -> [UInt8]?
  /// The text of the measurement in a place.
  func measurement(at seq: UInt64, in stream: IngestStream) throws(Failure) -> [UInt8]?
  /// - Parameter seq: nil for what the service itself writes into the stream.
  /// - Returns: the event's id; nil where an event has the place.
  mutating func insert(
    _ kind: Record.Kind, _ json: [UInt8], at seq: UInt64?, in stream: IngestStream, _ now: Now
  ) throws(Failure) -> Int64?
  /// - Returns: false where a measurement has the place.
  mutating func insert(
    measurement json: [UInt8], at seq: UInt64, in stream: IngestStream, _ now: Now
  ) throws(Failure) -> Bool
  /// Takes note of whose event one is that was inserted.
  mutating func note(event id: Int64, of member: MemberID) throws(Failure)
  /// Adds to what was measured in each hour.
  mutating func add(_ hours: [MeasuredHour], of stream: IngestStream) throws(Failure)
  /// Adds to the visits of the days of the stream's station.
  mutating func add(_ visits: [DayTally], of stream: IngestStream) throws(Failure)
  /// Adds to the counts of the hours of the stream's station.
  mutating func add(_ tallies: [HourTally], of stream: IngestStream) throws(Failure)

  // MARK: Commands

  /// Takes note of how far a command has come.
  /// - Returns: the command as it is now; nil where nothing has changed.
  mutating func advance(
    _ id: CommandID, of station: StationID, _ news: CommandNews, at now: Now
  ) throws(Failure) -> OrderedCommand?

  // MARK: Quarantine

  func isConfined(_ raw: [UInt8], at seq: UInt64, in key: StreamKey) throws(Failure) -> Bool
  /// The same of what has no place in a stream.
  func isConfined(_ raw: [UInt8], of station: StationID) throws(Failure) -> Bool
  /// How much without a place in a stream is kept of a station.
  func confinedCount(of station: StationID) throws(Failure) -> Int
  /// - Parameter row: its id is the engine's to give.
  mutating func confine(_ row: Quarantined) throws(Failure)
  mutating func release(_ id: Int64) throws(Failure)
}
