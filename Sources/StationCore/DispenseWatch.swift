// One turn of a motor, from the order to what can be known of its end.
import StationProtocol

/// Follows an order by its serial number. The order itself is also the question how it stands: a
/// board does not carry out the same serial number twice, as long as it remembers it.
package struct DispenseWatch: Equatable, Sendable {
  package let serial: UInt8
  /// When the motor was told, or asked about for the first time after an interruption.
  let began: Instant
  /// An order from before a restart may be over long since.
  private let isResumed: Bool
  private let timing: VendingTiming
  private var wasBusy = false
  /// When the machine last answered, or the silence before was counted.
  private var quietSince: Instant
  /// How long it has been silent since the order, all silences together.
  private var silence: Duration = .zero
  private var askAt: Instant?

  package enum Verdict: Equatable, Sendable {
    /// Not yet.
    case waits
    /// Send the order once more, which asks how it stands.
    case ask
    /// The drop was seen; the slot may need somebody's look all the same.
    case dropped(fault: MachineFault?)
    case failed(MachineFault)
    case unknown(UnknownOutcome)
  }

  package init(serial: UInt8, isResumed: Bool = false, timing: VendingTiming, at now: Instant) {
    self.serial = serial
    self.isResumed = isResumed
    self.timing = timing
    began = now
    quietSince = now
  }

  package mutating func answered(_ status: MachineStatus, at now: Instant) -> Verdict {
    askAt = nil
    quietSince = now
    switch status.reading {
    case .busy:
      wasBusy = true
      guard now - began < timing.longestTurn else { return .unknown(.endless) }
      askAt = now + timing.busyPause
      return .waits
    case .dropped(let fault):
      return isTooSoon(now) ? .unknown(.stale) : .dropped(fault: fault)
    case .failed(.dropNotSeen):
      return isTooSoon(now) ? .unknown(.stale) : .failed(.dropNotSeen)
    case .failed(let fault): return .failed(fault)
    }
  }

  /// Nothing came within the window of a reply. On a bad line answers get lost, and asking again
  /// costs nothing. A board that lost its power meanwhile has forgotten, and takes the same order
  /// for a new one: so all silences of a turn together have a bound, however short each of them is.
  package mutating func fellSilent(at now: Instant) -> Verdict {
    silence = silence + (now - quietSince)
    quietSince = now
    guard silence < timing.silence else { return .unknown(.silent) }
    askAt = nil
    return .ask
  }

  package mutating func wake(at now: Instant) -> Verdict {
    guard let due = askAt, due <= now else { return .waits }
    askAt = nil
    // From the question on, not from the pause before it.
    quietSince = now
    return .ask
  }

  package var deadline: Instant? { askAt }

  private func isTooSoon(_ now: Instant) -> Bool {
    !isResumed && !wasBusy && now - began < timing.shortestTurn
  }
}
