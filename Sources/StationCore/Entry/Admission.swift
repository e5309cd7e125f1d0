// Who is let in, and on the room's side who leaves by name.
import StationProtocol
import Time

/// The readers of a station with what it knows of members: used codes, wrong tries, lists, modes.
package struct Admission: Equatable, Sendable {
  private var policy: EntryPolicy
  private var points: [Point]
  private var marks = ReplayMarks()
  private var guesses = GuessBook()
  private var issuers = IssuerWatch()
  /// The lists of single members.
  private(set) var directory = MemberDirectory()
  var modes: Modes
  private(set) var codes: CodePools
  /// The keeper was told the number of a card.
  private var hasShownCard = false

  private struct Point: Equatable, Sendable {
    let id: AccessPointID
    var entry = Entry()
    var leaving = LeavingReader()
    /// The service lets nobody in by this reader.
    var isHeld = false
  }

  /// The entry of somebody who is let in.
  struct Grant: Equatable, Sendable {
    let point: AccessPointID
    let request: EntryRequest
    let note: GrantNote?
    /// The code is used up with it.
    fileprivate let mark: ReplayMark?
    /// The PIN was right that was typed for this number.
    fileprivate let number: TypedNumber?
  }

  /// The part of an event's answer that other rooms carry out.
  enum Outcome: Equatable, Sendable {
    case nothing
    /// Open the door for somebody, then call `admit`.
    case grants(Grant)
    /// The same phone is still held to the reader on the room's side: keep the door released.
    case goesOn(AccessPointID)
    /// Open the door for a member who leaves, then call `letOut`.
    case leaves(AccessPointID, MemberID)
    /// A hand has turned the maintenance key: it says that the clock is right.
    case keyTurned
    /// The keys of issuers are others than before.
    case issuersChanged
  }

  init(_ points: [AccessPointID], _ policy: EntryPolicy) {
    self.policy = policy
    self.points = points.map { Point(id: $0) }
    modes = Modes(points, policy)
    codes = CodePools(points)
  }

  /// Other rules hold from now on, for whoever comes next.
  mutating func adopt(_ policy: EntryPolicy) {
    self.policy = policy
    modes.adopt(policy)
  }

  // MARK: - What happened

  mutating func handle(
    _ event: EntryEvent, _ witness: TimeWitness?, _ doors: Doors, _ headcount: Headcount,
    _ around: Surroundings, _ step: inout Step
  ) -> Outcome {
    switch event {
    case .presented(let id, let attempt):
      return present(attempt, witness, at: id, doors, headcount, around, &step)
    case .leaveRequested(let id, let attempt): return leave(attempt, at: id, doors, &step)
    case .readerChanged(let id, let isConnected):
      step.set(.readerLost, id, stands: !isConnected)
    case .lockDownChanged(let isOn): modes.isLockedDown = isOn
    case .maintenanceChanged(let isOn): return turnKey(isOn, &step)
    case .issuersRead(let standings): return issuers.read(standings) ? .issuersChanged : .nothing
    case .directoryChanged(let changed): directory = changed
    case .listsJudged(let areFaulty): step.set(.listFaulty, nil, stands: areFaulty)
    }
    return .nothing
  }

  private mutating func present(
    _ attempt: EntryAttempt, _ witness: TimeWitness?, at id: AccessPointID, _ doors: Doors,
    _ headcount: Headcount, _ around: Surroundings, _ step: inout Step
  ) -> Outcome {
    guard let index = index(of: id), let door = doors.outlook(of: id) else { return .nothing }
    let decision = decide(
      attempt, witness, at: index, door, isPartnerOpen(of: id, doors), headcount, around, step.now)
    switch decision {
    case .ignored: break
    case .confirmed: step.effects.append(.door(.show(id, .granted)))
    case .granted(let request, let mark, let note):
      return .grants(
        Grant(point: id, request: request, note: note, mark: mark, number: attempt.number))
    case .refused(let refusal):
      tellKeeper(attempt, &step)
      refuse(refusal, attempt.number, at: index, door, &step)
    }
    return .nothing
  }

  /// A step of its own, so that what is handed to the machine is let go before anything changes:
  /// whatever else held the marks then would make each grant copy all of them.
  private mutating func decide(
    _ attempt: EntryAttempt, _ witness: TimeWitness?, at index: Int, _ door: Doors.Outlook,
    _ isPartnerOpen: Bool, _ headcount: Headcount, _ around: Surroundings, _ now: Now
  ) -> Entry.Decision {
    let time = around.clock.judgementTime(now, of: witness)
    var context = EntryContext(
      policy: policy, time: time,
      local: LocalTime(time ?? now.wall, utcOffsetSeconds: now.utcOffsetSeconds),
      directory: directory, marks: marks, whereabouts: headcount.whereabouts,
      inside: policy.capacity.most == nil ? 0 : headcount.expected, openFor: door.openFor,
      isPartnerOpen: isPartnerOpen,
      mode: door.mode, now: now.instant)
    context.isReaderHeld = points[index].isHeld
    context.typed = codes.find(attempt, at: points[index].id)
    context.isHeld = guesses.holds(attempt.number, at: points[index].id, now.instant)
    return points[index].entry.decide(attempt, context)
  }

  private func isPartnerOpen(of id: AccessPointID, _ doors: Doors) -> Bool {
    guard let partner = policy.interlock?.partner(of: id),
      let door = doors.outlook(of: partner)
    else { return false }
    return !door.isShut
  }

  /// The door was released for whoever was granted entry: the code is used up, and all is written.
  mutating func admit(_ grant: Grant, _ around: Surroundings, _ step: inout Step) {
    guard let index = index(of: grant.point) else { return }
    let request = grant.request
    let forgiven = grant.number.map { guesses.right($0) } ?? []
    var changes = forgiven.map { RecoveryChange.guess($0) }
    if let mark = grant.mark {
      let forgetting = around.clock.forgetting(at: step.now)
      marks.add(mark, at: forgetting)
      changes.append(.mark(mark, forgetting: forgetting))
    }
    changes += codes.use(request.credential, at: grant.point, &step)
    changes += around.clock.changes(at: step.now)
    step.effects.append(.door(.show(grant.point, .granted)))
    step.journal(
      .entry(
        .granted(grant.point, member: request.member, request.credential, note: grant.note)),
      .urgent, changes)
    if grant.note != .override { modes.noteArrival(at: grant.point, around, step.now) }
    if let action = points[index].entry.tries.good() { perform(action, at: grant.point, &step) }
    if request.isDuress {
      step.set(.duress, grant.point, stands: true)
    } else if request.isMaintainer {
      endDuress(&step)
    }
  }

  /// The worker reads what the door does, not only what the code was worth: in free access that
  /// it is open.
  private mutating func refuse(
    _ refusal: Entry.Refusal, _ number: TypedNumber?, at index: Int, _ door: Doors.Outlook,
    _ step: inout Step
  ) {
    let id = points[index].id
    let guess =
      refusal.denial.isGuess ? guesses.wrong(number, at: id, step.now.instant) : []
    let changes = guess.map { RecoveryChange.guess($0) }
    let isFree = door.mode == .freeAccess
    step.effects.append(
      .door(.show(id, isFree ? .granted : .refused(refusal.denial, fault: refusal.fault))))
    if points[index].entry.refusals.count(at: step.now.instant) {
      step.journal(
        .entry(
          .refused(
            id, reason: refusal.denial, fault: refusal.fault, member: refusal.member,
            refusal.credential)), .soon, changes)
    } else if !changes.isEmpty {
      step.remember(changes, .relaxed)
    }
    if refusal.denial.isWrongTry {
      let action = points[index].entry.tries.wrong(
        isNoise: refusal.fault == .noise, at: step.now.instant)
      if let action { perform(action, at: id, &step) }
    }
    // Silent either way, and no less urgent because the door stays shut.
    if refusal.isDuress { step.set(.duress, id, stands: true) }
  }

  private func index(of id: AccessPointID) -> Int? { points.firstIndex { $0.id == id } }

  private func perform(_ action: WrongTries.Action, at id: AccessPointID, _ step: inout Step) {
    step.set(.wrongTries, id, stands: action == .raise)
  }
}

