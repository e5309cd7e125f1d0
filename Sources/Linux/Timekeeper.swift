// Reads all clocks at once, as the pure targets want them.
import StationProtocol

/// Makes a `Now` from the kernel's clocks. The offset of local time is looked up twice a minute:
/// it changes twice a year, and the look-up costs more than an event.
package final class Timekeeper {
  private var offset = (validUntil: Instant(nanoseconds: 0), seconds: 0)

  package init() {}

  package func now() -> Now {
    let instant = Clock.now
    let wall = Clock.wall
    if offset.validUntil <= instant {
      offset = (instant + .seconds(30), Clock.utcOffsetSeconds(at: wall))
    }
    return Now(
      instant: instant, wall: wall, isTrusted: Clock.isSynchronised,
      utcOffsetSeconds: offset.seconds)
  }
}
