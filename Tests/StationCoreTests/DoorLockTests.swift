// What a door makes of its lock, its covers and a contact that never moves.
import StationProtocol
import Testing
import Time

@testable import StationCore

private let start = Instant(nanoseconds: 0)
private func at(_ milliseconds: Int) -> Instant { start + .milliseconds(milliseconds) }

private func shut(_ door: Door) -> Door {
  var door = door
  _ = door.sense(isClosed: true, at: start)
  return door
}

@Suite("A door's times")
struct DoorTimeTests {
  @Test("access time 5 s and extended access time 15 s")
  func accessTimes() {
    var door = shut(Door(timing: DoorTiming()))
    _ = door.grant(nil, at: start)
    #expect(door.deadline == at(5000))
    _ = door.grant(nil, isExtended: true, at: at(1000))
    #expect(door.deadline == at(16_000))
    _ = door.grant(nil, at: at(2000))
    #expect(door.deadline == at(16_000))
    #expect(door.wake(at: at(15_999)) == [])
    #expect(door.wake(at: at(16_000)) == [.setStrike(.secure), .locked(.timeout)])
  }

  @Test("held open after 30 s, with a warning at the door before, and later for who needs time")
  func heldOpen() {
    var door = shut(Door(timing: DoorTiming(heldOpenWarning: .seconds(10))))
    _ = door.grant(nil, at: start)
    _ = door.sense(isClosed: false, at: start)
    _ = door.wake(at: at(5000))
    #expect(door.wake(at: at(19_999)) == [])
    #expect(door.wake(at: at(20_000)) == [.raise(.heldOpenWarning), .warn])
    #expect(door.wake(at: at(20_001)) == [])
    #expect(door.wake(at: at(30_000)) == [.clear(.heldOpenWarning), .raise(.heldOpen)])
    #expect(door.sense(isClosed: true, at: at(31_000)) == [.closed, .clear(.heldOpen)])
    _ = door.grant(nil, isExtended: true, at: at(40_000))
    _ = door.sense(isClosed: false, at: at(40_000))
    _ = door.wake(at: at(55_000))
    #expect(door.deadline == at(90_000))
    _ = door.grant(nil, at: at(60_000))
    _ = door.wake(at: at(65_000))
    #expect(door.deadline == at(90_000))
  }

  @Test("a door that is kept free is not held open, and the time starts when that ends")
  func freeIsNotHeld() {
    var door = shut(Door(timing: DoorTiming()))
    _ = door.stayFree(true, at: start)
    _ = door.sense(isClosed: false, at: at(1000))
    #expect(door.deadline == nil)
    #expect(door.wake(at: at(99_000)) == [])
    let ended = door.stayFree(false, at: at(100_000))
    #expect(ended == [.setStrike(.secure), .locked(.ended)])
    #expect(door.deadline == at(130_000))
  }

  @Test("a grant that ends while the door is free ends without a word")
  func grantDuringFree() {
    var door = shut(Door(timing: DoorTiming()))
    _ = door.stayFree(true, at: start)
    _ = door.grant(nil, at: start)
    #expect(door.wake(at: at(5000)) == [])
    #expect(door.isReleased)
    _ = door.grant(nil, at: at(6000))
    #expect(door.stayFree(false, at: at(7000)) == [])
    #expect(door.isReleased)
    #expect(door.wake(at: at(11_000)) == [.setStrike(.secure), .locked(.timeout)])
  }

  @Test("what free access, fire and a grant each release is secured when the last of them ends")
  func reasons() {
    var door = shut(Door(timing: DoorTiming()))
    _ = door.grant(nil, at: start)
    _ = door.stayFree(true, at: start)
    _ = door.releaseForFire(true, at: start)
    #expect(door.wake(at: at(5000)) == [])
    #expect(door.stayFree(false, at: at(6000)) == [])
    let ended = door.releaseForFire(false, at: at(7000))
    #expect(ended == [.setStrike(.secure), .locked(.ended)])
  }

  @Test("an exit button that does not drive the strike is no forced door for 30 s")
  func exitBesideStrike() {
    var door = shut(Door(timing: DoorTiming(exit: .seconds(5)), exitDrivesStrike: false))
    #expect(door.requestExit(at: start) == [])
    #expect(!door.isReleased)
    #expect(door.sense(isClosed: false, at: at(29_999)) == [.opened(.exit)])
    _ = door.sense(isClosed: true, at: at(29_999))
    let actions = door.sense(isClosed: false, at: at(30_000))
    #expect(actions == [.opened(.forced), .raise(.forcedOpen)])
  }

  @Test("after boot everything is unknown until it is sensed")
  func unknownAtBoot() {
    let lock = DoorLock(hasFeedback: true)
    let status = DoorStatus(Door(timing: DoorTiming(), lock: lock), areLinesReadable: true)
    #expect(status.door == .unknown)
    #expect(status.lock == .unknown)
    #expect(status.secured == .unknown)
    #expect(status.alarm(in: .codeOnly) == .normal)
  }
}

