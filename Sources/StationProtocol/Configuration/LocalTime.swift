// A moment as the clock on the room's wall shows it.
import Time

/// A local date and time of day, to the minute.
package struct LocalTime: Hashable, Sendable {
  /// Days since 1970-01-01.
  package var day: Int
  /// Since local midnight, 0...1439.
  package var minute: Int

  package init(day: Int, minute: Int) {
    self.day = day
    self.minute = minute
  }

  package init(_ wall: WallTime, utcOffsetSeconds: Int) {
    let now = Now(
      instant: Instant(nanoseconds: 0), wall: wall, utcOffsetSeconds: utcOffsetSeconds)
    self.init(day: now.localDay, minute: now.localMinute)
  }

  /// Monday is 0; 1970-01-01 was a Thursday.
  package var weekday: Int { Self.weekday(ofDay: day) }

  package static func weekday(ofDay day: Int) -> Int { ((day + 3) % 7 + 7) % 7 }
}
