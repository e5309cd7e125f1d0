// What happens at a door, and what the door makes of it.
import StationProtocol
import Time

// MARK: - Reasons to release

extension Door {
  /// Somebody was granted entry. A grant during a grant extends it and never shortens it.
  /// - Parameters:
  ///   - code: the code that was shown; nil where it was none.
  ///   - cause: on whose word.
  package mutating func grant(
    _ code: CodeDigest?, isExtended: Bool = false, for cause: OpenCause = .granted,
    at now: Instant
  ) -> [Action] {
    let until = now + timing.access(isExtended: isExtended)
    switch strike {
    case .secured: release(until: until, for: cause, isExtended: isExtended, code)
    case .released(var release):
      release.until = max(release.until, until)
      release.closings += 1
      release.cause = cause
      release.isExtended = release.isExtended || isExtended
      release.code = code
      strike = .released(release)
    }
    countGrant()
    coil?.want(at: now)
    return drive(again: true) + prolongOpening(isExtended: isExtended, at: now) + compare(at: now)
  }

  /// The exit button was pressed. Nothing refuses this.
  package mutating func requestExit(at now: Instant) -> [Action] {
    let until = now + timing.exit
    exitUntil = now + max(timing.exit, Self.egress)
    guard exitDrivesStrike else {
      return prolongOpening(isExtended: false, at: now) + compare(at: now)
    }
    switch strike {
    case .secured: release(until: until, for: .exit, isExtended: false, nil)
    case .released(var release):
      release.until = max(release.until, until)
      if !release.isForExit { release.closings += 1 }
      release.isForExit = true
      strike = .released(release)
    }
    coil?.want(at: now)
    return drive(again: true) + prolongOpening(isExtended: false, at: now) + compare(at: now)
  }

  /// Free access begins or ends. A lock that is made for pulses cannot stay released.
  package mutating func stayFree(_ isFree: Bool, at now: Instant) -> [Action] {
    guard lock.canStayReleased, isFree != self.isFree else { return [] }
    let before = staysReleased
    self.isFree = isFree
    return holdChanged(from: before, at: now)
  }

  /// The fire input begins to release all doors, or has been reset by hand. A lock that is made
  /// for pulses gets one: its handle, not its coil, lets people out.
  package mutating func releaseForFire(_ isFire: Bool, at now: Instant) -> [Action] {
    guard isFire != isFireReleased else { return [] }
    let before = staysReleased
    isFireReleased = isFire
    if isFire {
      coil?.want(at: now)
    } else if !isTimed {
      // Nobody has a right to the rest of the pulse.
      coil?.cut(at: now)
    }
    return holdChanged(from: before, at: now)
  }

  private mutating func holdChanged(from before: Bool, at now: Instant) -> [Action] {
    var actions: [Action] = []
    if staysReleased, !before {
      actions += drive(again: true) + quietOpening()
    } else if !staysReleased, before {
      if case .open(var opening) = leaf {
        opening.heldAt = now + timing.heldOpen
        leaf = .open(opening)
      }
      actions += drive()
      if !isReleased { actions.append(.locked(.ended)) }
    } else {
      actions += drive()
    }
    return actions + compare(at: now)
  }
}

// MARK: - What is sensed

extension Door {
  /// The contact was sensed; nil where it cannot be.
  package mutating func sense(isClosed: Bool?, at now: Instant) -> [Action] {
    switch (leaf, isClosed) {
    case (.unknown, nil), (.closed, true?), (.open, false?): return []
    case (_, nil):
      let alarms = leafAlarms
      leaf = .unknown
      return alarms.map(Action.clear) + compare(at: now)
    case (.unknown, true?):
      leaf = .closed
      return compare(at: now)
    case (.unknown, false?):
      leaf = .open(Opening(cause: .found, heldAt: now + timing.heldOpen, stage: .quiet))
      return [.opened(.found)] + compare(at: now)
    case (.closed, false?): return open(at: now) + moved() + compare(at: now)
    case (.open, true?): return close(at: now) + moved() + compare(at: now)
    }
  }

  /// The lock's feedback was sensed: whether its bolt is home; nil where it cannot be.
  package mutating func senseLock(isLocked: Bool?, at now: Instant) -> [Action] {
    guard lock.hasFeedback else { return [] }
    if isLocked == true { isUnlatched = false }
    let isCured = feedback.sense(isLocked: isLocked, expectation(at: now))
    return (isCured ? [.clear(.strikeFault)] : []) + compare(at: now)
  }

  /// The cover of a reader or of the electronics was opened, or closed again.
  package mutating func senseTamper(isOpen: Bool) -> [Action] {
    guard isOpen != isTampered else { return [] }
    isTampered = isOpen
    return [isOpen ? .raise(.tamper) : .clear(.tamper)]
  }

  /// The lines cannot be read: nothing is known of the leaf and the bolt.
  package mutating func loseSight(at now: Instant) -> [Action] {
    sense(isClosed: nil, at: now) + senseLock(isLocked: nil, at: now)
  }

  private mutating func open(at now: Instant) -> [Action] {
    let cause: OpenCause
    var isExtended = false
    if isFireReleased {
      cause = .fire
    } else if case .released(let release) = strike {
      cause = release.cause
      isExtended = release.isExtended
    } else if isFree {
      cause = .free
    } else if let exitUntil, now < exitUntil {
      cause = .exit
    } else {
      cause = .forced
    }
    let heldAt = now + timing.heldOpen(isExtended: isExtended)
    leaf = .open(Opening(cause: cause, heldAt: heldAt, stage: .quiet))
    return [.opened(cause)] + (cause == .forced ? [.raise(.forcedOpen)] : [])
  }

