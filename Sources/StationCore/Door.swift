// One door: strike, leaf and exit button, with the alarms that follow from them.
import StationProtocol

/// The door machine of one access point. The contact is read as a level, never counted as edges;
/// every time is monotonic. What the machine returns, the station turns into records and effects.
package struct Door: Equatable, Sendable {
  /// The exit button also cuts the lock's power by itself, for at least this long, whatever the
  /// electronics do (NFPA 101, 7.2.1.6.2): whoever opens the door meanwhile forces nothing.
  package static let egress: Duration = .seconds(30)

  package let timing: DoorTiming
  package private(set) var strike = StrikeState.secured
  package private(set) var leaf = LeafState.unknown
  /// Until when an opening belongs to the exit button.
  private var exitUntil: Instant?

  package enum StrikeState: Equatable, Sendable {
    /// The relay is told to hold the door. Can become `released` by a grant or the exit button.
    case secured
    /// The relay is told to let go, at most until the instant given there. Can become `secured`
    /// when that has come, or when the leaf has closed as often as it was released.
    case released(Release)
  }

  package struct Release: Equatable, Sendable {
    package var until: Instant
    /// How often the leaf is still expected to close before the strike is secured early.
    package var closings: Int
    package var cause: OpenCause
    /// The exit button asked for one of them, however often it was pressed.
    package var isForExit: Bool
    /// The code that was granted last.
    package var code: CodeDigest?
  }

  package enum LeafState: Equatable, Sendable {
    /// Not sensed: at boot, or with the lines lost. Can become `closed` or `open`.
    case unknown
    /// Can become `open` or `unknown`.
    case closed
    /// Can become `closed` or `unknown`. `since` moves on with each grant, so that a queue of
    /// workers is not a door held open.
    case open(since: Instant, cause: OpenCause, isHeld: Bool)
  }

  /// What a step of the machine asks for, in order.
  package enum Action: Equatable, Sendable {
    case setStrike(Strike)
    case opened(OpenCause)
    case closed
    case locked(LockCause)
    case raise(Alarm)
    case clear(Alarm)
  }

  package init(timing: DoorTiming) { self.timing = timing }

  /// The code that holds the strike released at this moment.
  package var openFor: CodeDigest? {
    if case .released(let release) = strike { release.code } else { nil }
  }

  package var isReleased: Bool {
    if case .released = strike { true } else { false }
  }

  /// A code was granted. A grant during a grant extends it and never shortens it.
  package mutating func grant(_ code: CodeDigest, at now: Instant) -> [Action] {
    let until = now + timing.access
    switch strike {
    case .secured: release(until: until, for: .granted, code)
    case .released(var release):
      release.until = max(release.until, until)
      release.closings += 1
      release.cause = .granted
      release.code = code
      strike = .released(release)
    }
    prolongOpening(at: now)
    return [.setStrike(.release)]
  }

  /// The exit button was pressed. Nothing refuses this.
  package mutating func requestExit(at now: Instant) -> [Action] {
    let until = now + timing.exit
    exitUntil = now + max(timing.exit, Self.egress)
    switch strike {
    case .secured: release(until: until, for: .exit, nil)
    case .released(var release):
      release.until = max(release.until, until)
      if !release.isForExit { release.closings += 1 }
      release.isForExit = true
      strike = .released(release)
    }
    prolongOpening(at: now)
    return [.setStrike(.release)]
  }

  /// The contact was sensed; nil where it cannot be.
  package mutating func sense(isClosed: Bool?, at now: Instant) -> [Action] {
    switch (leaf, isClosed) {
    case (.unknown, nil), (.closed, true?), (.open, false?): return []
    case (_, nil):
      defer { leaf = .unknown }
      return standingAlarms.map(Action.clear)
    case (.unknown, true?):
      leaf = .closed
      return []
    case (.unknown, false?):
      leaf = .open(since: now, cause: .found, isHeld: false)
      return [.opened(.found)]
    case (.closed, false?): return open(at: now)
    case (.open, true?): return close(at: now)
    }
  }

  /// The next instant at which `wake` has something to do.
  package var deadline: Instant? {
    var deadlines: [Instant] = []
    if case .released(let release) = strike { deadlines.append(release.until) }
    if case .open(let since, _, isHeld: false) = leaf { deadlines.append(since + timing.heldOpen) }
    return deadlines.min()
  }

  package mutating func wake(at now: Instant) -> [Action] {
    var actions: [Action] = []
    if case .released(let release) = strike, release.until <= now {
      strike = .secured
      actions += [.setStrike(.secure), .locked(.timeout)]
    }
    if case .open(let since, let cause, isHeld: false) = leaf, since + timing.heldOpen <= now {
      leaf = .open(since: since, cause: cause, isHeld: true)
      actions.append(.raise(.heldOpen))
    }
    return actions
  }

  /// The alarms that this door has raised and not cleared.
  package var standingAlarms: [Alarm] {
    guard case .open(_, let cause, let isHeld) = leaf else { return [] }
    return (cause == .forced ? [.forcedOpen] : []) + (isHeld ? [.heldOpen] : [])
  }

  private mutating func open(at now: Instant) -> [Action] {
    let cause: OpenCause
    if case .released(let release) = strike {
      cause = release.cause
    } else if let exitUntil, now <= exitUntil {
      cause = .exit
    } else {
      cause = .forced
    }
    leaf = .open(since: now, cause: cause, isHeld: false)
    return [.opened(cause)] + (cause == .forced ? [.raise(.forcedOpen)] : [])
  }

  private mutating func close(at now: Instant) -> [Action] {
    let alarms = standingAlarms
    leaf = .closed
    var actions: [Action] = [.closed]
    if case .released(var release) = strike, release.closings > 1 {
      release.closings -= 1
      release.isForExit = false
      strike = .released(release)
    } else {
      if isReleased { actions += [.setStrike(.secure), .locked(.closed)] }
      strike = .secured
    }
    return actions + alarms.map(Action.clear)
  }

  /// Lets go. A leaf that stands open will close once without anyone having used this.
  private mutating func release(until: Instant, for cause: OpenCause, _ code: CodeDigest?) {
    let standsOpen = if case .open = leaf { true } else { false }
    strike = .released(
      Release(
        until: until, closings: standsOpen ? 2 : 1, cause: cause, isForExit: cause == .exit,
        code: code))
  }

  /// Someone else was let through while the leaf stands open.
  private mutating func prolongOpening(at now: Instant) {
    if case .open(_, let cause, isHeld: false) = leaf {
      leaf = .open(since: now, cause: cause, isHeld: false)
    }
  }
}
