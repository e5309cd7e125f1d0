// The middle and the tail of a series of durations.
import StationProtocol

/// A sorted series, in nanoseconds.
struct Quantiles {
  private let sorted: [Int64]

  init(_ nanoseconds: [Int64]) {
    precondition(!nanoseconds.isEmpty, "no quantile of nothing")
    sorted = nanoseconds.sorted()
  }

  /// The value below which the share of the series lies, in microseconds.
  func microseconds(_ share: Double) -> Double {
    Double(sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))]) / 1000
  }
}

/// A line of the table.
struct Figure {
  let name: String
  let times: Quantiles

  /// Name, p50, p99 and both as multiples of another figure.
  func line(besides floor: Figure) -> String {
    let cells = [0.5, 0.99].map { share in
      let value = times.microseconds(share)
      return Self.padded(value) + " us" + Self.padded(value / floor.times.microseconds(share))
        + " x"
    }
    return name + String(repeating: " ", count: max(1, 44 - name.count))
      + cells.joined(separator: "  ")
  }

  private static func padded(_ value: Double) -> String {
    let hundredths = Int64(value * 100 + 0.5)
    let text = "\(hundredths / 100).\(hundredths % 100 < 10 ? "0" : "")\(hundredths % 100)"
    return String(repeating: " ", count: max(1, 10 - text.count)) + text
  }
}
