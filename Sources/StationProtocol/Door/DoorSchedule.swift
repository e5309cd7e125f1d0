// The programs of a door: who comes in, and when it stands open.

/// What a facility decides about one of its doors.
package enum DoorSchedule: String, CaseIterable, Sendable {
  /// Everybody who comes in shows a code, a card or a PIN.
  case codes
  /// The door stands open during the free hours.
  case schedule
  /// The door always stands open.
  case free
  /// The door stands open during the free hours, from the first member let in on.
  case firstPerson = "first-person"
  /// None but maintainers come in.
  case lockDown = "lock-down"
  /// The same, because something is being mended.
  case maintenance

  /// Whether the door is open to everyone at some time.
  package var hasFreeAccess: Bool {
    switch self {
    case .schedule, .free, .firstPerson: true
    case .codes, .lockDown, .maintenance: false
    }
  }
}
