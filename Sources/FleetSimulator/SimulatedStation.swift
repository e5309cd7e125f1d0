// A simulated station: the real decisions, on a simulated disk, clock, hardware and network.
//
// Fault model.
// - Power may fail at any time, and by aim: after a decision and before its commit, while a commit
//   is on its way, between two batches of records, and while it boots. It is back after 1 s to
//   some hours.
// - The daemon may be stopped in order: then everything is committed and it says goodbye.
// - Its network may go silent, its store may be found damaged, its clock may be wrong (see there).
import StationCore
import StationProtocol

final class SimulatedStation {
  let index: Int
  let id: StationID
  let configuration: StationConfiguration
  let world: World
  let broker: SimulatedBroker
  let disk: SimulatedDisk
  private(set) var doors: [SimulatedDoor] = []
  private(set) var core: Station
  /// Told when the daemon has come up.
  var onStart: (() -> Void)?
  private(set) var isRunning = false
  private(set) var isConnected = false
  private(set) var clock: SimulatedClock
  /// Counts starts and ends, so that what was planned in one life does not happen in another.
  private(set) var life = 0
  private var connection: Int64 = 0
  private var attempts = 0
  private var wakeAt: Instant?
  private var dice: Dice

  init(_ world: World, _ broker: SimulatedBroker, index: Int, id: StationID) {
    self.world = world
    self.broker = broker
    self.index = index
    self.id = id
    dice = Dice(seed: world.seed, "station", index)
    configuration = Self.configuration(&dice, world.plan)
    core = Station(configuration)
    clock = SimulatedClock(utcOffsetSeconds: 3600 * (dice.below(25) - 12))
    disk = SimulatedDisk(world, station: index)
    disk.onDurable = { [unowned self] seq in committed(seq) }
    doors = configuration.accessPoints.map { SimulatedDoor(self, $0.id, $0.timing, world) }
    world.referee.configure(index, configuration)
  }

  private static func configuration(_ dice: inout Dice, _ plan: FaultPlan) -> StationConfiguration {
    let timing = DoorTiming(
      access: .seconds(3 + dice.below(13)), exit: .seconds(3 + dice.below(28)),
      heldOpen: .seconds(15 + dice.below(60)))
    let hours: OpeningHours =
      dice.once(in: 3) ? .daily(from: dice.below(1440), to: dice.below(1440)) : .always
    let most = 60 + dice.below(200)
    let small = OutboxLimits(mostRecords: UInt64(most), foldedAtOnce: UInt64(10 + dice.below(40)))
    let points = 1 + dice.below(3) % AccessPointID.most
    return StationConfiguration(
      version: "simulated",
      accessPoints: (1...points).compactMap { AccessPointID($0) }.map {
        AccessPointConfiguration(id: $0, timing: timing)
      },
      entry: EntryPolicy(hours: hours, capacity: dice.once(in: 3) ? Int64(4 + dice.below(9)) : nil),
      clock: dice.once(in: 2) ? .require : .accept,
      outbox: plan.contains(.smallOutbox) ? small : OutboxLimits())
  }

  var now: Now { clock.now(world) }

  // MARK: - Events in, effects out

  func tell(_ event: Event) {
    guard isRunning else { return }
    world.trace.add(.event(event), at: world.now, station: index)
    var effects = core.handle(event, at: now)
    alter(&effects, after: event)
    world.referee.step(index, event, effects, at: world.now)
    let life = life
    for effect in effects {
      world.trace.add(.effect(effect), at: world.now, station: index)
      perform(effect)
      guard life == self.life else { return }
    }
    planWake()
    guard let last = effects.lastJournaled else { return }
    if world.strikes(.aimedPowerCut, onceIn: 250) { cutPower(within: 0...30) }
    if world.mutation == .publishBeforeCommit { tell(.journaled(through: last)) }
  }

  private func perform(_ effect: Effect) {
    switch effect {
    case .setStrike(let point, let strike): door(point)?.tell(strike)
    case .show: break
    case .journal(let entry):
      disk.write(
        .insert(seq: entry.seq, row: entry.record.json, changes: entry.changes),
        urgent: entry.lane == .urgent)
    case .remember(let changes): disk.write(.remember(changes), urgent: false)
    case .trim(let upto): disk.write(.trim(through: upto), urgent: false)
    case .publishRecords(let range): publish(range)
    case .publishBirth(let birth): publish(.birth(id), birth.json, retained: true)
    case .publishState(let report):
      publish(.state(id, report.part), report.json, retained: true)
    }
  }

  func door(_ point: AccessPointID) -> SimulatedDoor? { doors.first { $0.point == point } }

  private func committed(_ seq: UInt64) {
    guard isRunning, seq > core.outbox.durable else { return }
    if world.strikes(.aimedPowerCut, onceIn: 250) { return cutPower() }
    tell(.journaled(through: seq))
  }

