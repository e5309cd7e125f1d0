// What the sensors said since the last record of measurements: one record a minute for them all.
import StationProtocol
import Time

/// Adds up samples, and gives them back as one measurement when its time is over.
package struct MinuteBook: Equatable, Sendable {
  /// The sensor and the quantity of a value.
  package struct Place: Hashable, Sendable, Comparable {
    package var sensor: SensorID
    package var quantity: Quantity

    package static func < (one: Place, other: Place) -> Bool {
      (one.sensor, one.quantity) < (other.sensor, other.quantity)
    }
  }

  /// One believed reading.
  package struct Sample: Equatable, Sendable {
    package var place: Place
    package var value: Value

    package enum Value: Equatable, Sendable {
      case level(Int64)
      case counter(used: Int64, last: Int64, isReset: Bool)
    }
  }

  private struct Tally: Equatable, Sendable {
    var place: Place
    var count: Int64 = 0
    var sum: Int64 = 0
    var least = Int64.max
    var most = Int64.min
    /// The amount that a counter went on by, and where it stands.
    var used: Int64 = 0
    var last: Int64 = 0
    var isReset = false
  }

  private var start: Instant
  /// In the order of their places.
  private var tallies: [Tally] = []

  package init(at now: Instant) { start = now }

  package mutating func add(_ sample: Sample) {
    let index = tallies.firstIndex { $0.place >= sample.place } ?? tallies.count
    if index == tallies.count || tallies[index].place != sample.place {
      tallies.insert(Tally(place: sample.place), at: index)
    }
    func add(_ tally: inout Tally) {
      // Far more than anybody reads; a sum of so many cannot overflow.
      guard tally.count < MeasuredValue.mostReadings else { return }
      tally.count += 1
      switch sample.value {
      case .level(let value):
        tally.sum += value
        tally.least = min(tally.least, value)
        tally.most = max(tally.most, value)
      case .counter(let used, let last, let isReset):
        tally.used += used
        tally.last = last
        tally.isReset = tally.isReset || isReset
      }
    }
    add(&tallies[index])
  }

  package func deadline(_ interval: Duration) -> Instant { start + interval }

  /// Ends the stretch where its time is over, and begins the next one.
  /// - Returns: nil where it goes on, or where nobody said anything.
  package mutating func close(after interval: Duration, at now: Instant) -> Measurement? {
    guard now >= deadline(interval) else { return nil }
    let seconds = Int64(((now - start) + .milliseconds(500)).components.seconds)
    let values = tallies.map(Self.value)
    // On the beat where it was kept, so that minutes do not drift through the day.
    start = now - start < interval * 2 ? start + interval : now
    tallies = []
    guard !values.isEmpty else { return nil }
    return Measurement(seconds: min(max(1, seconds), Measurement.longest), values: values)
  }

  private static func value(_ tally: Tally) -> MeasuredValue {
    let amount: MeasuredValue.Amount =
      tally.place.quantity == .energy
      ? .counter(
        used: min(tally.used, Quantity.energy.range.upperBound), last: tally.last,
        isReset: tally.isReset)
      : .level(mean: mean(tally.sum, tally.count), least: tally.least, most: tally.most)
    return MeasuredValue(
      sensor: tally.place.sensor, quantity: tally.place.quantity, count: tally.count,
      amount: amount)
  }

  /// Rounded, halves away from zero.
  private static func mean(_ sum: Int64, _ count: Int64) -> Int64 {
    (sum + (sum < 0 ? -count / 2 : count / 2)) / count
  }
}
