// A station's measurements over time, by the hour or by the local day.
import JSON
import StationProtocol
import Time

/// What the API says of a station's sensors. An hour or a day without any record is left out
/// rather than made up.
package struct MeasuredSeries: Equatable, Sendable {
  package enum Step: String, CaseIterable, Sendable {
    case hour
    case day

    /// The most points of each series.
    package var most: Int64 {
      switch self {
      case .hour: 168
      case .day: 31
      }
    }
  }

  package struct Series: Equatable, Sendable {
    package var sensor: SensorID
    package var quantity: Quantity
    package var points: [Point]
  }

  package struct Point: Equatable, Sendable {
    /// When the hour or the day began.
    package var from: WallTime
    package var value: Value

    package enum Value: Equatable, Sendable {
      case level(mean: Int64, least: Int64, most: Int64)
      /// Watt hours.
      case used(Int64)
    }
  }

  package var step: Step
  package var series: [Series] = []

  /// The hours that a series of `count` points up to now is made of.
  /// - Parameter zone: of the station's place.
  package static func hours(
    _ step: Step, count: Int64, at now: Now, in zone: Zone
  ) -> Range<Int64> {
    let end = now.wall.hour + 1
    switch step {
    case .hour: return end - count..<end
    case .day:
      let first = zone.localDay(of: now.wall) - Int(count) + 1
      return zone.beginning(ofDay: first).hour..<end
    }
  }

  /// - Parameters:
  ///   - hours: of one station, sorted by their places.
  ///   - zone: of its place. A day has 23, 24 or 25 hours, as it had there.
  package init(_ step: Step, of hours: [MeasuredHour], in zone: Zone) {
    self.step = step
    var rest = hours[...]
    while let first = rest.first {
      let own = rest.prefix {
        $0.place.sensor == first.place.sensor && $0.place.quantity == first.place.quantity
      }
      rest = rest.dropFirst(own.count)
      series.append(
        Series(
          sensor: first.place.sensor, quantity: first.place.quantity,
          points: Self.points(step, of: own, zone)))
    }
  }

  package func write(to writer: inout JSONWriter) {
    writer.object {
      $0.field("by", step.rawValue)
      $0.key("series")
      $0.array(series) { writer, one in one.write(to: &writer) }
    }
  }

  private static func points(
    _ step: Step, of hours: ArraySlice<MeasuredHour>, _ zone: Zone
  ) -> [Point] {
    var points: [Point] = []
    var rest = hours
    var before: MeasuredHour?
    while let first = rest.first {
      let from = beginning(step, of: first.place.hour, zone)
      let own = rest.prefix { beginning(step, of: $0.place.hour, zone) == from }
      rest = rest.dropFirst(own.count)
      if first.place.quantity == .energy {
        points.append(Point(from: from, value: .used(energy(own, after: before))))
      } else {
        points.append(Point(from: from, value: level(own)))
      }
      before = own.last
    }
    return points
  }

  private static func level(_ hours: ArraySlice<MeasuredHour>) -> Point.Value {
    var sum = MeasuredHour(place: hours[hours.startIndex].place)
    for hour in hours { sum += hour }
    let mean = sum.seconds == 0 ? sum.least : sum.weight / sum.seconds
    return .level(mean: max(sum.least, min(mean, sum.most)), least: sum.least, most: sum.most)
  }

  /// What the counter has gone on by. Records that never came leave no hole in it: as long as the
  /// counter is the same one, it says itself what was used meanwhile.
  private static func energy(
    _ hours: ArraySlice<MeasuredHour>, after last: MeasuredHour?
  ) -> Int64 {
    var before = last
    var sum: Int64 = 0
    for hour in hours {
      sum += hour.ownEnergy + (before.map { hour.energy(since: $0) } ?? 0)
      before = hour
    }
    return sum
  }

  /// An hour that lies in two days, where the offset has a half one, counts to the earlier.
  private static func beginning(_ step: Step, of hour: Int64, _ zone: Zone) -> WallTime {
    let begin = WallTime(seconds: hour * 3600)
    return step == .hour ? begin : zone.beginning(ofDay: zone.localDay(of: begin))
  }
}

extension MeasuredHour {
  /// Watt hours within the hour.
  fileprivate var ownEnergy: Int64 {
    guard resets == 0 else { return used }
    // The last record of an hour may reach an hour beyond it.
    return EnergyCounter.used(from: least, to: most, over: .seconds(7200)) ?? used
  }

  /// Watt hours between the last record of an earlier hour and the first of this one.
  fileprivate func energy(since before: MeasuredHour) -> Int64 {
    guard resets == 0, before.resets == 0 else { return 0 }
    let time = Duration.seconds((place.hour - before.place.hour + 1) * 3600)
    return EnergyCounter.used(from: before.most, to: least, over: time) ?? 0
  }
}

extension MeasuredSeries.Series {
  fileprivate func write(to writer: inout JSONWriter) {
    writer.object {
      $0.field("sensor", sensor)
      $0.field("quantity", quantity.rawValue)
      $0.key("points")
      $0.array(points) { writer, point in
        writer.object {
          $0.field("from", point.from.milliseconds)
          switch point.value {
          case .level(let mean, let least, let most):
            $0.field("mean", mean)
            $0.field("least", least)
            $0.field("most", most)
          case .used(let used): $0.field("used", used)
          }
        }
      }
    }
  }
}
