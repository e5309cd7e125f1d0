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

  /// The event, by its subsystem.
  package enum Body: Equatable, Sendable {
    case station(StationRecord)
    case stream(StreamRecord)
    case door(DoorRecord)
    case entry(EntryRecord)
    case occupancy(OccupancyRecord)
    case climate(ClimateRecord)
    case exchange(ExchangeRecord)
    case alarm(AlarmRecord)
    case command(CommandRecord)
    case configuration(ConfigurationRecord)
  }

  /// The subsystems that write records.
  package enum Family: Int, CaseIterable, Sendable {
    case station, stream, door, entry, occupancy, climate, exchange, alarm, command, configuration
  }

  package var family: Family {
    switch body {
    case .station: .station
    case .stream: .stream
    case .door: .door
    case .entry: .entry
    case .occupancy: .occupancy
    case .climate: .climate
    case .exchange: .exchange
    case .alarm: .alarm
    case .command: .command
    case .configuration: .configuration
    }
  }

  /// The member of whom the record tells; nil where it tells of nobody in particular.
  package var member: MemberID? {
    switch body {
    case .entry(let record): record.member
    case .exchange(let record): record.member
    case .station, .stream, .door, .occupancy, .climate, .alarm, .command, .configuration: nil
    }
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
    case command(CommandRecord.Kind)
    case configuration(ConfigurationRecord.Kind)

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
    case .command(let record): .command(record.kind)
    case .configuration(let record): .configuration(record.kind)
    }
  }
}
