// Tests of what the API says of measurements: hours, days, and energy over holes and new meters.
import StationProtocol
import Testing
import Time

@testable import ManagementCore

@Suite("Measured series")
struct MeasuredSeriesTests {
  private static let now = Now(
    instant: Instant(nanoseconds: 0), wall: WallTime(seconds: 1_795_227_000),
    utcOffsetSeconds: 8 * 3600)
  private static let zone = Zone(utcOffsetSeconds: 8 * 3600)
  /// The first hour of the local day of `now`.
  private static let dayStart = Int64(now.localDay) * 24 - 8

  private func energy(
    _ hour: Int64, _ least: Int64, _ most: Int64, used: Int64? = nil, resets: Int64 = 0
  ) -> MeasuredHour {
    var one = MeasuredHour(
      place: MeasuredHour.Place(
        sensor: SensorID("mains")!, quantity: .energy, hour: Self.dayStart + hour))
    one.seconds = 3600
    (one.least, one.most) = (least, most)
    one.used = used ?? most - least
    one.resets = resets
    return one
  }

  private func used(_ step: MeasuredSeries.Step, _ hours: [MeasuredHour]) -> [Int64] {
    MeasuredSeries(step, of: hours, in: Self.zone).series.first?.points.map {
      if case .used(let used) = $0.value { used } else { -1 }
    } ?? []
  }

  @Test("energy of an hour is what the counter went on by in it")
  func hours() {
    #expect(used(.hour, [energy(0, 100, 150), energy(1, 150, 170)]) == [50, 20])
  }

  @Test("a day is the sum of its hours, from local midnight to local midnight")
  func days() {
    let hours = [
      energy(-1, 90, 100), energy(0, 100, 150), energy(23, 150, 170), energy(24, 170, 171),
    ]
    #expect(used(.day, hours) == [10, 70, 1])
    let series = MeasuredSeries(.day, of: hours, in: Self.zone).series[0]
    #expect(series.points[1].from == WallTime(seconds: Self.dayStart * 3600))
  }

  @Test("what was used while no record came belongs to the day on which the counter says so")
  func holes() {
    #expect(used(.hour, [energy(0, 100, 150), energy(5, 400, 410)]) == [50, 260])
    #expect(used(.day, [energy(0, 100, 150), energy(5, 400, 410)]) == [310])
    // Within an hour too: the records that are there tell of less than the counter.
    #expect(used(.hour, [energy(0, 100, 150, used: 20)]) == [50])
  }

  @Test("a new meter is never negative energy, and its own count is not what was used")
  func replaced() {
    let swapped = energy(1, 3, 1007, used: 9, resets: 1)
    #expect(used(.hour, [energy(0, 900, 1000), swapped, energy(2, 5, 25)]) == [100, 9, 20])
    // Replaced while nobody looked: the counter goes back, or far ahead.
    #expect(used(.hour, [energy(0, 900, 1000), energy(5, 2, 4)]) == [100, 2])
    #expect(used(.hour, [energy(0, 900, 1000), energy(5, 9_000_000, 9_000_010)]) == [100, 10])
  }

  @Test("a level is the mean by time, with its extremes")
  func levels() {
    func hour(_ hour: Int64, _ mean: Int64, seconds: Int64) -> MeasuredHour {
      var one = MeasuredHour(
        place: MeasuredHour.Place(
          sensor: SensorID("room")!, quantity: .temperature, hour: Self.dayStart + hour))
      one.seconds = seconds
      one.weight = mean * seconds
      (one.least, one.most) = (mean - 5, mean + 5)
      return one
    }
    let day = MeasuredSeries(
      .day, of: [hour(0, 20_000, seconds: 3600), hour(1, 23_000, seconds: 1800)],
      in: Self.zone)
    #expect(
      day.series[0].points.map(\.value) == [.level(mean: 21_000, least: 19_995, most: 23_005)])
  }

  @Test("a series holds one sensor and one quantity, and no point where nothing was measured")
  func series() {
    var other = energy(3, 1, 2)
    other.place.sensor = SensorID("second")!
    let all = MeasuredSeries(.hour, of: [energy(0, 1, 2), energy(2, 2, 2), other], in: Self.zone)
    #expect(all.series.map(\.sensor.text) == ["mains", "second"])
    #expect(all.series.map(\.points.count) == [2, 1])
    #expect(MeasuredSeries(.day, of: [], in: Self.zone).series.isEmpty)
  }

  @Test("as many hours or days are asked for as there are to be points, up to now")
  func ranges() {
    let hour = Self.now.wall.hour
    #expect(MeasuredSeries.hours(.hour, count: 1, at: Self.now, in: Self.zone) == hour..<hour + 1)
    #expect(MeasuredSeries.hours(.hour, count: 168, at: Self.now, in: Self.zone).count == 168)
    #expect(
      MeasuredSeries.hours(.day, count: 2, at: Self.now, in: Self.zone) == Self.dayStart - 24..<hour
        + 1)
  }

  @Test(
    "a past day is as long as it was there: 24, 24 and 23 hours around the last Sunday of March")
  func springForward() {
    // Europe/Berlin, 2026: from UTC+1 to UTC+2 on 29 March at 01:00 UTC; asked on 1 April.
    let begin: Int64 = 1_774_566_000
    let berlin = Zone(
      ZoneName("Europe/Berlin"), firstOffset: 3600,
      [Zone.Transition(at: begin + 71 * 3600 - 21 * 3600, offset: 7200)])
    let asked = Now(
      instant: Instant(nanoseconds: 0), wall: WallTime(seconds: 1_775_044_800),
      utcOffsetSeconds: 7200)
    let range = MeasuredSeries.hours(.day, count: 6, at: asked, in: berlin)
    #expect(range.lowerBound == begin / 3600)
    let hours = (0..<71).map { hour -> MeasuredHour in
      let least = Int64(hour) * 100
      var one = MeasuredHour(
        place: MeasuredHour.Place(
          sensor: SensorID("mains")!, quantity: .energy, hour: begin / 3600 + Int64(hour)))
      one.seconds = 3600
      (one.least, one.most, one.used) = (least, least + 100, 100)
      return one
    }
    let points = MeasuredSeries(.day, of: hours, in: berlin).series[0].points
    #expect(points.map(\.value) == [.used(2400), .used(2400), .used(2300)])
    #expect(points.map(\.from.milliseconds) == [0, 24, 48].map { (begin + $0 * 3600) * 1000 })
  }

  @Test("an hour before 1970 is an hour too")
  func ancient() {
    #expect(WallTime(milliseconds: -1).hour == -1)
    #expect(WallTime(milliseconds: 0).hour == 0)
    #expect(WallTime(milliseconds: -3_600_000).hour == -1)
  }
}