  /// Plans the next wake, unless one is planned that comes no later.
  private func planWake() {
    guard let deadline = core.nextDeadline else { return }
    let due = clock.worldInstant(of: deadline)
    if let wakeAt, wakeAt <= due { return }
    wakeAt = due
    let life = life
    world.at(due) { [unowned self] in
      guard life == self.life, wakeAt == due else { return }
      wakeAt = nil
      if let deadline = core.nextDeadline, deadline <= now.instant {
        tell(.wake)
      } else {
        planWake()
      }
    }
  }

  // MARK: - Power

  func powerOn() {
    guard !isRunning else { return }
    life += 1
    let life = life
    let hasLostStore = disk.image.next > 1 && world.strikes(.storeLoss, onceIn: 30)
    if hasLostStore { disk.replace() }
    let image = disk.image
    let boot = hasLostStore ? 1 : image.boot + 1
    disk.write(.start(boot: boot), urgent: true)
    if world.strikes(.aimedPowerCut, onceIn: 6) {
      world.after(dice.milliseconds(0...60)) { [unowned self] in
        if life == self.life { cutPower() }
      }
    }
    waitForDisk(life) { [unowned self] in
      if world.mutation == .seqReused { disk.forgetNumbers() }
      let ending: Ending = boot == 1 ? .newStore : image.isClean ? .clean : .unclean
      run(recovered(boot: boot, ending, hasLostStore: hasLostStore))
    }
  }

  private func waitForDisk(_ life: Int, _ body: @escaping () -> Void) {
    world.after(.milliseconds(20)) { [unowned self] in
      guard life == self.life else { return }
      if disk.isIdle { body() } else { waitForDisk(life, body) }
    }
  }

  private func recovered(boot: Int64, _ ending: Ending, hasLostStore: Bool) -> Recovered {
    let image = disk.image
    let marks =
      world.mutation == .replayMarksLostAtBoot
      ? []
      : image.marks.map { ReplayMark(code: $0.key, until: $0.value) }.sorted { $0.code < $1.code }
    return Recovered(
      stream: image.stream, boot: boot, ending: ending,
      floor: image.rows.count == 0 ? image.next : image.rows.floor, next: image.next, marks: marks,
      totals: image.totals, lastTrusted: image.lastTrusted, hasLostStore: hasLostStore)
  }

  private func run(_ recovered: Recovered) {
    core = Station(configuration)
    isRunning = true
    (wakeAt, connection, attempts) = (nil, 0, 0)
    clock.start(at: world.now)
    if world.strikes(.clockUntrusted, onceIn: 2) {
      clock.forget(world)
      let life = life
      world.after(dice.seconds(dice.once(in: 4) ? 600...7200 : 10...300)) { [unowned self] in
        if life == self.life { clock.learn() }
      }
    }
    tell(.booted(recovered))
    for door in doors { door.reportAll() }
    connectLater()
    onStart?()
  }

  func cutPower(within milliseconds: ClosedRange<Int>) {
    let life = life
    world.after(dice.milliseconds(milliseconds)) { [unowned self] in
      if life == self.life { cutPower() }
    }
  }

  func cutPower() {
    world.note("power cut", station: index)
    goDark()
    broker.vanish(index)
    disk.powerCut()
    world.referee.powerCut(index, disk, at: world.now)
    let life = life
    let downtime = dice.pick([1...10, 1...10, 5...120, dice.once(in: 5) ? 600...20_000 : 60...600])
    world.after(dice.seconds(downtime)) { [unowned self] in
      if life == self.life { powerOn() }
    }
  }

  private func goDark() {
    life += 1
    isRunning = false
    isConnected = false
    for door in doors { door.powerCut() }
  }

  /// An orderly stop and a new start.
  func restart() {
    guard isRunning else { return }
    world.note("stop", station: index)
    let session = session
    let wasConnected = isConnected
    goDark()
    world.referee.stopped(index, at: world.now)
    disk.write(.stop, urgent: true)
    disk.begin()
    let life = life
    waitForDisk(life) { [unowned self] in
      if wasConnected {
        publish(
          .status(id),
          StatusPayload(isOnline: false, session: session, reason: .stopping, at: now.wall).json,
          retained: true)
        broker.disconnect(index)
      }
      world.after(dice.seconds(1...30)) { [unowned self] in
        if life == self.life { powerOn() }
      }
    }
  }

  /// The store is found damaged while the daemon runs.
  func loseStore() {
    guard isRunning else { return }
    disk.replace()
    tell(.storeReplaced(disk.image.stream))
    // A will that names the old stream would say nothing about the new one.
    broker.disconnect(index)
    uplinkClosed()
  }

  func stepClock() {
    clock.jump(by: dice.seconds(0...172_800) - .seconds(86_400))
    world.referee.clockMoved(index)
  }

