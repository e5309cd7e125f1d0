// One station: its machines put together, with one way in and one way out.
import StationProtocol

/// The decisions of a station. `handle` takes what happened and returns what is to be done, in
/// order; the first event is `booted`. The value holds no clock, no descriptor and no reference,
/// so that the daemon, the simulator and the tests run the very same code.
package struct Station: Equatable, Sendable {
  package let configuration: StationConfiguration
  package internal(set) var points: [AccessPoint]
  package internal(set) var occupancy = Occupancy()
  package internal(set) var alarms = AlarmBoard()
  package internal(set) var outbox: Outbox
  var clock: ClockTrust
  var marks = ReplayMarks()
  var refusedMessages = RefusedMessages()
  var boot: Int64 = 0
  var uplink: Int64?

  /// One access point with its machines.
  package struct AccessPoint: Equatable, Sendable {
    package let id: AccessPointID
    package internal(set) var door: Door
    var entry = Entry()
    var beams = BeamPair()
    var areLinesReadable = true
  }

  package init(_ configuration: StationConfiguration) {
    self.configuration = configuration
    points = configuration.accessPoints.map {
      AccessPoint(id: $0.id, door: Door(timing: $0.timing))
    }
    outbox = Outbox(limits: configuration.outbox)
    clock = ClockTrust(policy: configuration.clock)
  }

  package mutating func handle(_ event: Event, at now: Now) -> [Effect] {
    var step = Step(now: now)
    switch event {
    case .booted(let recovered): boot(recovered, &step)
    case .storeReplaced(let stream):
      // Before anything is written: a number of the old stream means nothing to the new store.
      let jump = clock.observe(now)
      restart(on: stream, &step)
      noteClock(jump, &step)
    default:
      noteClock(clock.observe(now), &step)
      react(to: event, &step)
    }
    pass(&step)
    report(step.changedParts, &step)
    if let folded = outbox.fold() { give(way: folded, &step) }
    send(&step)
    return step.effects
  }

  /// When `wake` is due; nil where nothing waits for time to pass.
  package var nextDeadline: Instant? {
    let ofPoints = points.flatMap { [$0.door.deadline, $0.entry.deadline] }
    return (ofPoints + [outbox.deadline, refusedMessages.deadline]).compactMap { $0 }.min()
  }

  /// One call of `handle`: the time it happens at and what it has decided so far.
  struct Step {
    let now: Now
    var effects: [Effect] = []
    /// Sorted before use: the order of a set changes from process to process.
    var changedParts: Set<StatePart> = []
  }
}

// MARK: - What happened

extension Station {
  private mutating func react(to event: Event, _ step: inout Step) {
    switch event {
    case .booted, .storeReplaced: break
    case .codePresented(let id, let presentation): present(presentation, at: id, &step)
    case .doorContactChanged(let id, let isClosed):
      atDoor(id, &step) { $0.sense(isClosed: isClosed, at: $1) }
    case .exitRequested(let id):
      atDoor(id, &step) { $0.requestExit(at: $1) }
      if points.contains(where: { $0.id == id }) {
        journal(.exitRequested(id), .urgent, &step)
      }
    case .beamChanged(let id, let beam, let isBroken): sense(beam, isBroken, at: id, &step)
    case .linesChanged(let id, let areReadable): lines(areReadable, at: id, &step)
    case .readerChanged(let id, let isConnected):
      set(.readerLost, id, stands: !isConnected, &step)
    case .journaled(let seq): outbox.journaled(through: seq)
    case .uplinkOpened(let connection): open(connection, &step)
    case .uplinkClosed:
      uplink = nil
      outbox.uplinkClosed()
    case .acknowledged(let ack):
      switch outbox.acknowledged(ack, at: step.now.instant) {
      case .nothing: break
      case .trim(let upto): step.effects.append(.trim(through: upto))
      case .foreign: refuse(.foreignAcknowledgement, &step)
      }
    case .messageRefused(let refusal): refuse(refusal, &step)
    case .wake: break
    }
  }

  /// What the passing of time has brought, at whatever event it is noticed.
  private mutating func pass(_ step: inout Step) {
    for index in points.indices {
      let id = points[index].id
      atDoor(id, &step) { $0.wake(at: $1) }
      if let surplus = points[index].entry.closeWindow(at: step.now.instant) {
        journal(.refusalsCounted(id, count: surplus), .soon, &step)
      }
    }
    for (refusal, count) in refusedMessages.close(at: step.now.instant) {
      journal(.messagesRefused(refusal, count: count), .soon, &step)
    }
    if let time = clock.timeToRemember(step.now) {
      step.effects.append(.remember([.lastTrusted(time)]))
    }
  }

