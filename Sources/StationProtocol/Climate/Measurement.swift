// What sensors measured over a stretch of time: one record for all of a station's.

/// One thermometer or energy meter: 1 to 32 of `a-z`, `0-9` and `-`.
package struct SensorID: Hashable, Sendable, Comparable, CustomStringConvertible {
  /// The most of a station, of all kinds together.
  package static let most = 8

  package let text: String

  /// - Returns: nil where the text is empty, too long, or holds any other character.
  package init?(_ text: some StringProtocol) {
    guard isPlainWord(text, limit: 32) else { return nil }
    self.text = String(text)
  }

  package var description: String { text }
  package static func < (one: SensorID, other: SensorID) -> Bool { one.text < other.text }
}

/// A measured quantity, each in one unit and within the bounds of what can be so in a room. What
/// lies outside is no measurement but a fault of the sensor.
package enum Quantity: String, CaseIterable, Sendable, Comparable {
  /// In thousandths of a degree Celsius, from -55,000 to 125,000.
  case temperature
  /// Relative, in thousandths of a percent, from 0 to 100,000.
  case humidity
  /// Carbon dioxide in the air, in parts per million, from 0 to 40,000.
  case carbonDioxide = "carbon-dioxide"
  /// Particles of 2.5 µm and less in the air (PM2.5), in micrograms per cubic metre, from 0 to 10,000.
  case fineDust = "fine-dust"
  /// In watts, from -1,000,000 to 1,000,000; negative where the building feeds the grid.
  case power
  /// In tenths of a volt, from 0 to 10,000.
  case voltage
  /// In milliamperes, from 0 to 1,000,000.
  case current
  /// What a meter has counted since it was made, in watt hours.
  case energy

  package var range: ClosedRange<Int64> {
    switch self {
    case .temperature: -55_000...125_000
    case .humidity: 0...100_000
    case .carbonDioxide: 0...40_000
    case .fineDust: 0...10_000
    case .power: -1_000_000...1_000_000
    case .voltage: 0...10_000
    case .current: 0...1_000_000
    case .energy: 0...1_000_000_000_000
    }
  }

  /// In the order of their words.
  package static func < (one: Quantity, other: Quantity) -> Bool { one.rawValue < other.rawValue }
}

/// The measurements of the `seconds` up to a record's time.
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

/// One sensor's value of one quantity.
package struct MeasuredValue: Equatable, Sendable {
  package var sensor: SensorID
  package var quantity: Quantity
  /// How often the sensor was read; at least once.
  package var count: Int64
  package var amount: Amount

  package enum Amount: Equatable, Sendable {
    /// The amount of every quantity but energy.
    case level(mean: Int64, least: Int64, most: Int64)
    /// The amount of energy: what was used since the reading before, never negative, and where the
    /// counter stands now. It is reset where it did not go on from there: another meter, or a new
    /// count.
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

extension Measurement {
  static let bounds = ListBounds<MeasuredValue>(most: mostValues, "values") {
    ($0.sensor, $0.quantity) < ($1.sensor, $1.quantity)
  }
}

extension MeasuredValue: DescribedObject {
  package static func described<Coder: MemberCoder>(
    _ value: MeasuredValue?, by coder: inout Coder
  ) throws(Coder.Failure) -> MeasuredValue {
    let sensor = try coder.member("sensor", value?.sensor)
    let quantity = try coder.member("quantity", value?.quantity)
    let count = try coder.number("count", value?.count, 1...mostReadings)
    return MeasuredValue(
      sensor: sensor, quantity: quantity, count: count,
      amount: quantity == .energy
        ? try counter(value?.amount, by: &coder)
        : try level(of: quantity, value?.amount, by: &coder))
  }

  private static func level<Coder: MemberCoder>(
    of quantity: Quantity, _ amount: Amount?, by coder: inout Coder
  ) throws(Coder.Failure) -> Amount {
    let old = amount.flatMap {
      if case .level(let mean, let least, let most) = $0 {
        (mean: mean, least: least, most: most)
      } else {
        nil
      }
    }
    for name in ["used", "last", "reset"] as [StaticString] { try coder.forbid(name) }
    let mean = try coder.member("mean", old?.mean)
    let least = try coder.number("least", old?.least, quantity.range)
    let most = try coder.number("most", old?.most, quantity.range)
    try coder.demand(least <= mean && mean <= most, of: "mean")
    return .level(mean: mean, least: least, most: most)
  }

  private static func counter<Coder: MemberCoder>(
    _ amount: Amount?, by coder: inout Coder
  ) throws(Coder.Failure) -> Amount {
    let old = amount.flatMap {
      if case .counter(let used, let last, let isReset) = $0 {
        (used: used, last: last, isReset: isReset)
      } else {
        nil
      }
    }
    for name in ["mean", "least", "most"] as [StaticString] { try coder.forbid(name) }
    return .counter(
      used: try coder.number("used", old?.used, Quantity.energy.range),
      last: try coder.number("last", old?.last, Quantity.energy.range),
      isReset: try coder.flag("reset", old?.isReset))
  }
}

extension Quantity: MemberWord {}

extension SensorID: MemberText {
  package init?(member text: String) { self.init(text) }
  package var memberText: String { text }
}
