// What other sensors than a pair of beams count: one that only sees someone, one that adds up.
import StationProtocol
import Time

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
/// report after a start is where they begin. A report that does not go on from the one before is
/// not believed by itself: the device began anew, or it lied once, and the report after it tells.
package struct TotalsCounter: Equatable, Sendable {
  /// People who can go through a door at once, and in each second after that.
  static let mostAtOnce: Int64 = 10
  static let mostEachSecond: Int64 = 3
  /// The device counts in 16 bits.
  package static let modulus: Int64 = 65_536

  private var base: Base?
  /// The reading that came instead of going on from `base`.
  private var rival: Base?

  private struct Base: Equatable, Sendable {
    var entered: Int64
    var left: Int64
    var at: Instant
  }

  package enum Outcome: Equatable, Sendable {
    /// The beginning of counting; nobody is counted.
    case began
    case counted(entered: Int64, left: Int64)
    /// More people than can have passed, or fewer than before: nobody is counted yet.
    case doubtful
  }

  package init() {}

  /// Totals below `modulus`; the decoder of the device sees to that.
  package mutating func reported(entered: Int64, left: Int64, at now: Instant) -> Outcome {
    let new = Base(entered: entered, left: left, at: now)
    guard let base else {
      self.base = new
      return .began
    }
    if let counted = Self.passed(from: base, to: new) { return take(new, counted) }
    if let rival, let counted = Self.passed(from: rival, to: new) {
      // A device that began anew has counted from zero.
      let zero = Base(entered: 0, left: 0, at: base.at)
      let wentBack = rival.entered < base.entered || rival.left < base.left
      let isNew = wentBack && Self.passed(from: zero, to: new) != nil
      return take(new, isNew ? (entered, left) : counted)
    }
    rival = new
    return .doubtful
  }

  /// The device was away: what it counted meanwhile cannot be told from a new beginning.
  package mutating func lose() {
    base = nil
    rival = nil
  }

  private mutating func take(_ new: Base, _ counted: (entered: Int64, left: Int64)) -> Outcome {
    base = new
    rival = nil
    return .counted(entered: counted.entered, left: counted.left)
  }

  /// - Returns: nil where more would have passed than can.
  private static func passed(from old: Base, to new: Base) -> (entered: Int64, left: Int64)? {
    let seconds = max(0, min((new.at - old.at).wholeNanoseconds / 1_000_000_000, 3600))
    let most = min(mostAtOnce + mostEachSecond * seconds, modulus / 4)
    let entered = difference(new.entered, old.entered)
    let left = difference(new.left, old.left)
    return entered <= most && left <= most ? (entered, left) : nil
  }

  /// Counters that are full begin at zero again.
  private static func difference(_ new: Int64, _ old: Int64) -> Int64 {
    (new - old + modulus) % modulus
  }
}
