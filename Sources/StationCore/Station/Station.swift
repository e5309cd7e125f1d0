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
  /// Lent to each step, which alone writes in them; nil while one is under way.
  private var books: Books?
  var clock: ClockTrust
  var marks = ReplayMarks()
  var refusedMessages = RefusedMessages()
  var renewal = StreamRenewal()
  var keptEnds = KeptEnds()
  package internal(set) var fire: FireInput
  var emergency = EmergencyButton()
  package internal(set) var relays: [RelaySwitch]
  package internal(set) var climate: Climate
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
    books = Books(outbox: Outbox(limits: configuration.outbox))
    climate = Climate(configuration.sensors)
    clock = ClockTrust(policy: configuration.clock)
    fire = FireInput(configuration.fire)
    relays = configuration.relays.map(RelaySwitch.init)
    capacityWatch = CapacityWatch(configuration.entry.capacity)
    vending = configuration.vending.map(Vending.init)
  }

  package mutating func handle(_ event: Event, at now: Now) -> [Effect] {
    guard let books else { preconditionFailure("a step of a station begins another one") }
    self.books = nil
    var step = Step(now: now, books)
    defer { self.books = step.books }
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
    if let (folded, again) = step.outbox.fold() { give(way: folded, again, &step) }
    send(&step)
    return step.effects
  }

  package internal(set) var outbox: Outbox {
    get { settled.outbox }
    set { settled.outbox = newValue }
  }

  package internal(set) var alarms: AlarmBoard {
    get { settled.alarms }
    set { settled.alarms = newValue }
  }

  /// The books between two steps.
  private var settled: Books {
    get {
      guard let books else { preconditionFailure("the books are with a step that is under way") }
      return books
    }
    set { books = newValue }
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
    next.add(climate.deadline(outbox.room))
    next.add(vending?.deadline)
    return next.deadline
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
    case .listsJudged(let areFaulty): step.set(.listFaulty, nil, stands: areFaulty)
    case .doorContactChanged(let id, let isClosed):
      atDoor(id, &step) { $0.sense(isClosed: isClosed, at: $1) }
    case .exitRequested(let id):
      atDoor(id, &step) { $0.requestExit(at: $1) }
      if points.contains(where: { $0.id == id }) {
        step.journal(.door(.exitRequested(id)), .urgent)
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
      step.set(.readerLost, id, stands: !isConnected)
    case .sensorRead(let id, let readings): climate.sense(id, readings, &step)
    case .sensorFailed(let id): climate.sense(id, nil, &step)
    case .exchange(let event): exchange(event, &step)
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
    step.set(.issuerKeysLost, nil, stands: areKeysLost)
    atFire(&step) { $0.wake(at: $1) }
    passEntry(&step)
    climate.pass(&step)
    let around = surroundings
    vending?.pass(around, &step)
    for (refusal, count) in refusedMessages.close(at: step.now.instant) {
      step.journal(.station(.messagesRefused(refusal, count: count)), .soon)
    }
    follow(keptEnds.wake(at: step.now.instant), &step)
    for alarm in renewal.end(at: step.now.instant) where alarm != .storeLost || isStoreDurable {
      step.set(alarm, nil, stands: false)
    }
    if let isFilling = step.outbox.noteFilling() {
      step.set(.journalFilling, nil, stands: isFilling)
    }
    if clock.isTimeToRemember(step.now) {
      step.effects.append(.remember(clock.changes(at: step.now)))
    }
  }

  private mutating func boot(_ recovered: Recovered, _ step: inout Step) {
    boot = recovered.boot
    isStoreDurable = recovered.isDurable
    step.outbox.recover(recovered)
    keptEnds.recover(recovered.serviceStore)
    marks.recover(recovered.marks.filter { $0.purpose == .door })
    occupancy.recover(recovered.totals, recovered.day, after: recovered.ending)
    clock.recover(
      lastTrusted: recovered.lastTrusted, mark: recovered.clockMark, at: step.now)
    _ = clock.observe(step.now)
    climate.boot(at: step.now.instant)
    whereabouts.recover(
      recovered.whereabouts, known: clock.lastTrusted(at: step.now), at: step.now.instant)
    guesses.recover(recovered.guesses, at: step.now.instant)
    uplinkLostAt = step.now.instant
    driveAll(recovered.latches, &step)
    step.journal(
      .station(.started(boot: boot, after: recovered.ending, version: configuration.version)),
      .urgent)
    if recovered.hasLostStore { step.set(.storeLost, nil, stands: true) }
    if recovered.hasNewerStore {
      // How far a later version has counted may not be readable.
      if recovered.ending == .newStore { occupancy.mistrust() }
      step.set(.storeNewer, nil, stands: true)
    }
    recover(recovered.latches, &step)
    recoverExchange(recovered, &step)
  }
}

extension Station {
  /// Hands an event of the exchange machine to its room. Its codes tell the time as those at a door do.
  private mutating func exchange(_ event: ExchangeEvent, _ step: inout Step) {
    guard vending != nil else { return }
    var witness: TimeWitness?
    if case .codeShown(let presentation) = event { witness = learn(from: presentation, step.now) }
    let around = surroundings
    vending?.handle(event, witness, around, &step)
  }

  /// Settles the exchange that an earlier life left open, also of a machine that was taken away meanwhile.
  private mutating func recoverExchange(_ recovered: Recovered, _ step: inout Step) {
    if vending != nil {
      vending?.boot(recovered, &step)
    } else if let open = recovered.exchange {
      Vending.settle(open, &step)
    }
  }
}