  private mutating func close(at now: Instant) -> [Action] {
    let alarms = leafAlarms
    leaf = .closed
    isUnlatched = false
    var actions: [Action] = [.closed]
    if case .released(var release) = strike, release.closings > 1 {
      release.closings -= 1
      release.isForExit = false
      strike = .released(release)
      // The leaf has latched behind the one before.
      coil?.cut(at: now)
      coil?.want(at: now)
      actions += drive()
    } else if isTimed {
      strike = .secured
      coil?.cut(at: now)
      actions += drive()
      if !isReleased { actions.append(.locked(.closed)) }
    }
    return actions + alarms.map(Action.clear)
  }

  /// Somebody has looked at the contact: it is believed again until grants go by without it.
  package mutating func resetContact() -> [Action] {
    guard isContactFaulty else { return [] }
    isContactFaulty = false
    unusedGrants = 0
    return [.clear(.contactFault)]
  }

  /// The contact works.
  private mutating func moved() -> [Action] {
    unusedGrants = 0
    guard isContactFaulty else { return [] }
    isContactFaulty = false
    return [.clear(.contactFault)]
  }
}

// MARK: - Time

extension Door {
  package mutating func wake(at now: Instant) -> [Action] {
    var actions: [Action] = []
    if case .released(let release) = strike, release.until <= now {
      strike = .secured
      coil?.cut(at: now)
      actions += drive()
      if !isReleased { actions.append(.locked(.timeout)) }
      actions += judgeContact()
    }
    if let until = exitUntil, until <= now { exitUntil = nil }
    let isWanted = isTimed || isFireReleased
    coil?.wake(isStillWanted: isWanted, at: now)
    actions += drive()
    return actions + watchLeaf(at: now) + compare(at: now)
  }

  private mutating func watchLeaf(at now: Instant) -> [Action] {
    guard case .open(var opening) = leaf, !staysReleased, opening.stage != .held else { return [] }
    var actions: [Action] = []
    if opening.heldAt <= now {
      if opening.stage == .warned { actions.append(.clear(.heldOpenWarning)) }
      opening.stage = .held
      actions.append(.raise(.heldOpen))
    } else if opening.stage == .quiet, let warnsAt = warnsAt(opening), warnsAt <= now {
      opening.stage = .warned
      actions += [.raise(.heldOpenWarning), .warn]
    }
    leaf = .open(opening)
    return actions
  }

  /// Judged when a release ends: whoever was granted last has had time to move the leaf.
  private mutating func judgeContact() -> [Action] {
    guard !isContactFaulty, unusedGrants >= contactFaultAfter else { return [] }
    isContactFaulty = true
    return [.raise(.contactFault)]
  }

  private mutating func countGrant() {
    switch leaf {
    case .closed: unusedGrants += 1
    case .open(let opening): if opening.stage == .held { unusedGrants += 1 }
    case .unknown: break
    }
  }
}

// MARK: - The relay, the bolt and the leaf

extension Door {
  /// Tells the relay what follows from the reasons that hold.
  /// - Parameter again: tell it once more that it is to release, should it have missed that.
  private mutating func drive(again: Bool = false) -> [Action] {
    let wanted: Strike = (coil?.isEnergised ?? isReleased) ? .release : .secure
    if coil?.isEnergised == true { isUnlatched = true }
    guard wanted != relay || (again && wanted == .release) else { return [] }
    relay = wanted
    return [.setStrike(wanted)]
  }

  private mutating func compare(at now: Instant) -> [Action] {
    feedback.compare(expectation(at: now), at: now) ? [.raise(.strikeFault)] : []
  }

  private func expectation(at now: Instant) -> LockWatch.Expectation {
    if relay == .release { return .unlocked }
    if isUnlatched || leaf != .closed { return .either }
    if let exitUntil, now < exitUntil { return .either }
    return .locked
  }

  /// Lets go. A leaf that stands open will close once without anyone having used this.
  private mutating func release(
    until: Instant, for cause: OpenCause, isExtended: Bool, _ code: CodeDigest?
  ) {
    let standsOpen = if case .open = leaf { true } else { false }
    strike = .released(
      Release(
        until: until, closings: standsOpen ? 2 : 1, cause: cause, isForExit: cause == .exit,
        isExtended: isExtended, code: code))
  }

  /// Someone else was let through while the leaf stands open.
  private mutating func prolongOpening(isExtended: Bool, at now: Instant) -> [Action] {
    guard case .open(var opening) = leaf, opening.stage != .held else { return [] }
    let wasWarned = opening.stage == .warned
    opening.heldAt = max(opening.heldAt, now + timing.heldOpen(isExtended: isExtended))
    opening.stage = .quiet
    leaf = .open(opening)
    return wasWarned ? [.clear(.heldOpenWarning)] : []
  }

  /// The door need not close any more.
  private mutating func quietOpening() -> [Action] {
    guard case .open(var opening) = leaf else { return [] }
    let alarms = leafAlarms.filter { $0 != .forcedOpen }
    opening.stage = .quiet
    leaf = .open(opening)
    return alarms.map(Action.clear)
  }
}
