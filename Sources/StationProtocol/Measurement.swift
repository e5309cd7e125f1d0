// What sensors measured over a stretch of time: one record for all of a station's.
import JSON

/// One thermometer or energy meter: 1 to 32 of `a-z`, `0-9` and `-`.
package struct SensorID: Hashable, Sendable, Comparable, CustomStringConvertible {
  /// The most of a station, of all kinds together.
  package static let most = 8

  package let text: String

  /// - Returns: nil where the text is empty, too long, or holds any other character.
  package init?(_ text: some StringProtocol) {
    guard (1...32).contains(text.utf8.count),
      text.utf8.allSatisfy({ (97...122).contains($0) || (48...57).contains($0) || $0 == 45 })
    else { return nil }
    self.text = String(text)
  }

  package var description: String { text }
  package static func < (one: SensorID, other: SensorID) -> Bool { one.text < other.text }
}

/// What is measured, each in one unit and within the bounds of what can be so in a room. What lies
/// outside is no measurement but a fault of the sensor.
package enum Quantity: String, CaseIterable, Sendable, Comparable {
  /// In thousandths of a degree Celsius.
  case temperature
  /// Relative, in thousandths of a percent.
  case humidity
  /// Carbon dioxide in the air, in parts per million.
  case carbonDioxide = "carbon-dioxide"
  /// In watts; negative where the building feeds the grid.
  case power
  /// In tenths of a volt.
  case voltage
  /// In milliamperes.
  case current
  /// What a meter has counted since it was made, in watt hours.
  case energy

  package var range: ClosedRange<Int64> {
    switch self {
    case .temperature: -55_000...125_000
    case .humidity: 0...100_000
    case .carbonDioxide: 0...40_000
    case .power: -1_000_000...1_000_000
    case .voltage: 0...10_000
    case .current: 0...1_000_000
    case .energy: 0...1_000_000_000_000
    }
  }

  /// In the order of their words.
  package static func < (one: Quantity, other: Quantity) -> Bool { one.rawValue < other.rawValue }
}

/// What was measured in the `seconds` up to a record's time.
package struct Measurement: Equatable, Sendable {
  /// A minute as a rule, up to an hour while the service is away for long; what a process that
  /// was stopped leaves behind may be longer.
  package var seconds: Int64
  /// In the order of sensors and then of quantities, each once.
  package var values: [MeasuredValue]

  package static let longest: Int64 = 86_400
  package static let mostValues = 24

  package init(seconds: Int64, values: [MeasuredValue]) {
    self.seconds = seconds
    self.values = values
  }
}

/// What one sensor said of one quantity.
package struct MeasuredValue: Equatable, Sendable {
  package var sensor: SensorID
  package var quantity: Quantity
  /// How often the sensor was read; at least once.
  package var count: Int64
  package var amount: Amount

  package enum Amount: Equatable, Sendable {
    /// Of every quantity but energy.
    case level(mean: Int64, least: Int64, most: Int64)
    /// Of energy: what was used since the reading before, never negative, and where the counter
    /// stands now. It is reset where it did not go on from there: another meter, or a new count.
    case counter(used: Int64, last: Int64, isReset: Bool)
  }

  package static let mostReadings: Int64 = 1_000_000

  package init(sensor: SensorID, quantity: Quantity, count: Int64, amount: Amount) {
    self.sensor = sensor
    self.quantity = quantity
    self.count = count
    self.amount = amount
  }
}

/// How the counter of an energy meter goes on.
package enum EnergyCounter {
  /// More than the mains of a street room can carry: three phases of 63 A are 43 kW.
  package static let mostWatts: Int64 = 50_000
  /// What a counter's own resolution and a slow reading may add.
  private static let slack: Int64 = 1000

  /// - Parameter time: between the two readings.
  /// - Returns: the watt hours from one reading to the next; nil where it cannot be the same
  ///   counter: it went back, or further than anything could.
  package static func used(from first: Int64, to last: Int64, over time: Duration) -> Int64? {
    guard last >= first else { return nil }
    let seconds = max(0, min(time.components.seconds, 1_000_000_000))
    return last - first <= seconds * mostWatts / 3600 + slack ? last - first : nil
  }
}

// MARK: - As JSON

