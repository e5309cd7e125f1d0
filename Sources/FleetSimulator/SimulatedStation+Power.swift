// How a simulated station comes up, goes dark, stops in order, and loses its store or its time.
import StationCore
import StationProtocol

extension SimulatedStation {
  func powerOn() {
    guard !isRunning else { return }
    life += 1
    let life = life
    let hasLostStore = disk.image.next > 1 && world.strikes(.storeLoss, onceIn: 30)
    // One in 255 would do so; the aim is better.
    if hasLostStore { disk.replace(drawing: dice.once(in: 2) ? machine?.serial : nil) }
    let image = disk.image
    let boot = hasLostStore ? 1 : image.boot + 1
    disk.write(.start(boot: boot), urgent: true)
    if world.strikes(.cutInMidBoot, onceIn: 6) {
      world.after(dice.milliseconds(0...60)) { [unowned self] in
        if life == self.life { endSuddenly() }
      }
    }
    waitForDisk(life) { [unowned self] in
      if world.mutation == .seqReused { disk.forgetNumbers() }
      let ending: Ending = boot == 1 ? .newStore : image.isClean ? .clean : .unclean
      run(recovered(boot: boot, ending, hasLostStore: hasLostStore))
    }
  }

  func waitForDisk(_ life: Int, _ body: @escaping () -> Void) {
    world.after(.milliseconds(20)) { [unowned self] in
      guard life == self.life else { return }
      if disk.isIdle { body() } else { waitForDisk(life, body) }
    }
  }

  func recovered(boot: Int64, _ ending: Ending, hasLostStore: Bool) -> Recovered {
    let image = disk.image
    let doors = image.marks.map { ReplayMark(code: $0.key, until: $0.value) }
    let machine = image.paid.map { ReplayMark(code: $0.key, until: $0.value, purpose: .machine) }
    let marks =
      world.mutation == .replayMarksLostAtBoot
      ? [] : doors.sorted { $0.code < $1.code } + machine.sorted { $0.code < $1.code }
    return Recovered(
      stream: image.stream, boot: boot, ending: ending,
      floor: image.rows.count == 0 ? image.next : image.rows.floor, next: image.next, marks: marks,
      totals: image.totals, day: image.day, lastTrusted: image.lastTrusted,
      clockMark: image.clockMark, latches: image.latches,
      whereabouts: image.whereabouts.sorted { $0.key < $1.key }
        .map { Stay(member: $0.key, since: $0.value) },
      guesses: image.guesses, exchange: remembered(image.exchange), serial: image.serial,
      slots: image.slots.values.sorted { $0.slot < $1.slot }, settlements: image.settlements,
      serviceStore: image.serviceStore, commands: image.commands, heldReaders: image.heldReaders,
      typedCodes: remembered(image.typedCodes),
      desired: world.mutation == .wishForgotten ? nil : image.desired,
      settings: image.settings, start: start(),
      hasLostStore: hasLostStore)
  }

  private func remembered(_ codes: [PooledCode]) -> [PooledCode] {
    guard world.mutation == .usesForgotten else { return codes }
    return codes.map { PooledCode($0.accessPoint, KeptCode($0.kept.code)) }
  }

  private func start() -> StartNonce {
    world.mutation == .nonceReused
      ? StartNonce(high: 0, low: 0) : StartNonce(high: dice.next(), low: dice.next())
  }

  func run(_ recovered: Recovered) {
    core = Station(configuration)
    isRunning = true
    (wakeAt, connection, attempts) = (nil, 0, 0)
    if isClockNew { clock.start(at: world.now) }
    if isClockNew, world.strikes(.clockUntrusted, onceIn: 2) {
      clock.forget(world)
      let life = life
      world.after(dice.seconds(dice.once(in: 4) ? 600...7200 : 10...300)) { [unowned self] in
        if life == self.life { clock.learn() }
      }
    }
    isClockNew = false
    world.referee.started(index, at: world.now)
    tell(.booted(recovered))
    fire.reportAll()
    machine?.reportAll()
    tell(.entry(.maintenanceChanged(isOn: isKeyTurned)))
    for door in doors { door.reportAll() }
    tell(.occupancy(.motionChanged(isMoving: isMoving)))
    connectLater()
    if disk.image.settings?.trial != nil { aimAtTrial() }
    onStart?()
  }

