// Who came and went at a station, by the hour or by the local day.
import JSON
import StationProtocol
import Time

/// A station's visits over a range of time. Every hour or day of the range is there: one in which
/// nothing happened has zeros.
package struct VisitSeries: Equatable, Sendable {
  package struct Step: Equatable, Sendable {
    /// When the hour or the day began.
    package var from: WallTime
    package var counts: VisitCounts
  }

  package var by: MeasuredSeries.Step
  package var steps: [Step] = []

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
  ///   - counts: of each hour in which something happened.
  package init(_ by: MeasuredSeries.Step, _ bounds: [Int64], of counts: [Int64: VisitCounts]) {
    self.by = by
    steps = zip(bounds, bounds.dropFirst()).map { first, next in
      var sum = VisitCounts()
      for hour in first..<next { sum += counts[hour] ?? VisitCounts() }
      return Step(from: WallTime(seconds: first * 3600), counts: sum)
    }
  }

  package func write(to writer: inout JSONWriter) {
    writer.object {
      $0.field("by", by.rawValue)
      $0.key("visits")
      $0.array(steps) { writer, step in
        writer.object {
          $0.field("from", step.from.milliseconds)
          $0.field("entries", step.counts.entries)
          $0.field("exits", step.counts.exits)
          $0.field("granted", step.counts.granted)
          $0.field("refused", step.counts.refused)
        }
      }
    }
  }
}
