// What a station does about whoever wants to come in.
import StationProtocol
import Time

extension Station {
  /// Somebody showed something at a reader on the street's side.
  mutating func present(
    _ attempt: EntryAttempt, at id: AccessPointID, _ step: inout Step
  ) {
    guard let index = points.firstIndex(where: { $0.id == id }) else { return }
    let witness = learn(from: attempt, step.now)
    switch decide(attempt, witness, at: index, step.now) {
    case .ignored: break
    case .confirmed: step.effects.append(.show(id, .granted))
    case .granted(let claimant, let mark, let note):
      let forgiven = attempt.number.map { guesses.right($0) } ?? []
      grant(claimant, mark, note, at: index, &step, forgiven.map { .guess($0) })
    case .refused(let refusal):
      tellKeeper(attempt, &step)
      refuse(refusal, attempt.number, at: index, &step)
    }
  }

  /// While the maintenance key is turned, a keeper who gives somebody a card may read its number.
  private mutating func tellKeeper(_ attempt: EntryAttempt, _ step: inout Step) {
    guard isInMaintenance, case .card(let presentation) = attempt,
      directory.member(with: presentation.card) == nil
    else { return }
    hasShownCard = true
    step.effects.append(.showCard(presentation.card))
  }

  mutating func takeCardBack(_ step: inout Step) {
    guard hasShownCard else { return }
    hasShownCard = false
    step.effects.append(.showCard(nil))
  }

  /// A step of its own, so that what is handed to the machine is let go before anything changes:
  /// whatever else held the marks then would make each grant copy all of them.
  private mutating func decide(
    _ attempt: EntryAttempt, _ witness: TimeWitness?, at index: Int, _ now: Now
  ) -> Entry.Decision {
    var circumstances = circumstances(of: witness, at: index, now)
    circumstances.isHeld = guesses.holds(attempt.number, at: points[index].id, now.instant)
    return points[index].entry.decide(attempt, circumstances)
  }

  private func circumstances(
    of witness: TimeWitness?, at index: Int, _ now: Now
  ) -> Circumstances {
    let time = clock.judgementTime(now, of: witness)
    let partner = configuration.entry.interlock?.partner(of: points[index].id)
    let isPartnerOpen = points.contains {
      $0.id == partner && ($0.door.leaf != .closed || $0.door.isReleased)
    }
    return Circumstances(
      policy: configuration.entry, time: time,
      local: LocalTime(time ?? now.wall, utcOffsetSeconds: now.utcOffsetSeconds),
      directory: directory, marks: marks, whereabouts: whereabouts,
      inside: occupancy.totals.inside + points.reduce(0) { $0 + $1.arrivals.count },
      openFor: points[index].door.openFor, isPartnerOpen: isPartnerOpen,
      mode: points[index].resolution.mode, now: now.instant)
  }

  /// A good signature tells how late it is at least.
  /// - Returns: the code's word on the time, by which it may be judged itself.
  @discardableResult
  private mutating func learn(from attempt: EntryAttempt, _ now: Now) -> TimeWitness? {
    guard case .code(let presentation) = attempt else { return nil }
    return learn(from: presentation, now)
  }

  /// Where a clock tells the time, as it mostly does, no code may.
  /// - Returns: as above; nil where no code is asked.
  mutating func learn(from presentation: Presentation, _ now: Now) -> TimeWitness? {
    guard clock.goesByCodes(now), case .genuine(let claims, _, let terms) = presentation.verdict,
      let witness = configuration.entry.code.witness(claims, terms)
    else { return nil }
    clock.learn(witness, at: now)
    return witness
  }

  private mutating func grant(
    _ claimant: Claimant, _ mark: ReplayMark?, _ note: GrantNote?, at index: Int,
    _ step: inout Step, _ forgiven: [RecoveryChange]
  ) {
    let id = points[index].id
    var changes = forgiven
    if let mark {
      let forgetting = clock.forgetting(at: step.now)
      marks.add(mark, at: forgetting)
      changes.append(.mark(mark, forgetting: forgetting))
    }
    changes += clock.changes(at: step.now)
    atDoor(id, &step) { $0.grant(claimant.code, isExtended: claimant.needsTime, at: $1) }
    step.effects.append(.show(id, .granted))
    step.journal(
      .entry(.granted(id, member: claimant.member, claimant.credential, note: note)), .urgent,
      changes)
    points[index].arrivals.expect(
      claimant.member,
      until: step.now.instant + points[index].door.timing.access(isExtended: claimant.needsTime))
    if note != .override, isFreeHour(step.now) { points[index].hasFirstPerson = true }
    if let action = points[index].entry.tries.good() { perform(action, at: id, &step) }
    if claimant.isDuress {
      step.set(.duress, id, stands: true)
    } else if claimant.isMaintainer {
      endDuress(&step)
    }
  }

