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

  package init(
    version: String, accessPoints: [AccessPointConfiguration], entry: EntryPolicy = EntryPolicy(),
    occupancy: OccupancyPolicy = OccupancyPolicy(), clock: ClockTrust.Policy = .require,
    outbox: OutboxLimits = OutboxLimits()
  ) {
    precondition((1...AccessPointID.most).contains(accessPoints.count), "1 to 4 access points")
    self.version = version
    self.accessPoints = accessPoints.sorted { $0.id < $1.id }
    self.entry = entry
    self.occupancy = occupancy
    self.clock = clock
    self.outbox = outbox
  }
}

/// One access point.
package struct AccessPointConfiguration: Equatable, Sendable {
  package var id: AccessPointID
  package var timing: DoorTiming

  package init(id: AccessPointID, timing: DoorTiming = DoorTiming()) {
    self.id = id
    self.timing = timing
  }
}

/// The times of a door, with the defaults of BACnet's access door object where it has one.
package struct DoorTiming: Equatable, Sendable {
  /// How long a grant releases the strike at most.
  package var access: Duration
  /// How long the exit button releases the strike at most.
  package var exit: Duration
  /// How long the leaf may stand open before it is an alarm.
  package var heldOpen: Duration

  package init(
    access: Duration = .seconds(5), exit: Duration = .seconds(5),
    heldOpen: Duration = .seconds(30)
  ) {
    self.access = access
    self.exit = exit
    self.heldOpen = heldOpen
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
