// The way of a station to its service: the session, what is sent and sent again, the store below.
import StationProtocol
import Time

/// An input from the store's thread and from the broker.
package enum LinkEvent: Equatable, Sendable {
  /// Every record up to and including this one is durable.
  case journaled(through: UInt64)
  /// A file of the store was removed or replaced while it was in use: until it is written anew,
  /// nothing lasts longer than the daemon.
  case storeDisplaced
  /// The records that were in memory are in a file now, with its stream and its numbers.
  case storeKept
  /// The same store has begun a new stream, with this boot as its first. Its rows that were not
  /// acknowledged have the numbers from 1 to this one there.
  case streamRenewed(StreamID, through: UInt64)
  /// The broker accepted a session, the n-th of this boot.
  case uplinkOpened(connection: Int64)
  case uplinkClosed
  /// Rows of a store that was set aside have numbers that mean other records to the service: that
  /// store was used twice.
  case copyFound
  /// The broker ended the session because another client has connected under this station's name.
  case sessionTakenOver
  /// A batch has left with a payload of this digest.
  case batchSent(SentBatch)
  /// The service has stored records. Where its keys are pinned, one of them has signed this.
  case acknowledged(Acknowledgement)
  /// The service is there, on this store.
  case serviceHeard(StoreEpoch)
  /// The service says at this moment that it is there: it may have come up just now, and measures
  /// the age of a nonce from when it hears of it.
  case serviceCameUp
  /// The kept end that was asked for; nil where there is no further one.
  case keptEndRead(KeptEnds.Row?)
  /// The broker brought a message that means nothing to this station.
  case messageRefused(MessageRefusal)
}

/// The part of a birth that is configured.
struct StationIdentity: Equatable, Sendable {
  let version: String
  let zone: ZoneName?
  let capabilities: [Capability]
  let operations: [OperationWord]
  let accessPoints: [AccessPointID]
}

/// The session with the broker, and what waits for the service's word.
package struct Link: Equatable, Sendable {
  private let identity: StationIdentity
  /// Counts the starts of the daemon on this store.
  private(set) var boot: Int64 = 0
  private(set) var uplink: Int64?
  /// Since when there is no uplink; nil while there is one.
  private(set) var uplinkLostAt: Instant?
  /// Records that are journaled outlive the daemon.
  private(set) var isStoreDurable = true
  private var refusedMessages = RefusedMessages()
  package private(set) var renewal = StreamRenewal()
  private var keptEnds = KeptEnds()
  private var challenges = Challenges()

  init(_ identity: StationIdentity) { self.identity = identity }

  mutating func boot(_ recovered: Recovered, at now: Instant) {
    boot = recovered.boot
    challenges.boot(recovered.start)
    isStoreDurable = recovered.isDurable
    keptEnds.recover(recovered.serviceStore)
    uplinkLostAt = now
  }

  /// When `pass` has something to do.
  var deadline: Instant? {
    var next = Earliest()
    next.add(refusedMessages.deadline)
    next.add(renewal.deadline)
    next.add(keptEnds.deadline)
    if uplink != nil { next.add(challenges.deadline) }
    return next.deadline
  }

  mutating func handle(_ event: LinkEvent, _ around: Surroundings, _ step: inout Step) {
    switch event {
    case .journaled(let seq): step.outbox.journaled(through: seq)
    case .storeDisplaced:
      // Nobody knows who removes the files of a station, nor whether it is over: the alarm stands
      // for a day, though nothing may be lost.
      isStoreDurable = false
      note(.storeLost, &step)
    case .storeKept:
      isStoreDurable = true
      if !renewal.holds(.storeLost) { step.set(.storeLost, nil, stands: false) }
    case .streamRenewed(let stream, let last): renewed(on: stream, through: last, &step)
    case .uplinkOpened(let connection): open(connection, around, &step)
    case .uplinkClosed: close(&step)
    case .sessionTakenOver: note(.nameShared, &step)
    case .copyFound: note(.storeCopied, &step)
    case .serviceHeard(let epoch):
      follow(keptEnds.hear(epoch, at: step.now.instant), &step)
    case .serviceCameUp: challenges.ask()
    case .keptEndRead(let row): follow(keptEnds.take(row, at: step.now.instant), &step)
    case .batchSent(let batch):
      if batch.isKept { keptEnds.noteSent(batch) } else { step.outbox.noteSent(batch) }
    case .acknowledged(let ack): take(ack, around, &step)
    case .messageRefused(let refusal): refuse(refusal, &step)
    }
  }

  /// Whether another nonce is to be told.
  func isBirthDue(at now: Instant) -> Bool { challenges.deadline.map { $0 <= now } ?? false }

  mutating func pass(_ step: inout Step) {
    for (refusal, count) in refusedMessages.close(at: step.now.instant) {
      step.journal(.station(.messagesRefused(refusal, count: count)), .soon)
    }
    follow(keptEnds.wake(at: step.now.instant), &step)
    for alarm in renewal.end(at: step.now.instant) where alarm != .storeLost || isStoreDurable {
      step.set(alarm, nil, stands: false)
    }
    if let isFilling = step.outbox.noteFilling() {
      step.set(.journalFilling, nil, stands: isFilling)
    }
  }

  /// Raises the alarm of something that nobody can say is over.
  private mutating func note(_ alarm: Alarm, _ step: inout Step) {
    renewal.note(alarm, at: step.now.instant)
    step.set(alarm, nil, stands: true)
  }

  /// When a nonce was told; nil where this life of the daemon has told no such one of late.
  func moment(of nonce: SessionNonce) -> Instant? { challenges.moment(of: nonce) }

  /// Somebody knows of it.
  /// - Returns: false where more than the memory of it keeps the alarm.
  mutating func reset(_ alarm: Alarm, _ step: inout Step) -> Bool {
    if alarm == .storeLost, !isStoreDurable { return false }
    renewal.forget(alarm)
    step.set(alarm, nil, stands: false)
    return true
  }

  private mutating func refuse(_ refusal: MessageRefusal, _ step: inout Step) {
    guard refusedMessages.count(refusal, at: step.now.instant) else { return }
    step.journal(.station(.messagesRefused(refusal, count: 1)), .soon)
  }
}

