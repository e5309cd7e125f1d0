// One station: its rooms put together, with one way in and one way out.
import StationProtocol
import Time

/// The decisions of a station. `handle` takes what happened and returns what is to be done, in
/// order; the first event is `booted`. The value holds no clock, no descriptor and no reference,
/// so that the daemon, the simulator and the tests run the very same code.
///
/// Each room decides about its own events. Where one needs another it returns that as a value, and
/// the station hands it on: no room changes another one.
package struct Station: ~Copyable, Sendable {
  package internal(set) var configuration: StationConfiguration
  /// Lent to each step, which alone writes in them; nil while one is under way.
  private var books: Books?
  /// The step of which the first half is done.
  private var halfway: Halfway?
  private(set) var clock: ClockTrust
  private var wires: Wires
  package private(set) var safety: Safety
  package internal(set) var doors: Doors
  var admission: Admission
  package internal(set) var headcount: Headcount
  package internal(set) var climate: Climate
  /// nil where there is no exchange machine.
  package internal(set) var vending: Vending? {
    didSet { isExchanging = vending?.session.isUnderWay == true }
  }
  /// An exchange was begun and has no outcome yet. Kept beside `vending`, which is large, because
  /// each step asks.
  private var isExchanging = false
  package internal(set) var link: Link
  package internal(set) var commands = Commands()
  package internal(set) var wishes = Wishes()
  /// nil while none is under way.
  var test: SelfTest?

  private struct Halfway: Sendable {
    var step: Step
    /// A door was released for somebody; the rest of what a grant brings about is not done.
    var grant: Admission.Grant?
  }

  package init(_ configuration: StationConfiguration) {
    self.configuration = configuration
    let points = configuration.accessPoints.map(\.id)
    let entry = configuration.entry
    books = Books(outbox: Outbox(limits: configuration.outbox))
    clock = ClockTrust(policy: configuration.clock)
    wires = Wires(points)
    safety = Safety(configuration.fire)
    doors = Doors(configuration.accessPoints)
    admission = Admission(points, entry)
    headcount = Headcount(
      points, configuration.occupancy, entry.capacity, isFollowed: entry.antiPassback != .off)
    climate = Climate(configuration.sensors, configuration.relays)
    vending = configuration.vending.map(Vending.init)
    link = Link(
      StationIdentity(
        version: configuration.version, zone: configuration.zone,
        capabilities: configuration.capabilities, operations: configuration.operations,
        accessPoints: points))
  }

  /// Takes an event whole: both halves of its step, one after the other.
  package mutating func handle(_ event: Event, at now: Now) -> [Effect] {
    let first = begin(event, at: now)
    return first + finish()
  }

  /// The first half of a step: all that the event itself brings about, but of a grant the release of
  /// the door alone, so that nobody waits in front of it for the second half.
  /// - Returns: the effects so far. Carry them out, then call `finish`.
  package mutating func begin(_ event: Event, at now: Now) -> [Effect] {
    guard let books = books.take() else {
      preconditionFailure("a step of a station begins another one")
    }
    var step = Step(now: now, books)
    var grant: Admission.Grant?
    switch event {
    case .booted(let recovered): boot(recovered, &step)
    case .storeReplaced(let stream, let isDurable):
      // Before anything is written: a number of the old stream means nothing to the new store.
      let jump = clock.observe(now)
      restart(on: stream, isDurable: isDurable, &step)
      note(jump, &step)
    default:
      note(clock.observe(now), &step)
      grant = react(to: event, &step)
    }
    let effects = step.effects
    halfway = Halfway(step: consume step, grant: grant)
    return effects
  }

  /// The second half of a step: the rest of a grant, what follows from the passing of time, and what
  /// is told of it all.
  /// - Returns: the effects behind those that `begin` has returned.
  package mutating func finish() -> [Effect] {
    guard let first = halfway.take() else { preconditionFailure("no step is half done") }
    var step = first.step
    let told = step.effects.count
    let around = surroundings
    if let grant = first.grant { admit(grant, around, &step) }
    pass(around, &step)
    climate.switchRelays(isOccupied: headcount.isOccupied, &step)
    report(step.changedParts, around, &step)
    link.send(around, &step)
    books = step.books
    step.effects.removeFirst(told)
    return step.effects
  }

  package var outbox: Outbox { settled.outbox }

  /// The name of the stream of records.
  package var stream: StreamID { settled.outbox.stream }

  package internal(set) var alarms: AlarmBoard {
    get { settled.alarms }
    set { settled.alarms = newValue }
  }

  /// The books between two steps.
  private var settled: Books {
    get {
      guard let books = books ?? halfway?.step.books else {
        preconditionFailure("the books are with a step that is under way")
      }
      return books
    }
    set { books = newValue }
  }

  /// When `wake` is due; nil where nothing waits for time to pass.
  package var nextDeadline: Instant? {
    let books = settled
    var next = Earliest()
    next.add(books.outbox.deadline)
    next.add(safety.deadline)
    next.add(doors.deadline)
    next.add(admission.deadline(books.alarms))
    next.add(headcount.deadline(doors))
    next.add(climate.deadline(books.outbox.room))
    next.add(vending?.deadline)
    next.add(link.deadline)
    next.add(test?.ends)
    next.add(wishes.deadline)
    return next.deadline
  }

  // Inlined, because a call would be handed a copy of the whole station.
  @inline(__always)
  var surroundings: Surroundings {
    Surroundings(
      boot: link.boot, uplink: link.uplink, uplinkLostAt: link.uplinkLostAt,
      isInMaintenance: admission.modes.isInMaintenance, isStoreDurable: link.isStoreDurable,
      isExchanging: isExchanging, clock: clock,
      directory: admission.directory, codePolicy: configuration.entry.code,
      issuers: admission.standings)
  }
}

