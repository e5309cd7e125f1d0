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
  /// For its temperature; nil where any is good.
  package var limits: TemperatureLimits?
  /// Where an energy counter begins anew; nil where that is not known.
  package var modulus: Int64?
  /// A DS18B20 says 85 °C, exactly, when it had no power while it measured.
  package var hasPowerOnValue: Bool

  package enum Kind: Equatable, Sendable {
    case thermometer
    case meter
  }

  package init(
    _ id: SensorID, _ kind: Kind, quantities: [Quantity], patience: Duration = .seconds(60),
    limits: TemperatureLimits? = nil, modulus: Int64? = nil, hasPowerOnValue: Bool = false
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

/// Within which temperatures a room is as it should be, in thousandths of a degree Celsius.
package struct TemperatureLimits: Equatable, Sendable {
  package var coldest: Int64?
  package var hottest: Int64?
  /// How far within the limit it must be again before the alarm ends.
  package var hysteresis: Int64
  /// How long it must be beyond before there is one: a door that stands open is none.
  package var delay: Duration

  package init(
    coldest: Int64? = nil, hottest: Int64? = nil, hysteresis: Int64 = 1000,
    delay: Duration = .seconds(600)
  ) {
    self.coldest = coldest
    self.hottest = hottest
    self.hysteresis = hysteresis
    self.delay = delay
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
