// Durations as whole numbers, and as people write them.

extension Duration {
  /// The duration in whole nanoseconds; towards zero, and exact for anything below 292 years:
  /// a longer one is as long as can be told.
  public var wholeNanoseconds: Int64 {
    // A duration is 128 bits of attoseconds; `components` would divide them in software.
    let isNegative = _high < 0
    let low = isNegative ? 0 &- _low : _low
    let high = UInt64(bitPattern: isNegative ? ~_high &+ (_low == 0 ? 1 : 0) : _high)
    let billion: UInt64 = 1_000_000_000
    guard high < billion else { return isNegative ? .min : .max }
    let magnitude = billion.dividingFullWidth((high, low)).quotient
    guard magnitude <= UInt64(Int64.max) else { return isNegative ? .min : .max }
    return isNegative ? -Int64(magnitude) : Int64(magnitude)
  }

  /// So many units of so many attoseconds: one multiplication, where `nanoseconds(_:)` and its like
  /// compute with 128 bits in software.
  init(_ count: Int64, ofAttoseconds unit: Int64) {
    let product = count.multipliedFullWidth(by: unit)
    self.init(_high: product.high, low: product.low)
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