@Suite("A lock with feedback")
struct LockFeedbackTests {
  private func door() -> Door {
    var door = shut(Door(timing: DoorTiming(), lock: DoorLock(hasFeedback: true)))
    _ = door.senseLock(isLocked: true, at: start)
    return door
  }

  @Test("a lock that does not open within a second of its command is faulty until it moves")
  func jammedShut() {
    var door = door()
    _ = door.grant(nil, at: start)
    #expect(door.deadline == at(1000))
    #expect(door.wake(at: at(999)) == [])
    #expect(door.wake(at: at(1000)) == [.raise(.strikeFault)])
    #expect(door.wake(at: at(5000)) == [.setStrike(.secure), .locked(.timeout)])
    #expect(door.standingAlarms == [.strikeFault])
    _ = door.grant(nil, at: at(6000))
    #expect(door.senseLock(isLocked: false, at: at(6100)) == [.clear(.strikeFault)])
  }

  @Test("a lock that does not lock within a second of its command is faulty")
  func jammedOpen() {
    var door = door()
    _ = door.grant(nil, at: start)
    _ = door.senseLock(isLocked: false, at: at(100))
    _ = door.wake(at: at(5000))
    #expect(door.wake(at: at(6000)) == [.raise(.strikeFault)])
    #expect(door.senseLock(isLocked: true, at: at(7000)) == [.clear(.strikeFault)])
  }

  @Test("a bolt cannot go home while the door stands open, and has a second when it is shut")
  func openLeaf() {
    var door = door()
    _ = door.grant(nil, at: start)
    _ = door.senseLock(isLocked: false, at: at(100))
    _ = door.sense(isClosed: false, at: at(200))
    _ = door.wake(at: at(5000))
    #expect(door.wake(at: at(9000)) == [])
    _ = door.sense(isClosed: true, at: at(10_000))
    #expect(door.wake(at: at(10_999)) == [])
    #expect(door.wake(at: at(11_000)) == [.raise(.strikeFault)])
  }

  @Test("a lock that opens without a command is faulty after a second")
  func untold() {
    var door = door()
    #expect(door.senseLock(isLocked: false, at: at(100)) == [])
    #expect(door.wake(at: at(1100)) == [.raise(.strikeFault)])
    #expect(DoorStatus(door, areLinesReadable: true).lock == .lockFault)
  }

  @Test("for 30 s after the exit button its own circuit may hold the lock, and no longer")
  func egressCircuit() {
    var door = door()
    _ = door.requestExit(at: start)
    _ = door.senseLock(isLocked: false, at: at(100))
    _ = door.wake(at: at(5000))
    #expect(door.deadline == at(30_000))
    #expect(door.wake(at: at(30_000)) == [])
    #expect(door.wake(at: at(31_000)) == [.raise(.strikeFault)])
  }

  @Test("feedback that cannot be read is unknown and accuses nobody")
  func lost() {
    var door = door()
    _ = door.grant(nil, at: start)
    #expect(door.loseSight(at: at(500)) == [])
    #expect(door.wake(at: at(4000)) == [])
    #expect(DoorStatus(door, areLinesReadable: false).lock == .unknown)
  }

  @Test("every expectation of a lock against every level of its line")
  func watchPairs() {
    let faulty: [LockWatch.Expectation: [Bool]] = [
      .locked: [false], .unlocked: [true], .either: [],
    ]
    for (expected, wrong) in faulty {
      for level in [true, false] {
        var watch = LockWatch()
        #expect(watch.compare(expected, at: start) == false)
        #expect(watch.sense(isLocked: level, expected) == false)
        #expect(watch.compare(expected, at: start) == false)
        #expect(watch.compare(expected, at: at(1000)) == wrong.contains(level))
        #expect(watch.isFaulty == wrong.contains(level))
        guard watch.isFaulty else { continue }
        #expect(watch.compare(expected, at: at(2000)) == false)
        #expect(watch.sense(isLocked: level, expected) == false)
        #expect(watch.sense(isLocked: nil, expected) == false)
        #expect(watch.sense(isLocked: level, expected) == false)
        #expect(watch.sense(isLocked: !level, expected) == true)
        #expect(!watch.isFaulty)
      }
    }
  }
}

@Suite("Contacts and covers")
struct ContactFaultTests {
  @Test("a contact that never moves in 10 grants is faulty until it moves")
  func neverMoves() {
    var door = shut(Door(timing: DoorTiming()))
    for round in 0..<10 {
      _ = door.grant(nil, at: at(round * 10_000))
      let actions = door.wake(at: at(round * 10_000 + 5000))
      #expect(actions.contains(.raise(.contactFault)) == (round == 9))
    }
    #expect(DoorStatus(door, areLinesReadable: true).door == .doorFault)
    _ = door.grant(nil, at: at(200_000))
    let moved = door.sense(isClosed: false, at: at(201_000))
    #expect(moved == [.opened(.granted), .clear(.contactFault)])
  }

