// What a station writes down and says of itself: records, alarms, states, its birth.
import StationProtocol
import Time

extension Station {
  mutating func noteClock(_ jump: Duration?, _ step: inout Step) {
    guard let jump else { return }
    step.journal(
      .station(.clockStepped(milliseconds: jump.wholeNanoseconds / 1_000_000)), .soon)
  }

  mutating func refuse(_ refusal: MessageRefusal, _ step: inout Step) {
    guard refusedMessages.count(refusal, at: step.now.instant) else { return }
    step.journal(.station(.messagesRefused(refusal, count: 1)), .soon)
  }

  /// Sends what is durable. After a silence the birth goes first: without it a service that has
  /// missed it cannot tell records that will never come from records that are under way.
  mutating func send(_ step: inout Step) {
    guard let (range, isRepeated) = step.outbox.takeSendable(at: step.now.instant) else { return }
    if isRepeated, let uplink { publishBirth(uplink, &step) }
    step.effects.append(.publishRecords(range))
  }

  /// A new store knows nothing: what the old one had not made durable is written again, and all
  /// that boot needs with it. It counts this boot as its first.
  mutating func restart(on stream: StreamID, _ step: inout Step) {
    boot = 1
    keptEnds.storeReplaced()
    renewal.forget(.storeLost)
    let entries = step.outbox.restart(on: stream)
    step.effects += entries.map(Effect.journal)
    step.effects.append(.remember(memory(at: step.now)))
    vending?.abandon(&step)
    step.set(.storeLost, nil, stands: true)
    if let uplink { publishBirth(uplink, &step) }
  }

  /// Nobody knows who removes the files of a station, nor whether it is over: the alarm stands for
  /// a day, though nothing may be lost.
  mutating func displacedStore(_ step: inout Step) {
    isStoreDurable = false
    renewal.note(.storeLost, at: step.now.instant)
    step.set(.storeLost, nil, stands: true)
  }

  /// What did not last before lasts now.
  mutating func keptStore(_ step: inout Step) {
    isStoreDurable = true
    if !renewal.holds(.storeLost) { step.set(.storeLost, nil, stands: false) }
  }

  /// All that boot needs, for a store that has none of it.
  private func memory(at now: Now) -> [RecoveryChange] {
    let forgetting = clock.forgetting(at: now)
    var used = marks.all(for: .door)
    if let vending { used += vending.marks.all(for: .machine) }
    var changes: [RecoveryChange] = clock.changes(at: now)
    changes += occupancy.changes
    changes += latches
    changes += used.map { .mark($0, forgetting: forgetting) }
    changes += whereabouts.all.map { .whereabouts(.entered($0)) }
    changes += guesses.changes(at: now.instant).map { .guess($0) }
    if let vending { changes += vending.changes }
    return changes
  }

  mutating func open(_ connection: Int64, _ step: inout Step) {
    uplink = connection
    uplinkLostAt = nil
    step.outbox.uplinkOpened()
    publishBirth(connection, &step)
    step.changedParts.formUnion(points.map { .door($0.id) })
    step.changedParts.formUnion([.occupancy, .climate, .energy, .vending, .alarms])
  }

  func publishBirth(_ connection: Int64, _ step: inout Step) {
    step.effects.append(
      .publishBirth(
        BirthPayload(
          session: SessionID(stream: step.outbox.stream, boot: boot, connection: connection),
          version: configuration.version, capabilities: configuration.capabilities,
          accessPoints: points.map(\.id), floor: step.outbox.floor,
          ceiling: step.outbox.durable, isClockTrusted: step.now.isTrusted,
          zone: configuration.zone, issuers: issuers.standings ?? [], at: step.now.wall)))
  }

  /// What says who pays is written again before its first place is given up: a power cut in
  /// between leaves it twice, which the service knows by the exchange's id.
  mutating func give(
    way folded: ClosedRange<UInt64>, _ again: [Record], _ step: inout Step
  ) {
    for record in again {
      step.effects.append(.journal(step.outbox.append(record, .urgent, [])))
    }
    step.effects.append(.trim(through: folded.upperBound))
    step.journal(
      .stream(.gap(from: folded.lowerBound, to: folded.upperBound, reason: .full)), .urgent)
    if let uplink { publishBirth(uplink, &step) }
  }

  /// Says how the changed parts stand, while somebody listens.
  func report(_ parts: Set<StatePart>, _ step: inout Step) {
    guard uplink != nil else { return }
    let seq = step.outbox.next - 1
    for part in parts.sorted() {
      switch part {
      case .door(let id):
        guard let point = points.first(where: { $0.id == id }) else { continue }
        step.effects.append(.publishState(.door(id, payload(of: point, seq, step))))
      case .occupancy:
        let totals = occupancy.totals
        step.effects.append(
          .publishState(
            .occupancy(
              OccupancyPayload(
                seq: seq, inside: totals.inside, entered: totals.entered, left: totals.left,
                corrections: totals.corrections, refused: totals.refused,
                capacity: configuration.entry.capacity.most,
                isStale: occupancy.isStale, at: step.now.wall))))
      case .climate:
        step.effects.append(
          .publishState(.climate(climate.state(.thermometer, seq, step.now))))
      case .energy:
        step.effects.append(.publishState(.energy(climate.state(.meter, seq, step.now))))
      case .vending:
        guard let payload = vending?.state(seq, surroundings, step) else { continue }
        step.effects.append(.publishState(.vending(payload)))
      case .alarms:
        step.effects.append(
          .publishState(
            .alarms(AlarmsPayload(seq: seq, active: step.alarms.active, at: step.now.wall))))
      }
    }
  }
}
