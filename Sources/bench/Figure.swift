// One measured number beside what it is held against.
import JSON

/// A figure. Its bound is one of the ratio to the reference where there is a reference, and of
/// the value itself where there is none.
struct Figure: Sendable {
  /// What the value is held against, measured in the same run.
  struct Reference: Sendable {
    let name: String
    let value: Double
  }

  enum Bound: Sendable {
    case atMost(Double)
    case atLeast(Double)

    var limit: Double {
      switch self {
      case .atMost(let limit), .atLeast(let limit): limit
      }
    }

    func holds(for number: Double) -> Bool {
      switch self {
      case .atMost(let limit): number <= limit
      case .atLeast(let limit): number >= limit
      }
    }
  }

  /// Part and quantity: `door.quiet.p50`.
  let name: String
  let value: Double
  /// `us`, `ms`, `MiB`, `%`, `records/s` and the like.
  let unit: String
  var reference: Reference?
  /// nil for a figure that only explains others.
  var bound: Bound?

  /// Value over reference.
  var ratio: Double? {
    reference.flatMap { $0.value == 0 ? nil : value / $0.value }
  }

  /// nil without a bound. A ratio to nothing holds no bound.
  var holds: Bool? {
    bound.map { bound in
      reference == nil ? bound.holds(for: value) : ratio.map(bound.holds) ?? false
    }
  }

  /// The JSON object of this figure: one line of the report.
  var json: [UInt8] {
    JSONWriter.object { object in
      object.field("name", name)
      object.key("value")
      object.raw(Self.text(value).utf8)
      object.field("unit", unit)
      for (key, number) in [
        ("reference" as StaticString, reference?.value), ("ratio", ratio), ("bound", bound?.limit),
      ] {
        object.key(key)
        if let number { object.raw(Self.text(number).utf8) } else { object.null() }
      }
      object.key("holds")
      if let holds { object.value(holds) } else { object.null() }
    }
  }

  /// Four significant digits, as a JSON number.
  static func text(_ number: Double) -> String {
    guard number.isFinite else { return "null" }
    var scale = 1.0
    while abs(number) * scale < 1000 && scale < 1_000_000 { scale *= 10 }
    let rounded = (number * scale).rounded() / scale
    return rounded == rounded.rounded() && abs(rounded) < 1e15
      ? "\(Int64(rounded))" : "\(rounded)"
  }
}
