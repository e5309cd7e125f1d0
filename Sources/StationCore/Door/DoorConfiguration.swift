// What a facility decides about one way in: its times, its lock, and what is made of its contact.
import StationProtocol

/// One access point.
package struct AccessPointConfiguration: Equatable, Sendable {
  package var id: AccessPointID
  package var timing: DoorTiming
  package var lock: DoorLock
  /// Whether the exit button also releases the strike, and not only its own circuit or the handle.
  package var exitDrivesStrike: Bool
  /// So many grants without a movement of the leaf make its contact suspect.
  package var contactFaultAfter: Int

  package init(
    id: AccessPointID, timing: DoorTiming = DoorTiming(), lock: DoorLock = DoorLock(),
    exitDrivesStrike: Bool = true, contactFaultAfter: Int = 10
  ) {
    precondition(contactFaultAfter > 0, "a contact is suspect after some grants")
    self.id = id
    self.timing = timing
    self.lock = lock
    self.exitDrivesStrike = exitDrivesStrike
    self.contactFaultAfter = contactFaultAfter
  }
}

/// The times of a door, with the defaults of BACnet's access door object where it has one.
package struct DoorTiming: Equatable, Sendable {
  /// How long a grant releases the strike at most.
  package var access: Duration
  /// The same for a member who needs more time.
  package var extendedAccess: Duration
  /// How long the exit button releases the strike at most.
  package var exit: Duration
  /// How long the leaf may stand open before it is an alarm.
  package var heldOpen: Duration
  /// The same after a member who needs more time.
  package var extendedHeldOpen: Duration
  /// How long before that alarm whoever stands at the door is told; zero for never.
  package var heldOpenWarning: Duration

  package init(
    access: Duration = .seconds(5), extendedAccess: Duration = .seconds(15),
    exit: Duration = .seconds(5), heldOpen: Duration = .seconds(30),
    extendedHeldOpen: Duration = .seconds(60), heldOpenWarning: Duration = .zero
  ) {
    self.access = access
    self.extendedAccess = extendedAccess
    self.exit = exit
    self.heldOpen = heldOpen
    self.extendedHeldOpen = extendedHeldOpen
    self.heldOpenWarning = heldOpenWarning
  }

  func access(isExtended: Bool) -> Duration { isExtended ? max(access, extendedAccess) : access }

  func heldOpen(isExtended: Bool) -> Duration {
    isExtended ? max(heldOpen, extendedHeldOpen) : heldOpen
  }
}

/// The lock that holds a door shut, as far as decisions depend on it.
package struct DoorLock: Equatable, Sendable {
  package var kind: Kind
  package var rating: Rating
  /// Whether a line tells if the bolt is home.
  package var hasFeedback: Bool

  package enum Kind: String, CaseIterable, Sendable {
    /// A strike: current opens it, and without power it holds.
    case failSecure = "fail-secure"
    /// A magnet: current holds it, and without power the door is open.
    case failSafe = "fail-safe"
  }

  package enum Rating: Equatable, Sendable {
    /// Can stay released for ever.
    case continuous
    /// The coil may carry current for so long, and must then rest for as long. Such a lock stays
    /// unlatched by itself until the leaf has opened and closed once.
    case pulse(longest: Duration)
  }

  package init(
    kind: Kind = .failSecure, rating: Rating = .continuous, hasFeedback: Bool = false
  ) {
    self.kind = kind
    self.rating = rating
    self.hasFeedback = hasFeedback
  }

  /// Whether free access and fire can hold it released.
  package var canStayReleased: Bool { rating == .continuous }
}
