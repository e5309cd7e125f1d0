// Tests of what the API says of counts: hours and local days, with none left out.
import StationProtocol
import Testing
import Time

@testable import ManagementCore

@Suite("Count series")
struct CountSeriesTests {
  /// 2026-11-21 17:30 in Shanghai.
  private static let end = WallTime(seconds: 1_795_253_400)
  private static let zone = Zone(utcOffsetSeconds: 8 * 3600)

  private func entries(
    _ by: MeasuredSeries.Step, _ count: Int64, _ counts: [Int64: Int64]
  ) -> [Int64] {
    let bounds = CountSeries.hours(by, count: count, at: Self.end, in: Self.zone)
    let tallies = counts.sorted { $0.key < $1.key }.map {
      HourTally(hour: $0.key, count: .entries, amount: $0.value)
    }
    return CountSeries(.visits, by, bounds, of: tallies).steps.map { $0.amounts[0] }
  }

  @Test("the last hour is the one of the moment asked for, and an hour without visits is zero")
  func hours() {
    let hour = Self.end.hour
    #expect(entries(.hour, 3, [hour: 4, hour - 2: 7, hour - 3: 9, hour + 1: 1]) == [7, 0, 4])
  }

  @Test("a day begins at the station's midnight")
  func days() {
    let midnight = Self.zone.beginning(ofDay: Self.zone.localDay(of: Self.end)).hour
    #expect(midnight == Self.end.hour - 17)
    #expect(
      entries(.day, 2, [midnight - 24: 1, midnight - 1: 2, midnight: 4, midnight + 23: 8])
        == [3, 12])
  }

  @Test("a day on which clocks are set forward has 23 hours")
  func shortDay() {
    // Europe/Berlin, 2026: from UTC+1 to UTC+2 on 29 March at 01:00 UTC; asked at noon there.
    let change: Int64 = 1_774_746_000
    let zone = Zone(
      ZoneName("Europe/Berlin"), firstOffset: 3600,
      [Zone.Transition(at: change, offset: 7200)])
    let noon = WallTime(seconds: change + 9 * 3600)
    let bounds = CountSeries.hours(.day, count: 2, at: noon, in: zone)
    #expect(bounds.count == 3)
    #expect(bounds[1] - bounds[0] == 24 && bounds[2] - bounds[1] == 23)
  }
}
