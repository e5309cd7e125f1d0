// The clocks of this machine, and whether the one on the wall can be believed.
import CLinux
import Glibc
import Time

/// Readings of the kernel's clocks.
package enum Clock {
  /// CLOCK_MONOTONIC: does not step, and stands still while the machine sleeps.
  package static var now: Instant {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Instant(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
  }

  /// CLOCK_REALTIME.
  package static var wall: WallTime {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return WallTime(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
  }

  /// Whether the kernel says that something synchronises the wall clock (adjtimex(2):
  /// neither the state TIME_ERROR nor the flag STA_UNSYNC).
  package static var isSynchronised: Bool {
    var state = timex()
    state.modes = 0
    let status = adjtimex(&state)
    return status >= 0 && status != TIME_ERROR && state.status & STA_UNSYNC == 0
  }

  /// Lets the calling thread sleep, whatever signals come. Never on a loop's thread.
  package static func rest(until end: Instant) {
    var time = timespec(
      tv_sec: time_t(end.nanoseconds / 1_000_000_000),
      tv_nsec: Int(end.nanoseconds % 1_000_000_000))
    while clock_nanosleep(CLOCK_MONOTONIC, Int32(TIMER_ABSTIME), &time, nil) == EINTR {}
  }

  /// Chooses the zone by which `utcOffsetSeconds` goes, for the whole process and before threads
  /// are started: the C library has only one.
  package static func setTimeZone(_ name: String) {
    setenv("TZ", name, 1)
    tzset()
  }

  /// Local time minus UTC at a moment, in seconds, by the C library's time zone.
  package static func utcOffsetSeconds(at wall: WallTime) -> Int {
    var seconds = time_t(wall.milliseconds / 1000)
    var local = tm()
    guard localtime_r(&seconds, &local) != nil else { return 0 }
    return local.tm_gmtoff
  }
}

/// Bytes from the kernel's random number generator.
package enum Randomness {
  package static func bytes(_ count: Int) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    // Up to 256 bytes are never interrupted once the generator is seeded (getrandom(2)).
    precondition(count <= 256 && getrandom(&bytes, count, 0) == count, "no random numbers")
    return bytes
  }

  package static var bits: UInt64 { bytes(8).reduce(0) { $0 << 8 | UInt64($1) } }
}
