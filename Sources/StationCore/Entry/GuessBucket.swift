// A leaky bucket of wrong tries: full, it lets tries wait, for longer each time.
import Time

/// Follows the wrong tries of one number or one reader.
package struct GuessBucket: Equatable, Sendable {
  /// How fast it may be filled without being full.
  package struct Rate: Equatable, Sendable {
    /// So many wrong tries fill it.
    var room: Int
    /// In this time one of them leaks out.
    var leak: Duration
    /// The pauses double up to this.
    var longestPause: Duration

    var full: Duration { leak * room }
  }

  /// The first pause.
  static let pause: Duration = .seconds(30)

  private let rate: Rate
  /// The time that it takes to run empty, from `filledAt` on.
  private var debt: Duration
  private var filledAt: Instant
  private var pauses: Int
  private var heldUntil: Instant?

  package init(_ rate: Rate, at now: Instant) {
    self.rate = rate
    (debt, filledAt, pauses) = (.zero, now, 0)
  }

  /// The remembered number of guesses is bounded by what can have been: the file it comes from may
  /// be spoilt.
  package init(_ rate: Rate, _ memory: GuessMemory, at now: Instant) {
    self.rate = rate
    debt = min(max(memory.debt, .zero), rate.full + rate.leak)
    pauses = min(max(memory.pauses, 0), Self.mostPauses)
    filledAt = now
    let held = min(max(memory.held, .zero), rate.longestPause)
    heldUntil = held == .zero ? nil : now + held
  }

  /// More than it takes to reach any longest pause.
  private static let mostPauses = 16

  package func level(at now: Instant) -> Duration { max(.zero, debt - (now - filledAt)) }

  package func isHeld(at now: Instant) -> Bool { heldUntil.map { now < $0 } ?? false }

  /// One more wrong try. It is never more than one beyond full, so that it leaks soon enough once
  /// nobody tries any more.
  package mutating func fill(at now: Instant) {
    let before = level(at: now)
    if before == .zero { pauses = 0 }
    debt = min(before + rate.leak, rate.full + rate.leak)
    filledAt = now
    guard debt > rate.full - rate.leak else { return }
    let length = min(Self.pause * (1 << pauses), rate.longestPause)
    heldUntil = now + length
    pauses = min(pauses + 1, Self.mostPauses)
  }

  package func memory(at now: Instant) -> GuessMemory {
    let held = heldUntil.map { max(.zero, $0 - now) } ?? .zero
    return GuessMemory(debt: level(at: now), pauses: pauses, held: held)
  }
}
