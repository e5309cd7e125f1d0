// The counts of a station over a range, by the hour or by the local day.
import JSON
import StationProtocol
import Time

/// A station's counts over a range of time. Every hour or day of the range is there: one in which
/// nothing happened has zeros.
package struct CountSeries: Equatable, Sendable {
  package struct Step: Equatable, Sendable {
    /// When the hour or the day began.
    package var from: WallTime
    /// In the order of the series' counts.
    package var amounts: [Int64]
  }

  package let series: HourSeries
  package let by: MeasuredSeries.Step
  package let steps: [Step]

  /// The most steps of a range: a month of hours, a year of days.
  package static func most(_ by: MeasuredSeries.Step) -> Int64 {
    switch by {
    case .hour: 744
    case .day: 366
    }
  }

  /// The beginnings of the last `count` hours or local days of a range, and the end of the last one.
  /// - Parameters:
  ///   - end: a moment of the last one.
  ///   - zone: of the station's place. A day has 23, 24 or 25 hours, as it had there.
  package static func hours(
    _ by: MeasuredSeries.Step, count: Int64, at end: WallTime, in zone: Zone
  ) -> [Int64] {
    switch by {
    case .hour: return (0...count).map { end.hour + 1 - count + $0 }
    case .day:
      let first = zone.localDay(of: end) - Int(count) + 1
      return (0...Int(count)).map { zone.beginning(ofDay: first + $0).hour }
    }
  }

  /// - Parameters:
  ///   - bounds: of `hours(_:count:at:in:)`.
  ///   - tallies: of each hour in which something happened, the earliest first.
  package init(
    _ series: HourSeries, _ by: MeasuredSeries.Step, _ bounds: [Int64], of tallies: [HourTally]
  ) {
    self.series = series
    self.by = by
    var steps = bounds.dropLast().map {
      Step(
        from: WallTime(seconds: $0 * 3600), amounts: series.counts.map { _ in 0 })
    }
    var row = 0
    for tally in tallies where bounds[0] <= tally.hour {
      while row < steps.count, bounds[row + 1] <= tally.hour { row += 1 }
      guard row < steps.count else { break }
      guard let column = series.counts.firstIndex(of: tally.count) else { continue }
      steps[row].amounts[column] += tally.amount
    }
    self.steps = steps
  }

  package func write(to writer: inout JSONWriter) {
    writer.object {
      $0.field("by", by.rawValue)
      $0.key(word: series.rawValue)
      $0.array(steps) { writer, step in
        writer.object {
          $0.field("from", step.from.milliseconds)
          for (count, amount) in zip(series.counts, step.amounts) {
            $0.key(word: count.rawValue)
            $0.value(amount)
          }
        }
      }
    }
  }
}
