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

/// One sensor of the room's air, mostly a thermometer, or one energy meter.
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

/// The values of a quantity between which a room is as it should be.
package struct ReadingLimits: Equatable, Sendable {
  package let quantity: Quantity
  /// nil where a value is never too small.
  package let low: Limit?
  /// nil where a value is never too large.
  package let high: Limit?
  /// How long the value must be beyond the limit before there is an alarm: a door that stands open
  /// for a moment is no reason.
  package let delay: Duration

  package struct Limit: Equatable, Sendable {
    /// In the quantity's unit.
    package let value: Int64
    package let rule: LimitRule

    /// How far within the limit the value must be again, in the quantity's unit.
    package var hysteresis: Int64 { rule.hysteresis * rule.scale }
  }

  /// - Parameters:
  ///   - low: in the quantity's unit, as `high` is; a side that no rule has is nil.
  package init(
    _ quantity: Quantity, low: Int64? = nil, high: Int64? = nil, delay: Duration = .seconds(600)
  ) {
    func limit(_ side: LimitRule.Side, _ value: Int64?) -> Limit? {
      guard let value else { return nil }
      guard let rule = LimitRule.all.first(where: { $0.quantity == quantity && $0.side == side })
      else { preconditionFailure("no limit of \(quantity) on this side") }
      return Limit(value: value, rule: rule)
    }
    self.quantity = quantity
    self.low = limit(.low, low)
    self.high = limit(.high, high)
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
