// What other sensors than a pair of beams count: one that only sees someone, one that adds up.
import StationProtocol

/// A single sensor that gives a pulse for each person. It knows no direction; the policy does.
package struct PulseCounter: Equatable, Sendable {
  /// Two pulses closer together are one person: two legs, or a contact that bounces.
  static let deadTime: Duration = .milliseconds(300)

  private let direction: PulseDirection
  private var last: Instant?

  package init(_ direction: PulseDirection) { self.direction = direction }

  /// A pulse came.
  /// - Returns: which way someone went; nil where it belongs to the pulse before.
  package mutating func pulsed(at now: Instant, opener: Doorway.Opener) -> Passage? {
    defer { last = now }
    if let last, now - last < Self.deadTime { return nil }
    switch direction {
    case .inward: return .inward
    case .outward: return .outward
    case .opener:
      switch opener {
      case .grant: return .inward
      case .exit: return .outward
      case .both, .nobody: return .ambiguous
      }
    }
  }
}

/// A device that reports how many it has ever counted each way. Only differences count; the first
/// report after a start, or after anything odd, is where they begin.
package struct TotalsCounter: Equatable, Sendable {
  /// People who can go through a door at once, and in each second after that.
  static let mostAtOnce: Int64 = 10
  static let mostEachSecond: Int64 = 3
  /// The device counts in 16 bits.
  package static let modulus: Int64 = 65_536

  private var base: Base?

  private struct Base: Equatable, Sendable {
    var entered: Int64
    var left: Int64
    var at: Instant
  }

  package enum Outcome: Equatable, Sendable {
    /// Where counting begins; nobody is counted.
    case began
    case counted(entered: Int64, left: Int64)
    /// A total went back: the device began anew, and so does the difference.
    case wentBack
    /// More people than can have passed; they are not counted, and the difference begins anew.
    case implausible(Int64)
  }

  package init() {}

  /// Totals below `modulus`; the decoder of the device sees to that.
  package mutating func reported(entered: Int64, left: Int64, at now: Instant) -> Outcome {
    defer { base = Base(entered: entered, left: left, at: now) }
    guard let base else { return .began }
    let seconds = min((now - base.at).wholeNanoseconds / 1_000_000_000, 3600)
    let most = min(Self.mostAtOnce + Self.mostEachSecond * max(0, seconds), Self.modulus / 4)
    let inward = Self.difference(entered, base.entered)
    let outward = Self.difference(left, base.left)
    if inward <= most, outward <= most { return .counted(entered: inward, left: outward) }
    if entered < base.entered || left < base.left { return .wentBack }
    return .implausible(inward + outward)
  }

  /// The device was away: what it counted meanwhile cannot be told from a new beginning.
  package mutating func lose() { base = nil }

  /// Counters that are full begin at zero again.
  private static func difference(_ new: Int64, _ old: Int64) -> Int64 {
    (new - old + modulus) % modulus
  }
}
