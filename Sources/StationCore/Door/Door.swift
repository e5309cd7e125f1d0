// One door: strike, leaf and exit button, with the alarms that follow from them.
import StationProtocol
import Time

/// The door machine of one access point. The contact is read as a level, never counted as edges;
/// every time is monotonic. What the machine returns, the station turns into records and effects.
///
/// Three things release the strike, each by itself: a timed release (grants and the exit button),
/// free access, and fire. It is secured when none of them holds any more.
package struct Door: Equatable, Sendable {
  /// The exit button also cuts the lock's power by itself, for at least this long, whatever the
  /// electronics do (NFPA 101, 7.2.1.6.2): whoever opens the door meanwhile forces nothing.
  package static let egress: Duration = .seconds(30)

  package internal(set) var timing: DoorTiming
  package let lock: DoorLock
  let exitDrivesStrike: Bool
  let contactFaultAfter: Int
  package internal(set) var strike = StrikeState.secured
  package internal(set) var leaf = LeafState.unknown
  /// Free access holds the strike released.
  package internal(set) var isFree = false
  /// The fire input holds the strike released.
  package internal(set) var isFireReleased = false
  /// What the relay was told last.
  package internal(set) var relay = Strike.secure
  package internal(set) var feedback = LockWatch()
  package internal(set) var isTampered = false
  package internal(set) var isContactFaulty = false
  /// A lock made for pulses was pulsed, and its leaf has not opened and closed since.
  package internal(set) var isUnlatched = false
  var coil: DoorCoil?
  /// Until when an opening belongs to the exit button.
  var exitUntil: Instant?
  /// Grants since the leaf last moved.
  var unusedGrants = 0

  package enum StrikeState: Equatable, Sendable {
    /// No grant and no exit holds the door released. Can become `released` by either.
    case secured
    /// Released for someone, at most until the instant given there. Can become `secured` when
    /// that has come, or when the leaf has closed as often as it was released.
    case released(Release)
  }

  package struct Release: Equatable, Sendable {
    package var until: Instant
    /// How often the leaf is still expected to close before the strike is secured early.
    package var closings: Int
    package var cause: OpenCause
    /// The exit button asked for one of them, however often it was pressed.
    package var isForExit: Bool
    /// Somebody of them needs more time.
    package var isExtended: Bool
    /// The code that was granted last, where it was a code.
    package var code: CodeDigest?
  }

  package enum LeafState: Equatable, Sendable {
    /// Not sensed: at boot, or with the lines lost. Can become `closed` or `open`.
    case unknown
    /// Can become `open` or `unknown`.
    case closed
    /// Can become `closed` or `unknown`.
    case open(Opening)
  }

  package struct Opening: Equatable, Sendable {
    package var cause: OpenCause
    /// When it becomes an alarm. It moves on with each grant, so that a queue of workers is not
    /// a door held open, and does not count while free access or fire holds the door.
    package var heldAt: Instant
    package var stage: Stage

    package enum Stage: Equatable, Sendable {
      /// Can become `warned`, or `held` where nobody is to be warned.
      case quiet
      /// People at the door were asked to close it. Can become `held`, or `quiet` when
      /// someone else is let through or the door need not close.
      case warned
      /// The alarm stands. Can become `quiet` when the door need not close any more.
      case held
    }
  }

  /// What a step of the machine asks for, in order.
  package enum Action: Equatable, Sendable {
    case setStrike(Strike)
    case opened(OpenCause)
    case closed
    case locked(LockCause)
    case raise(Alarm)
    case clear(Alarm)
    /// Ask whoever stands at the door to close it.
    case warn
  }

  package init(
    timing: DoorTiming, lock: DoorLock = DoorLock(), exitDrivesStrike: Bool = true,
    contactFaultAfter: Int = 10
  ) {
    self.timing = timing
    self.lock = lock
    self.exitDrivesStrike = exitDrivesStrike
    self.contactFaultAfter = contactFaultAfter
    if case .pulse(let longest) = lock.rating { coil = DoorCoil(longest: longest) }
  }

  package init(_ configuration: AccessPointConfiguration) {
    self.init(
      timing: configuration.timing, lock: configuration.lock,
      exitDrivesStrike: configuration.exitDrivesStrike,
      contactFaultAfter: configuration.contactFaultAfter)
  }

  // MARK: - What can be asked of it

  /// The code that holds the strike released at this moment.
  package var openFor: CodeDigest? {
    if case .released(let release) = strike { release.code } else { nil }
  }

  /// Whether anything at all releases the strike.
  package var isReleased: Bool { isTimed || staysReleased || coil?.isEnergised == true }

  /// Whether a grant or an exit does.
  package var isTimed: Bool {
    if case .released = strike { true } else { false }
  }

  /// Whether free access or fire does.
  package var staysReleased: Bool { isFree || (isFireReleased && lock.canStayReleased) }

  /// The alarms that this door has raised and not cleared.
  package var standingAlarms: [Alarm] {
    var alarms = leafAlarms
    if feedback.isFaulty { alarms.append(.strikeFault) }
    if isContactFaulty { alarms.append(.contactFault) }
    if isTampered { alarms.append(.tamper) }
    return alarms
  }

  /// The alarms among them that end when the leaf closes.
  var leafAlarms: [Alarm] {
    guard case .open(let opening) = leaf else { return [] }
    let forced: [Alarm] = opening.cause == .forced ? [.forcedOpen] : []
    switch opening.stage {
    case .quiet: return forced
    case .warned: return forced + [.heldOpenWarning]
    case .held: return forced + [.heldOpen]
    }
  }

  /// The next instant at which `wake` has something to do.
  package var deadline: Instant? {
    var next = Earliest()
    next.add(coil?.deadline)
    next.add(feedback.deadline)
    if case .released(let release) = strike { next.add(release.until) }
    if case .open(let opening) = leaf, !staysReleased {
      switch opening.stage {
      case .quiet: next.add(warnsAt(opening) ?? opening.heldAt)
      case .warned: next.add(opening.heldAt)
      case .held: break
      }
    }
    // From then on a lock that the button's own circuit held has to be home again.
    if feedback.isLocked == false { next.add(exitUntil) }
    return next.deadline
  }

  /// nil where nobody is warned: a warning that would come as the door opens is none.
  func warnsAt(_ opening: Opening) -> Instant? {
    let isUseful = timing.heldOpenWarning > .zero && timing.heldOpenWarning < timing.heldOpen
    return isUseful ? opening.heldAt + (.zero - timing.heldOpenWarning) : nil
  }
}
