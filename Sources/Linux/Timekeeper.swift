// Reads all clocks at once, as the pure targets want them.
import Time

/// Makes a `Now` from the kernel's clocks. The offset of local time is looked up once in each
/// minute of the wall's: it changes twice a year, on a full minute, and the look-up costs more than
/// an event. Whether the clock is synchronised is asked ten times a second at most: it takes a
/// system call, and minutes to change.
package final class Timekeeper {
  private var offset = (minute: Int64.min, seconds: 0)
  private var trust = (validUntil: Instant(nanoseconds: 0), isTrusted: false)

  private let zone: Zone?

  /// - Parameter zone: the rules of local time, for whoever counts past days.
  package init(zone: Zone? = nil) { self.zone = zone }

  package func now() -> Now {
    let instant = Clock.now
    let wall = Clock.wall
    let minute = wall.milliseconds / 60_000
    if offset.minute != minute { offset = (minute, Clock.utcOffsetSeconds(at: wall)) }
    if trust.validUntil <= instant {
      trust = (instant + .milliseconds(100), Clock.isSynchronised)
    }
    return Now(
      instant: instant, wall: wall, isTrusted: trust.isTrusted,
      utcOffsetSeconds: offset.seconds, zone: zone)
  }
}
