// The limits that a facility may set to what its sensors say.

/// A limit that a facility may set: of which quantity, on which side, and the alarm beyond it. The
/// word of the alarm is the key of the limit in the configuration. Another limit is another row.
package struct LimitRule: Equatable, Sendable {
  package enum Side: Equatable, Sendable {
    case low, high
  }

  package let alarm: Alarm
  package let quantity: Quantity
  package let side: Side
  /// The values that a facility may choose, in its unit.
  package let range: ClosedRange<Int>
  /// The facility's unit.
  package let unit: String
  /// How many units of the quantity one of the facility's is.
  package let scale: Int64
  /// In the facility's unit.
  package let example: Int
  /// How far within the limit the value must be again before the alarm ends, in the facility's unit.
  package let hysteresis: Int64

  /// GB/T 18883-2022 has for the air of rooms 1000 ppm of carbon dioxide, as a mean of an hour, and
  /// 50 µg/m³ of fine dust, as a mean of a day.
  package static let all = [
    LimitRule(
      alarm: .tooCold, quantity: .temperature, side: .low, range: -40...60, unit: "°C",
      scale: 1000, example: 5, hysteresis: 1),
    LimitRule(
      alarm: .tooHot, quantity: .temperature, side: .high, range: -40...80, unit: "°C",
      scale: 1000, example: 35, hysteresis: 1),
    LimitRule(
      alarm: .staleAir, quantity: .carbonDioxide, side: .high, range: 600...10_000, unit: "ppm",
      scale: 1, example: 1500, hysteresis: 100),
    LimitRule(
      alarm: .dustyAir, quantity: .fineDust, side: .high, range: 35...1000, unit: "µg/m³",
      scale: 1, example: 75, hysteresis: 10),
  ]
}