// MARK: - What happened

extension Station {
  /// - Returns: the grant for which a door was released.
  private mutating func react(to event: Event, _ step: inout Step) -> Admission.Grant? {
    switch event {
    case .booted, .storeReplaced, .wake: break
    case .wires(let event): follow(event, &step)
    case .safety(let event): follow(safety.handle(event, at: step.now.instant), &step)
    case .door(let event): doors.handle(event, &step)
    case .entry(let event): return follow(event, &step)
    case .occupancy(let event): headcount.handle(event, surroundings, &step)
    case .climate(let event): climate.handle(event, &step)
    case .exchange(let event): follow(event, &step)
    case .link(let event): follow(event, &step)
    case .command(let event): follow(event, &step)
    }
    return nil
  }

  /// The rooms whose inputs hang on a wire are told that nothing is known of them.
  private mutating func follow(_ event: WiresEvent, _ step: inout Step) {
    let now = step.now.instant
    switch event {
    case .linesChanged(let id?, let areReadable):
      if !areReadable { headcount.loseBeams(at: id, surroundings, &step) }
      doors.lines(areReadable, at: id, &step)
    case .linesChanged(nil, true): climate.driveRelays(&step)
    case .linesChanged(nil, false):
      follow(safety.loseLines(at: now), &step)
      headcount.loseMotion()
    case .inputChattered(let id?, let line, true):
      doors.lose(line, at: id, &step)
      if line == .outerBeam || line == .innerBeam {
        headcount.loseBeams(at: id, surroundings, &step)
      }
    case .inputChattered(nil, let line, true):
      follow(safety.lose(line, at: now), &step)
      if line == .motion { headcount.loseMotion() }
    case .inputChattered(_, _, false), .conditionChanged: break
    }
    wires.handle(event, &step)
  }

  private mutating func follow(_ actions: [Safety.Action], _ step: inout Step) {
    for action in actions {
      switch action {
      case .releaseDoors(let isFire): doors.releaseForFire(isFire, &step)
      case .set(let alarm, let stands, let latch):
        let changes = latch.map { [RecoveryChange.latch($0, isSet: stands)] } ?? []
        step.set(alarm, nil, stands: stands, changes)
      }
    }
  }

  /// - Returns: the grant for which a door was released; `admit` does the rest of it.
  private mutating func follow(_ event: EntryEvent, _ step: inout Step) -> Admission.Grant? {
    let witness = event.presentation.flatMap { learn(from: $0, step.now) }
    let around = surroundings
    switch admission.handle(event, witness, doors, headcount, around, &step) {
    case .nothing: break
    case .grants(let grant):
      let request = grant.request
      doors.grant(request.code, isExtended: request.needsTime, at: grant.point, &step)
      return grant
    case .goesOn(let id): doors.requestExit(at: id, &step)
    case .leaves(let id, let member):
      doors.requestExit(at: id, &step)
      admission.letOut(at: id, &step)
      if let timing = doors.timing(of: id) {
        headcount.expectLeaving(member, at: id, until: step.now.instant + timing.exit)
      }
    case .keyTurned:
      if clock.accept(step.now) { step.remember(clock.changes(at: step.now), .relaxed) }
    case .issuersChanged: link.publishBirth(surroundings, &step)
    }
    return nil
  }

  /// The door is released: what else a grant brings about.
  private mutating func admit(
    _ grant: Admission.Grant, _ around: Surroundings, _ step: inout Step
  ) {
    admission.admit(grant, around, &step)
    guard let timing = doors.timing(of: grant.point) else { return }
    let request = grant.request
    headcount.expect(
      request.member, at: grant.point,
      until: step.now.instant + timing.access(isExtended: request.needsTime))
  }

  /// The codes at the machine tell the time as those at a door do.
  private mutating func follow(_ event: ExchangeEvent, _ step: inout Step) {
    guard vending != nil else { return }
    var witness: TimeWitness?
    if case .codeShown(let presentation) = event { witness = learn(from: presentation, step.now) }
    let around = surroundings
    if case .replied(let reply) = event, vending?.isForeign(reply) == true {
      link.handle(.messageRefused(.foreignReply), around, &step)
    }
    vending?.handle(event, witness, around, &step)
  }