// MARK: - Who leaves

extension Admission {
  /// Somebody who may be known by name wants to leave, at a reader on the room's side. A way out
  /// that needs no reader is always there; this one opens for whoever is known here, whatever the
  /// grounds of entry say. What cannot be read opens nothing: a loose wire must not.
  private mutating func leave(
    _ attempt: EntryAttempt, at id: AccessPointID, _ doors: Doors, _ step: inout Step
  ) -> Outcome {
    guard let index = index(of: id), let door = doors.outlook(of: id) else { return .nothing }
    switch points[index].leaving.judge(attempt, directory, at: step.now.instant) {
    case .ignored: return .nothing
    case .refused(let refusal):
      tellKeeper(attempt, &step)
      refuse(refusal, attempt.number, at: index, door, &step)
      return .nothing
    case .goesOn: return .goesOn(id)
    case .leaves(let member): return .leaves(id, member)
    }
  }

  /// The door was released for a member who leaves.
  func letOut(at id: AccessPointID, _ step: inout Step) {
    step.effects.append(.door(.show(id, .granted)))
    step.journal(.door(.exitRequested(id)), .urgent)
  }
}

// MARK: - Whoever looks after the station

extension Admission {
  /// While the maintenance key is turned, a keeper who gives somebody a card may read its number.
  private mutating func tellKeeper(_ attempt: EntryAttempt, _ step: inout Step) {
    guard modes.isInMaintenance, case .card(let presentation) = attempt,
      directory.member(with: presentation.card) == nil
    else { return }
    hasShownCard = true
    step.effects.append(.entry(.showCard(presentation.card)))
  }

