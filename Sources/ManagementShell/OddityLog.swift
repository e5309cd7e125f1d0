// What stations send and should not, in the log: all of it while it is little, never a flood.
import Linux
import StationProtocol

/// Bounds the lines of a minute. What is left out is counted and said.
final class OddityLog {
  private static let mostPerMinute = 20

  private var minute = Instant(nanoseconds: 0)
  private var written = 0
  private var omitted = 0

  func note(_ text: String, at now: Instant) {
    if now - minute >= .seconds(60) {
      if omitted > 0 { Log.warning("\(omitted) more oddities were not logged") }
      minute = now
      written = 0
      omitted = 0
    }
    guard written < Self.mostPerMinute else {
      omitted += 1
      return
    }
    written += 1
    Log.warning(text)
  }
}
