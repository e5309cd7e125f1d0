// The state of a station's sensors: what each said last, when, and whether it is there.
import JSON
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
    /// It has said something usable within its time. What one that is not there said last is
    /// history, and is to be shown as such.
    package var isThere: Bool
    /// Readings that failed or could not be so, since the daemon came up.
    package var refused: Int64
    /// In the order of their quantities, each once; empty until it first speaks.
    package var readings: [Reading]

    package init(
      sensor: SensorID, isThere: Bool, refused: Int64 = 0, readings: [Reading] = []
    ) {
      self.sensor = sensor
      self.isThere = isThere
      self.refused = refused
      self.readings = readings
    }
  }

  /// A value in its quantity's unit, and when it was read.
  package struct Reading: Equatable, Sendable {
    package var quantity: Quantity
    package var value: Int64
    package var at: WallTime

    package init(quantity: Quantity, value: Int64, at: WallTime) {
      self.quantity = quantity
      self.value = value
      self.at = at
    }
  }

  package init(seq: UInt64, sensors: [Sensor], at: WallTime) {
    self.seq = seq
    self.sensors = sensors
    self.at = at
  }

  package var json: [UInt8] {
    JSONWriter.object {
      $0.field("seq", seq)
      $0.key("sensors")
      $0.array(sensors) { writer, sensor in sensor.write(to: &writer) }
      $0.field("at", at.milliseconds)
    }
  }

  package init(json: [UInt8]) throws(JSONError) {
    self = try JSONReader.read(json) { (reader) throws(JSONError) in
      var seq: UInt64?
      var sensors: [Sensor]?
      var at: WallTime?
      try reader.object { (reader, key) throws(JSONError) in
        switch key {
        case "seq": try reader.read(&seq, key, integer: UInt64.init(exactly:))
        case "sensors":
          try reader.read(&sensors, key) { (reader) throws(JSONError) in
            var all: [Sensor] = []
            try reader.array(limit: SensorID.most) { (reader) throws(JSONError) in
              let sensor = try Sensor(from: &reader)
              guard all.last.map({ $0.sensor < sensor.sensor }) != false else {
                throw reader.error(.expected("sensors in order, each once"))
              }
              all.append(sensor)
            }
            return all
          }
        case "at": try reader.read(&at, key, integer: { WallTime(milliseconds: $0) })
        default: throw reader.unknown(key)
        }
      }
      return SensorsPayload(
        seq: try reader.require(seq, "seq"), sensors: try reader.require(sensors, "sensors"),
        at: try reader.require(at, "at"))
    }
  }
}

extension SensorsPayload.Sensor {
  package func write(to writer: inout JSONWriter) {
    writer.object {
      $0.field("sensor", sensor)
      $0.field("there", isThere)
      $0.field("refused", refused)
      $0.key("readings")
      $0.array(readings) { writer, reading in
        writer.object {
          $0.field("quantity", reading.quantity.rawValue)
          $0.field("value", reading.value)
          $0.field("at", reading.at.milliseconds)
        }
      }
    }
  }

  init(from reader: inout JSONReader) throws(JSONError) {
    var sensor: SensorID?
    var there: Bool?
    var refused: Int64?
    var readings: [SensorsPayload.Reading]?
    try reader.object { (reader, key) throws(JSONError) in
      switch key {
      case "sensor": try reader.read(&sensor, key, text: { SensorID($0) })
      case "there":
        try reader.read(&there, key) { (reader) throws(JSONError) in try reader.bool() }
      case "refused": try reader.read(&refused, key, integer: { $0 >= 0 ? $0 : nil })
      case "readings":
        try reader.read(&readings, key) { (reader) throws(JSONError) in
          try SensorsPayload.Reading.list(from: &reader)
        }
      default: throw reader.unknown(key)
      }
    }
    let all = try reader.require(readings, "readings")
    let isThere = try reader.require(there, "there")
    // One that is there has said something.
    guard !(isThere && all.isEmpty) else { throw reader.error(.invalidMember("readings")) }
    self.init(
      sensor: try reader.require(sensor, "sensor"), isThere: isThere,
      refused: try reader.require(refused, "refused"), readings: all)
  }
}

extension SensorsPayload.Reading {
  fileprivate static func list(from reader: inout JSONReader) throws(JSONError) -> [Self] {
    var all: [Self] = []
    try reader.array(limit: Quantity.allCases.count) { (reader) throws(JSONError) in
      let reading = try Self(from: &reader)
      guard all.last.map({ $0.quantity < reading.quantity }) != false else {
        throw reader.error(.expected("readings in order, each once"))
      }
      all.append(reading)
    }
    return all
  }

  private init(from reader: inout JSONReader) throws(JSONError) {
    var quantity: Quantity?
    var value: Int64?
    var at: WallTime?
    try reader.object { (reader, key) throws(JSONError) in
      switch key {
      case "quantity": try reader.read(&quantity, key, text: Quantity.init(rawValue:))
      case "value": try reader.read(&value, key, integer: { $0 })
      case "at": try reader.read(&at, key, integer: { WallTime(milliseconds: $0) })
      default: throw reader.unknown(key)
      }
    }
    let known = try reader.require(quantity, "quantity")
    let number = try reader.require(value, "value")
    guard known.range.contains(number) else { throw reader.error(.invalidMember("value")) }
    self.init(quantity: known, value: number, at: try reader.require(at, "at"))
  }
}