extension JSONWriter {
  mutating func members(of measurement: Measurement) {
    field("seconds", measurement.seconds)
    key("values")
    array(measurement.values) { writer, value in
      writer.object { $0.members(of: value) }
    }
  }

  private mutating func members(of value: MeasuredValue) {
    field("sensor", value.sensor)
    field("quantity", value.quantity.rawValue)
    field("count", value.count)
    switch value.amount {
    case .level(let mean, let least, let most):
      field("mean", mean)
      field("least", least)
      field("most", most)
    case .counter(let used, let last, let isReset):
      field("used", used)
      field("last", last)
      if isReset { field("reset", true) }
    }
  }
}

extension Measurement {
  /// Reads the list of values, which is sorted and holds each once.
  static func values(from reader: inout JSONReader) throws(JSONError) -> [MeasuredValue] {
    var values: [MeasuredValue] = []
    try reader.array(limit: mostValues) { (reader) throws(JSONError) in
      let value = try MeasuredValue(from: &reader)
      let isNext = values.last.map {
        ($0.sensor, $0.quantity) < (value.sensor, value.quantity)
      }
      guard isNext != false else { throw reader.error(.expected("values in order, each once")) }
      values.append(value)
    }
    guard !values.isEmpty else { throw reader.error(.expected("at least one value")) }
    return values
  }
}

extension MeasuredValue {
  init(from reader: inout JSONReader) throws(JSONError) {
    var sensor: SensorID?
    var quantity: Quantity?
    var numbers = Numbers()
    try reader.object { (reader, key) throws(JSONError) in
      switch key {
      case "sensor": try reader.read(&sensor, key, text: { SensorID($0) })
      case "quantity": try reader.read(&quantity, key, text: Quantity.init(rawValue:))
      default: try numbers.take(key, &reader)
      }
    }
    let known = try reader.require(quantity, "quantity")
    self.init(
      sensor: try reader.require(sensor, "sensor"), quantity: known,
      count: try reader.require(numbers.count, "count"),
      amount: try known == .energy ? numbers.counter(reader) : numbers.level(known, reader))
  }

  private struct Numbers {
    var count: Int64?
    var mean: Int64?
    var least: Int64?
    var most: Int64?
    var used: Int64?
    var last: Int64?
    var reset: Bool?

    mutating func take(_ key: JSONKey, _ reader: inout JSONReader) throws(JSONError) {
      let count: (Int64) -> Int64? = { (1...MeasuredValue.mostReadings).contains($0) ? $0 : nil }
      let energy: (Int64) -> Int64? = { Quantity.energy.range.contains($0) ? $0 : nil }
      switch key {
      case "count": try reader.read(&self.count, key, integer: count)
      case "mean": try reader.read(&mean, key, integer: { $0 })
      case "least": try reader.read(&least, key, integer: { $0 })
      case "most": try reader.read(&most, key, integer: { $0 })
      case "used": try reader.read(&used, key, integer: energy)
      case "last": try reader.read(&last, key, integer: energy)
      case "reset":
        // What nobody writes is not read either.
        try reader.read(&reset, key) { (reader) throws(JSONError) in
          guard try reader.bool() else { throw reader.error(.expected("true")) }
          return true
        }
      default: throw reader.unknown(key)
      }
    }

    func level(_ quantity: Quantity, _ reader: JSONReader) throws(JSONError) -> Amount {
      let surplus = used != nil ? "used" : last != nil ? "last" : reset != nil ? "reset" : nil
      if let surplus { throw reader.error(.unknownMember(surplus)) }
      let mean = try reader.require(mean, "mean")
      let least = try reader.require(least, "least")
      let most = try reader.require(most, "most")
      guard quantity.range.contains(least) else { throw reader.error(.invalidMember("least")) }
      guard quantity.range.contains(most) else { throw reader.error(.invalidMember("most")) }
      guard least <= mean, mean <= most else { throw reader.error(.invalidMember("mean")) }
      return .level(mean: mean, least: least, most: most)
    }

    func counter(_ reader: JSONReader) throws(JSONError) -> Amount {
      let surplus = mean != nil ? "mean" : least != nil ? "least" : most != nil ? "most" : nil
      if let surplus { throw reader.error(.unknownMember(surplus)) }
      return .counter(
        used: try reader.require(used, "used"), last: try reader.require(last, "last"),
        isReset: reset == true)
    }
  }
}
