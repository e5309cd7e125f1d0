// Time and the doors, and how the count of the room follows them.
import StationProtocol
import Time

extension Headcount {
  /// Follows time and the doors, at whatever event their changes are noticed.
  mutating func pass(_ doors: Doors, _ around: Surroundings, _ step: inout Step) {
    let now = step.now.instant
    for index in points.indices {
      follow(points[index].beams.wake(at: now), at: index, around, &step)
      if let count = points[index].doorway.closeWindow(at: now) {
        step.journal(
          .occupancy(.passagesRefused(points[index].id, count: count)), .soon,
          occupancy.changes)
      }
    }
    follow(doors, step)
    // Nobody is between any posts.
    let areClear = !points.contains { $0.beams.isOccupied }
    if let cause = vacancy.wake(at: now, areBeamsClear: areClear) {
      let residual = occupancy.empty(cause)
      step.changedParts.insert(.occupancy)
      step.journal(
        .occupancy(.corrected(by: -residual, cause: cause, inside: 0)), .soon,
        occupancy.changes + (whereabouts.clear().map { [.whereabouts($0)] } ?? []))
    }
    // However that was noticed: by a movement, or by one that did not end when it should have.
    if vacancy.state == .occupied, occupancy.doubt() { step.changedParts.insert(.occupancy) }
    turnDay(around.clock, &step)
  }

  /// Gives up waiting for those who have turned round, once all doors have moved.
  mutating func passArrivals(_ doors: Doors, at now: Instant) {
    for index in points.indices {
      let isShut =
        doors.points[index].door.leaf == .closed && !doors.points[index].door.isReleased
        && !points[index].beams.isOccupied
      points[index].arrivals.wake(isOpen: doors.points[index].isOpen, isShut: isShut, at: now)
    }
  }

  mutating func judgeCapacity(_ step: inout Step) {
    let levels = watch.judge(inside: occupancy.totals.inside) {
      [alarms = step.alarms] in alarms.stands($0, nil)
    }
    for (alarm, stands) in levels { step.set(alarm, nil, stands: stands) }
  }

  /// The doors are followed by what this step has written of them, whoever's machine it was.
  private mutating func follow(_ doors: Doors, _ step: Step) {
    let now = step.now.instant
    let wereAllClosed = points.allSatisfy { $0.doorway.isClosed }
    for index in points.indices {
      points[index].doorway.follow(
        isClosed: doors.points[index].door.isClosed,
        isReleased: doors.points[index].door.isReleased, at: now)
    }
    for record in step.records {
      switch record.body {
      case .entry(.granted(let id, _, _, _)):
        doorway(id) { $0.granted() }
        vacancy.granted()
      case .door(.exitRequested(let id)): doorway(id) { $0.exitRequested() }
      case .door(.opened(let id, let cause)):
        doorway(id) { $0.opened(cause) }
        vacancy.opened(byExit: cause == .exit)
      default: break
      }
    }
    if points.contains(where: { $0.doorway.leaf == .unknown }) {
      vacancy.loseDoor()
    } else if !wereAllClosed, points.allSatisfy({ $0.doorway.isClosed }) {
      vacancy.allClosed(at: now)
    }
  }

  private mutating func doorway(_ id: AccessPointID, _ body: (inout Doorway) -> Void) {
    guard let index = index(of: id) else { return }
    body(&points[index].doorway)
  }

  /// Ends the day where the earliest time that it can be says so.
  private mutating func turnDay(_ clock: ClockTrust, _ step: inout Step) {
    // A day goes by the clock that people see, also where codes do not believe it.
    let vouched = step.now.isTrusted ? step.now.wall : nil
    guard let time = vouched ?? clock.lastTrusted(at: step.now) else { return }
    let offset = step.now.utcOffsetSeconds
    let today = time.localDay(utcOffsetSeconds: offset)
    let begins = WallTime(seconds: Int64(today + 1) * 86_400 - Int64(offset))
    midnight = step.now.instant + (begins - time)
    if let day = occupancy.turn(to: today) {
      step.journal(.occupancy(.day(day)), .soon, [.day(occupancy.book)])
    }
  }
}

extension Door {
  /// What the contact says; nil where it cannot be sensed.
  fileprivate var isClosed: Bool? {
    switch leaf {
    case .unknown: nil
    case .closed: true
    case .open: false
    }
  }
}
