// What a station does about its other wires: fire, emergency, tamper, feedback, relays.
import StationProtocol
import Time

extension Station {
  mutating func reactToWires(_ event: Event, _ step: inout Step) {
    switch event {
    case .stationLinesChanged(let areReadable): stationLines(areReadable, &step)
    case .inputChattered(let id, let line, let isChattering):
      chatter(line, isChattering, at: id, &step)
    case .strikeSensed(let id, let isLocked):
      atDoor(id, &step) { $0.senseLock(isLocked: isLocked, at: $1) }
    case .tamperChanged(let id, let isOpen):
      atDoor(id, &step) { door, _ in door.senseTamper(isOpen: isOpen) }
    case .fireLineChanged(let line, let isClosed):
      atFire(&step) { $0.sense(line, isClosed: isClosed, at: $1) }
    case .resetTurned:
      atFire(&step) { $0.reset(at: $1) }
      atEmergency(&step) { $0.reset() }
    case .emergencyChanged(let isPressed):
      atEmergency(&step) { $0.sense(isPressed: isPressed) }
    case .relayOverrideChanged(let relay, let isOn):
      guard let index = relays.firstIndex(where: { $0.configuration.relay == relay }) else {
        return
      }
      carryOut(relays[index].override(isOn), relay, &step)
    default: break
    }
  }

  // MARK: - Fire and emergency

  /// Runs a step of the fire machine; its latch is kept in the transaction of the alarm.
  mutating func atFire(
    _ step: inout Step, _ body: (inout FireInput, Instant) -> [FireInput.Action]
  ) {
    for action in body(&fire, step.now.instant) {
      switch action {
      case .release, .secure:
        for point in points {
          atDoor(point.id, &step) { $0.releaseForFire(action == .release, at: $1) }
        }
      case .raise(let alarm):
        step.set(alarm, nil, stands: true, alarm == .fire ? [.latch(.fire, isSet: true)] : [])
      case .clear(let alarm):
        step.set(alarm, nil, stands: false, alarm == .fire ? [.latch(.fire, isSet: false)] : [])
      }
    }
  }

  private mutating func atEmergency(
    _ step: inout Step, _ body: (inout EmergencyButton) -> EmergencyButton.Action?
  ) {
    guard let action = body(&emergency) else { return }
    let isSet = action == .raise
    step.set(.emergency, nil, stands: isSet, [.latch(.emergency, isSet: isSet)])
  }

  mutating func recover(_ latches: [Latch], _ step: inout Step) {
    atFire(&step) { fire, _ in fire.recover(isLatched: latches.contains(.fire)) }
    atEmergency(&step) { $0.recover(isLatched: latches.contains(.emergency)) }
  }

  /// What a new store has to be told.
  var latches: [RecoveryChange] {
    (fire.isLatched ? [.latch(.fire, isSet: true)] : [])
      + (emergency.state == .calling ? [.latch(.emergency, isSet: true)] : [])
  }

  // MARK: - Inputs that cannot be believed

  private mutating func stationLines(_ areReadable: Bool, _ step: inout Step) {
    if areReadable {
      for relay in relays {
        step.effects.append(.setRelay(relay.configuration.relay, isOn: relay.isOn))
      }
    } else {
      for line in FireLine.allCases {
        atFire(&step) { $0.sense(line, isClosed: nil, at: $1) }
      }
      evidence.loseMotion()
    }
    step.set(.linesLost, nil, stands: !areReadable)
  }

  private mutating func chatter(
    _ line: InputLine, _ isChattering: Bool, at id: AccessPointID?, _ step: inout Step
  ) {
    let stands: Bool?
    if let id {
      guard let index = points.firstIndex(where: { $0.id == id }) else { return }
      stands = points[index].health.chatter(line, isChattering)
      if isChattering { lose(line, at: id, index, &step) }
    } else {
      stands = health.chatter(line, isChattering)
      if isChattering, let circuit = line.fireLine {
        atFire(&step) { $0.sense(circuit, isClosed: nil, at: $1) }
      }
      if isChattering, line == .motion { evidence.loseMotion() }
    }
    if let stands { step.set(.inputChatter, id, stands: stands) }
  }

  private mutating func lose(
    _ line: InputLine, at id: AccessPointID, _ index: Int, _ step: inout Step
  ) {
    switch line {
    case .contact: atDoor(id, &step) { $0.sense(isClosed: nil, at: $1) }
    case .strikeFeedback: atDoor(id, &step) { $0.senseLock(isLocked: nil, at: $1) }
    case .outerBeam, .innerBeam: loseBeams(at: index, &step)
    default: break
    }
  }

  // MARK: - Relays

  /// Tells every output what it is to be, at boot: a door that fire has released before is not
  /// locked for a moment now.
  mutating func driveAll(_ latches: [Latch], _ step: inout Step) {
    for index in points.indices where latches.contains(.fire) {
      _ = points[index].door.releaseForFire(true, at: step.now.instant)
    }
    for point in points { step.effects.append(.setStrike(point.id, point.door.relay)) }
    for relay in relays {
      step.effects.append(.setRelay(relay.configuration.relay, isOn: relay.isOn))
    }
  }

  /// What the count and the records of this step mean for what follows occupancy.
  mutating func switchRelays(_ step: inout Step) {
    guard !relays.isEmpty else { return }
    let comesIn = step.effects.contains { effect in
      guard case .journal(let entry) = effect else { return false }
      switch entry.record.body {
      case .entry(.granted), .occupancy(.passage(_, .inward, _, _)): return true
      default: return false
      }
    }
    let isOccupied = occupancy.totals.inside > 0 || occupancy.isStale
    let now = step.now.instant
    for index in relays.indices {
      let relay = relays[index].configuration.relay
      if comesIn { carryOut(relays[index].enter(at: now), relay, &step) }
      carryOut(relays[index].count(isOccupied: isOccupied, at: now), relay, &step)
      carryOut(relays[index].wake(at: now), relay, &step)
    }
  }

  private mutating func carryOut(
    _ change: RelaySwitch.Change?, _ relay: Relay, _ step: inout Step
  ) {
    guard let change else { return }
    step.effects.append(.setRelay(relay, isOn: change.isOn))
    step.journal(.climate(.relaySwitched(relay, isOn: change.isOn, cause: change.cause)), .soon)
  }
}

extension InputLine {
  fileprivate var fireLine: FireLine? {
    switch self {
    case .fire: .first
    case .secondFire: .second
    default: nil
    }
  }
}
