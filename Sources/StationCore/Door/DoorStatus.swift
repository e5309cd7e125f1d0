// How a door stands in the words of BACnet's access door object: told, sensed, and what follows.
import StationProtocol
import Time

/// Everything that the state of a door is made of. Each word follows from these values alone.
package struct DoorStatus: Equatable, Sendable {
  package var command: DoorPayload.Command
  package var lock: DoorPayload.Lock
  package var door: DoorPayload.Door
  package var isUnlatched: Bool
  package var isFireReleased: Bool
  package var alarms: [Alarm]

  package init(_ door: Door, areLinesReadable: Bool) {
    command =
      if door.staysReleased {
        .unlock
      } else if case .released(let release) = door.strike {
        release.isExtended ? .extendedPulseUnlock : .pulseUnlock
      } else {
        .lock
      }
    lock =
      if !door.lock.hasFeedback {
        .unused
      } else if door.feedback.isFaulty {
        .lockFault
      } else {
        switch door.feedback.isLocked {
        case true?: .locked
        case false?: .unlocked
        case nil: .unknown
        }
      }
    self.door =
      if door.isContactFaulty || !areLinesReadable {
        .doorFault
      } else {
        switch door.leaf {
        case .unknown: .unknown
        case .closed: .closed
        case .open: .opened
        }
      }
    isUnlatched = door.isUnlatched
    isFireReleased = door.isFireReleased
    alarms = door.standingAlarms
    if !areLinesReadable { alarms.append(.linesLost) }
  }

  /// Secured only where everything that is known says so, and enough is known: a lock without
  /// feedback is taken at its command, a leaf that nobody senses is not taken for shut.
  package var secured: DoorPayload.Secured {
    // What cannot be reached may have fallen back, or held on.
    if alarms.contains(.linesLost) { return .unknown }
    switch (door, lock) {
    case (.opened, _), (_, .unlocked): return .unsecured
    case _ where command != .lock || isUnlatched: return .unsecured
    case (.unknown, _), (.doorFault, _), (_, .unknown), (_, .lockFault): return .unknown
    case (.closed, .locked), (.closed, .unused): return .secured
    }
  }

  /// One word for what is the matter, the most urgent one: people leaving a fire before an
  /// intruder, an intruder before a broken part, a broken part before a door held open. Lock-down
  /// and free access come last, because the mode has a word of its own and an alarm has not.
  package func alarm(in mode: DoorMode, hasOther: Bool = false) -> DoorPayload.DoorAlarm {
    if isFireReleased { return .egressOpen }
    let first = DoorPayload.DoorAlarm.byUrgency.first { alarms.contains($0.alarm) }
    if let first { return first.word }
    if hasOther || !alarms.isEmpty { return .alarm }
    switch mode {
    case .lockDown: return .lockDown
    case .freeAccess: return .freeAccess
    case .codeOnly, .maintenance: return .normal
    }
  }
}

extension DoorPayload.DoorAlarm {
  fileprivate static let byUrgency: [(alarm: Alarm, word: DoorPayload.DoorAlarm)] = [
    (.tamper, .tamper), (.forcedOpen, .forcedOpen), (.linesLost, .doorFault),
    (.contactFault, .doorFault), (.strikeFault, .doorFault), (.heldOpen, .doorOpenTooLong),
  ]
}
