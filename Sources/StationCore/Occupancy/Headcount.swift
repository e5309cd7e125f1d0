// Who is inside, from what the sensors of every access point have seen.
import StationProtocol
import Time

/// An input of the sensors that count people.
package enum OccupancyEvent: Equatable, Sendable {
  case beamChanged(AccessPointID, Beam, isBroken: Bool)
  /// A sensor that counts without telling a direction saw someone.
  case counterPulsed(AccessPointID)
  /// A people counter told how many it has ever seen each way; each below its modulus.
  case counterReported(AccessPointID, entered: Int64, left: Int64)
  /// A people counter is there, or has gone silent.
  case counterChanged(AccessPointID, isConnected: Bool)
  /// The motion sensor of the room sees movement, or none any more; nil where it cannot be sensed.
  case motionChanged(isMoving: Bool?)
}

/// The count of the room and the members in it, with the sensors of each access point, in the same
/// order as the doors.
package struct Headcount: Equatable, Sendable {
  package internal(set) var occupancy = Occupancy()
  /// The members inside, as far as anti-passback asks for them.
  var whereabouts = Whereabouts()
  var points: [Point]
  var vacancy: VacancyProof
  /// When the local day ends, as far as the time is known.
  var midnight: Instant?
  private var capacity: CapacityPolicy
  private(set) var watch: CapacityWatch
  private var isFollowed: Bool

  struct Point: Equatable, Sendable {
    let id: AccessPointID
    var beams: BeamPair
    var pulses: PulseCounter
    var totals = TotalsCounter()
    var doorway = Doorway()
    var arrivals = Arrivals()
  }

  /// - Parameter isFollowed: whether somebody asks which members are inside.
  init(
    _ points: [AccessPointID], _ policy: OccupancyPolicy, _ capacity: CapacityPolicy,
    isFollowed: Bool
  ) {
    self.points = points.map {
      Point(id: $0, beams: BeamPair(policy.beams), pulses: PulseCounter(policy.pulse))
    }
    vacancy = VacancyProof(policy.vacancy)
    self.capacity = capacity
    watch = CapacityWatch(capacity)
    self.isFollowed = isFollowed
  }

  /// Another capacity holds from now on. Where nobody asks any more which members are inside, the
  /// station forgets it: who left meanwhile would be taken for somebody inside later.
  mutating func adopt(_ capacity: CapacityPolicy, isFollowed: Bool, _ step: inout Step) {
    if self.isFollowed, !isFollowed, let left = whereabouts.clear() {
      step.remember([.whereabouts(left)], .relaxed)
    }
    self.isFollowed = isFollowed
    guard capacity != self.capacity else { return }
    self.capacity = capacity
    watch = CapacityWatch(capacity)
    for alarm in CapacityWatch.alarms where !watch.judges(alarm) {
      step.set(alarm, nil, stands: false)
    }
  }

  // MARK: - What can be asked of it

  /// The people inside, and those let in who have not passed the door yet.
  var expected: Int64 {
    occupancy.totals.inside + points.reduce(0) { $0 + $1.arrivals.count }
  }

  /// Whether somebody is inside, or may be.
  var isOccupied: Bool { occupancy.totals.inside > 0 || occupancy.isStale }

  func state(_ seq: UInt64, _ now: Now) -> OccupancyPayload {
    let totals = occupancy.totals
    return OccupancyPayload(
      seq: seq, inside: totals.inside, entered: totals.entered, left: totals.left,
      corrections: totals.corrections, refused: totals.refused, capacity: capacity.most,
      isStale: occupancy.isStale, at: now.wall)
  }

  /// The changes of which a new store has to be told.
  var memory: [RecoveryChange] {
    occupancy.changes + whereabouts.all.map { .whereabouts(.entered($0)) }
  }

  mutating func boot(_ recovered: Recovered, _ clock: ClockTrust, at now: Now) {
    occupancy.recover(recovered.totals, recovered.day, after: recovered.ending)
    // How far a later version has counted may not be readable.
    if recovered.hasNewerStore, recovered.ending == .newStore { occupancy.mistrust() }
    whereabouts.recover(
      recovered.whereabouts, known: clock.lastTrusted(at: now), at: now.instant)
  }

  /// When `pass` or `passArrivals` has something to do.
  func deadline(_ doors: Doors) -> Instant? {
    var next = Earliest()
    for index in points.indices {
      next.add(points[index].beams.deadline)
      next.add(points[index].doorway.deadline)
      if !doors.points[index].isOpen { next.add(points[index].arrivals.deadline) }
    }
    next.add(vacancy.deadline)
    next.add(midnight)
    return next.deadline
  }
}

// MARK: - What the sensors say

extension Headcount {
  mutating func handle(_ event: OccupancyEvent, _ around: Surroundings, _ step: inout Step) {
    let now = step.now.instant
    switch event {
    case .beamChanged(let id, let beam, let isBroken):
      guard let index = index(of: id) else { return }
      follow(points[index].beams.sense(beam, isBroken: isBroken, at: now), at: index, around, &step)
    case .counterPulsed(let id):
      guard let index = index(of: id) else { return }
      let opener = points[index].doorway.opener
      guard let passage = points[index].pulses.pulsed(at: now, opener: opener) else { return }
      pass(passage, began: now, at: index, around, &step)
    case .counterReported(let id, let entered, let left):
      guard let index = index(of: id) else { return }
      take(
        points[index].totals.reported(entered: entered, left: left, at: now), index, around, &step)
    case .counterChanged(let id, let isConnected):
      guard let index = index(of: id) else { return }
      if !isConnected { points[index].totals.lose() }
      step.set(.counterLost, id, stands: !isConnected)
    case .motionChanged(let isMoving):
      if let isMoving {
        vacancy.sensed(isMoving: isMoving, at: now)
      } else {
        loseMotion()
      }
    }
  }