  @Test("a movement in between starts the count of grants anew")
  func moves() {
    var door = shut(Door(timing: DoorTiming()))
    for round in 0..<30 {
      _ = door.grant(nil, at: at(round * 10_000))
      if round % 9 == 8 {
        _ = door.sense(isClosed: false, at: at(round * 10_000 + 1000))
        _ = door.sense(isClosed: true, at: at(round * 10_000 + 2000))
      }
      _ = door.wake(at: at(round * 10_000 + 5000))
    }
    #expect(!door.isContactFaulty)
  }

  @Test("a cover that is opened is an alarm until it is shut")
  func tamper() {
    var door = Door(timing: DoorTiming())
    #expect(door.senseTamper(isOpen: false) == [])
    #expect(door.senseTamper(isOpen: true) == [.raise(.tamper)])
    #expect(door.senseTamper(isOpen: true) == [])
    #expect(door.standingAlarms == [.tamper])
    #expect(door.senseTamper(isOpen: false) == [.clear(.tamper)])
  }
}

@Suite("A lock that is rated for pulses")
struct PulseLockTests {
  private func door() -> Door {
    shut(Door(timing: DoorTiming(), lock: DoorLock(rating: .pulse(longest: .seconds(1)))))
  }

  @Test("its coil carries current for one pulse, while the grant goes on")
  func onePulse() {
    var door = door()
    #expect(door.grant(nil, at: start) == [.setStrike(.release)])
    #expect(door.wake(at: at(1000)) == [.setStrike(.secure)])
    #expect(door.isReleased)
    #expect(DoorStatus(door, areLinesReadable: true).secured == .unsecured)
    #expect(door.sense(isClosed: false, at: at(4000)) == [.opened(.granted)])
    #expect(door.sense(isClosed: true, at: at(4500)) == [.closed, .locked(.closed)])
    #expect(DoorStatus(door, areLinesReadable: true).secured == .secured)
  }

  @Test("a grant during the rest has its pulse when the rest ends")
  func restFirst() {
    var door = door()
    _ = door.grant(nil, at: start)
    _ = door.wake(at: at(1000))
    #expect(door.grant(nil, at: at(1500)) == [])
    #expect(door.wake(at: at(1999)) == [])
    #expect(door.wake(at: at(2000)) == [.setStrike(.release)])
    #expect(door.wake(at: at(3000)) == [.setStrike(.secure)])
  }

  @Test("a grant that is over when the rest ends has no pulse any more")
  func tooLate() {
    var door = shut(
      Door(
        timing: DoorTiming(access: .milliseconds(500)),
        lock: DoorLock(rating: .pulse(longest: .seconds(1)))))
    _ = door.grant(nil, at: start)
    #expect(door.wake(at: at(500)) == [.setStrike(.secure), .locked(.timeout)])
    _ = door.grant(nil, at: at(600))
    #expect(door.wake(at: at(1100)) == [.locked(.timeout)])
    #expect(door.wake(at: at(1500)) == [])
    #expect(door.deadline == nil)
  }

  @Test("the next person has a pulse of his own when the leaf has latched behind the first")
  func nextPerson() {
    var door = door()
    _ = door.grant(nil, at: start)
    _ = door.wake(at: at(1000))
    _ = door.wake(at: at(2000))
    _ = door.grant(nil, at: at(2500))
    _ = door.sense(isClosed: false, at: at(2600))
    #expect(door.sense(isClosed: true, at: at(3000)) == [.closed, .setStrike(.secure)])
    #expect(door.wake(at: at(4000)) == [.setStrike(.release)])
  }

  @Test("a pulse that nobody used leaves the door unsecured, and opening it then is forced")
  func unused() {
    var door = door()
    _ = door.grant(nil, at: start)
    _ = door.wake(at: at(1000))
    #expect(door.wake(at: at(5000)) == [.locked(.timeout)])
    #expect(DoorStatus(door, areLinesReadable: true).secured == .unsecured)
    let opened = door.sense(isClosed: false, at: at(9000))
    #expect(opened == [.opened(.forced), .raise(.forcedOpen)])
  }

  @Test("a pulse that fire asked for ends with the reset of fire")
  func pulseEndsWithFire() {
    var door = door()
    _ = door.releaseForFire(true, at: start)
    #expect(door.releaseForFire(false, at: at(500)) == [.setStrike(.secure)])
    #expect(!door.isReleased)
  }

  @Test("it is never kept free, and fire gives it one pulse and no more")
  func noHold() {
    var door = door()
    #expect(door.stayFree(true, at: start) == [])
    #expect(!door.isReleased)
    #expect(door.releaseForFire(true, at: start) == [.setStrike(.release)])
    #expect(door.wake(at: at(1000)) == [.setStrike(.secure)])
    #expect(door.wake(at: at(2000)) == [])
    #expect(door.deadline == nil)
    #expect(door.releaseForFire(false, at: at(3000)) == [])
  }
}
