// The middle and the tail of a series of durations.

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

  var p50: Double { microseconds(0.5) }
  var p99: Double { microseconds(0.99) }
}
