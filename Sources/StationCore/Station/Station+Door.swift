// What a station does about its doors: their machines turned into effects and records.
import StationProtocol
import Time

extension Station {
  mutating func lines(
    _ areReadable: Bool, at id: AccessPointID, _ step: inout Step
  ) {
    guard let index = points.firstIndex(where: { $0.id == id }) else { return }
    points[index].areLinesReadable = areReadable
    step.changedParts.insert(.door(id))
    if !areReadable {
      loseBeams(at: index, &step)
      atDoor(id, &step) { $0.loseSight(at: $1) }
    } else {
      // While nobody could reach the relay it may have fallen back, or held on.
      step.effects.append(.setStrike(id, points[index].door.relay))
    }
    step.set(.linesLost, id, stands: !areReadable)
  }

  /// Runs a step of a door's machine and turns its actions into effects and records.
  mutating func atDoor(
    _ id: AccessPointID, _ step: inout Step,
    _ body: (inout Door, Instant) -> [Door.Action]
  ) {
    guard let index = points.firstIndex(where: { $0.id == id }) else { return }
    let before = points[index].status
    let actions = body(&points[index].door, step.now.instant)
    if before != points[index].status { step.changedParts.insert(.door(id)) }
    for action in actions { perform(action, at: id, &step) }
  }

  private mutating func perform(
    _ action: Door.Action, at id: AccessPointID, _ step: inout Step
  ) {
    switch action {
    case .setStrike(let strike): step.effects.append(.setStrike(id, strike))
    case .opened(let cause): step.journal(.door(.opened(id, cause: cause)), .soon)
    case .closed: step.journal(.door(.closed(id)), .soon)
    case .locked(let cause): step.journal(.door(.locked(id, cause: cause)), .soon)
    case .raise(let alarm): step.set(alarm, id, stands: true)
    case .clear(let alarm): step.set(alarm, id, stands: false)
    case .warn: step.effects.append(.show(id, .closeDoor))
    }
  }
}

extension Station.AccessPoint {
  /// How this door stands, as far as its own machine knows.
  var status: DoorStatus { DoorStatus(door, areLinesReadable: areLinesReadable) }
}
