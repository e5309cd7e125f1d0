// Durations as whole numbers, and as people write them.

extension Duration {
  /// The duration in whole nanoseconds; exact for anything below 292 years.
  public var wholeNanoseconds: Int64 {
    components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000
  }

  /// Units as they are written, with their milliseconds; the largest first.
  private static let units: [(name: String, milliseconds: Int64)] = [
    ("h", 3_600_000), ("min", 60_000), ("ms", 1), ("s", 1000),
  ]

  /// What whole nanoseconds still hold: more than 292 years.
  private static let mostMilliseconds = Int64.max / 1_000_000

  /// A whole number and a unit, with or without a space between.
  /// - Returns: nil where the text is none, or is longer than 292 years.
  public init?(configured text: String) {
    let digits = text.prefix { $0.isASCII && $0.isNumber }
    let unit = text.dropFirst(digits.count).drop { $0 == " " || $0 == "\t" }
    guard let count = Int64(digits),
      let factor = Self.units.first(where: { $0.name == unit })?.milliseconds,
      count <= Self.mostMilliseconds / factor
    else { return nil }
    self = .milliseconds(count * factor)
  }

  /// The shortest form that `init(configured:)` reads back.
  public var configured: String {
    let milliseconds = wholeNanoseconds / 1_000_000
    let unit =
      milliseconds == 0
      ? ("s", 1000)
      : Self.units.filter { milliseconds % $0.milliseconds == 0 }
        .max { $0.milliseconds < $1.milliseconds } ?? ("ms", 1)
    return "\(milliseconds / unit.1) \(unit.0)"
  }
}
