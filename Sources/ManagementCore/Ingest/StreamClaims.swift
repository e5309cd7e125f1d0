// Which numbers of a stream a station can have reached, so that nothing said once is believed for ever.
import Time

/// How far a stream has come by what its station sent and said, and how much further it can be.
///
/// A station writes a record for something that happens at a door, a machine or a sensor, and at
/// most ten a minute for each thing that somebody may repeat at will: a busy one with four doors
/// writes fewer than ten records a second. Ten times that is allowed for every second since a
/// number was last taken, and some for what a clock does not tell. Records that follow on what is
/// stored are proof of themselves and need no allowance.
package struct StreamClaims: Equatable, Sendable {
  /// Ten times what the busiest station writes.
  static let perSecond: UInt64 = 100
  /// The numbers that need no time to pass: a few outboxes of small limits, a clock that is some
  /// minutes off.
  static let slack: UInt64 = 10_000
  /// The most of a stream that nothing is known of, as after the store was restored from a backup:
  /// thirty years of it. Whatever is taken, the station is asked to prove nothing by it.
  static let mostAtFirst: UInt64 = perSecond * 30 * 366 * 86_400

  /// The highest number that was taken.
  package private(set) var last: UInt64
  /// When it was, by the service's clock.
  package private(set) var at: WallTime

  /// The first claim of a stream.
  /// - Returns: nil where it cannot be true.
  package init?(first: UInt64, at now: WallTime) {
    guard first <= Self.mostAtFirst else { return nil }
    self.init(last: first, at: now)
  }

  /// The claim that was accepted before.
  package init(last: UInt64, at: WallTime) {
    self.last = last
    self.at = at
  }

  /// A station says that it has come as far as this.
  /// - Returns: whether it can have. Where the clock went back no time has passed, and from now on
  ///   it passes again: an honest station is taken in the end, whatever the service's clock did.
  package mutating func reach(_ number: UInt64, at now: WallTime) -> Bool {
    if now < at { at = now }
    guard number > last else { return true }
    let seconds = UInt64(clamping: (now - at).wholeNanoseconds / 1_000_000_000)
    let (earned, isOver) = Self.perSecond.multipliedReportingOverflow(by: seconds)
    guard isOver || number - last <= Self.slack + min(earned, Self.mostAtFirst) else {
      return false
    }
    (last, at) = (number, now)
    return true
  }

  /// Every number up to this one is stored.
  package mutating func prove(_ number: UInt64, at now: WallTime) {
    guard number >= last else { return }
    (last, at) = (number, now)
  }
}

extension Optional<StreamClaims> {
  /// - Returns: whether the station can have come as far.
  package mutating func reach(_ number: UInt64, at now: WallTime) -> Bool {
    guard self == nil else { return self?.reach(number, at: now) ?? false }
    self = StreamClaims(first: number, at: now)
    return self != nil
  }

  package mutating func prove(_ number: UInt64, at now: WallTime) {
    if self == nil {
      self = StreamClaims(last: number, at: now)
    } else {
      self?.prove(number, at: now)
    }
  }
}

/// Why the service does not believe what a station says of its stream.
package enum ClaimReasons {
  package static let floor = "the floor lies beyond what the station can have written"
  package static let floorAboveCeiling = "the floor lies above the next number of the same birth"
  package static let gap = "a gap that reaches as far as the record that tells of it, or further"
  package static let records = "records far beyond what the station can have written by now"
  package static let command = "the outcome of a command that was not sent yet"
  package static let configuration = "a revision far above all that were wanted of the station"
  package static let session = "the number of a boot or a connection that cannot have come yet"
}
