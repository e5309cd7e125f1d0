// Reads all clocks at once, as the pure targets want them.
import StationProtocol

/// Makes a `Now` from the kernel's clocks. The offset of local time is looked up twice a minute:
/// it changes twice a year, and the look-up costs more than an event. Whether the clock is
/// synchronised is asked ten times a second at most: it takes a system call, and minutes to change.
package final class Timekeeper {
  private var offset = (validUntil: Instant(nanoseconds: 0), seconds: 0)
  private var trust = (validUntil: Instant(nanoseconds: 0), isTrusted: false)

  package init() {}

  package func now() -> Now {
    let instant = Clock.now
    let wall = Clock.wall
    if offset.validUntil <= instant {
      offset = (instant + .seconds(30), Clock.utcOffsetSeconds(at: wall))
    }
    if trust.validUntil <= instant {
      trust = (instant + .milliseconds(100), Clock.isSynchronised)
    }
    return Now(
      instant: instant, wall: wall, isTrusted: trust.isTrusted,
      utcOffsetSeconds: offset.seconds)
  }
}