// MARK: - The session

extension Link {
  private mutating func open(
    _ connection: Int64, _ around: Surroundings, _ step: inout Step
  ) {
    uplink = connection
    uplinkLostAt = nil
    step.outbox.uplinkOpened()
    publishBirth(around, &step)
    step.changedParts.formUnion(identity.accessPoints.map { .door($0) })
    step.changedParts.formUnion([.occupancy, .climate, .energy, .vending, .codes, .alarms])
  }

  private mutating func close(_ step: inout Step) {
    uplink = nil
    uplinkLostAt = uplinkLostAt ?? step.now.instant
    step.outbox.uplinkClosed()
    keptEnds.uplinkClosed()
  }

  mutating func publishBirth(_ around: Surroundings, _ step: inout Step) {
    guard let uplink else { return }
    step.effects.append(
      .link(
        .publishBirth(
          BirthPayload(
            session: SessionID(stream: step.outbox.stream, boot: boot, connection: uplink),
            version: identity.version, capabilities: identity.capabilities,
            operations: identity.operations, nonce: challenges.draw(at: step.now.instant),
            accessPoints: identity.accessPoints, floor: step.outbox.floor,
            ceiling: step.outbox.durable, isClockTrusted: step.now.isTrusted,
            zone: identity.zone, issuers: around.issuers, at: step.now.wall))))
  }

  /// Makes room where too much waits, and sends what is durable. After a silence the birth goes
  /// first: without it a service that has missed it cannot tell records that will never come from
  /// records that are under way.
  mutating func send(_ around: Surroundings, _ step: inout Step) {
    if let (folded, again) = step.outbox.fold() { give(way: folded, again, around, &step) }
    guard let (range, isRepeated) = step.outbox.takeSendable(at: step.now.instant) else { return }
    if isRepeated { publishBirth(around, &step) }
    step.effects.append(.link(.publishRecords(range)))
  }

