// The state of a station's sensors: what each said last, when, and whether it is there.
import Time

/// `state/climate` and `state/energy`: every thermometer, every energy meter.
package struct SensorsPayload: Equatable, Sendable {
  /// The last record that this state takes into account.
  package var seq: UInt64
  /// In the order of their names, each once.
  package var sensors: [Sensor]
  package var at: WallTime

  package struct Sensor: Equatable, Sendable {
    package var sensor: SensorID
    /// The sensor has said something usable within its time. What one that is not there said last
    /// is history, and is to be shown as such.
    package var isThere: Bool
    /// Readings that failed or could not be so, since the daemon came up.
    package var refused: Int64
    /// In the order of their quantities, each once; empty until it first speaks.
    package var readings: [Reading]

    /// The most readings of a sensor: more than there are quantities.
    package static let mostReadings = 16

    package init(
      sensor: SensorID, isThere: Bool, refused: Int64 = 0, readings: [Reading] = []
    ) {
      self.sensor = sensor
      self.isThere = isThere
      self.refused = refused
      self.readings = readings
    }
  }

  /// A value in its quantity's unit, when it was read, and between which limits it should be.
  package struct Reading: Equatable, Sendable {
    package var quantity: Quantity
    package var value: Int64
    /// Below this value the facility is told; nil where it set no such limit.
    package var low: Int64?
    /// Above this value the facility is told; nil where it set no such limit.
    package var high: Int64?
    package var at: WallTime

    package init(
      quantity: Quantity, value: Int64, low: Int64? = nil, high: Int64? = nil, at: WallTime
    ) {
      self.quantity = quantity
      self.value = value
      self.low = low
      self.high = high
      self.at = at
    }
  }

  package init(seq: UInt64, sensors: [Sensor], at: WallTime) {
    self.seq = seq
    self.sensors = sensors
    self.at = at
  }
}

extension SensorsPayload: DescribedObject {
  package static func described<Coder: MemberCoder>(
    _ state: SensorsPayload?, by coder: inout Coder
  ) throws(Coder.Failure) -> SensorsPayload {
    let bounds = ListBounds<Sensor>(most: SensorID.most, "sensors") { $0.sensor < $1.sensor }
    return SensorsPayload(
      seq: try coder.number("seq", state?.seq),
      sensors: try coder.list("sensors", state?.sensors, bounds),
      at: try coder.member("at", state?.at))
  }
}

extension SensorsPayload.Sensor: DescribedObject {
  package static func described<Coder: MemberCoder>(
    _ sensor: SensorsPayload.Sensor?, by coder: inout Coder
  ) throws(Coder.Failure) -> SensorsPayload.Sensor {
    let bounds = ListBounds<SensorsPayload.Reading>(most: mostReadings, "readings") {
      $0.quantity < $1.quantity
    }
    let name = try coder.member("sensor", sensor?.sensor)
    let isThere = try coder.member("there", sensor?.isThere)
    let refused = try coder.number("refused", sensor?.refused)
    let readings = try coder.list("readings", sensor?.readings, bounds)
    // One that is there has said something.
    try coder.demand(!isThere || !readings.isEmpty, of: "readings")
    return SensorsPayload.Sensor(
      sensor: name, isThere: isThere, refused: refused, readings: readings)
  }
}

extension SensorsPayload.Reading: DescribedObject {
  package static func described<Coder: MemberCoder>(
    _ reading: SensorsPayload.Reading?, by coder: inout Coder
  ) throws(Coder.Failure) -> SensorsPayload.Reading {
    let quantity = try coder.member("quantity", reading?.quantity)
    return SensorsPayload.Reading(
      quantity: quantity, value: try coder.number("value", reading?.value, quantity.range),
      low: try coder.optionalNumber("low", reading?.low, quantity.range),
      high: try coder.optionalNumber("high", reading?.high, quantity.range),
      at: try coder.member("at", reading?.at))
  }
}
