// The doors of a station: what their machines ask for becomes effects, records and alarms.
import StationProtocol
import Time

/// An input of one door.
package enum DoorEvent: Equatable, Sendable {
  /// The door contact was sensed; nil where it cannot be.
  case contactChanged(AccessPointID, isClosed: Bool?)
  /// The exit button was pressed.
  case exitRequested(AccessPointID)
  /// The lock's feedback line was sensed: whether its bolt is home.
  case strikeSensed(AccessPointID, isLocked: Bool)
  /// A cover was opened, or is shut again.
  case tamperChanged(AccessPointID, isOpen: Bool)
}

/// One door machine for each access point, with the mode that holds there.
package struct Doors: Equatable, Sendable {
  package private(set) var points: [Point]

  package struct Point: Equatable, Sendable {
    package let id: AccessPointID
    package fileprivate(set) var door: Door
    /// The mode that holds here, and why.
    package fileprivate(set) var resolution = ModeResolution(.codeOnly, .configured)
    fileprivate var areLinesReadable = true

    package var isOpen: Bool {
      if case .open = door.leaf { true } else { false }
    }

    /// How this door stands, as far as its own machine knows.
    fileprivate var status: DoorStatus { DoorStatus(door, areLinesReadable: areLinesReadable) }
  }

  init(_ configurations: [AccessPointConfiguration]) {
    points = configurations.map { Point(id: $0.id, door: Door($0)) }
  }

  subscript(id: AccessPointID) -> Point? { index(of: id).map { points[$0] } }

  private func index(of id: AccessPointID) -> Int? { points.firstIndex { $0.id == id } }

  /// The part of a door that decides who is let in.
  struct Outlook {
    let mode: DoorMode
    /// The code that holds the strike released at this moment.
    let openFor: CodeDigest?
    /// The leaf is sensed closed, and nothing releases the strike.
    let isShut: Bool
  }

  func outlook(of id: AccessPointID) -> Outlook? {
    guard let index = index(of: id) else { return nil }
    return Outlook(
      mode: points[index].resolution.mode, openFor: points[index].door.openFor,
      isShut: points[index].door.leaf == .closed && !points[index].door.isReleased)
  }

  func timing(of id: AccessPointID) -> DoorTiming? { index(of: id).map { points[$0].door.timing } }

  var deadline: Instant? {
    var next = Earliest()
    for index in points.indices { next.add(points[index].door.deadline) }
    return next.deadline
  }

  mutating func handle(_ event: DoorEvent, _ step: inout Step) {
    switch event {
    case .contactChanged(let id, let isClosed):
      run(id, &step) { $0.sense(isClosed: isClosed, at: $1) }
    case .exitRequested(let id):
      requestExit(at: id, &step)
      if self[id] != nil { step.journal(.door(.exitRequested(id)), .urgent) }
    case .strikeSensed(let id, let isLocked):
      run(id, &step) { $0.senseLock(isLocked: isLocked, at: $1) }
    case .tamperChanged(let id, let isOpen):
      run(id, &step) { door, _ in door.senseTamper(isOpen: isOpen) }
    }
  }

  mutating func pass(_ step: inout Step) {
    for index in points.indices { run(points[index].id, &step) { $0.wake(at: $1) } }
  }

  /// Tells every strike what it is to be, at boot: a door that fire has released before is not
  /// locked for a moment now.
  mutating func boot(isFire: Bool, _ step: inout Step) {
    for index in points.indices where isFire {
      _ = points[index].door.releaseForFire(true, at: step.now.instant)
    }
    for point in points { step.effects.append(.door(.setStrike(point.id, point.door.relay))) }
  }

  /// - Parameter seq: the last record that is taken into account.
  func state(of id: AccessPointID, _ seq: UInt64, _ step: Step) -> DoorPayload? {
    guard let point = self[id] else { return nil }
    let status = point.status
    // Duress shows nowhere at the door; who may know of it sees the list of alarms.
    let others: [Alarm] = [.readerLost, .inputChatter, .wrongTries, .beamBlocked, .beamDark]
    return DoorPayload(
      seq: seq, command: status.command, lock: status.lock, door: status.door,
      secured: status.secured,
      alarm: status.alarm(
        in: point.resolution.mode, hasOther: others.contains { step.alarms.stands($0, id) }),
      mode: point.resolution.mode, at: step.now.wall)
  }
}

// MARK: - What others ask of the doors

extension Doors {
  /// Other times hold from the next opening on.
  mutating func adopt(_ configurations: [AccessPointConfiguration]) {
    for configuration in configurations {
      guard let index = index(of: configuration.id) else { continue }
      points[index].door.timing = configuration.timing
    }
  }