  /// The worker reads what the door does, not only what the code was worth: in free access that
  /// it is open.
  private mutating func refuse(
    _ refusal: Entry.Refusal, _ number: TypedNumber?, at index: Int, _ step: inout Step
  ) {
    let id = points[index].id
    let guess =
      refusal.denial.isGuess ? guesses.wrong(number, at: id, step.now.instant) : []
    let changes = guess.map { RecoveryChange.guess($0) }
    let isFree = points[index].resolution.mode == .freeAccess
    step.effects.append(
      .show(id, isFree ? .granted : .refused(refusal.denial, fault: refusal.fault)))
    if points[index].entry.refusals.count(at: step.now.instant) {
      step.journal(
        .entry(
          .refused(
            id, reason: refusal.denial, fault: refusal.fault, member: refusal.member,
            refusal.credential)), .soon, changes)
    } else if !changes.isEmpty {
      step.effects.append(.remember(changes))
    }
    if refusal.denial.isWrongTry {
      let action = points[index].entry.tries.wrong(
        isNoise: refusal.fault == .noise, at: step.now.instant)
      if let action { perform(action, at: id, &step) }
    }
    // Silent either way, and no less urgent because the door stays shut.
    if refusal.isDuress { step.set(.duress, id, stands: true) }
  }

  private mutating func perform(
    _ action: WrongTries.Action, at id: AccessPointID, _ step: inout Step
  ) {
    step.set(.wrongTries, id, stands: action == .raise)
  }

  /// Somebody who looks after the station has come, of his own will.
  mutating func endDuress(_ step: inout Step) {
    for point in points { step.set(.duress, point.id, stands: false) }
  }

  /// What the passing of time has brought to those who want to come in.
  mutating func passEntry(_ step: inout Step) {
    for index in points.indices {
      let id = points[index].id
      if let action = points[index].entry.tries.wake(at: step.now.instant) {
        perform(action, at: id, &step)
      }
      if let surplus = points[index].entry.refusals.close(at: step.now.instant) {
        step.journal(.entry(.refusalsCounted(id, count: surplus)), .soon)
      }
      let isShut =
        points[index].door.leaf == .closed && !points[index].door.isReleased
        && !points[index].beams.isOccupied
      points[index].arrivals.wake(
        isOpen: points[index].isOpen, isShut: isShut, at: step.now.instant)
    }
    step.set(.guessing, nil, stands: guesses.isAlarming(at: step.now.instant))
    resolveModes(&step)
    for (alarm, stands) in capacityWatch.judge(
      inside: occupancy.totals.inside, { [alarms = step.alarms] in alarms.stands($0, nil) })
    {
      step.set(alarm, nil, stands: stands)
    }
    let isTimeUnknown = clock.judgementTime(step.now) == nil || clock.isDoubted
    step.set(.clockUntrusted, nil, stands: isTimeUnknown)
    // With the mark that it is measured by: a restart must not make it forget.
    if clock.isSetBack != step.alarms.stands(.clockSetBack, nil) {
      step.set(.clockSetBack, nil, stands: clock.isSetBack, clock.changes(at: step.now))
    }
  }

  /// When `passEntry` has something to do.
  func addEntryDeadlines(to next: inout Earliest) {
    for index in points.indices {
      next.add(points[index].entry.refusals.deadline)
      next.add(points[index].entry.tries.deadline)
      if !points[index].isOpen { next.add(points[index].arrivals.deadline) }
    }
    next.add(modesDueAt)
    if alarms.stands(.guessing, nil) { next.add(guesses.alarmEnd) }
  }
}

// MARK: - Who is inside

extension Station {
  /// Somebody who may be known by name wants to leave, at a reader on the room's side. A way out
  /// that needs no reader is always there; this one opens for whoever is known here, whatever the
  /// grounds of entry say. What cannot be read opens nothing: a loose wire must not.
  mutating func presentLeaving(
    _ attempt: EntryAttempt, at id: AccessPointID, _ step: inout Step
  ) {
    guard let index = points.firstIndex(where: { $0.id == id }) else { return }
    learn(from: attempt, step.now)
    let member: MemberID
    switch points[index].leaving.judge(attempt, directory, at: step.now.instant) {
    case .ignored: return
    case .refused(let refusal):
      tellKeeper(attempt, &step)
      return refuse(refusal, attempt.number, at: index, &step)
    case .goesOn:
      atDoor(id, &step) { $0.requestExit(at: $1) }
      return
    case .leaves(let leaving): member = leaving
    }
    atDoor(id, &step) { $0.requestExit(at: $1) }
    step.effects.append(.show(id, .granted))
    step.journal(.door(.exitRequested(id)), .urgent)
    points[index].arrivals.expectLeaving(
      member, until: step.now.instant + points[index].door.timing.exit)
  }

  /// Somebody passed through a door that stands open.
  /// - Returns: what boot must remember of it, for the record of the passage.
  mutating func advanceWhereabouts(
    _ passage: Passage, at index: Int, _ step: inout Step
  ) -> [RecoveryChange] {
    let isFollowed = configuration.entry.antiPassback != .off
    switch passage {
    case .inward:
      guard let member = points[index].arrivals.enter(), isFollowed else { return [] }
      let since = clock.lastTrusted(at: step.now) ?? step.now.wall
      return whereabouts.enter(member, since: since, at: step.now.instant)
        .map(RecoveryChange.whereabouts)
    case .outward:
      guard let member = points[index].arrivals.leave(), isFollowed,
        let change = whereabouts.leave(member)
      else { return [] }
      return [.whereabouts(change)]
    case .turnBack, .ambiguous: return []
    }
  }

  /// The room was found empty.
  /// - Returns: what boot must remember of it.
  mutating func forgetWhereabouts() -> [RecoveryChange] {
    whereabouts.clear().map { [.whereabouts($0)] } ?? []
  }
}

extension Station.AccessPoint {
  var isOpen: Bool {
    if case .open = door.leaf { true } else { false }
  }
}
