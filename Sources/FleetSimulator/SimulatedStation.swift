// A simulated station: the real decisions, on a simulated disk, clock, hardware and network.
//
// Fault model.
// - Power may fail at any time, and by aim: after a decision and before its commit, while a commit
//   is on its way, while the motor turns, between two batches of records, and while it boots. It is
//   back after 1 s to some hours. At the same moments the daemon alone may be killed.
// - The daemon may be stopped in order: then everything is committed and it says goodbye.
// - Its network may go silent, its store may be found damaged, its clock may be wrong (see there).
import StationCore
import StationProtocol
import Time

final class SimulatedStation {
  let index: Int
  let id: StationID
  let configuration: StationConfiguration
  let world: World
  let broker: SimulatedBroker
  let disk: SimulatedDisk
  private(set) var doors: [SimulatedDoor] = []
  private(set) var machine: SimulatedMachine?
  private(set) var line: SimulatedLine?
  private(set) lazy var fire = SimulatedFire(self, world)
  var core: Station
  /// Told when the daemon has come up.
  var onStart: (() -> Void)?
  var isRunning = false
  var isConnected = false
  /// Power was lost: the monotonic clock begins anew.
  var isClockNew = true
  var isKeyTurned = false
  /// The number of the last record of an exchange, which cuts are aimed at.
  private var lastOfExchange: UInt64 = 0
  /// For a planted bug: who was to pay last.
  var shownBefore: MemberID?
  /// For planted bugs: the commands that were heard, and how many so far.
  var known: Set<CommandID> = []
  var repeated = 0
  /// For planted bugs: what settings were taken for, and the newest that were heard.
  var settingsBug = SettingsBug()
  /// The messages that have left, until the core is told.
  var sent = Sent()
  /// What the motion sensor of the room says.
  var isMoving = false
  var clock: SimulatedClock
  /// Counts starts and ends, so that what was planned in one life does not happen in another.
  var life = 0
  var connection: Int64 = 0
  var attempts = 0
  var wakeAt: Instant?
  var dice: SeededGenerator

  init(_ world: World, _ broker: SimulatedBroker, index: Int, id: StationID) {
    self.world = world
    self.broker = broker
    self.index = index
    self.id = id
    dice = SeededGenerator(seed: world.seed, "station", index)
    configuration = SimulatedFacility.draw(&dice, world.plan)
    core = Station(configuration)
    clock = SimulatedClock(utcOffsetSeconds: 3600 * (dice.below(25) - 12))
    disk = SimulatedDisk(world, station: index)
    disk.onDurable = { [unowned self] seq in committed(seq) }
    disk.onRenewed = { [unowned self] in renewed($0, through: $1) }
    doors = configuration.accessPoints.map { SimulatedDoor(self, $0.id, $0.timing, world) }
    if let policy = configuration.vending {
      let machine = SimulatedMachine(self, policy, world)
      machine.onTurn = { [unowned self] in aimAtMotor() }
      self.machine = machine
      line = SimulatedLine(self, machine, world)
    }
    world.referee.configure(index, configuration)
  }

  /// Everything that may go wrong while a motor turns.
  private func aimAtMotor() {
    if world.strikes(.cutInMidMotor, onceIn: 8) { endSuddenly(within: 0...7000) }
    if world.strikes(.machinePower, onceIn: 20) {
      let outage = world.delay(100...60_000)
      world.after(world.delay(0...7000)) { [unowned self] in machine?.losePower(for: outage) }
    }
    if world.strikes(.machineLine, onceIn: 8) { line?.turnBad() }
    if world.strikes(.machineSilent, onceIn: 20) {
      let outage = world.delay(500...20_000)
      world.after(world.delay(0...7000)) { [unowned self] in line?.die(for: outage) }
    }
  }

  var now: Now { clock.now(world) }

  /// Whether all that it wrote is in the service.
  var isSettled: Bool { disk.image.rows.count == 0 && disk.isIdle }

  // MARK: - Events in, effects out

