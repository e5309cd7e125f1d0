// How a station tests itself: what can be driven without anyone coming in, and how each part stands.
import StationProtocol
import Time

extension Station {
  /// Drives what can be driven safely: no strike is released and no motor turns.
  mutating func beginTest(_ id: CommandID, _ step: inout Step) -> Commands.Progress {
    guard test == nil else { return .failed(.busy) }
    test = SelfTest(id: id, ends: step.now.instant + SelfTest.time)
    showIdentity(&step)
    climate.driveRelays(&step)
    return .running
  }

  /// Ends a self-test whose time is over.
  mutating func passTest(_ around: Surroundings, _ step: inout Step) {
    guard let ending = test, ending.ends <= step.now.instant else { return }
    test = nil
    let parts = tested(around, step)
    commands.note(
      .ended(CommandEnd(.done, parts: parts)), of: ending.id, around, &step)
  }

  private func tested(_ around: Surroundings, _ step: Step) -> [TestResult] {
    var parts: [TestResult] = []
    func look(_ part: TestedPart, _ alarms: [Alarm], _ point: AccessPointID? = nil) {
      parts.append(
        TestResult(part, at: point, isWell: !alarms.contains { step.alarms.stands($0, point) }))
    }
    for point in doors.points {
      look(.lines, [.linesLost, .inputChatter], point.id)
      look(.contact, [.contactFault], point.id)
      if point.door.lock.hasFeedback { look(.lock, [.strikeFault], point.id) }
      look(.reader, [.readerLost], point.id)
      look(.counter, [.counterLost], point.id)
      look(.beams, [.beamBlocked, .beamDark], point.id)
    }
    look(.lines, [.linesLost, .inputChatter])
    if safety.fire.policy.wiring != .none { look(.fireLine, [.fireLineOpen, .fireLineShort]) }
    look(.clock, [.clockUntrusted, .clockSetBack])
    look(.store, [.storeLost, .storeNewer, .journalFilling])
    look(.issuers, [.issuerKeysLost])
    look(.mains, [.mainsLost])
    let kinds = Set(configuration.sensors.sensors.map(\.kind))
    if kinds.contains(.thermometer) { look(.sensors, [.sensorLost]) }
    if kinds.contains(.meter) { look(.meters, [.meterLost]) }
    if vending != nil {
      look(.machine, [.machineLost, .machineOpen])
      look(.dropSensor, [.dropSensorFaulty])
    }
    return parts
  }

  /// Lights and sounds at every reader.
  func showIdentity(_ step: inout Step) {
    for point in doors.points { step.effects.append(.door(.show(point.id, .identify))) }
  }
}
