// Tests what day and minute it is where a station stands, and the arithmetic of times.
import TestBed
import Testing
import Time

@Suite struct TimeTests {
  private static let hour = 3600
  /// 2024-02-29 00:00:00 UTC.
  private static let leapDay: Int64 = 1_709_164_800_000

  @Test(
    "local day and minute follow the offset over every midnight",
    arguments: [
      (0, 0, 0, 0), (-1, 0, -1, 1439), (1, 0, 0, 0), (59_999, 0, 0, 0), (60_000, 0, 0, 1),
      (86_399_999, 0, 0, 1439), (86_400_000, 0, 1, 0), (-86_400_000, 0, -1, 0),
      (-86_400_001, 0, -2, 1439), (0, 8 * hour, 0, 480), (0, -5 * hour, -1, 1140),
      (57_600_000, 8 * hour, 1, 0), (57_599_999, 8 * hour, 0, 1439),
      (18_000_000, -5 * hour, 0, 0), (17_999_999, -5 * hour, -1, 1439),
      (leapDay, -9 * hour - 1800, 19_781, 870), (leapDay, 5 * hour + 2700, 19_782, 345),
      (-1, -1, -1, 1439), (-1, 1, 0, 0),
    ] as [(Int64, Int, Int, Int)])
  func local(_ milliseconds: Int64, _ offset: Int, _ day: Int, _ minute: Int) {
    let now = Now(
      instant: Instant(nanoseconds: 0), wall: WallTime(milliseconds: milliseconds),
      utcOffsetSeconds: offset)
    #expect(now.localDay == day)
    #expect(now.localMinute == minute)
    #expect(now.wall.localDay(utcOffsetSeconds: offset) == day)
  }

  @Test("days and minutes run on without a jump, in every time zone")
  func continuous() {
    var random = SeededGenerator(seed: 51)
    for _ in 0..<2000 {
      let offset = Int.random(in: -14 * Self.hour...14 * Self.hour, using: &random)
      let start = Int64.random(in: -4_000_000_000_000...4_000_000_000_000, using: &random)
      let minutes = (0...1).map { step in
        let now = Now(
          instant: Instant(nanoseconds: 0),
          wall: WallTime(milliseconds: start + 60_000 * Int64(step)), utcOffsetSeconds: offset)
        #expect((0..<1440).contains(now.localMinute))
        return now.localDay * 1440 + now.localMinute
      }
      #expect(minutes[1] == minutes[0] + 1)
    }
  }

  @Test("instants and durations add up to the nanosecond")
  func instants() {
    let start = Instant(nanoseconds: 5)
    #expect((start + .nanoseconds(7)).nanoseconds == 12)
    #expect(start + .seconds(2) - start == .seconds(2))
    #expect((start + .milliseconds(-1)).nanoseconds == -999_995)
    #expect(Duration.seconds(-3).wholeNanoseconds == -3_000_000_000)
    #expect(Duration.milliseconds(-1500).wholeNanoseconds == -1_500_000_000)
    for count in [Int64.max, Int64.min + 1, 18_446_744_074, -18_446_744_073, 1, -1, 0] {
      #expect(Duration.nanoseconds(count).wholeNanoseconds == count)
    }
    for (later, earlier) in [(5, 3), (3, 5), (Int64.max / 2, -1), (-1, Int64.max / 2)] {
      let (one, other) = (Instant(nanoseconds: later), Instant(nanoseconds: earlier))
      #expect(one - other == .nanoseconds(later - earlier))
      let (day, night) = (WallTime(milliseconds: later), WallTime(milliseconds: earlier))
      #expect(day - night == .milliseconds(later - earlier))
    }
    let part = Duration(secondsComponent: 0, attosecondsComponent: 1_999_999_999)
    #expect(part.wholeNanoseconds == 1)
    #expect((.zero - part).wholeNanoseconds == -1)
    #expect(Duration.seconds(Int64.max).wholeNanoseconds == .max)
    #expect(Duration.seconds(Int64.min).wholeNanoseconds == .min)
  }

  @Test("wall times and durations add up to the millisecond")
  func walls() {
    let time = WallTime(seconds: 10)
    #expect((time + .milliseconds(5)).milliseconds == 10_005)
    #expect((time + .milliseconds(-5)).milliseconds == 9995)
    #expect(time - WallTime(seconds: 12) == .seconds(-2))
  }
}
