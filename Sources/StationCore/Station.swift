// One station: its machines put together, with one way in and one way out.
import StationProtocol
import Time

/// The decisions of a station. `handle` takes what happened and returns what is to be done, in
/// order; the first event is `booted`. The value holds no clock, no descriptor and no reference,
/// so that the daemon, the simulator and the tests run the very same code.
package struct Station: Equatable, Sendable {
  package let configuration: StationConfiguration
  package internal(set) var points: [AccessPoint]
  package internal(set) var occupancy = Occupancy()
  var evidence: Evidence
  /// When the local day ends, as far as the time is known.
  var midnight: Instant?
  package internal(set) var alarms = AlarmBoard()
  package internal(set) var outbox: Outbox
  var clock: ClockTrust
  var marks = ReplayMarks()
  var refusedMessages = RefusedMessages()
  var renewal = StreamRenewal()
  var keptEnds = KeptEnds()
  package internal(set) var fire: FireInput
  var emergency = EmergencyButton()
  package internal(set) var relays: [RelaySwitch]
  /// In the order of their names.
  package internal(set) var sensors: [Sensor] = []
  var minutes = MinuteBook(at: Instant(nanoseconds: 0))
  /// Of the inputs that belong to no access point.
  var health = InputHealth()
  var boot: Int64 = 0
  var uplink: Int64?
  /// Since when there is no uplink; nil while there is one.
  var uplinkLostAt: Instant?
  /// What is known of single members.
  package internal(set) var directory = MemberDirectory()
  /// The keys of issuers, as they were last read.
  var issuers = IssuerWatch()
  var whereabouts = Whereabouts()
  var guesses = GuessBook()
  /// The lock-down button is engaged.
  var isLockedDown = false
  /// The maintenance key is turned.
  var isInMaintenance = false
  /// Something was heard of the key since the start; before that nobody has turned it.
  var isKeyHeard = false
  /// The keeper was told the number of a card.
  var hasShownCard = false
  /// When the modes of the doors are to be looked at again, whatever happens.
  var modesDueAt: Instant?
  /// For what the modes were last found; nil before the first time.
  var resolvedFor: ModeSwitches?
  let capacityWatch: CapacityWatch
  /// nil where there is no exchange machine.
  package internal(set) var vending: Vending?
  /// What is journaled outlives the daemon.
  var isStoreDurable = true

  /// One access point with its machines.
  package struct AccessPoint: Equatable, Sendable {
    package let id: AccessPointID
    package internal(set) var door: Door
    var entry = Entry()
    var beams: BeamPair
    var pulses: PulseCounter
    var totals = TotalsCounter()
    var doorway = Doorway()
    var health = InputHealth()
    var leaving = LeavingReader()
    var arrivals = Arrivals()
    /// The mode that holds here, and why.
    package internal(set) var resolution = ModeResolution(.codeOnly, .configured)
    /// Someone was let in since the free hours began.
    var hasFirstPerson = false
    var areLinesReadable = true
  }

  package init(_ configuration: StationConfiguration) {
    self.configuration = configuration
    points = configuration.accessPoints.map {
      AccessPoint(
        id: $0.id, door: Door($0), beams: BeamPair(configuration.occupancy.beams),
        pulses: PulseCounter(configuration.occupancy.pulse))
    }
    evidence = Evidence(configuration.occupancy.evidence)
    outbox = Outbox(limits: configuration.outbox)
    clock = ClockTrust(policy: configuration.clock)
    fire = FireInput(configuration.fire)
    relays = configuration.relays.map(RelaySwitch.init)
    capacityWatch = CapacityWatch(configuration.entry.capacity)
    vending = configuration.vending.map(Vending.init)
  }

  package mutating func handle(_ event: Event, at now: Now) -> [Effect] {
    var step = Step(now: now)
    switch event {
    case .booted(let recovered): boot(recovered, &step)
    case .storeReplaced(let stream, let isDurable):
      isStoreDurable = isDurable
      // Before anything is written: a number of the old stream means nothing to the new store.
      let jump = clock.observe(now)
      restart(on: stream, &step)
      noteClock(jump, &step)
    default:
      noteClock(clock.observe(now), &step)
      react(to: event, &step)
    }
    pass(&step)
    switchRelays(&step)
    report(step.changedParts, &step)
    if let (folded, again) = outbox.fold() { give(way: folded, again, &step) }
    send(&step)
    return step.effects
  }

  /// When `wake` is due; nil where nothing waits for time to pass.
  package var nextDeadline: Instant? {
    var next = Earliest()
    for index in points.indices { next.add(points[index].door.deadline) }
    addEntryDeadlines(to: &next)
    next.add(outbox.deadline)
    next.add(refusedMessages.deadline)
    next.add(renewal.deadline)
    next.add(keptEnds.deadline)
    next.add(fire.deadline)
    next.add(issuers.deadline)
    for relay in relays { next.add(relay.deadline) }
    addOccupancyDeadlines(to: &next)
    addSensorDeadlines(to: &next)
    next.add(vending?.deadline)
    return next.deadline
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
    case .streamRenewed(let stream, let last): renew(on: stream, through: last, &step)
    case .codePresented(let id, let presentation): present(.code(presentation), at: id, &step)
    case .cardPresented(let id, let presentation): present(.card(presentation), at: id, &step)
    case .pinEntered(let id, let attempt, let number):
      present(.pin(attempt, number: number), at: id, &step)
    case .leaveRequested(let id, let attempt): presentLeaving(attempt, at: id, &step)
    case .lockDownChanged(let isOn): isLockedDown = isOn
    case .maintenanceChanged(let isOn): turnKey(isOn, &step)
    case .issuersRead(let standings):
      if issuers.read(standings), let uplink { publishBirth(uplink, &step) }
    case .directoryChanged(let changed): directory = changed
    case .storeDisplaced: displacedStore(&step)
    case .storeKept: keptStore(&step)
    case .listsJudged(let areFaulty): set(.listFaulty, nil, stands: areFaulty, &step)
    case .doorContactChanged(let id, let isClosed):
      atDoor(id, &step) { $0.sense(isClosed: isClosed, at: $1) }
    case .exitRequested(let id):
      atDoor(id, &step) { $0.requestExit(at: $1) }
      if points.contains(where: { $0.id == id }) {
        journal(.door(.exitRequested(id)), .urgent, &step)
      }
    case .beamChanged(let id, let beam, let isBroken): sense(beam, isBroken, at: id, &step)
    case .counterPulsed(let id): pulse(at: id, &step)
    case .counterReported(let id, let entered, let left):
      totals(entered: entered, left: left, at: id, &step)
    case .counterChanged(let id, let isConnected): counter(isConnected, at: id, &step)
    case .motionChanged(let isMoving):
      if let isMoving {
        evidence.sensed(isMoving: isMoving, at: step.now.instant)
      } else {
        evidence.loseMotion()
      }
    case .linesChanged(let id, let areReadable): lines(areReadable, at: id, &step)
    case .stationLinesChanged, .inputChattered, .strikeSensed, .tamperChanged, .fireLineChanged,
      .resetTurned, .emergencyChanged, .relayOverrideChanged:
      reactToWires(event, &step)
    case .readerChanged(let id, let isConnected):
      set(.readerLost, id, stands: !isConnected, &step)
    case .sensorRead(let id, let readings): sensed(id, readings, &step)
    case .sensorFailed(let id): sensed(id, nil, &step)
    case .codeShownAtMachine, .productSelected, .selectionCancelled, .replied, .machineAnswered,
      .machineSilent, .machineDoorChanged, .slotCounted, .slotReleased:
      reactToMachine(event, &step)
    case .journaled, .uplinkOpened, .uplinkClosed, .sessionTakenOver, .copyFound, .serviceHeard,
      .keptEndRead, .acknowledged, .messageRefused:
      reactToLink(event, &step)
    case .wake: break
    }
  }

  /// What the passing of time has brought, at whatever event it is noticed.
  private mutating func pass(_ step: inout Step) {
    for index in points.indices {
      let id = points[index].id
      atDoor(id, &step) { $0.wake(at: $1) }
    }
    passOccupancy(&step)
    let areKeysLost = issuers.areLost(at: clock.judgementTime(step.now), step.now)
    set(.issuerKeysLost, nil, stands: areKeysLost, &step)
    atFire(&step) { $0.wake(at: $1) }
    passEntry(&step)
    passSensors(&step)
    passVending(&step)
    for (refusal, count) in refusedMessages.close(at: step.now.instant) {
      journal(.station(.messagesRefused(refusal, count: count)), .soon, &step)
    }
    follow(keptEnds.wake(at: step.now.instant), &step)
    for alarm in renewal.end(at: step.now.instant) where alarm != .storeLost || isStoreDurable {
      set(alarm, nil, stands: false, &step)
    }
    if let isFilling = outbox.noteFilling() {
      set(.journalFilling, nil, stands: isFilling, &step)
    }
    if clock.isTimeToRemember(step.now) {
      step.effects.append(.remember(clock.changes(at: step.now)))
    }
  }

  private mutating func boot(_ recovered: Recovered, _ step: inout Step) {
    boot = recovered.boot
    isStoreDurable = recovered.isDurable
    outbox.recover(recovered)
    keptEnds.recover(recovered.serviceStore)
    marks.recover(recovered.marks.filter { $0.purpose == .door })
    occupancy.recover(recovered.totals, recovered.day, after: recovered.ending)
    clock.recover(
      lastTrusted: recovered.lastTrusted, mark: recovered.clockMark, at: step.now)
    _ = clock.observe(step.now)
    sensors = configuration.sensors.sensors.map { Sensor($0, at: step.now.instant) }
    minutes = MinuteBook(at: step.now.instant)
    whereabouts.recover(
      recovered.whereabouts, known: clock.lastTrusted(at: step.now), at: step.now.instant)
    guesses.recover(recovered.guesses, at: step.now.instant)
    uplinkLostAt = step.now.instant
    driveAll(recovered.latches, &step)
    journal(
      .station(.started(boot: boot, after: recovered.ending, version: configuration.version)),
      .urgent, &step)
    if recovered.hasLostStore { set(.storeLost, nil, stands: true, &step) }
    if recovered.hasNewerStore {
      // How far a later version has counted may not be readable.
      if recovered.ending == .newStore { occupancy.mistrust() }
      set(.storeNewer, nil, stands: true, &step)
    }
    recover(recovered.latches, &step)
    recoverVending(recovered, &step)
  }
}