  mutating func loseMotion() { vacancy.loseMotion() }

  /// The beams of an access point can no longer be read, or not be believed.
  mutating func loseBeams(
    at id: AccessPointID, _ around: Surroundings, _ step: inout Step
  ) {
    guard let index = index(of: id) else { return }
    follow(points[index].beams.lose(), at: index, around, &step)
  }

  func index(of id: AccessPointID) -> Int? { points.firstIndex { $0.id == id } }

  private mutating func take(
    _ outcome: TotalsCounter.Outcome, _ index: Int, _ around: Surroundings, _ step: inout Step
  ) {
    switch outcome {
    case .began: break
    case .counted(let entered, let left):
      let now = step.now.instant
      for _ in 0..<entered { pass(.inward, began: now, at: index, around, &step) }
      for _ in 0..<left { pass(.outward, began: now, at: index, around, &step) }
    case .doubtful:
      // One event, however far it leaps; how many are inside is not known until somebody passes.
      occupancy.mistrust()
      refuse(1, at: index, &step)
    }
  }
}

// MARK: - What the service orders

extension Headcount {
  /// - Returns: why nothing was changed; nil where it was.
  mutating func carryOut(_ order: OccupancyOrder, _ step: inout Step) -> OrderFault? {
    switch order {
    case .correct(let inside):
      let difference = occupancy.correct(to: inside)
      step.changedParts.insert(.occupancy)
      let left = inside == 0 ? whereabouts.clear() : nil
      step.journal(
        .occupancy(.corrected(by: difference, cause: .command, inside: inside)), .urgent,
        occupancy.changes + (left.map { [.whereabouts($0)] } ?? []))
      return nil
    }
  }
}

// MARK: - People

extension Headcount {
  /// Somebody was let in, and has not passed the door yet; nil where nobody knows who it is.
  mutating func expect(_ member: MemberID?, at id: AccessPointID, until: Instant) {
    guard let index = index(of: id) else { return }
    points[index].arrivals.expect(member, until: until)
  }

  /// The same of a member who wants to leave.
  mutating func expectLeaving(_ member: MemberID, at id: AccessPointID, until: Instant) {
    guard let index = index(of: id) else { return }
    points[index].arrivals.expectLeaving(member, until: until)
  }

  mutating func follow(
    _ actions: [BeamPair.Action], at index: Int, _ around: Surroundings, _ step: inout Step
  ) {
    for action in actions {
      switch action {
      case .passed(let passage, let began, let isTailgate):
        pass(passage, began: began, isTailgate: isTailgate, at: index, around, &step)
      case .raise(let alarm): step.set(alarm, points[index].id, stands: true)
      case .clear(let alarm): step.set(alarm, points[index].id, stands: false)
      }
    }
  }

  /// Someone passed the sensors of an access point. This is the one place where a person is
  /// counted, whatever saw them: what has to follow a passage follows here.
  private mutating func pass(
    _ passage: Passage, began: Instant, isTailgate: Bool = false, at index: Int,
    _ around: Surroundings, _ step: inout Step
  ) {
    // A contact that never moves says nothing about whether a door was open.
    guard
      points[index].doorway.admits(since: began)
        || step.alarms.stands(.contactFault, points[index].id)
    else { return refuse(1, at: index, &step) }
    let wasLetIn = passage != .inward || !points[index].doorway.takeInward()
    let isSuspect = isTailgate || !wasLetIn
    let wasStale = occupancy.isStale
    let fellBelowZero = occupancy.count(passage, isTailgate: isSuspect)
    let isCounted = passage == .inward || passage == .outward
    if isCounted || wasStale != occupancy.isStale { step.changedParts.insert(.occupancy) }
    let inside = occupancy.totals.inside
    let stays = advanceWhereabouts(passage, at: index, around, step.now)
    step.journal(
      .occupancy(.passage(points[index].id, passage, inside: inside, isTailgate: isSuspect)), .soon,
      (isCounted ? occupancy.changes : [.day(occupancy.book)]) + stays)
    if fellBelowZero {
      step.journal(.occupancy(.corrected(by: 1, cause: .underflow, inside: inside)), .soon)
    }
  }

  /// - Returns: what boot must remember of it, for the record of the passage.
  private mutating func advanceWhereabouts(
    _ passage: Passage, at index: Int, _ around: Surroundings, _ now: Now
  ) -> [RecoveryChange] {
    switch passage {
    case .inward:
      guard let member = points[index].arrivals.enter(), isFollowed else { return [] }
      let since = around.clock.lastTrusted(at: now) ?? now.wall
      return whereabouts.enter(member, since: since, at: now.instant)
        .map(RecoveryChange.whereabouts)
    case .outward:
      guard let member = points[index].arrivals.leave(), isFollowed,
        let change = whereabouts.leave(member)
      else { return [] }
      return [.whereabouts(change)]
    case .turnBack, .ambiguous: return []
    }
  }

  private mutating func refuse(_ count: Int64, at index: Int, _ step: inout Step) {
    occupancy.refuse(count)
    points[index].doorway.refuse(count, at: step.now.instant)
    step.changedParts.insert(.occupancy)
  }
}
