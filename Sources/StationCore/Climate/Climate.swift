// The thermometers and energy meters of a station, and the relays that follow its occupancy.
import StationProtocol
import Time

/// An input of the sensors and the relays.
package enum ClimateEvent: Equatable, Sendable {
  /// A thermometer or an energy meter was read.
  case sensorRead(SensorID, [SensorReading])
  /// A sensor could not be read.
  case sensorFailed(SensorID)
  /// The switch that keeps a relay on by hand was moved.
  case relayOverrideChanged(Relay, isOn: Bool)
}

/// Keeps the readings of the sensors, writes the record of each stretch of time, and raises alarms.
/// Switches the relays.
package struct Climate: Equatable, Sendable {
  private var policy: SensorPolicy
  private var relays: [RelaySwitch]
  /// In the order of their names.
  package private(set) var sensors: [Sensor] = []
  private var minutes = MinuteBook(at: Instant(nanoseconds: 0))

  init(_ policy: SensorPolicy, _ relays: [RelayConfiguration]) {
    self.policy = policy
    self.relays = relays.map(RelaySwitch.init)
  }

  /// Other limits hold from the next reading on. The sensors are the board's, and the same ones.
  mutating func adopt(_ policy: SensorPolicy) {
    self.policy = policy
    for index in sensors.indices {
      guard
        let configuration = policy.sensors.first(where: {
          $0.id == sensors[index].configuration.id
        })
      else { continue }
      sensors[index].adopt(configuration.limits)
    }
  }

  mutating func boot(_ step: inout Step) {
    sensors = policy.sensors.map { Sensor($0, at: step.now.instant) }
    minutes = MinuteBook(at: step.now.instant)
  }

  mutating func handle(_ event: ClimateEvent, _ step: inout Step) {
    switch event {
    case .sensorRead(let id, let readings): sense(id, readings, &step)
    case .sensorFailed(let id): sense(id, nil, &step)
    case .relayOverrideChanged(let relay, let isOn):
      guard let index = relays.firstIndex(where: { $0.configuration.relay == relay }) else {
        return
      }
      carryOut(relays[index].override(isOn), relay, &step)
    }
  }

  /// - Parameter readings: nil where the sensor could not be read.
  private mutating func sense(_ id: SensorID, _ readings: [SensorReading]?, _ step: inout Step) {
    guard let index = sensors.firstIndex(where: { $0.configuration.id == id }) else { return }
    guard let readings else { return sensors[index].fail() }
    let wasThere = sensors[index].isThere
    for sample in sensors[index].read(readings, at: step.now) { minutes.add(sample) }
    if sensors[index].isThere != wasThere { note(index, &step) }
  }

  /// Closes what time has ended, and judges the alarms.
  mutating func pass(_ step: inout Step) {
    guard !sensors.isEmpty else { return }
    for index in sensors.indices {
      let wasThere = sensors[index].isThere
      sensors[index].wake(at: step.now.instant)
      if sensors[index].isThere != wasThere { note(index, &step) }
    }
    step.set(.sensorLost, nil, stands: isAnyLost(.thermometer))
    step.set(.meterLost, nil, stands: isAnyLost(.meter))
    for rule in LimitRule.all {
      step.set(rule.alarm, nil, stands: sensors.contains { $0.raises(rule.alarm) })
    }
    closeMinute(&step)
  }

  /// When `pass` or `switchRelays` has something to do.
  func deadline(_ room: Outbox.Room) -> Instant? {
    var next = Earliest()
    for relay in relays { next.add(relay.deadline) }
    guard !sensors.isEmpty else { return next.deadline }
    for index in sensors.indices { next.add(sensors[index].deadline) }
    next.add(minutes.deadline(recordInterval(room)))
    return next.deadline
  }

  func state(_ kind: SensorConfiguration.Kind, _ seq: UInt64, _ now: Now) -> SensorsPayload {
    SensorsPayload(
      seq: seq, sensors: sensors.filter { $0.configuration.kind == kind }.map(\.state),
      at: now.wall)
  }

  /// Measurements give way first where much waits for the service: they come by the hour, and
  /// none comes once the alarm of a filling journal stands. What doors have to say keeps the room.
  private func recordInterval(_ room: Outbox.Room) -> Duration {
    room == .plenty ? policy.recordInterval : max(Self.scarceInterval, policy.recordInterval)
  }

  private static let scarceInterval: Duration = .seconds(3600)

  private mutating func closeMinute(_ step: inout Step) {
    let interval = recordInterval(step.outbox.room)
    guard let measurement = minutes.close(after: interval, at: step.now.instant) else { return }
    step.changedParts.formUnion([.climate, .energy])
    guard step.outbox.room != .none else { return }
    step.journal(.climate(.measured(measurement)), .late)
  }

  private func isAnyLost(_ kind: SensorConfiguration.Kind) -> Bool {
    sensors.contains { $0.configuration.kind == kind && $0.isLost }
  }

  private func note(_ index: Int, _ step: inout Step) {
    switch sensors[index].configuration.kind {
    case .thermometer: step.changedParts.insert(.climate)
    case .meter: step.changedParts.insert(.energy)
    }
  }
}

// MARK: - Relays

extension Climate {
  /// Tells every relay what it is to be.
  func driveRelays(_ step: inout Step) {
    for relay in relays {
      step.effects.append(.climate(.setRelay(relay.configuration.relay, isOn: relay.isOn)))
    }
  }

  /// Has the relays follow the count and the records of this step.
  /// - Parameter isOccupied: whether somebody is inside, or may be.
  mutating func switchRelays(isOccupied: Bool, _ step: inout Step) {
    guard !relays.isEmpty else { return }
    let comesIn = step.records.contains { record in
      switch record.body {
      case .entry(.granted), .occupancy(.passage(_, .inward, _, _)): true
      default: false
      }
    }
    let now = step.now.instant
    for index in relays.indices {
      let relay = relays[index].configuration.relay
      if comesIn { carryOut(relays[index].enter(at: now), relay, &step) }
      carryOut(relays[index].count(isOccupied: isOccupied, at: now), relay, &step)
      carryOut(relays[index].wake(at: now), relay, &step)
    }
  }

  /// - Returns: why nothing was changed; nil where it was.
  mutating func carryOut(_ order: ClimateOrder, _ step: inout Step) -> OrderFault? {
    switch order {
    case .setRelay(let relay, let hold):
      guard let index = relays.firstIndex(where: { $0.configuration.relay == relay }) else {
        return .noSuchPart
      }
      carryOut(relays[index].hold(hold), relay, &step)
      return nil
    }
  }

  private func carryOut(_ change: RelaySwitch.Change?, _ relay: Relay, _ step: inout Step) {
    guard let change else { return }
    step.effects.append(.climate(.setRelay(relay, isOn: change.isOn)))
    step.journal(.climate(.relaySwitched(relay, isOn: change.isOn, cause: change.cause)), .soon)
  }
}
