// The state of a door: always whole, with the record it reflects, never a difference.
import Time

/// `state/door/{n}`: one access point, in the words of BACnet's access door object (ASHRAE 135,
/// 12.26). What is told, what is sensed and what follows from both stand apart; what is not
/// sensed is said to be unknown.
package struct DoorPayload: Equatable, Sendable {
  /// The last record that this state takes into account.
  package var seq: UInt64
  package var command: Command
  package var lock: Lock
  package var door: Door
  package var secured: Secured
  package var alarm: DoorAlarm
  package var mode: DoorMode
  package var at: WallTime

  /// What the lock is told (Present_Value).
  package enum Command: String, CaseIterable, Sendable {
    case lock
    /// Open until something ends: free access, fire.
    case unlock
    /// Open for the access time, or until the door has closed.
    case pulseUnlock = "pulse-unlock"
    /// The same, for somebody who needs more time.
    case extendedPulseUnlock = "extended-pulse-unlock"
  }

  /// What the lock says of itself (Lock_Status).
  package enum Lock: String, CaseIterable, Sendable {
    case locked
    case unlocked
    /// The lock does not do what it is told.
    case lockFault = "lock-fault"
    /// This lock has no line that says anything.
    case unused
    case unknown
  }

  /// What the contact says (Door_Status).
  package enum Door: String, CaseIterable, Sendable {
    case closed
    case opened
    /// Nobody has sensed it yet.
    case unknown
    /// The contact cannot be read, or cannot be believed.
    case doorFault = "door-fault"
  }

  /// Whether nobody can come in without being let in (Secured_Status).
  package enum Secured: String, CaseIterable, Sendable {
    case secured
    case unsecured
    case unknown
  }

  /// The alarm state of the door (Door_Alarm_State).
  package enum DoorAlarm: String, CaseIterable, Sendable {
    case normal
    case alarm
    case doorOpenTooLong = "door-open-too-long"
    case forcedOpen = "forced-open"
    case tamper
    case doorFault = "door-fault"
    case lockDown = "lock-down"
    case freeAccess = "free-access"
    /// The fire signal holds it open for everyone to leave.
    case egressOpen = "egress-open"
  }

  package init(
    seq: UInt64, command: Command, lock: Lock, door: Door, secured: Secured, alarm: DoorAlarm,
    mode: DoorMode = .codeOnly, at: WallTime
  ) {
    self.seq = seq
    self.command = command
    self.lock = lock
    self.door = door
    self.secured = secured
    self.alarm = alarm
    self.mode = mode
    self.at = at
  }
}

extension DoorPayload: DescribedObject {
  package static func described<Coder: MemberCoder>(
    _ state: DoorPayload?, by coder: inout Coder
  ) throws(Coder.Failure) -> DoorPayload {
    DoorPayload(
      seq: try coder.number("seq", state?.seq),
      command: try coder.member("command", state?.command),
      lock: try coder.member("lock", state?.lock), door: try coder.member("door", state?.door),
      secured: try coder.member("secured", state?.secured),
      alarm: try coder.member("alarm", state?.alarm), mode: try coder.member("mode", state?.mode),
      at: try coder.member("at", state?.at))
  }
}

extension DoorPayload.Command: MemberWord {}
extension DoorPayload.Lock: MemberWord {}
extension DoorPayload.Door: MemberWord {}
extension DoorPayload.Secured: MemberWord {}
extension DoorPayload.DoorAlarm: MemberWord {}
