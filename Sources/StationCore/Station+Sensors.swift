// What a station does about its thermometers and energy meters.
import StationProtocol
import Time

extension Station {
  mutating func sensed(_ id: SensorID, _ readings: [SensorReading]?, _ step: inout Step) {
    guard let index = sensors.firstIndex(where: { $0.configuration.id == id }) else { return }
    guard let readings else { return sensors[index].fail() }
    let wasThere = sensors[index].isThere
    for sample in sensors[index].read(readings, at: step.now) { minutes.add(sample) }
    if sensors[index].isThere != wasThere { noteSensor(at: index, &step) }
  }

  /// What time has brought, and what follows from it for the alarms.
  mutating func passSensors(_ step: inout Step) {
    guard !sensors.isEmpty else { return }
    for index in sensors.indices {
      let wasThere = sensors[index].isThere
      sensors[index].wake(at: step.now.instant)
      if sensors[index].isThere != wasThere { noteSensor(at: index, &step) }
    }
    set(.sensorLost, nil, stands: isAnyLost(.thermometer), &step)
    set(.meterLost, nil, stands: isAnyLost(.meter), &step)
    set(.tooCold, nil, stands: sensors.contains { $0.watch?.isTooCold == true }, &step)
    set(.tooHot, nil, stands: sensors.contains { $0.watch?.isTooHot == true }, &step)
    closeMinute(&step)
  }

  func addSensorDeadlines(to next: inout Earliest) {
    guard !sensors.isEmpty else { return }
    for index in sensors.indices { next.add(sensors[index].deadline) }
    next.add(minutes.deadline(recordInterval))
  }

  func sensorsPayload(_ kind: SensorConfiguration.Kind, _ seq: UInt64, _ now: Now)
    -> SensorsPayload
  {
    SensorsPayload(
      seq: seq, sensors: sensors.filter { $0.configuration.kind == kind }.map(\.state),
      at: now.wall)
  }

  /// Where much waits for the service, measurements give way first: they come by the hour, and
  /// none comes once the alarm of a filling journal stands. What doors have to say keeps the room.
  private var recordInterval: Duration {
    outbox.room == .plenty
      ? configuration.sensors.recordInterval
      : max(Self.scarceInterval, configuration.sensors.recordInterval)
  }

  private static let scarceInterval: Duration = .seconds(3600)

  private mutating func closeMinute(_ step: inout Step) {
    guard let measurement = minutes.close(after: recordInterval, at: step.now.instant) else {
      return
    }
    step.changedParts.formUnion([.climate, .energy])
    guard outbox.room != .none else { return }
    journal(.climate(.measured(measurement)), .late, &step)
  }

  private func isAnyLost(_ kind: SensorConfiguration.Kind) -> Bool {
    sensors.contains { $0.configuration.kind == kind && $0.isLost }
  }

  private mutating func noteSensor(at index: Int, _ step: inout Step) {
    switch sensors[index].configuration.kind {
    case .thermometer: step.changedParts.insert(.climate)
    case .meter: step.changedParts.insert(.energy)
    }
  }
}
