// What a facility decides about its thermometers and energy meters.
import StationProtocol

/// Every sensor of a station, and how often what they say is written down.
package struct SensorPolicy: Equatable, Sendable {
  /// In the order of their names.
  package var sensors: [SensorConfiguration]
  /// The time that one record of measurements speaks of.
  package var recordInterval: Duration

  package init(_ sensors: [SensorConfiguration] = [], recordInterval: Duration = .seconds(60)) {
    precondition(sensors.count <= SensorID.most, "more sensors than a station may have")
    precondition(
      sensors.reduce(0) { $0 + $1.quantities.count } <= Measurement.mostValues,
      "more values than a record may have")
    self.sensors = sensors.sorted { $0.id < $1.id }
    self.recordInterval = recordInterval
  }
}

/// One thermometer or energy meter.
package struct SensorConfiguration: Equatable, Sendable {
  package var id: SensorID
  package var kind: Kind
  /// The quantities of each reading.
  package var quantities: [Quantity]
  /// How long it may say nothing usable before it is lost.
  package var patience: Duration
  /// The limits of each quantity, at most once; of a quantity without any, each value is good.
  package var limits: [ReadingLimits]
  /// The total at which an energy counter begins anew; nil where that is not known.
  package var modulus: Int64?
  /// A DS18B20 says 85 °C, exactly, when it had no power while it measured.
  package var hasPowerOnValue: Bool

  package enum Kind: Equatable, Sendable {
    case thermometer
    case meter
  }

  package init(
    _ id: SensorID, _ kind: Kind, quantities: [Quantity], patience: Duration = .seconds(60),
    limits: [ReadingLimits] = [], modulus: Int64? = nil, hasPowerOnValue: Bool = false
  ) {
    self.id = id
    self.kind = kind
    self.quantities = quantities.sorted()
    self.patience = patience
    self.limits = limits
    self.modulus = modulus
    self.hasPowerOnValue = hasPowerOnValue
  }
}

/// Within which values of a quantity a room is as it should be, in the quantity's unit.
package struct ReadingLimits: Equatable, Sendable {
  package let quantity: Quantity
  /// Below this it is too little; nil where it never is.
  package let low: Int64?
  /// Above this it is too much; nil where it never is.
  package let high: Int64?
  /// How far within the limit the value must be again before the alarm ends.
  package let hysteresis: Int64
  /// How long the value must be beyond the limit before there is an alarm: a door that stands open
  /// for a moment is no reason.
  package let delay: Duration
  package let lowAlarm: Alarm?
  package let highAlarm: Alarm?

  /// - Parameters: in thousandths of a degree Celsius.
  package static func temperature(
    low: Int64?, high: Int64?, hysteresis: Int64 = 1000, delay: Duration = .seconds(600)
  ) -> Self {
    Self(
      quantity: .temperature, low: low, high: high, hysteresis: hysteresis, delay: delay,
      lowAlarm: .tooCold, highAlarm: .tooHot)
  }

  /// - Parameter high: in parts per million. GB/T 18883-2022 has 1000 for the air of rooms.
  package static func carbonDioxide(
    high: Int64, hysteresis: Int64 = 100, delay: Duration = .seconds(600)
  ) -> Self {
    Self(
      quantity: .carbonDioxide, low: nil, high: high, hysteresis: hysteresis, delay: delay,
      lowAlarm: nil, highAlarm: .staleAir)
  }
}

/// One value of a sensor, in its quantity's unit, as it came and not yet believed.
package struct SensorReading: Equatable, Sendable {
  package var quantity: Quantity
  package var value: Int64

  package init(_ quantity: Quantity, _ value: Int64) {
    self.quantity = quantity
    self.value = value
  }
}