  private mutating func follow(_ event: LinkEvent, _ step: inout Step) {
    link.handle(event, surroundings, &step)
    switch event {
    case .journaled:
      let around = surroundings
      vending?.journaled(around, &step)
      carryOutCommands(&step)
    case .streamRenewed:
      vending?.abandon(&step)
      commands.abandon(surroundings, &step)
    case .uplinkOpened: wishes.publishAgain(surroundings, &step)
    default: break
    }
  }

  /// A good signature tells how late it is at least. Where a clock tells the time, as it mostly
  /// does, no code may.
  /// - Returns: the code's word on the time, by which it may be judged itself; nil where none is
  ///   asked.
  private mutating func learn(from presentation: Presentation, _ now: Now) -> TimeWitness? {
    guard clock.goesByCodes(now), case .genuine(let claims, _, let terms) = presentation.verdict,
      let witness = configuration.entry.code.witness(claims, terms)
    else { return nil }
    clock.learn(witness, at: now)
    return witness
  }
}

// MARK: - Time

extension Station {
  /// Follows the passing of time, at whatever event it is noticed.
  private mutating func pass(_ around: Surroundings, _ step: inout Step) {
    doors.pass(&step)
    headcount.pass(doors, around, &step)
    admission.passIssuers(clock, &step)
    follow(safety.pass(at: step.now.instant), &step)
    admission.pass(&step)
    headcount.passArrivals(doors, at: step.now.instant)
    if let modes = admission.resolveModes(around, step.now) { doors.enter(modes, &step) }
    headcount.judgeCapacity(&step)
    judgeClock(&step)
    climate.pass(&step)
    vending?.pass(around, &step)
    if test != nil { passTest(around, &step) }
    passSettings(around, &step)
    if link.isBirthDue(at: step.now.instant) { link.publishBirth(around, &step) }
    link.pass(&step)
    if clock.isTimeToRemember(step.now) {
      step.remember(clock.changes(at: step.now), .relaxed)
    }
  }

  private func judgeClock(_ step: inout Step) {
    let isTimeUnknown = clock.judgementTime(step.now) == nil || clock.isDoubted
    step.set(.clockUntrusted, nil, stands: isTimeUnknown)
    // With the mark that it is measured by: a restart must not make it forget.
    if clock.isSetBack != step.alarms.stands(.clockSetBack, nil) {
      step.set(.clockSetBack, nil, stands: clock.isSetBack, clock.changes(at: step.now))
    }
  }

  private func note(_ jump: Duration?, _ step: inout Step) {
    guard let jump else { return }
    step.journal(
      .station(.clockStepped(milliseconds: jump.wholeNanoseconds / 1_000_000)), .soon)
  }
}

// MARK: - Starts

extension Station {
  private mutating func boot(_ recovered: Recovered, _ step: inout Step) {
    let now = step.now
    step.outbox.recover(recovered)
    clock.recover(lastTrusted: recovered.lastTrusted, mark: recovered.clockMark, at: now)
    _ = clock.observe(now)
    link.boot(recovered, at: now.instant)
    headcount.boot(recovered, clock, at: now)
    climate.boot(&step)
    follow(wishes.boot(recovered, configuration.book, &step), &step)
    admission.modes.isLockedDownByService = wishes.isLockedDown
    doors.boot(isFire: recovered.latches.contains(.fire), &step)
    climate.driveRelays(&step)
    step.journal(
      .station(
        .started(boot: recovered.boot, after: recovered.ending, version: configuration.version)),
      .urgent)
    admission.boot(recovered, &step)
    Commands.boot(recovered.commands, &step)
    if recovered.hasLostStore { step.set(.storeLost, nil, stands: true) }
    if recovered.hasNewerStore { step.set(.storeNewer, nil, stands: true) }
    follow(safety.boot(recovered.latches), &step)
    if vending != nil {
      vending?.boot(recovered, &step)
    } else if let open = recovered.exchange {
      // An earlier life left it open at a machine that was taken away meanwhile.
      Vending.settle(open, &step)
    }
  }

  /// A new store knows nothing: what the old one had not made durable is written again, and all
  /// that boot needs with it.
  private mutating func restart(on stream: StreamID, isDurable: Bool, _ step: inout Step) {
    link.storeReplaced(stream, isDurable: isDurable, &step)
    step.remember(memory(at: step.now), .urgent)
    vending?.abandon(&step)
    commands.abandon(surroundings, &step)
    step.set(.storeLost, nil, stands: true)
    link.publishBirth(surroundings, &step)
  }

  /// All that boot needs, for a store that has none of it.
  private func memory(at now: Now) -> [RecoveryChange] {
    let forgetting = clock.forgetting(at: now)
    var changes = clock.changes(at: now)
    changes += headcount.memory
    changes += safety.memory
    changes += admission.memory(forgetting: forgetting, at: now.instant)
    changes += vending?.memory(forgetting: forgetting) ?? []
    changes += commands.memory
    changes += wishes.memory
    return changes
  }
}