  /// Mends what faults may have left.
  func mend() {
    clock.learn()
    world.referee.clockMoved(index)
    for door in doors {
      door.freeBeam()
      door.regainLines()
      door.setReader(connected: true)
    }
    if !isRunning { powerOn() }
  }
}

// MARK: - The uplink

extension SimulatedStation {
  private var session: SessionID {
    SessionID(stream: disk.image.stream, boot: disk.image.boot, connection: connection)
  }

  private func connectLater() {
    let life = life
    attempts += 1
    world.after(dice.milliseconds(500...1000 * min(60, 1 << min(attempts, 6)))) { [unowned self] in
      if life == self.life, isRunning, !isConnected { connect() }
    }
  }

  private func connect() {
    connection += 1
    let session = session
    let will = SimulatedBroker.Message(
      topic: .status(id),
      payload: StatusPayload(isOnline: false, session: session, reason: .lost, at: now.wall).json,
      isRetained: true)
    let life = life
    isConnected = broker.connect(index, will: will) { [unowned self] path, payload, _ in
      if life == self.life { received(path, payload) }
    } onClosed: { [unowned self] in
      if life == self.life, isConnected { uplinkClosed() }
    }
    guard isConnected else { return connectLater() }
    attempts = 0
    publish(
      .status(id),
      StatusPayload(isOnline: true, session: session, reason: .connected, at: now.wall).json,
      retained: true)
    tell(.uplinkOpened(connection: connection))
  }

  private func uplinkClosed() {
    isConnected = false
    tell(.uplinkClosed)
    connectLater()
  }

  private func received(_ path: String, _ payload: [UInt8]) {
    guard case .ack(id) = Topic(path: path), let ack = try? Acknowledgement(json: payload) else {
      return world.referee.complain("station \(index + 1) got what is not for it on \(path)")
    }
    tell(.acknowledged(ack))
  }

  private func publish(_ topic: Topic, _ payload: [UInt8], retained: Bool) {
    broker.publish(
      SimulatedBroker.Message(topic: topic, payload: payload, isRetained: retained),
      from: index)
  }

  private func publish(_ range: ClosedRange<UInt64>) {
    var first = range.lowerBound
    while first <= range.upperBound {
      let last = min(range.upperBound, first + UInt64(RecordBatch.mostRecords) - 1)
      var records: [[UInt8]] = []
      for seq in first...last {
        guard let row = disk.row(seq) else {
          return world.referee.complain("station \(index + 1) has no row \(seq) to send")
        }
        records.append(row)
      }
      let stream = disk.image.stream
      world.referee.sent(index, stream, first, records)
      publish(
        .out(id), RecordBatch(stream: stream, first: first, records: records).json, retained: false)
      if world.strikes(.aimedPowerCut, onceIn: 250) { return cutPower() }
      first = last + 1
    }
  }
}

// MARK: - Planted bugs

extension SimulatedStation {
  private func alter(_ effects: inout [Effect], after event: Event) {
    guard let mutation = world.mutation else { return }
    switch mutation {
    case .relockForgotten:
      if dice.once(in: 20) {
        effects.removeAll { if case .setStrike(_, .secure) = $0 { true } else { false } }
      }
    case .exitRefused:
      if case .exitRequested = event, core.occupancy.totals.inside >= 3 {
        effects.removeAll { if case .setStrike = $0 { true } else { false } }
      }
    case .grantUnrecorded:
      for (place, effect) in effects.enumerated() {
        if case .journal(var entry) = effect,
          case .entryGranted(let point, _, _) = entry.record.body,
          dice.once(in: 20)
        {
          entry.record.body = .passage(point, .turnBack, inside: 0)
          effects[place] = .journal(entry)
        }
      }
    case .relockShortened: shorten(effects)
    case .publishBeforeCommit, .ackBeforeCommit, .ackOverAHole, .replayMarksLostAtBoot, .seqReused,
      .recordTwice:
      break
    }
  }

  /// Secures the strike when the first of two releases would have ended.
  private func shorten(_ effects: [Effect]) {
    for case .setStrike(let point, .release) in effects {
      guard let door = door(point), door.isReleased else { continue }
      let life = life
      world.after(door.timing.access - .seconds(1)) { [unowned self] in
        guard life == self.life, isRunning, door.isReleased else { return }
        let effect = Effect.setStrike(point, .secure)
        world.trace.add(.effect(effect), at: world.now, station: index)
        world.referee.step(index, .wake, [effect], at: world.now)
        door.tell(.secure)
      }
    }
  }
}

extension [Effect] {
  /// The number of the last record among them.
  fileprivate var lastJournaled: UInt64? {
    reversed().lazy.compactMap { effect in
      if case .journal(let entry) = effect { entry.seq } else { nil }
    }.first
  }
}
