// What a facility decides about who may come in.
import StationProtocol

/// The rules of a facility for coming in.
package struct EntryPolicy: Equatable, Sendable {
  package var code: CodePolicy
  /// When codes, cards and PINs are accepted.
  package var hours: Schedule
  /// When a door stands open whose program goes by it.
  package var freeHours: Schedule
  package var capacity: CapacityPolicy
  package var reservation: ReservationPolicy
  package var antiPassback: AntiPassback
  /// Two doors of which one stays shut to those who come in while the other is not; the lower
  /// number first.
  package var interlock: Interlock?
  package var uplink: UplinkPolicy
  /// The programs of doors that have another one than `codes`.
  package var programs: [AccessPointID: DoorSchedule]

  package init(
    code: CodePolicy = CodePolicy(), hours: Schedule = .always, freeHours: Schedule = .never,
    capacity: CapacityPolicy = CapacityPolicy(), reservation: ReservationPolicy = .off,
    antiPassback: AntiPassback = .off, interlock: Interlock? = nil,
    uplink: UplinkPolicy = .codes, programs: [AccessPointID: DoorSchedule] = [:]
  ) {
    self.code = code
    self.hours = hours
    self.freeHours = freeHours
    self.capacity = capacity
    self.reservation = reservation
    self.antiPassback = antiPassback
    self.interlock = interlock
    self.uplink = uplink
    self.programs = programs
  }

  package func program(of point: AccessPointID) -> DoorSchedule { programs[point] ?? .codes }

  /// Whether a door's mode may change although nobody turned a switch.
  var modesDependOnTime: Bool {
    uplink != .codes || programs.values.contains(where: \.hasFreeAccess)
  }
}

/// Whether a member must have reserved the room.
package enum ReservationPolicy: Equatable, Sendable {
  case off
  /// Only within a reservation of one's own, some minutes before and after it included.
  case required(graceMinutes: Int)
}

/// The treatment of a member who comes in again without having been seen to leave.
package enum AntiPassback: Equatable, Sendable {
  case off
  /// Let in, with a note in the record.
  case soft
  /// Refused until the member has left; needs a reader on the room's side.
  case hard
  /// Refused for so long after the member's last entry, whether or not the member has left.
  case timed(Duration)
}

/// Two doors one behind the other, as at a draught lobby.
package struct Interlock: Equatable, Sendable {
  package let one: AccessPointID
  package let other: AccessPointID

  /// - Returns: nil where it is one door.
  package init?(_ one: AccessPointID, _ other: AccessPointID) {
    guard one != other else { return nil }
    self.one = min(one, other)
    self.other = max(one, other)
  }

  package func partner(of point: AccessPointID) -> AccessPointID? {
    switch point {
    case one: other
    case other: one
    default: nil
    }
  }
}
