// What the service knows of one station at this moment: whether it is there and how it stands.
import StationProtocol

/// The live side of a station. It comes from `status`, `birth` and `state`; counts come from
/// committed records.
package struct StationLife: Equatable, Sendable {
  package var names: StationNames
  package private(set) var status: StatusPayload?
  /// When the service learnt of the status.
  package private(set) var since: WallTime?
  package private(set) var birth: BirthPayload?
  package private(set) var doors: [AccessPointID: DoorPayload] = [:]
  package private(set) var occupancy: OccupancyPayload?
  package private(set) var alarms: [ActiveAlarm] = []
  package private(set) var lastHeard: WallTime?
  private var day = 0
  private var counts = DayCounts()

  package init(names: StationNames) { self.names = names }

  /// Takes a status, unless it tells of an older session: a will may arrive after the station
  /// has come back.
  /// - Returns: whether it was taken.
  package mutating func take(_ new: StatusPayload, isRetained: Bool, at now: Now) -> Bool {
    if let status {
      if new.session.isOlder(than: status.session) { return false }
      let isOtherLife = new.session.stream != status.session.stream
      if isOtherLife, !new.isOnline, status.isOnline { return false }
    }
    if status?.isOnline != new.isOnline || status?.session != new.session {
      since = isRetained ? new.at : now.wall
    }
    status = new
    hear(isRetained, now)
    return true
  }

  package mutating func take(_ birth: BirthPayload, isRetained: Bool, at now: Now) {
    self.birth = birth
    doors = doors.filter { birth.accessPoints.contains($0.key) }
    hear(isRetained, now)
  }

  package mutating func take(_ state: StateMessage, isRetained: Bool, at now: Now) {
    switch state {
    case .door(let point, let payload): doors[point] = payload
    case .occupancy(let payload): occupancy = payload
    case .alarms(let payload): alarms = payload.active
    }
    hear(isRetained, now)
  }

  /// Adds what committed records count.
  package mutating func add(_ more: DayCounts, day other: Int, at now: Now) {
    roll(now)
    if other == day { counts += more }
  }

  package mutating func recover(_ counts: DayCounts, at now: Now) {
    roll(now)
    self.counts = counts
  }

  package mutating func noteRecords(at now: Now) { hear(false, now) }

  /// The counts of the local day that it is now.
  package func today(_ now: Now) -> DayCounts { now.localDay == day ? counts : DayCounts() }

  private mutating func roll(_ now: Now) {
    guard now.localDay != day else { return }
    day = now.localDay
    counts = DayCounts()
  }

  /// A retained message says nothing about when the station spoke.
  private mutating func hear(_ isRetained: Bool, _ now: Now) {
    if !isRetained { lastHeard = now.wall }
  }
}

/// The state of one part, as it arrived.
package enum StateMessage: Equatable, Sendable {
  case door(AccessPointID, DoorPayload)
  case occupancy(OccupancyPayload)
  case alarms(AlarmsPayload)

  package init(_ part: StatePart, json: [UInt8]) throws(JSONError) {
    switch part {
    case .door(let point): self = .door(point, try DoorPayload(json: json))
    case .occupancy: self = .occupancy(try OccupancyPayload(json: json))
    case .alarms: self = .alarms(try AlarmsPayload(json: json))
    }
  }
}