  mutating func grant(
    _ code: CodeDigest?, isExtended: Bool, at id: AccessPointID, _ step: inout Step
  ) {
    run(id, &step) { $0.grant(code, isExtended: isExtended, at: $1) }
  }

  /// Releases a door once on the word of the service.
  /// - Returns: why it was not; nil where it was.
  mutating func open(
    isExtended: Bool, at id: AccessPointID, _ step: inout Step
  ) -> OrderFault? {
    guard let point = self[id] else { return .noSuchPart }
    if point.resolution.mode == .lockDown { return .lockedDown }
    guard point.areLinesReadable else { return .linesLost }
    run(id, &step) { $0.grant(nil, isExtended: isExtended, for: .command, at: $1) }
    return nil
  }

  /// Why a door cannot be opened to everyone now; nil where it can.
  func freeAccessFault(at id: AccessPointID) -> OrderFault? {
    guard let point = self[id] else { return .noSuchPart }
    if !point.door.lock.canStayReleased { return .pulseLock }
    if point.resolution.mode == .lockDown { return .lockedDown }
    if point.resolution.mode == .maintenance { return .busy }
    return point.areLinesReadable ? nil : .linesLost
  }

  /// The contact of a door is believed again.
  mutating func resetContact(at id: AccessPointID?, _ step: inout Step) {
    guard let id else { return }
    run(id, &step) { door, _ in door.resetContact() }
  }

  mutating func requestExit(at id: AccessPointID, _ step: inout Step) {
    run(id, &step) { $0.requestExit(at: $1) }
  }

  mutating func releaseForFire(_ isFire: Bool, _ step: inout Step) {
    for index in points.indices {
      run(points[index].id, &step) { $0.releaseForFire(isFire, at: $1) }
    }
  }

  /// The modes were looked at; those that have changed are written down.
  /// - Parameter resolutions: one for each door, in their order.
  mutating func enter(_ resolutions: [ModeResolution], _ step: inout Step) {
    for (index, resolution) in zip(points.indices, resolutions) {
      let id = points[index].id
      let before = points[index].resolution.mode
      points[index].resolution = resolution
      guard resolution.mode != before else { continue }
      run(id, &step) { $0.stayFree(resolution.mode == .freeAccess, at: $1) }
      step.journal(.door(.modeChanged(id, resolution.mode, cause: resolution.cause)), .urgent)
      step.changedParts.insert(.door(id))
    }
    step.set(.lockDown, nil, stands: points.contains { $0.resolution.mode == .lockDown })
    step.set(
      .freeWithoutUplink, nil,
      stands: points.contains {
        $0.resolution.mode == .freeAccess && $0.resolution.cause == .uplink
      })
  }

  /// The lines of an access point became readable, or stopped being so.
  mutating func lines(_ areReadable: Bool, at id: AccessPointID, _ step: inout Step) {
    guard let index = index(of: id) else { return }
    points[index].areLinesReadable = areReadable
    step.changedParts.insert(.door(id))
    if areReadable {
      // While nobody could reach the relay it may have fallen back, or held on.
      step.effects.append(.door(.setStrike(id, points[index].door.relay)))
    } else {
      run(id, &step) { $0.loseSight(at: $1) }
    }
  }

  /// What a line says is not known.
  mutating func lose(_ line: InputLine, at id: AccessPointID, _ step: inout Step) {
    switch line {
    case .contact: run(id, &step) { $0.sense(isClosed: nil, at: $1) }
    case .strikeFeedback: run(id, &step) { $0.senseLock(isLocked: nil, at: $1) }
    default: break
    }
  }
}

// MARK: - The machines

extension Doors {
  /// Runs a step of a door's machine and turns its actions into effects and records.
  private mutating func run(
    _ id: AccessPointID, _ step: inout Step, _ body: (inout Door, Instant) -> [Door.Action]
  ) {
    guard let index = index(of: id) else { return }
    let before = points[index].status
    let actions = body(&points[index].door, step.now.instant)
    if before != points[index].status { step.changedParts.insert(.door(id)) }
    for action in actions { Self.perform(action, at: id, &step) }
  }

  private static func perform(
    _ action: Door.Action, at id: AccessPointID, _ step: inout Step
  ) {
    switch action {
    case .setStrike(let strike): step.effects.append(.door(.setStrike(id, strike)))
    case .opened(let cause): step.journal(.door(.opened(id, cause: cause)), .soon)
    case .closed: step.journal(.door(.closed(id)), .soon)
    case .locked(let cause): step.journal(.door(.locked(id, cause: cause)), .soon)
    case .raise(let alarm): step.set(alarm, id, stands: true)
    case .clear(let alarm): step.set(alarm, id, stands: false)
    case .warn: step.effects.append(.door(.show(id, .closeDoor)))
    }
  }
}
