// When the faults of a run strike that come by themselves, and how long they last.

/// Plans the faults that are not aimed. Everything that it does ends by itself or is mended when
/// the quiet phase begins.
struct BackgroundFaults {
  let world: World
  let broker: SimulatedBroker
  let service: SimulatedManagement
  let stations: [SimulatedStation]

  func begin() {
    every(.brokerAway, 1...30, 0) { dice in
      broker.goAway()
      world.after(dice.once(in: 8) ? dice.seconds(86_400...200_000) : dice.seconds(5...7200)) {
        broker.comeBack()
      }
    }
    every(.serviceAway, 2...36, 0) { dice in
      service.crash(awayFor: dice.once(in: 8) ? 86_400...200_000 : 5...7200)
    }
    every(.serviceRestored, 6...40, 0) { _ in service.restore() }
    every(.serviceCrash, 1...8, 0) { _ in service.crash(awayFor: 1...30) }
    for station in stations { begin(station) }
  }

  private func begin(_ station: SimulatedStation) {
    let index = station.index
    every(.powerCut, 4...48, index) { _ in if station.isRunning { station.cutPower() } }
    every(.kill, 6...48, index) { _ in if station.isRunning { station.kill() } }
    every(.machinePower, 12...72, index) { dice in
      station.machine?.losePower(for: dice.seconds(1...3600))
    }
    every(.machineSilent, 6...48, index) { dice in
      station.line?.die(for: dice.seconds(1...600))
    }
    every(.restart, 6...48, index) { _ in station.restart() }
    every(.storeLoss, 12...72, index) { _ in station.loseStore() }
    every(.clockStep, 3...30, index) { _ in station.stepClock() }
    every(.linkLoss, 1...18, index) { dice in
      broker.silence(index)
      world.after(dice.once(in: 10) ? dice.seconds(7200...110_000) : dice.seconds(5...3600)) {
        broker.unsilence(index)
      }
    }
    every(.stuckBeam, 6...48, index) { dice in
      let door = dice.pick(station.doors)
      door.stickBeam()
      world.after(dice.seconds(3600...18_000)) { door.freeBeam() }
    }
    every(.linesLost, 6...48, index) { dice in
      let door = dice.pick(station.doors)
      door.loseLines()
      world.after(dice.seconds(2...1800)) { door.regainLines() }
    }
    every(.fire, 12...72, index) { _ in station.fire.breakOut() }
    every(.readerLost, 6...48, index) { dice in
      let door = dice.pick(station.doors)
      door.setReader(connected: false)
      world.after(dice.seconds(2...1800)) { door.setReader(connected: true) }
    }
  }

  /// Plans a fault again and again, `hours` apart, while the plan has it and faults may strike.
  private func every(
    _ fault: Fault, _ hours: ClosedRange<Int>, _ index: Int,
    _ strike: @escaping (inout SeededGenerator) -> Void
  ) {
    guard world.plan.contains(fault) else { return }
    var dice = SeededGenerator(
      seed: world.seed, "weather", index * 64 + (Fault.allCases.firstIndex(of: fault) ?? 0))
    func next() {
      world.after(dice.seconds(hours.lowerBound * 3600...hours.upperBound * 3600)) {
        guard world.phase == .faults else { return }
        strike(&dice)
        next()
      }
    }
    next()
  }
}
