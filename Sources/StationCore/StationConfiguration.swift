// What a facility decides about its station; fixed while the daemon runs.
import StationProtocol

/// The station as it is configured.
package struct StationConfiguration: Equatable, Sendable {
  /// The software's version, for the record of the start.
  package var version: String
  /// 1 to 4, in the order of their numbers.
  package var accessPoints: [AccessPointConfiguration]
  package var entry: EntryPolicy
  package var occupancy: OccupancyPolicy
  package var clock: ClockTrust.Policy
  package var outbox: OutboxLimits
  package var fire: FirePolicy
  /// In the order of their words, each once.
  package var relays: [RelayConfiguration]

  package init(
    version: String, accessPoints: [AccessPointConfiguration], entry: EntryPolicy = EntryPolicy(),
    occupancy: OccupancyPolicy = OccupancyPolicy(), clock: ClockTrust.Policy = .require,
    outbox: OutboxLimits = OutboxLimits(), fire: FirePolicy = FirePolicy(),
    relays: [RelayConfiguration] = []
  ) {
    precondition((1...AccessPointID.most).contains(accessPoints.count), "1 to 4 access points")
    self.version = version
    self.accessPoints = accessPoints.sorted { $0.id < $1.id }
    self.entry = entry
    self.occupancy = occupancy
    self.clock = clock
    self.outbox = outbox
    self.fire = fire
    self.relays = relays.sorted { $0.relay.rawValue < $1.relay.rawValue }
  }
}

/// Who may come in and when.
package struct EntryPolicy: Equatable, Sendable {
  package var code: CodePolicy
  package var hours: OpeningHours
  /// The most people inside; nil for no limit.
  package var capacity: Int64?

  package init(
    code: CodePolicy = CodePolicy(), hours: OpeningHours = .always, capacity: Int64? = nil
  ) {
    self.code = code
    self.hours = hours
    self.capacity = capacity
  }
}

/// When the station is open, by local time.
package enum OpeningHours: Equatable, Sendable {
  case always
  /// From the first minute of the day to before the second; over midnight where it is smaller.
  case daily(from: Int, to: Int)

  package func areOpen(atMinute minute: Int) -> Bool {
    switch self {
    case .always: true
    case .daily(let from, let to) where from <= to: (from..<to).contains(minute)
    case .daily(let from, let to): minute >= from || minute < to
    }
  }
}
