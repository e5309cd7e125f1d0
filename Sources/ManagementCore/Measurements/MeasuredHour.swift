// An hour of one quantity of one sensor, added up from records in whatever order they come.
import StationProtocol
import Time

/// The sum of the records whose stretch began within an hour. Adding is commutative, so that it
/// does not matter in which order a station's records arrive.
package struct MeasuredHour: Equatable, Sendable {
  package var place: Place
  /// The measured time, in seconds.
  package var seconds: Int64 = 0
  /// Means times seconds.
  package var weight: Int64 = 0
  /// The least and the greatest level; for a counter, where it stood.
  package var least = Int64.max
  package var most = Int64.min
  /// The amount that a counter went on by between readings.
  package var used: Int64 = 0
  /// How often the counter did not go on from where it stood.
  package var resets: Int64 = 0

  package struct Place: Hashable, Sendable, Comparable {
    package var sensor: SensorID
    package var quantity: Quantity
    /// Hours since 1970-01-01 UTC.
    package var hour: Int64

    package init(sensor: SensorID, quantity: Quantity, hour: Int64) {
      self.sensor = sensor
      self.quantity = quantity
      self.hour = hour
    }

    package static func < (one: Place, other: Place) -> Bool {
      (one.sensor, one.quantity, one.hour) < (other.sensor, other.quantity, other.hour)
    }
  }

  /// More than any honest hour adds up to, and far from overflow: a station may say anything.
  private static let most: Int64 = 1 << 60

  package init(place: Place) { self.place = place }

  /// The sums of one record, in the order of its values.
  package static func hours(of record: Record, received now: Now) -> [MeasuredHour] {
    guard case .climate(.measured(let measurement)) = record.body else { return [] }
    // Its own time where its clock could be believed, otherwise that of its arrival.
    let end = record.isTrusted ? record.at : now.wall
    let hour = WallTime(milliseconds: end.milliseconds - measurement.seconds * 1000).hour
    return measurement.values.map { value in
      var one = MeasuredHour(
        place: Place(sensor: value.sensor, quantity: value.quantity, hour: hour))
      one.seconds = measurement.seconds
      switch value.amount {
      case .level(let mean, let least, let most):
        one.weight = mean * measurement.seconds
        (one.least, one.most) = (least, most)
      case .counter(let used, let last, let isReset):
        one.used = used
        (one.least, one.most) = (last - used, last)
        one.resets = isReset ? 1 : 0
      }
      return one
    }
  }

  package static func += (sum: inout MeasuredHour, more: MeasuredHour) {
    sum.seconds = min(Self.most, sum.seconds + more.seconds)
    sum.weight = max(-Self.most, min(Self.most, sum.weight + more.weight))
    sum.least = min(sum.least, more.least)
    sum.most = max(sum.most, more.most)
    sum.used = min(Self.most, sum.used + more.used)
    sum.resets = min(Self.most, sum.resets + more.resets)
  }
}

extension WallTime {
  /// Hours since 1970-01-01 UTC.
  package var hour: Int64 {
    let quotient = milliseconds / 3_600_000
    return milliseconds % 3_600_000 < 0 ? quotient - 1 : quotient
  }
}
