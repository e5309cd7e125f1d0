// What a station does about the people who pass through its doors.
import StationProtocol
import Time

// MARK: - What the sensors say

extension Station {
  mutating func sense(
    _ beam: Beam, _ isBroken: Bool, at id: AccessPointID, _ step: inout Step
  ) {
    guard let index = points.firstIndex(where: { $0.id == id }) else { return }
    let actions = points[index].beams.sense(beam, isBroken: isBroken, at: step.now.instant)
    perform(actions, at: index, &step)
  }

  mutating func pulse(at id: AccessPointID, _ step: inout Step) {
    guard let index = points.firstIndex(where: { $0.id == id }) else { return }
    let now = step.now.instant
    let opener = points[index].doorway.opener
    guard let passage = points[index].pulses.pulsed(at: now, opener: opener) else { return }
    pass(passage, began: now, isTailgate: false, at: index, &step)
  }

  mutating func totals(
    entered: Int64, left: Int64, at id: AccessPointID, _ step: inout Step
  ) {
    guard let index = points.firstIndex(where: { $0.id == id }) else { return }
    let now = step.now.instant
    switch points[index].totals.reported(entered: entered, left: left, at: now) {
    case .began: break
    case .counted(let entered, let left):
      for _ in 0..<entered { pass(.inward, began: now, isTailgate: false, at: index, &step) }
      for _ in 0..<left { pass(.outward, began: now, isTailgate: false, at: index, &step) }
    case .doubtful:
      // One event, however far it leaps; how many are inside is not known until somebody passes.
      occupancy.mistrust()
      refuse(1, at: index, &step)
    }
  }

  mutating func counter(
    _ isConnected: Bool, at id: AccessPointID, _ step: inout Step
  ) {
    guard let index = points.firstIndex(where: { $0.id == id }) else { return }
    if !isConnected { points[index].totals.lose() }
    step.set(.counterLost, id, stands: !isConnected)
  }

  /// The beams of an access point can no longer be read, or not be believed.
  mutating func loseBeams(at index: Int, _ step: inout Step) {
    let actions = points[index].beams.lose()
    perform(actions, at: index, &step)
  }
}

// MARK: - People

extension Station {
  private mutating func perform(
    _ actions: [BeamPair.Action], at index: Int, _ step: inout Step
  ) {
    for action in actions {
      switch action {
      case .passed(let passage, let began, let isTailgate):
        pass(passage, began: began, isTailgate: isTailgate, at: index, &step)
      case .raise(let alarm): step.set(alarm, points[index].id, stands: true)
      case .clear(let alarm): step.set(alarm, points[index].id, stands: false)
      }
    }
  }

  /// Someone passed the sensors of an access point. This is the one place where a person is
  /// counted, whatever saw them: what has to follow a passage (anti-passback, relays) follows here.
  private mutating func pass(
    _ passage: Passage, began: Instant, isTailgate: Bool, at index: Int, _ step: inout Step
  ) {
    // A contact that never moves says nothing about whether a door was open.
    guard
      points[index].doorway.admits(since: began)
        || step.alarms.stands(.contactFault, points[index].id)
    else { return refuse(1, at: index, &step) }
    let wasLetIn = passage != .inward || !points[index].doorway.takeInward()
    let isSuspect = isTailgate || !wasLetIn
    let wasStale = occupancy.isStale
    let fellBelowZero = occupancy.count(passage, isTailgate: isSuspect)
    let isCounted = passage == .inward || passage == .outward
    if isCounted || wasStale != occupancy.isStale { step.changedParts.insert(.occupancy) }
    let inside = occupancy.totals.inside
    let stays = advanceWhereabouts(passage, at: index, &step)
    step.journal(
      .occupancy(.passage(points[index].id, passage, inside: inside, isTailgate: isSuspect)), .soon,
      (isCounted ? occupancy.changes : [.day(occupancy.book)]) + stays)
    if fellBelowZero {
      step.journal(.occupancy(.corrected(by: 1, cause: .underflow, inside: inside)), .soon)
    }
  }

  private mutating func refuse(_ count: Int64, at index: Int, _ step: inout Step) {
    occupancy.refuse(count)
    points[index].doorway.refuse(count, at: step.now.instant)
    step.changedParts.insert(.occupancy)
  }
}

// MARK: - Time, doors and evidence

extension Station {
  /// When the counting machines wait for time to pass.
  func addOccupancyDeadlines(to next: inout Earliest) {
    for index in points.indices {
      next.add(points[index].beams.deadline)
      next.add(points[index].doorway.deadline)
    }
    next.add(evidence.deadline)
    next.add(midnight)
  }

  /// What time and the doors have brought, at whatever event it is noticed.
  mutating func passOccupancy(_ step: inout Step) {
    let now = step.now.instant
    for index in points.indices {
      let actions = points[index].beams.wake(at: now)
      perform(actions, at: index, &step)
      if let count = points[index].doorway.closeWindow(at: now) {
        step.journal(
          .occupancy(.passagesRefused(points[index].id, count: count)), .soon,
          occupancy.changes)
      }
    }
    followDoors(&step)
    // Nobody is between any posts.
    let areClear = !points.contains { $0.beams.isOccupied }
    if let cause = evidence.wake(at: now, areBeamsClear: areClear) {
      let residual = occupancy.empty(cause)
      step.changedParts.insert(.occupancy)
      step.journal(
        .occupancy(.corrected(by: -residual, cause: cause, inside: 0)), .soon,
        occupancy.changes + forgetWhereabouts())
    }
    // However that was noticed: by a movement, or by one that did not end when it should have.
    if evidence.state == .occupied, occupancy.doubt() { step.changedParts.insert(.occupancy) }
    turnDay(&step)
  }

  /// The doors are followed by what this step has written of them, whoever's machine it was.
  private mutating func followDoors(_ step: inout Step) {
    let now = step.now.instant
    let wereAllClosed = points.allSatisfy { $0.doorway.isClosed }
    for index in points.indices {
      let door = points[index].door
      points[index].doorway.follow(
        isClosed: door.isClosed, isReleased: door.isReleased, at: now)
    }
    for case .journal(let entry) in step.effects {
      switch entry.record.body {
      case .entry(.granted(let id, _, _, _)):
        doorway(id) { $0.granted() }
        evidence.granted()
      case .door(.exitRequested(let id)): doorway(id) { $0.exitRequested() }
      case .door(.opened(let id, let cause)):
        doorway(id) { $0.opened(cause) }
        evidence.opened(byExit: cause == .exit)
      default: break
      }
    }
    if points.contains(where: { $0.doorway.leaf == .unknown }) {
      evidence.loseDoor()
    } else if !wereAllClosed, points.allSatisfy({ $0.doorway.isClosed }) {
      evidence.allClosed(at: now)
    }
  }

  private mutating func doorway(_ id: AccessPointID, _ body: (inout Doorway) -> Void) {
    guard let index = points.firstIndex(where: { $0.id == id }) else { return }
    body(&points[index].doorway)
  }

  /// Ends the day where the earliest time that it can be says so.
  private mutating func turnDay(_ step: inout Step) {
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
