// What a station writes down: one thing that happened, at one moment, kept until it is acknowledged.
import Time

/// A record of a station's journal. Its place in the stream is not part of it: the first
/// sequence number stands in the batch or in the store's key.
package struct Record: Equatable, Sendable {
  package var at: WallTime
  /// Whether the wall clock could be believed when this was written.
  package var isTrusted: Bool
  package var body: Body

  package init(at: WallTime, isTrusted: Bool, body: Body) {
    self.at = at
    self.isTrusted = isTrusted
    self.body = body
  }

  /// More refusals than any reader can bring about in a minute. A larger count is no record: sums
  /// of such counts must never overflow, whatever a station says.
  package static let mostRefusals: Int64 = 1_000_000

  /// What happened, by the subsystem that it happened to.
  package enum Body: Equatable, Sendable {
    case station(StationRecord)
    case stream(StreamRecord)
    case door(DoorRecord)
    case entry(EntryRecord)
    case occupancy(OccupancyRecord)
    case climate(ClimateRecord)
    case exchange(ExchangeRecord)
    case alarm(AlarmRecord)
  }

  /// What the `kind` member says; no word is one of two families.
  package enum Kind: Hashable, Sendable {
    case station(StationRecord.Kind)
    case stream(StreamRecord.Kind)
    case door(DoorRecord.Kind)
    case entry(EntryRecord.Kind)
    case occupancy(OccupancyRecord.Kind)
    case climate(ClimateRecord.Kind)
    case exchange(ExchangeRecord.Kind)
    case alarm(AlarmRecord.Kind)

    /// Whether it tells of an event. Measurements come by the minute and are kept for themselves,
    /// or nobody would find an event among them.
    package var isEvent: Bool { self != .climate(.measured) }
  }

  package var kind: Kind {
    switch body {
    case .station(let record): .station(record.kind)
    case .stream(let record): .stream(record.kind)
    case .door(let record): .door(record.kind)
    case .entry(let record): .entry(record.kind)
    case .occupancy(let record): .occupancy(record.kind)
    case .climate(let record): .climate(record.kind)
    case .exchange(let record): .exchange(record.kind)
    case .alarm(let record): .alarm(record.kind)
    }
  }
}

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
