// The planted bugs between a station's decisions and its devices.
import StationCore
import StationProtocol

extension SimulatedStation {
  func alter(_ effects: inout [Effect], after event: Event) {
    guard let mutation = world.mutation else { return }
    switch mutation {
    case .relockForgotten:
      if dice.once(in: 20) {
        effects.removeAll { if case .door(.setStrike(_, .secure)) = $0 { true } else { false } }
      }
    case .exitRefused:
      if case .door(.exitRequested) = event, core.headcount.occupancy.totals.inside >= 3 {
        effects.removeAll { if case .door(.setStrike) = $0 { true } else { false } }
      }
    case .grantUnrecorded:
      for (place, effect) in effects.enumerated() {
        if case .store(.journal(var entry)) = effect,
          case .entry(.granted(let point, _, _, _)) = entry.record.body,
          dice.once(in: 20)
        {
          entry.record.body = .occupancy(.passage(point, .turnBack, inside: 0))
          effects[place] = .store(.journal(entry))
        }
      }
    case .relockShortened: shorten(effects)
    case .motorBeforeCommit, .holdBeforeCommit, .voidAfterDrop, .chargeWithoutDrop,
      .interruptedCharged, .otherPays, .stockNotTaken:
      alterExchange(&effects, mutation)
    case .commandRedone: redo(&effects, after: event)
    case .settingsForgotten, .settingsOlder, .settingsAgain, .settingsKept:
      alterSettings(&effects, mutation)
    case .invariantBroken:
      precondition(world.events < 5_000, "a planted bug traps")
    case .publishBeforeCommit, .ackBeforeCommit, .ackOverAHole, .replayMarksLostAtBoot, .seqReused,
      .recordTwice, .heldTwice, .streamReused, .recoveryTrimmed, .replayedAtBoot, .orderForgotten,
      .repeatIsNew, .ackWithheld, .silencesAddUp, .numberNeverNew,
      .countSlips, .commandBeforeCommit, .commandRepeated, .commandLate, .commandUnsigned,
      .nonceReused, .usesForgotten,
      .wishForgotten, .settingsHalved, .answerUnsigned, .ackUnbound, .replyUnbound:
      break
    }
  }

  /// Writes down as done what a start has found without an end.
  private func redo(_ effects: inout [Effect], after event: Event) {
    guard case .booted = event else { return }
    for (place, effect) in effects.enumerated() {
      guard case .store(.journal(var entry)) = effect,
        case .command(.ended(let id, let kind, CommandEnd(.unknown))) = entry.record.body
      else { continue }
      entry.record.body = .command(.ended(id, kind, CommandEnd(.done)))
      effects[place] = .store(.journal(entry))
    }
  }

  /// A command as a station with a planted bug takes it.
  func alter(_ command: Command) -> Command {
    var command = command
    switch world.mutation {
    case .commandRepeated:
      repeated += 1
      if known.contains(command.id), let id = CommandID("\(command.id)-\(repeated)") {
        command.id = id
      }
      known.insert(command.id)
    case .commandLate:
      command.life = .seconds(600)
      command.age = .seconds(86_000)
    default: break
    }
    return command
  }

  /// An acknowledgement as a station with a planted bug takes it.
  func alter(_ ack: Acknowledgement) -> Acknowledgement {
    var ack = ack
    switch world.mutation {
    case .ackUnbound: ack.batches = sent.batches.suffix(1)
    case .ackOverAHole: ack.batches = sent.batches
    default: break
    }
    return ack
  }

  /// A reply as a station with a planted bug takes it.
  func alter(_ reply: StationReply) -> StationReply {
    guard world.mutation == .replyUnbound, let digest = sent.question else { return reply }
    var reply = reply
    reply.question = digest
    return reply
  }

  /// The body of a message sealed for this topic; nil when its seal does not hold.
  func open(_ payload: [UInt8], on topic: Topic) -> [UInt8]? {
    let ignored: PlantedBug =
      switch topic {
      case .ack, .reply: .answerUnsigned
      default: .commandUnsigned
      }
    if world.mutation == ignored { return (try? SealedMessage(json: payload))?.body.json }
    return SimulatedSeal.open(payload, on: topic)
  }

  private func alterExchange(_ effects: inout [Effect], _ mutation: PlantedBug) {
    for (place, effect) in effects.enumerated() {
      guard case .store(.journal(var entry)) = effect else { continue }
      switch (mutation, entry.record.body) {
      case (.motorBeforeCommit, .exchange(.dispensing(_, let serial))):
        guard let slot = core.vending?.session.exchange?.slot, let serial = UInt8(exactly: serial)
        else { continue }
        effects.append(.exchange(.dispense(slot, serial: serial)))
      case (.holdBeforeCommit, .exchange(.intended(let exchange, _))):
        guard case .intended(let intention, _)? = core.vending?.session else { continue }
        effects.append(.link(.ask(.hold(exchange, code: intention.code))))
      case (.otherPays, .exchange(.intended(let exchange, let code))):
        defer { shownBefore = exchange.member }
        guard let payer = shownBefore, payer != exchange.member else { continue }
        var other = exchange
        other.member = payer
        entry.record.body = .exchange(.intended(other, code: code))
      case (.voidAfterDrop, .exchange(.ended(let exchange, .dispensed))):
        guard dice.once(in: 10) else { continue }
        entry.record.body = .exchange(.ended(exchange, .failed(.dropNotSeen)))
      case (.chargeWithoutDrop, .exchange(.ended(let exchange, .failed))):
        guard dice.once(in: 2) else { continue }
        entry.record.body = .exchange(.ended(exchange, .dispensed))
      case (.interruptedCharged, .exchange(.ended(let exchange, .unknown(.interrupted)))):
        entry.record.body = .exchange(.ended(exchange, .dispensed))
      case (.stockNotTaken, .exchange(.ended)):
        entry.changes.removeAll { if case .slot = $0 { true } else { false } }
      default: continue
      }
      effects[place] = .store(.journal(entry))
    }
  }

  /// Secures the strike when the first of two releases would have ended.
  func shorten(_ effects: [Effect]) {
    for case .door(.setStrike(let point, .release)) in effects {
      guard let door = door(point), door.isReleased else { continue }
      let life = life
      world.after(door.timing.access - .seconds(1)) { [unowned self] in
        guard life == self.life, isRunning, door.isReleased else { return }
        let effect = Effect.door(.setStrike(point, .secure))
        world.trace.add(.effect(effect), at: world.now, station: index)
        world.referee.step(index, .wake, [effect], at: world.now)
        door.tell(.secure)
      }
    }
  }
}

extension Effect {
  /// Whether it writes down that a command is about to be carried out.
  var acceptsCommand: Bool {
    guard case .store(.journal(let entry)) = self,
      case .command(.accepted) = entry.record.body
    else { return false }
    return true
  }
}
