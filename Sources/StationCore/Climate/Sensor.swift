// One thermometer or energy meter: what it said last, and whether it can be believed.
import StationProtocol
import Time

/// Takes readings, refuses those that cannot be so, and knows when the sensor is lost.
package struct Sensor: Equatable, Sendable {
  package private(set) var configuration: SensorConfiguration
  /// In the order of their quantities.
  package private(set) var readings: [SensorsPayload.Reading] = []
  package private(set) var presence: Presence
  /// Readings that failed or could not be so.
  package private(set) var refused: Int64 = 0
  private var watches: [LimitWatch]
  private var total: EnergyTotal

  package enum Presence: Equatable, Sendable {
    /// Nothing usable yet; becomes `there` or, when its time is over, `lost`.
    case awaited(since: Instant)
    /// Its last good reading; becomes `lost`.
    case there(Instant)
    /// Becomes `there` with the next good reading.
    case lost
  }

  private static let powerOnValue: Int64 = 85_000
  /// So near to the reading before it, the power-on value is a temperature like any other.
  private static let powerOnStep: Int64 = 5000

  package init(_ configuration: SensorConfiguration, at now: Instant) {
    self.configuration = configuration
    presence = .awaited(since: now)
    total = EnergyTotal(modulus: configuration.modulus)
    watches = configuration.limits.map(LimitWatch.init)
  }

  /// A limit that has not changed goes on being watched as it was.
  mutating func adopt(_ limits: [ReadingLimits]) {
    configuration.limits = limits
    watches = limits.map { limits in
      watches.first { $0.limits == limits } ?? LimitWatch(limits)
    }
  }

  package var isThere: Bool {
    if case .there = presence { true } else { false }
  }

  package var isLost: Bool { presence == .lost }

  /// Whether one of its values has been beyond its limit for long enough.
  package func raises(_ alarm: Alarm) -> Bool { watches.contains { $0.raises(alarm) } }

  /// Takes what it said. One reading that cannot be so does not spoil the others, but a sensor
  /// that goes on like that is lost.
  /// - Returns: what counts for the record of the minute.
  package mutating func read(_ all: [SensorReading], at now: Now) -> [MinuteBook.Sample] {
    var samples: [MinuteBook.Sample] = []
    for reading in all where configuration.quantities.contains(reading.quantity) {
      guard isCredible(reading) else {
        refused += 1
        continue
      }
      guard let sample = take(reading, now) else {
        refused += 1
        continue
      }
      samples.append(sample)
    }
    if samples.count == configuration.quantities.count { presence = .there(now.instant) }
    return samples
  }

  /// The sensor could not be read.
  package mutating func fail() {
    refused += 1
    total.silent()
  }

  package var deadline: Instant? {
    let due: Instant? =
      switch presence {
      case .awaited(let since): since + configuration.patience
      case .there(let last): last + configuration.patience
      case .lost: nil
      }
    return ([due] + watches.map(\.deadline)).compactMap { $0 }.min()
  }

  package mutating func wake(at now: Instant) {
    // The delay first: what was beyond the limit until the sensor was lost was so that long.
    for index in watches.indices { watches[index].wake(at: now) }
    switch presence {
    case .awaited(let last), .there(let last):
      guard now >= last + configuration.patience else { return }
      presence = .lost
      for index in watches.indices { watches[index].lose() }
    case .lost: break
    }
  }

  package var state: SensorsPayload.Sensor {
    SensorsPayload.Sensor(
      sensor: configuration.id, isThere: isThere, refused: refused, readings: readings)
  }

  private func isCredible(_ reading: SensorReading) -> Bool {
    guard reading.quantity.range.contains(reading.value) else { return false }
    guard configuration.hasPowerOnValue, reading.quantity == .temperature,
      reading.value == Self.powerOnValue
    else { return true }
    let last = readings.first { $0.quantity == .temperature }
    return isThere && last.map { abs($0.value - reading.value) <= Self.powerOnStep } == true
  }

  /// - Returns: nil where the reading does not fit those before it.
  private mutating func take(_ reading: SensorReading, _ now: Now) -> MinuteBook.Sample? {
    let place = MinuteBook.Place(sensor: configuration.id, quantity: reading.quantity)
    let value: MinuteBook.Sample.Value
    if reading.quantity == .energy {
      switch total.read(reading.value, at: now.instant) {
      case .used(let used): value = .counter(used: used, last: reading.value, isReset: false)
      case .replaced(let used): value = .counter(used: used, last: reading.value, isReset: true)
      case .doubtful: return nil
      }
    } else {
      value = .level(reading.value)
    }
    let limits = configuration.limits.first { $0.quantity == reading.quantity }
    let new = SensorsPayload.Reading(
      quantity: reading.quantity, value: reading.value, low: limits?.low?.value,
      high: limits?.high?.value,
      at: now.wall)
    readings.removeAll { $0.quantity == reading.quantity }
    readings.append(new)
    readings.sort { $0.quantity < $1.quantity }
    for index in watches.indices where watches[index].limits.quantity == reading.quantity {
      watches[index].sense(reading.value, at: now.instant)
    }
    return MinuteBook.Sample(place: place, value: value)
  }
}