  private mutating func boot(_ recovered: Recovered, _ step: inout Step) {
    boot = recovered.boot
    outbox.recover(recovered)
    marks.recover(recovered.marks)
    occupancy.recover(recovered.totals, after: recovered.ending)
    clock.recover(lastTrusted: recovered.lastTrusted, at: step.now)
    _ = clock.observe(step.now)
    for point in points { step.effects.append(.setStrike(point.id, .secure)) }
    journal(
      .started(boot: boot, after: recovered.ending, version: configuration.version), .urgent, &step)
    if recovered.hasLostStore { set(.storeLost, nil, stands: true, &step) }
  }

  private mutating func present(
    _ presentation: Presentation, at id: AccessPointID, _ step: inout Step
  ) {
    guard let index = points.firstIndex(where: { $0.id == id }) else { return }
    let time = clock.judgementTime(step.now)
    var judged = step.now
    judged.wall = time ?? step.now.wall
    let circumstances = Entry.Circumstances(
      policy: configuration.entry, time: time, localMinute: judged.localMinute, marks: marks,
      inside: occupancy.totals.inside, openFor: points[index].door.openFor)
    switch points[index].entry.decide(presentation, circumstances, at: step.now.instant) {
    case .ignored: break
    case .confirmed: step.effects.append(.show(id, .granted))
    case .granted(let member, let mark):
      let known = clock.lastTrusted(at: step.now)
      let forgetting = known ?? judged.wall
      marks.add(mark, at: forgetting)
      atDoor(id, &step) { $0.grant(mark.code, at: $1) }
      step.effects.append(.show(id, .granted))
      journal(
        .entryGranted(id, member: member, code: mark.code), .urgent, &step,
        [.mark(mark, forgetting: forgetting)] + (known.map { [.lastTrusted($0)] } ?? []))
    case .refused(let denial, let member, let code, let fault):
      step.effects.append(.show(id, .refused(denial, fault: fault)))
      if points[index].entry.countRefusal(at: step.now.instant) {
        journal(
          .entryRefused(id, reason: denial, fault: fault, member: member, code: code), .soon, &step)
      }
    }
  }

  private mutating func refuse(_ refusal: MessageRefusal, _ step: inout Step) {
    guard refusedMessages.count(refusal, at: step.now.instant) else { return }
    journal(.messagesRefused(refusal, count: 1), .soon, &step)
  }

  private mutating func sense(
    _ beam: Beam, _ isBroken: Bool, at id: AccessPointID, _ step: inout Step
  ) {
    guard let index = points.firstIndex(where: { $0.id == id }),
      let passage = points[index].beams.sense(beam, isBroken: isBroken)
    else { return }
    let hasChanged = occupancy.count(passage)
    if hasChanged { step.changedParts.insert(.occupancy) }
    journal(
      .passage(id, passage, inside: occupancy.totals.inside), .soon, &step,
      hasChanged ? [.totals(occupancy.totals)] : [])
  }

  private mutating func lines(
    _ areReadable: Bool, at id: AccessPointID, _ step: inout Step
  ) {
    guard let index = points.firstIndex(where: { $0.id == id }) else { return }
    points[index].areLinesReadable = areReadable
    step.changedParts.insert(.door(id))
    if !areReadable {
      points[index].beams.lose()
      atDoor(id, &step) { $0.sense(isClosed: nil, at: $1) }
    } else {
      // While nobody could reach the relay it may have fallen back, or held on.
      step.effects.append(.setStrike(id, points[index].door.isReleased ? .release : .secure))
    }
    set(.linesLost, id, stands: !areReadable, &step)
  }
}

// MARK: - Doors and alarms

extension Station {
  /// Runs a step of a door's machine and turns its actions into effects and records.
  private mutating func atDoor(
    _ id: AccessPointID, _ step: inout Step,
    _ body: (inout Door, Instant) -> [Door.Action]
  ) {
    guard let index = points.firstIndex(where: { $0.id == id }) else { return }
    let before = points[index].door
    let actions = body(&points[index].door, step.now.instant)
    let after = points[index].door
    if before.isReleased != after.isReleased || before.leaf != after.leaf {
      step.changedParts.insert(.door(id))
    }
    for action in actions { perform(action, at: id, &step) }
  }

  private mutating func perform(
    _ action: Door.Action, at id: AccessPointID, _ step: inout Step
  ) {
    switch action {
    case .setStrike(let strike): step.effects.append(.setStrike(id, strike))
    case .opened(let cause): journal(.doorOpened(id, cause: cause), .soon, &step)
    case .closed: journal(.doorClosed(id), .soon, &step)
    case .locked(let cause): journal(.doorLocked(id, cause: cause), .soon, &step)
    case .raise(let alarm): set(alarm, id, stands: true, &step)
    case .clear(let alarm): set(alarm, id, stands: false, &step)
    }
  }

