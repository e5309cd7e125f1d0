// One turn of a motor, from the order to what can be known of its end.
import StationProtocol
import Time

/// Follows an order by its number. Of a machine that knows its orders the order itself is also the
/// question how it stands: the same number is not carried out twice, as long as it is remembered.
///
/// After a silence nobody knows whether it remembers: answers get lost on a bad line, and a machine
/// that lost its power forgets. So it is first asked what it does, which turns nothing. One that is
/// busy has been busy ever since, and however many answers got lost, nothing is lost with them. One
/// that is at rest is given the order once more; if it turns at that, it had forgotten. An answer
/// of before that comes late says the same, so it counts only once a second answer confirms it:
/// what turns long enough to drop anything is asked more than once.
///
/// A machine that does not know its orders is given each once and never again. After a silence it
/// is asked what it does until it is at rest, and how the turn ended stays unknown.
package struct DispenseWatch: Equatable, Sendable {
  package let serial: UInt8
  /// When the motor was told, or asked about for the first time after an interruption.
  let began: Instant
  /// An order from before a restart may be over long since.
  private let isResumed: Bool
  /// The number was drawn by a new store: the board may remember it from an order of the old one.
  let isDrawn: Bool
  private let timing: VendingTiming
  /// The same order again is a question, and nothing turns at it.
  private let isRepeatable: Bool
  /// The machine has said that it turns at this order.
  private var wasBusy = false
  /// The machine is asked what it does, after a silence.
  private(set) var isChecking = false
  /// The machine was at rest after a silence: the turn is over, or the order is forgotten.
  private var wasAtRest = false
  /// How often it began anew with an order that it had begun before.
  private var restarts = 0
  /// The motor was said to turn again after it was at rest, by one answer, which may be an old one.
  private var mayHaveRestarted = false
  /// When the machine last answered, or the silence before was counted.
  private var quietSince: Instant
  /// How long it has been silent since its last answer.
  private var silence: Duration = .zero
  private var askAt: Instant?

  /// So often a plug may slip out in the middle of a turn; more often somebody pulls it.
  static let mostRestarts = 1

  package enum Verdict: Equatable, Sendable {
    /// Not yet.
    case waits
    /// Send the order once more, which asks how it stands.
    case ask
    /// Ask what the machine does, which moves nothing whatever it remembers.
    case check
    /// The drop was seen; the slot may need somebody's look all the same.
    case dropped(fault: MachineFault?)
    case failed(MachineFault)
    case unknown(UnknownOutcome)
  }

  package init(
    serial: UInt8, isResumed: Bool = false, isDrawn: Bool = false, policy: VendingPolicy,
    at now: Instant
  ) {
    self.serial = serial
    self.isResumed = isResumed
    self.isDrawn = isDrawn
    timing = policy.timing
    isRepeatable = policy.ordersAreRepeatable
    began = now
    quietSince = now
  }

  package mutating func answered(_ report: MachineReport, at now: Instant) -> Verdict {
    hear(at: now)
    switch report {
    case .busy:
      return turns(at: now)
    case .dropped(let fault):
      return isTooSoon(now) ? .unknown(.stale) : .dropped(fault: fault)
    case .failed(.dropNotSeen):
      return isTooSoon(now) ? .unknown(.stale) : .failed(.dropNotSeen)
    // A fault may show before anything turns; by a drawn number it may be that of an earlier order.
    case .failed(let fault):
      return isDrawn && isTooSoon(now) ? .unknown(.stale) : .failed(fault)
    // To an order this is no answer.
    case .resting: return .unknown(.silent)
    }
  }

  /// The machine has said what it does, whatever order that belongs to.
  package mutating func checked(_ report: MachineReport, at now: Instant) -> Verdict {
    hear(at: now)
    if report == .busy { return turns(at: now) }
    (wasAtRest, mayHaveRestarted) = (true, false)
    // How the turn ended is not told by this, and may never be.
    return isRepeatable && now - began < timing.longestTurn ? .ask : .unknown(.silent)
  }

  /// Nothing came within the window of a reply. An order that was never answered may have got
  /// lost, and is sent again where that is a question.
  package mutating func fellSilent(at now: Instant) -> Verdict {
    silence = silence + (now - quietSince)
    quietSince = now
    guard silence < timing.silence else { return .unknown(.silent) }
    askAt = nil
    isChecking = wasBusy || !isRepeatable
    return isChecking ? .check : .ask
  }

  package mutating func wake(at now: Instant) -> Verdict {
    guard let due = askAt, due <= now else { return .waits }
    askAt = nil
    // From the question on, not from the pause before it.
    quietSince = now
    isChecking = !isRepeatable
    return isChecking ? .check : .ask
  }

  package var deadline: Instant? { askAt }

  private mutating func hear(at now: Instant) {
    (askAt, isChecking, silence) = (nil, false, .zero)
    quietSince = now
  }

  private mutating func turns(at now: Instant) -> Verdict {
    if mayHaveRestarted { restarts += 1 }
    mayHaveRestarted = wasBusy && wasAtRest
    (wasBusy, wasAtRest) = (true, false)
    guard restarts <= Self.mostRestarts else { return .unknown(.silent) }
    guard now - began < timing.longestTurn else { return .unknown(.endless) }
    askAt = now + timing.busyPause
    return .waits
  }

  private func isTooSoon(_ now: Instant) -> Bool {
    !isResumed && !wasBusy && now - began < timing.shortestTurn
  }
}