  /// Somebody who looks after the station has come, or goes.
  private mutating func turnKey(_ isOn: Bool, _ step: inout Step) -> Outcome {
    let isTurnedNow = modes.turnKey(isOn)
    if isOn {
      endDuress(&step)
    } else if hasShownCard {
      hasShownCard = false
      step.effects.append(.entry(.showCard(nil)))
    }
    return isTurnedNow ? .keyTurned : .nothing
  }

  /// Somebody who looks after the station has come, of his own will.
  private func endDuress(_ step: inout Step) {
    for point in points { step.set(.duress, point.id, stands: false) }
  }
}

// MARK: - Time and memory

extension Admission {
  /// When `pass`, `passIssuers` or `resolveModes` has something to do.
  /// - Parameter alarms: those that stand.
  func deadline(_ alarms: AlarmBoard) -> Instant? {
    var next = Earliest()
    for index in points.indices {
      next.add(points[index].entry.refusals.deadline)
      next.add(points[index].entry.tries.deadline)
    }
    next.add(modes.dueAt)
    next.add(issuers.deadline)
    if alarms.stands(.guessing, nil) { next.add(guesses.alarmEnd) }
    return next.deadline
  }

  mutating func passIssuers(_ clock: ClockTrust, _ step: inout Step) {
    let areLost = issuers.areLost(at: clock.judgementTime(step.now), step.now)
    step.set(.issuerKeysLost, nil, stands: areLost)
  }

  /// Follows the passing of time for those who want to come in.
  mutating func pass(_ step: inout Step) {
    for index in points.indices {
      let id = points[index].id
      if let action = points[index].entry.tries.wake(at: step.now.instant) {
        perform(action, at: id, &step)
      }
      if let surplus = points[index].entry.refusals.close(at: step.now.instant) {
        step.journal(.entry(.refusalsCounted(id, count: surplus)), .soon)
      }
    }
    step.set(.guessing, nil, stands: guesses.isAlarming(at: step.now.instant))
  }

  /// - Returns: the mode of each door, in their order; nil where none can have changed.
  mutating func resolveModes(_ around: Surroundings, _ now: Now) -> [ModeResolution]? {
    modes.resolve(around, now)
  }

  /// The keys of issuers, as they were last read.
  var standings: [IssuerStanding] { issuers.standings ?? [] }

  mutating func boot(_ recovered: Recovered, _ step: inout Step) {
    let now = step.now.instant
    marks.recover(recovered.marks.filter { $0.purpose == .door })
    guesses.recover(recovered.guesses, at: now)
    codes.boot(recovered)
    for index in points.indices {
      points[index].isHeld = recovered.heldReaders.contains(points[index].id)
      step.set(.readerHeld, points[index].id, stands: points[index].isHeld)
    }
  }

  /// The changes of which a new store has to be told.
  /// - Parameter forgetting: marks that ended before need not be kept.
  func memory(forgetting: WallTime, at now: Instant) -> [RecoveryChange] {
    marks.all(for: .door).map { .mark($0, forgetting: forgetting) }
      + guesses.changes(at: now).map { .guess($0) }
      + points.filter(\.isHeld).map { .readerHold($0.id, isHeld: true) } + codes.memory
  }
}

// MARK: - What the service orders

extension Admission {
  /// - Returns: why nothing was changed; nil where it was.
  mutating func carryOut(
    _ order: EntryOrder, _ clock: ClockTrust, _ step: inout Step
  ) -> OrderFault? {
    switch order {
    case .holdReader(let point): hold(true, at: point, &step)
    case .releaseReader(let point): hold(false, at: point, &step)
    case .setCode(let point, let code):
      codes.set(code, at: point, clock.judgementTime(step.now), &step)
    case .removeCode(let point, let id): codes.remove(id, at: point, &step)
    }
  }

  private mutating func hold(
    _ isHeld: Bool, at point: AccessPointID, _ step: inout Step
  ) -> OrderFault? {
    guard let index = index(of: point) else { return .noSuchPart }
    guard points[index].isHeld != isHeld else { return .nothingToDo }
    points[index].isHeld = isHeld
    step.remember([.readerHold(point, isHeld: isHeld)], .urgent)
    step.set(.readerHeld, point, stands: isHeld)
    return nil
  }

  /// Somebody knows of what happened at a reader.
  mutating func reset(_ alarm: Alarm, at point: AccessPointID?, _ step: inout Step) {
    if alarm == .wrongTries, let point, let index = index(of: point) {
      _ = points[index].entry.tries.good()
    }
    step.set(alarm, point, stands: false)
  }
}
