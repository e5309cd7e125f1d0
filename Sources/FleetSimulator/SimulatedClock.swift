// The clocks of a simulated station: one that only grows, and one on the wall.
//
// Fault model.
// - The monotonic clock is right and begins anew when power comes back.
// - The wall clock may jump by up to a day, forwards or backwards, trusted or not.
// - A board without a battery starts in 1970, untrusted, and learns the time after 10 s to 2 h.
import Time

struct SimulatedClock {
  /// What the monotonic clock says when power comes back.
  static let zero = Instant(nanoseconds: 3_000_000_000)

  /// Wall time minus true time.
  private(set) var error: Duration = .zero
  private(set) var isTrusted = true
  private var startedAt = Instant(nanoseconds: 0)
  let utcOffsetSeconds: Int

  init(utcOffsetSeconds: Int) { self.utcOffsetSeconds = utcOffsetSeconds }

  func now(_ world: World) -> Now {
    Now(
      instant: Instant(
        nanoseconds: (world.now - startedAt).wholeNanoseconds + Self.zero.nanoseconds),
      wall: world.wall + error, isTrusted: isTrusted, utcOffsetSeconds: utcOffsetSeconds)
  }

  /// When a deadline of the station's own clock comes in the world.
  func worldInstant(of deadline: Instant) -> Instant {
    Instant(nanoseconds: deadline.nanoseconds - Self.zero.nanoseconds + startedAt.nanoseconds)
  }

  mutating func start(at instant: Instant) { startedAt = instant }
  mutating func jump(by step: Duration) { error += step }

  mutating func forget(_ world: World) {
    error = WallTime(seconds: 0) - world.wall
    isTrusted = false
  }

  mutating func learn() {
    error = .zero
    isTrusted = true
  }
}
