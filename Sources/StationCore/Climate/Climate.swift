// The thermometers and energy meters of a station.
import StationProtocol
import Time

/// Keeps the readings of the sensors, writes the record of each stretch of time, and raises alarms.
package struct Climate: Equatable, Sendable {
  private let policy: SensorPolicy
  /// In the order of their names.
  package private(set) var sensors: [Sensor] = []
  private var minutes = MinuteBook(at: Instant(nanoseconds: 0))

  init(_ policy: SensorPolicy) { self.policy = policy }

  mutating func boot(at now: Instant) {
    sensors = policy.sensors.map { Sensor($0, at: now) }
    minutes = MinuteBook(at: now)
  }

  /// - Parameter readings: nil where the sensor could not be read.
  mutating func sense(_ id: SensorID, _ readings: [SensorReading]?, _ step: inout Step) {
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
    step.set(.tooCold, nil, stands: sensors.contains { $0.watch?.isTooCold == true })
    step.set(.tooHot, nil, stands: sensors.contains { $0.watch?.isTooHot == true })
    closeMinute(&step)
  }

  /// When `pass` has something to do.
  func deadline(_ room: Outbox.Room) -> Instant? {
    guard !sensors.isEmpty else { return nil }
    var next = Earliest()
    for index in sensors.indices { next.add(sensors[index].deadline) }
    next.add(minutes.deadline(recordInterval(room)))
    return next.deadline
  }

  func state(_ kind: SensorConfiguration.Kind, _ seq: UInt64, _ now: Now) -> SensorsPayload {
    SensorsPayload(
      seq: seq, sensors: sensors.filter { $0.configuration.kind == kind }.map(\.state),
      at: now.wall)
  }

  /// Where much waits for the service, measurements give way first: they come by the hour, and
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