  func tell(_ event: Event) {
    guard isRunning else { return }
    if case .booted = event { sent = Sent() }
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
    for event in sent.take() {
      tell(event)
      guard life == self.life else { return }
    }
    planWake()
    if effects.takesSettings { aimAtTrial() }
    guard let (last, isOfExchange) = effects.lastJournaled else { return }
    if isOfExchange { lastOfExchange = last }
    let odds = isOfExchange ? 25 : effects.takesSettings ? 8 : 250
    if world.strikes(.cutAtPendingWrite, onceIn: odds) {
      endSuddenly(within: 0...30)
    }
    let isHasty =
      world.mutation == .publishBeforeCommit
      || (world.mutation == .commandBeforeCommit && effects.contains(where: \.acceptsCommand))
    if isHasty { tell(.link(.journaled(through: last))) }
  }

  private func perform(_ effect: Effect) {
    switch effect {
    case .door(.setStrike(let point, let strike)): door(point)?.tell(strike)
    case .door(.show), .entry(.showCard), .climate(.setRelay), .exchange(.showScreen): break
    case .exchange(.dispense(let slot, let serial)): line?.dispense(slot, serial: serial)
    case .exchange(.checkMachine(let slot)): line?.check(slot)
    case .link(.ask(let request)): ask(request)
    case .command(.publishResult(let result)):
      publish(.commandResult(id), result.json, retained: false)
    case .command(.publishReported(let reported)):
      publish(.reportedConfiguration(id), reported.json, retained: true)
    case .command(.setLogLevel): break
    case .command(.collectSupport(let command)): collectSupport(command)
    case .command(.restart): restart()
    case .store(.journal(let entry)):
      disk.write(
        .insert(
          core.outbox.stream, seq: entry.seq, row: entry.record.json, changes: entry.changes),
        urgent: entry.lane == .urgent)
    case .store(.remember(let changes, let lane)):
      disk.write(.remember(changes), urgent: lane == .urgent)
    case .store(.trim(let upto)): disk.write(.trim(through: upto), urgent: false)
    case .store(.renewStream): disk.write(.renew, urgent: true)
    case .store(.readKeptEnd(let id)): readKeptEnd(after: id)
    case .link(.publishKeptEnd(let end)):
      publish(
        RecordBatch(
          stream: end.stream, first: end.seq, records: [end.record.json], isKept: true))
    case .link(.publishRecords(let range)): publish(range)
    case .link(.publishBirth(let birth)): publish(.birth(id), birth.json, retained: true)
    case .link(.publishState(let report)):
      publish(.state(id, report.part), report.json, retained: true)
    }
  }

  /// The file takes a while to be written.
  private func collectSupport(_ command: CommandID) {
    let life = life
    let fault: OrderFault? = dice.once(in: 4) ? .notWritten : nil
    world.after(dice.milliseconds(5...2000)) { [unowned self] in
      if life == self.life { tell(.command(.finished(command, fault))) }
    }
  }

  func door(_ point: AccessPointID) -> SimulatedDoor? { doors.first { $0.point == point } }

  private func committed(_ seq: UInt64) {
    guard isRunning, seq > core.outbox.durable else { return }
    let isOfExchange = seq == lastOfExchange
    if world.strikes(.cutAtPendingWrite, onceIn: isOfExchange ? 25 : 250) { return endSuddenly() }
    tell(.link(.journaled(through: seq)))
  }

  /// Asked in place: a copy of a whole station costs more than everything else about it.
  private static func deadline(_ core: inout Station) -> Instant? { core.nextDeadline }

  /// Plans the next wake, unless one is planned that comes no later.
  private func planWake() {
    guard let deadline = Self.deadline(&core) else { return }
    let due = clock.worldInstant(of: deadline)
    if let wakeAt, wakeAt <= due { return }
    wakeAt = due
    let life = life
    world.at(due) { [unowned self] in
      guard life == self.life, wakeAt == due else { return }
      wakeAt = nil
      if let deadline = Self.deadline(&core), deadline <= now.instant {
        tell(.wake)
      } else {
        planWake()
      }
    }
  }
}

extension [Effect] {
  /// The number of the last record among them, and whether one belongs to an exchange.
  fileprivate var lastJournaled: (seq: UInt64, isOfExchange: Bool)? {
    var last: UInt64?
    var isOfExchange = false
    for case .store(.journal(let entry)) in self {
      last = entry.seq
      switch entry.record.body {
      case .exchange(.intended), .exchange(.dispensing), .exchange(.ended): isOfExchange = true
      default: break
      }
    }
    return last.map { ($0, isOfExchange) }
  }
}