  /// A record that says who pays is written again before its first place is given up: a power cut
  /// in between leaves it twice, which the service knows by the exchange's id.
  private mutating func give(
    way folded: ClosedRange<UInt64>, _ again: [Record], _ around: Surroundings,
    _ step: inout Step
  ) {
    for record in again {
      step.effects.append(.store(.journal(step.outbox.append(record, .urgent, []))))
    }
    step.effects.append(.store(.trim(through: folded.upperBound)))
    step.journal(
      .stream(.gap(from: folded.lowerBound, to: folded.upperBound, reason: .full)), .urgent)
    publishBirth(around, &step)
  }
}

// MARK: - What the service has

extension Link {
  private mutating func take(
    _ ack: Acknowledgement, _ around: Surroundings, _ step: inout Step
  ) {
    if let kept = ack.kept {
      if keptEnds.answersAnother(kept, of: ack.stream, as: ack.batches) {
        refuse(.foreignAcknowledgement, &step)
      }
      let action = keptEnds.stored(kept, of: ack.stream, as: ack.batches)
      return follow(action, &step)
    }
    let unsettled = step.outbox.settlements
    func trim(_ upto: UInt64, _ step: inout Step) {
      keep(unsettled.filter { $0.seq <= upto }, around.clock, &step)
      step.effects.append(.store(.trim(through: upto)))
    }
    switch step.outbox.acknowledged(ack, at: step.now.instant) {
    case .nothing: break
    case .trim(let upto): trim(upto, &step)
    case .foreign: refuse(.foreignAcknowledgement, &step)
    case .beyond(let upto):
      refuse(.foreignAcknowledgement, &step)
      if let upto { trim(upto, &step) }
      leaveStream(for: .acknowledgementForeign, around, &step)
    case .conflict(let upto):
      if let upto { trim(upto, &step) }
      leaveStream(for: .storeCopied, around, &step)
    }
  }

  private func follow(_ action: KeptEnds.Action, _ step: inout Step) {
    switch action {
    case .nothing: break
    case .read(let id): step.effects.append(.store(.readKeptEnd(after: id)))
    case .send(let end): step.effects.append(.link(.publishKeptEnd(end)))
    case .remember(let epoch): step.remember([.serviceStore(epoch)], .relaxed)
    }
  }

  /// Ends that the service has just acknowledged, in the transaction that deletes their rows.
  private func keep(_ settlements: [Settlement], _ clock: ClockTrust, _ step: inout Step) {
    guard !settlements.isEmpty else { return }
    let known = clock.lastTrusted(at: step.now)
    let ends = settlements.map { settlement in
      RecoveryChange.endKept(
        KeptEnd(stream: step.outbox.stream, seq: settlement.seq, record: settlement.record),
        at: known ?? step.now.wall,
        forgetting: known.map { $0 + (Duration.zero - KeptEnds.period) })
    }
    step.remember(ends, .relaxed)
  }
}

// MARK: - Another stream

extension Link {
  /// Other records have this stream's numbers, at the service or soon. Once an exchange is over,
  /// for its steps wait for numbers; the service will say the same again.
  private mutating func leaveStream(
    for alarm: Alarm, _ around: Surroundings, _ step: inout Step
  ) {
    guard !around.isExchanging else { return }
    let mayBegin = renewal.begin(for: alarm, at: step.now.instant)
    step.set(alarm, nil, stands: true)
    guard mayBegin else { return }
    step.outbox.renew()
    step.effects.append(.store(.renewStream))
  }

  /// The session that is up still speaks of the old stream: the shell begins another one.
  private mutating func renewed(on stream: StreamID, through last: UInt64, _ step: inout Step) {
    boot = 1
    close(&step)
    step.effects += step.outbox.renewed(on: stream, through: last).map({
      Effect.store(.journal($0))
    })
  }

  /// The store was set aside. The new one counts this boot as its first, and what the old one had
  /// not made durable is written again.
  mutating func storeReplaced(_ stream: StreamID, isDurable: Bool, _ step: inout Step) {
    isStoreDurable = isDurable
    boot = 1
    keptEnds.storeReplaced()
    renewal.forget(.storeLost)
    step.effects += step.outbox.restart(on: stream).map({ Effect.store(.journal($0)) })
  }
}