  /// Raises or clears an alarm; a change is a record and a new state.
  private mutating func set(
    _ alarm: Alarm, _ id: AccessPointID?, stands: Bool, _ step: inout Step
  ) {
    if stands {
      guard alarms.raise(alarm, id, at: step.now.wall) else { return }
      journal(.alarmRaised(alarm, id), .urgent, &step)
    } else {
      guard alarms.clear(alarm, id) else { return }
      journal(.alarmCleared(alarm, id), .urgent, &step)
    }
    step.changedParts.insert(.alarms)
    if let id { step.changedParts.insert(.door(id)) }
  }

  private mutating func noteClock(_ jump: Duration?, _ step: inout Step) {
    guard let jump else { return }
    journal(
      .clockStepped(milliseconds: jump.wholeNanoseconds / 1_000_000), .soon, &step)
  }
}

// MARK: - Records and reports

extension Station {
  private mutating func journal(
    _ body: Record.Body, _ lane: Lane, _ step: inout Step, _ changes: [RecoveryChange] = []
  ) {
    let record = Record(at: step.now.wall, isTrusted: step.now.isTrusted, body: body)
    step.effects.append(.journal(outbox.append(record, lane, changes)))
  }

  /// Sends what is durable. After a silence the birth goes first: without it a service that has
  /// missed it cannot tell records that will never come from records that are under way.
  private mutating func send(_ step: inout Step) {
    guard let (range, isRepeated) = outbox.takeSendable(at: step.now.instant) else { return }
    if isRepeated, let uplink { publishBirth(uplink, &step) }
    step.effects.append(.publishRecords(range))
  }

  /// A new store knows nothing: what the old one had not made durable is written again, and all
  /// that boot needs with it. It counts this boot as its first.
  private mutating func restart(on stream: StreamID, _ step: inout Step) {
    boot = 1
    let entries = outbox.restart(on: stream)
    step.effects += entries.map(Effect.journal)
    let known = clock.lastTrusted(at: step.now)
    step.effects.append(
      .remember(
        (known.map { [.lastTrusted($0)] } ?? []) + [.totals(occupancy.totals)]
          + marks.all.map { .mark($0, forgetting: known ?? step.now.wall) }))
    set(.storeLost, nil, stands: true, &step)
    if let uplink { publishBirth(uplink, &step) }
  }

  private mutating func open(_ connection: Int64, _ step: inout Step) {
    uplink = connection
    outbox.uplinkOpened()
    publishBirth(connection, &step)
    step.changedParts.formUnion(points.map { .door($0.id) })
    step.changedParts.formUnion([.occupancy, .alarms])
  }

  private func publishBirth(_ connection: Int64, _ step: inout Step) {
    step.effects.append(
      .publishBirth(
        BirthPayload(
          session: SessionID(stream: outbox.stream, boot: boot, connection: connection),
          version: configuration.version, accessPoints: points.map(\.id), floor: outbox.floor,
          ceiling: outbox.durable, isClockTrusted: step.now.isTrusted, at: step.now.wall)))
  }

  private mutating func give(way folded: ClosedRange<UInt64>, _ step: inout Step) {
    step.effects.append(.trim(through: folded.upperBound))
    journal(
      .gap(from: folded.lowerBound, to: folded.upperBound, reason: .full), .urgent, &step)
    if let uplink { publishBirth(uplink, &step) }
  }

  /// Says how the changed parts stand, while somebody listens.
  private func report(_ parts: Set<StatePart>, _ step: inout Step) {
    guard uplink != nil else { return }
    let seq = outbox.next - 1
    for part in parts.sorted() {
      switch part {
      case .door(let id):
        guard let point = points.first(where: { $0.id == id }) else { continue }
        step.effects.append(.publishState(.door(id, point.payload(seq, step.now.wall))))
      case .occupancy:
        let totals = occupancy.totals
        step.effects.append(
          .publishState(
            .occupancy(
              OccupancyPayload(
                seq: seq, inside: totals.inside, entered: totals.entered, left: totals.left,
                isStale: occupancy.isStale, at: step.now.wall))))
      case .alarms:
        step.effects.append(
          .publishState(
            .alarms(AlarmsPayload(seq: seq, active: alarms.active, at: step.now.wall))))
      }
    }
  }
}

extension Station.AccessPoint {
  /// How this door stands; what cannot be sensed is unknown.
  fileprivate func payload(_ seq: UInt64, _ time: WallTime) -> DoorPayload {
    let contact: DoorPayload.Contact =
      switch door.leaf {
      case .unknown: .unknown
      case .closed: .closed
      case .open: .open
      }
    let lock: DoorPayload.Lock =
      areLinesReadable ? (door.isReleased ? .released : .secured) : .unknown
    let standing = door.standingAlarms
    let alarm: DoorPayload.DoorAlarm =
      if !areLinesReadable {
        .fault
      } else if standing.contains(.forcedOpen) {
        .forcedOpen
      } else if standing.contains(.heldOpen) {
        .heldOpen
      } else {
        .normal
      }
    return DoorPayload(seq: seq, lock: lock, contact: contact, alarm: alarm, at: time)
  }
}
