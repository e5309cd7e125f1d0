// The three things that "now" means: a clock that only grows, the time of day, and its trust.

/// A reading of the monotonic clock, in nanoseconds since an arbitrary start (boot).
/// Every duration in the station is a difference of two of these.
public struct Instant: Hashable, Sendable, Comparable {
  /// Nanoseconds since the start that all instants of one boot share.
  public let nanoseconds: Int64

  /// The instant so many nanoseconds after that start.
  public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

  /// Whether one is the earlier.
  public static func < (one: Instant, other: Instant) -> Bool {
    one.nanoseconds < other.nanoseconds
  }
  /// The instant so much later.
  public static func + (instant: Instant, duration: Duration) -> Instant {
    Instant(nanoseconds: instant.nanoseconds + duration.wholeNanoseconds)
  }
  /// The time between two instants.
  public static func - (later: Instant, earlier: Instant) -> Duration {
    Duration(later.nanoseconds - earlier.nanoseconds, ofAttoseconds: 1_000_000_000)
  }
}

/// A time of day as the clock on the wall tells it: milliseconds since 1970-01-01 UTC.
public struct WallTime: Hashable, Sendable, Comparable {
  /// Milliseconds since 1970-01-01 UTC.
  public let milliseconds: Int64

  /// The time so many milliseconds after 1970-01-01 UTC.
  public init(milliseconds: Int64) { self.milliseconds = milliseconds }
  /// The time so many seconds after 1970-01-01 UTC.
  public init(seconds: Int64) { self.init(milliseconds: seconds * 1000) }

  /// Whether one is the earlier.
  public static func < (one: WallTime, other: WallTime) -> Bool {
    one.milliseconds < other.milliseconds
  }
  /// The time so much later.
  public static func + (time: WallTime, duration: Duration) -> WallTime {
    WallTime(milliseconds: time.milliseconds + duration.wholeNanoseconds / 1_000_000)
  }
  /// The time between two readings of the wall clock.
  public static func - (later: WallTime, earlier: WallTime) -> Duration {
    Duration(later.milliseconds - earlier.milliseconds, ofAttoseconds: 1_000_000_000_000_000)
  }
}

/// What the shell knows of time at the moment an event is handled.
public struct Now: Equatable, Sendable {
  /// For every duration and deadline.
  public var instant: Instant
  /// For records, and for the validity of codes as far as `isTrusted` allows.
  public var wall: WallTime
  /// Whether the wall clock is synchronised with a source that can be believed.
  public var isTrusted: Bool
  /// Local time minus UTC, in seconds.
  public var utcOffsetSeconds: Int
  /// The whole rules of local time, where somebody needs those of other days; nil elsewhere.
  public var zone: Zone?

  /// A reading of both clocks.
  public init(
    instant: Instant, wall: WallTime, isTrusted: Bool = true, utcOffsetSeconds: Int = 0,
    zone: Zone? = nil
  ) {
    self.zone = zone
    self.instant = instant
    self.wall = wall
    self.isTrusted = isTrusted
    self.utcOffsetSeconds = utcOffsetSeconds
  }

  /// Days since 1970-01-01 in local time.
  public var localDay: Int { wall.localDay(utcOffsetSeconds: utcOffsetSeconds) }

  /// Minutes since local midnight, 0...1439.
  public var localMinute: Int {
    let seconds = wall.milliseconds.floorDivided(by: 1000) + Int64(utcOffsetSeconds)
    return Int((seconds - seconds.floorDivided(by: 86_400) * 86_400) / 60)
  }
}

extension WallTime {
  /// Days since 1970-01-01 in the time zone of the given offset.
  public func localDay(utcOffsetSeconds: Int) -> Int {
    let seconds = milliseconds.floorDivided(by: 1000) + Int64(utcOffsetSeconds)
    return Int(seconds.floorDivided(by: 86_400))
  }
}

extension Int64 {
  fileprivate func floorDivided(by divisor: Int64) -> Int64 {
    let quotient = self / divisor
    return self % divisor < 0 ? quotient - 1 : quotient
  }
}