  func endSuddenly(within milliseconds: ClosedRange<Int>) {
    let life = life
    world.after(dice.milliseconds(milliseconds)) { [unowned self] in
      if life == self.life { endSuddenly() }
    }
  }

  /// Mostly the power fails; sometimes it is the daemon alone.
  func endSuddenly() {
    if dice.once(in: 3) { kill() } else { cutPower() }
  }

  /// The daemon dies at once. The computer, its clock and the machine live on.
  func kill() {
    guard isRunning || !disk.isIdle else { return cutPower() }
    world.note("killed", station: index)
    end(isPowerLost: false)
    let life = life
    world.after(dice.seconds(1...20)) { [unowned self] in
      if life == self.life { powerOn() }
    }
  }

  private func end(isPowerLost: Bool) {
    goDark()
    broker.vanish(index)
    disk.cut(isPowerLost: isPowerLost)
    world.referee.cut(index, disk, isPowerLost: isPowerLost, at: world.now)
  }

  func cutPower() {
    world.note("power cut", station: index)
    if let machine, machine.sharesSupply { machine.powerCut() }
    isClockNew = true
    end(isPowerLost: true)
    let life = life
    let downtime = dice.pick([1...10, 1...10, 5...120, dice.once(in: 5) ? 600...20_000 : 60...600])
    world.after(dice.seconds(downtime)) { [unowned self] in
      guard life == self.life else { return }
      if let machine, machine.sharesSupply { machine.powerOn() }
      // A computer takes about as long to start as a board does.
      world.after(dice.milliseconds(500...15_000)) { [unowned self] in
        if life == self.life { powerOn() }
      }
    }
  }

  func goDark() {
    life += 1
    isRunning = false
    isConnected = false
    for door in doors { door.powerCut() }
    line?.forget()
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
    tell(.storeReplaced(disk.image.stream, isDurable: true))
    // A will that names the old stream would say nothing about the new one.
    broker.disconnect(index)
    uplinkClosed()
  }

  /// The store goes on with another stream, and so does the session.
  func renewed(_ stream: StreamID, through last: UInt64) {
    guard isRunning else { return }
    tell(.link(.streamRenewed(stream, through: last)))
    broker.disconnect(index)
    uplinkClosed()
  }

  func stepClock() {
    clock.jump(by: dice.seconds(0...172_800) - .seconds(86_400))
  }

  /// The maintenance key is where somebody left it, whether or not the daemon notices.
  func turnMaintenanceKey(on isOn: Bool) {
    isKeyTurned = isOn
    tell(.entry(.maintenanceChanged(isOn: isOn)))
  }

  /// What the store says of the exchange that was open.
  private func remembered(_ open: OpenExchange?) -> OpenExchange? {
    guard var open, case .dispensing(let serial, let at) = open.phase else { return open }
    switch world.mutation {
    case .replayedAtBoot where at == nil:
      open.phase = .dispensing(serial: serial, at: SimulatedClock.zero)
    case .orderForgotten: open.phase = .dispensing(serial: serial, at: nil)
    default: break
    }
    return open
  }

  /// Mends what faults may have left.
  func mend() {
    clock.learn()
    for door in doors {
      door.freeBeam()
      door.regainLines()
      door.setReader(connected: true)
    }
    machine?.mend()
    line?.mend()
    fire.putOut()
    if core.safety.fire.isLatched || disk.image.latches.contains(.fire) { fire.comeWithKey() }
    if !isRunning { powerOn() }
  }
}
