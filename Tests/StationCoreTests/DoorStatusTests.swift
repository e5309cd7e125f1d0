// A door in BACnet's words: every combination of what is known has the word that a table says.
import StationProtocol
import Testing
import Time

@testable import StationCore

@Suite("BACnet's words for a door")
struct DoorStatusTests {
  private func status(
    _ command: DoorPayload.Command, _ lock: DoorPayload.Lock, _ door: DoorPayload.Door,
    alarms: [Alarm] = [], fire: Bool = false, unlatched: Bool = false
  ) -> DoorStatus {
    var status = DoorStatus(Door(timing: DoorTiming()), areLinesReadable: true)
    status.command = command
    status.lock = lock
    status.door = door
    status.alarms = alarms
    status.isFireReleased = fire
    status.isUnlatched = unlatched
    return status
  }

  @Test("secured is said only where the leaf is sensed shut and nothing says otherwise")
  func secured() {
    var secured: [String] = []
    var unknown: [String] = []
    for command in DoorPayload.Command.allCases {
      for lock in DoorPayload.Lock.allCases {
        for door in DoorPayload.Door.allCases {
          let name = "\(command.rawValue) \(lock.rawValue) \(door.rawValue)"
          switch status(command, lock, door).secured {
          case .secured: secured.append(name)
          case .unknown: unknown.append(name)
          case .unsecured: break
          }
        }
      }
    }
    #expect(secured.sorted() == ["lock locked closed", "lock unused closed"])
    #expect(
      unknown.sorted() == [
        "lock lock-fault closed", "lock lock-fault door-fault", "lock lock-fault unknown",
        "lock locked door-fault", "lock locked unknown", "lock unknown closed",
        "lock unknown door-fault", "lock unknown unknown", "lock unused door-fault",
        "lock unused unknown",
      ])
    #expect(status(.lock, .unused, .closed, unlatched: true).secured == .unsecured)
    #expect(status(.unlock, .unlocked, .closed, alarms: [.linesLost]).secured == .unknown)
  }

  @Test(
    "the most urgent of what is the matter is the door's alarm state",
    arguments: [
      ([], false, DoorMode.codeOnly, DoorPayload.DoorAlarm.normal),
      ([], false, .maintenance, .normal),
      ([], false, .freeAccess, .freeAccess),
      ([], false, .lockDown, .lockDown),
      ([.heldOpenWarning], false, .lockDown, .alarm),
      ([.heldOpen], false, .freeAccess, .doorOpenTooLong),
      ([.heldOpen, .strikeFault], false, .codeOnly, .doorFault),
      ([.contactFault], false, .codeOnly, .doorFault),
      ([.linesLost], false, .codeOnly, .doorFault),
      ([.heldOpen, .contactFault, .forcedOpen], false, .codeOnly, .forcedOpen),
      ([.forcedOpen, .tamper, .linesLost], false, .codeOnly, .tamper),
      ([.forcedOpen, .tamper, .heldOpen], true, .lockDown, .egressOpen),
    ] as [([Alarm], Bool, DoorMode, DoorPayload.DoorAlarm)])
  func priority(alarms: [Alarm], fire: Bool, mode: DoorMode, word: DoorPayload.DoorAlarm) {
    #expect(status(.lock, .locked, .closed, alarms: alarms, fire: fire).alarm(in: mode) == word)
  }

  @Test("an alarm that is not the door's own is said as an alarm")
  func others() {
    #expect(status(.lock, .locked, .closed).alarm(in: .freeAccess, hasOther: true) == .alarm)
  }

  @Test("each reason to release has its command")
  func commands() {
    let now = Instant(nanoseconds: 0)
    var door = Door(timing: DoorTiming())
    func command() -> DoorPayload.Command { DoorStatus(door, areLinesReadable: true).command }
    #expect(command() == .lock)
    _ = door.grant(nil, at: now)
    #expect(command() == .pulseUnlock)
    _ = door.grant(nil, isExtended: true, at: now)
    #expect(command() == .extendedPulseUnlock)
    _ = door.stayFree(true, at: now)
    #expect(command() == .unlock)
  }
}
