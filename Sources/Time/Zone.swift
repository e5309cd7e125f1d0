// A time zone: by how much local time differs from UTC, at every moment, and where days begin.

/// The name of a zone in the tz database: `Asia/Shanghai`. At most 64 of letters, digits, `_`, `+`,
/// `-` and `/`, so that it leads nowhere but into the folder of zones.
public struct ZoneName: Hashable, Sendable, CustomStringConvertible {
  /// The most bytes of a name.
  public static let longest = 64
  /// For the errors that people read.
  public static let syntax = "the name of a time zone in the tz database, like Asia/Shanghai"

  /// The name as the tz database writes it.
  public let text: String

  /// The name of a zone; nil where the text cannot be one.
  public init?(_ text: some StringProtocol) {
    let isPlain = text.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "+"),
        UInt8(ascii: "-"), UInt8(ascii: "/"):
        true
      default: false
      }
    }
    let parts = text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    guard isPlain, text.utf8.count <= Self.longest, parts.allSatisfy({ !$0.isEmpty }) else {
      return nil
    }
    self.text = String(text)
  }

  /// The name itself.
  public var description: String { text }
}

/// The rules of one zone as a value, so that whoever counts by days needs no system call, and
/// counts a past day by the offset that it had.
public struct Zone: Hashable, Sendable {
  /// nil for a mere offset.
  public let name: ZoneName?
  /// Ascending by time.
  private let transitions: [Transition]
  /// Local time minus UTC in seconds, before the first transition.
  private let firstOffset: Int

  /// A moment from which another offset holds.
  public struct Transition: Hashable, Sendable {
    /// Seconds since 1970-01-01 UTC.
    public var at: Int64
    /// Local time minus UTC in seconds, from then on.
    public var offset: Int

    /// The offset that holds from a moment on.
    public init(at: Int64, offset: Int) {
      self.at = at
      self.offset = offset
    }
  }

  /// No zone is further from UTC (RFC 9636 section 3.2), in seconds.
  public static let furthest = 26 * 3600

  /// - Parameter transitions: ascending by time.
  public init(_ name: ZoneName?, firstOffset: Int, _ transitions: [Transition] = []) {
    self.name = name
    self.firstOffset = firstOffset
    self.transitions = transitions
  }

  /// The same offset for ever.
  public init(utcOffsetSeconds: Int) { self.init(nil, firstOffset: utcOffsetSeconds) }

  /// How many of the transitions are at this second or before.
  private func index(after second: Int64) -> Int {
    var (low, high) = (0, transitions.count)
    while low < high {
      let middle = (low + high) / 2
      if transitions[middle].at <= second { low = middle + 1 } else { high = middle }
    }
    return low
  }

  private func offset(_ index: Int) -> Int {
    index == 0 ? firstOffset : transitions[index - 1].offset
  }

  /// Local time minus UTC at a moment, in seconds.
  public func utcOffsetSeconds(at time: WallTime) -> Int { offset(index(after: time.second)) }

  /// Days since 1970-01-01 in local time.
  public func localDay(of time: WallTime) -> Int {
    time.localDay(utcOffsetSeconds: utcOffsetSeconds(at: time))
  }

  /// The first moment of a local day: midnight, or what the clocks were put to instead of it.
  public func beginning(ofDay day: Int) -> WallTime {
    let midnight = Int64(day) * 86_400
    // Whatever the offset is, the day begins within these bounds.
    var index = index(after: midnight - Int64(Self.furthest))
    while true {
      let offset = offset(index)
      let begin = index == 0 ? Int64.min : transitions[index - 1].at
      let end = index == transitions.count ? Int64.max : transitions[index].at
      let first = max(begin, midnight - Int64(offset))
      if first < end { return WallTime(seconds: first) }
      index += 1
    }
  }
}

extension WallTime {
  /// Whole seconds since 1970-01-01 UTC, downwards.
  fileprivate var second: Int64 {
    let quotient = milliseconds / 1000
    return milliseconds % 1000 < 0 ? quotient - 1 : quotient
  }
}

extension Now {
  /// The zone by which days are counted here: that of this machine, or its offset where nothing
  /// more is known.
  public var rules: Zone { zone ?? Zone(utcOffsetSeconds: utcOffsetSeconds) }
}
