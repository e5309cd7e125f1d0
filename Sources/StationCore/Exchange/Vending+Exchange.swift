// One exchange from the choice to the outcome: nothing moves before the record of it is durable.
import StationProtocol
import Time

extension Vending {
  // MARK: - Whoever stands before the machine

  mutating func select(_ slot: SlotID, _ around: Surroundings, _ step: inout Step) {
    guard session.exchange == nil else { return }
    if let refusal = refusal(of: slot, around, step) {
      return tell(.refused(slot, refusal), &step)
    }
    session = .chosen(
      ExchangeSession.Choice(slot: slot, until: step.now.instant + policy.timing.session))
  }

  /// Whatever has not been decided can be called off.
  mutating func cancelSelection(_ step: inout Step) {
    switch session {
    case .chosen, .askingBalance, .over: session = .idle
    case .intended(let intention, _), .asking(let intention, _):
      end(intention.exchange, .cancelled, balance: nil, &step)
    case .idle, .committing, .dispensing: break
    }
  }

  /// A code pays for what was chosen before it was shown, and for nothing else: nobody spends the
  /// points of a member who has walked away.
  /// - Parameter witness: the code's word on the time, by which it may be judged itself.
  mutating func present(
    _ presentation: Presentation, _ witness: TimeWitness?, _ around: Surroundings,
    _ step: inout Step
  ) {
    // What is held to the reader during another's exchange is looked at once that is over.
    guard session.exchange == nil,
      !isShownAgain(presentation.digest, at: step.now.instant)
    else { return }
    switch session {
    case .chosen(let choice): pay(with: presentation, witness, for: choice, around, &step)
    case .idle, .over: askBalance(of: presentation, witness, around, &step)
    case .askingBalance, .intended, .asking, .committing, .dispensing: break
    }
  }

  private mutating func pay(
    with presentation: Presentation, _ witness: TimeWitness?, for choice: ExchangeSession.Choice,
    _ around: Surroundings, _ step: inout Step
  ) {
    switch judge(presentation, witness, around, step.now) {
    case .failure(let finding):
      refuse(finding, presentation, choice.slot, &step)
      session = .chosen(
        ExchangeSession.Choice(
          slot: choice.slot, until: choice.until, refusal: finding.refusal))
    case .success(let payer):
      if let refusal = refusal(of: choice.slot, around, step) {
        refuse(Finding(refusal, member: payer.member), presentation, choice.slot, &step)
        return tell(.refused(choice.slot, refusal), &step)
      }
      guard let slot = planogram[choice.slot]?.configuration else { return }
      // The record gets the stream's next number, which is the exchange's own for ever.
      let id = ExchangeID(stream: step.outbox.stream, seq: step.outbox.next)
      let exchange = Exchange(
        id: id, member: payer.member, slot: slot.slot, article: slot.article, price: slot.price)
      step.journal(
        .exchange(.intended(exchange, code: payer.mark.code)), .urgent,
        [.exchange(OpenExchange(exchange: exchange, phase: .intended))])
      session = .intended(
        ExchangeSession.Intention(exchange: exchange, mark: payer.mark, code: payer.code),
        seq: id.seq)
      step.changedParts.insert(.vending)
    }
  }

  private mutating func askBalance(
    of presentation: Presentation, _ witness: TimeWitness?, _ around: Surroundings,
    _ step: inout Step
  ) {
    switch judge(presentation, witness, around, step.now) {
    case .failure(let finding):
      refuse(finding, presentation, nil, &step)
      tell(.refused(nil, finding.refusal), &step)
    case .success(let payer):
      guard around.uplink != nil else { return tell(.refused(nil, .noUplink), &step) }
      balances += 1
      let id = RequestID(balance: balances, boot: around.boot, stream: step.outbox.stream)
      session = .askingBalance(
        id, until: step.now.instant + policy.timing.patience)
      step.effects.append(
        .link(.ask(StationRequest(id, .balance(payer.member), code: payer.code))))
    }
  }

  // MARK: - Codes

  private struct Payer {
    var member: MemberID
    var mark: ReplayMark
    var code: CodeText
  }

  /// Why a code buys nothing.
  private struct Finding: Error {
    var refusal: ExchangeRefusal
    var fault: CodeFault?
    var member: MemberID?

    init(_ refusal: ExchangeRefusal, fault: CodeFault? = nil, member: MemberID? = nil) {
      self.refusal = refusal
      self.fault = fault
      self.member = member
    }
  }

  /// The grounds of `Denial` that are about the code and the member; hours, capacity and modes are
  /// the door's.
  private func judge(
    _ presentation: Presentation, _ witness: TimeWitness?, _ around: Surroundings, _ now: Now
  ) -> Result<Payer, Finding> {
    let claims: MemberClaims
    let code: CodeDigest
    let terms: IssuerTerms
    switch presentation.verdict {
    case .refused(let refusal):
      return .failure(Finding(ExchangeRefusal(refusal), fault: refusal.fault))
    case .genuine(let genuine, let digest, let issuer):
      claims = genuine
      code = digest
      terms = issuer
    }
    guard let text = presentation.text else { return .failure(Finding(.malformed)) }
    let policy = around.codePolicy
    guard let time = around.clock.judgementTime(now, of: witness) else {
      return .failure(Finding(.clockUntrusted, member: policy.holder(of: claims, terms, at: nil)))
    }
    switch policy.judge(claims, terms, at: time) {
    case .failure(let refusal):
      return .failure(
        Finding(
          ExchangeRefusal(refusal), fault: refusal.fault,
          member: policy.holder(of: claims, terms, at: time)))
    case .success(let member):
      if around.directory.revoked.contains(member) {
        return .failure(Finding(.revoked, member: member))
      }
      if marks.contains(code) {
        return .failure(Finding(.replayed, member: member))
      }
      if around.directory.profile(of: member).status == .suspended {
        return .failure(Finding(.suspended, member: member))
      }
      let until = (claims.expires ?? time) + policy.leeway
      return .success(
        Payer(
          member: member, mark: ReplayMark(code: code, until: until, purpose: .machine), code: text)
      )
    }
  }

  private mutating func refuse(
    _ finding: Finding, _ presentation: Presentation, _ slot: SlotID?, _ step: inout Step
  ) {
    guard refusals.count(at: step.now.instant) else { return }
    let code: CodeDigest
    switch presentation.verdict {
    case .genuine(_, let digest, _): code = digest
    case .refused: code = presentation.digest
    }
    step.journal(
      .exchange(
        .refused(
          slot, reason: finding.refusal, fault: finding.fault, member: finding.member, code: code)),
      .soon)
  }

  // MARK: - The steps of an exchange

  /// Records became durable: an exchange may wait for one of them.
  mutating func journaled(_ around: Surroundings, _ step: inout Step) {
    let now = step.now.instant
    switch session {
    case .intended(let intention, let seq) where seq <= step.outbox.durable:
      guard around.uplink != nil else {
        return end(intention.exchange, .refused(.noUplink), balance: nil, &step)
      }
      session = .asking(
        intention,
        ExchangeSession.Question(
          askAgainAt: now + policy.timing.askAgain, until: now + policy.timing.patience))
      ask(intention, &step)
    case .committing(let intention, let serial, let balance, let seq)
    where seq <= step.outbox.durable:
      let watch = DispenseWatch(
        serial: serial, isDrawn: isSerialDrawn, policy: policy, at: now)
      session = .dispensing(intention.exchange, watch, balance: balance)
      step.effects.append(.exchange(.dispense(intention.exchange.slot, serial: serial)))
    default: break
    }
  }

  private func ask(_ intention: ExchangeSession.Intention, _ step: inout Step) {
    step.effects.append(.link(.ask(.hold(intention.exchange, code: intention.code))))
  }

  /// Whether a reply has the id of the question under way and answers another one, which somebody
  /// has asked in this station's name.
  func isForeign(_ reply: StationReply) -> Bool {
    session.question == reply.id && asked != Asked(id: reply.id, digest: reply.question)
  }

  mutating func take(_ reply: StationReply, _ around: Surroundings, _ step: inout Step) {
    guard !isForeign(reply) else { return }
    let id = reply.id
    switch (session, reply.answer) {
    case (.askingBalance(id, _), .balance(let balance)): tell(.balance(balance), &step)
    case (.askingBalance(id, _), .refused(let refusal, _)):
      tell(.refused(nil, refusal), &step)
    case (.asking(let intention, _), .held(let balance))
    where id == RequestID(intention.exchange.id):
      commit(intention, balance, around, &step)
    case (.asking(let intention, _), .refused(let refusal, let balance))
    where id == RequestID(intention.exchange.id):
      end(intention.exchange, .refused(refusal), balance: balance, &step)
    // What comes too late is undone by the record of how the exchange ended.
    default: break
    }
  }

  /// The price is set aside: decide, once and for all, unless the machine has failed meanwhile.
  private mutating func commit(
    _ intention: ExchangeSession.Intention, _ balance: Int64, _ around: Surroundings,
    _ step: inout Step
  ) {
    let exchange = intention.exchange
    if let refusal = refusal(of: exchange.slot, around, step) {
      return end(exchange, .refused(refusal), balance: nil, &step)
    }
    let serial = takeSerial(step.outbox.stream)
    let forgetting = around.clock.forgetting(at: step.now)
    marks.add(intention.mark, at: forgetting)
    // A drawn number may be the board's own of an earlier order: nobody asks by it after a restart.
    let began = isSerialDrawn ? nil : step.now.instant
    let open = OpenExchange(exchange: exchange, phase: .dispensing(serial: serial, at: began))
    let seq = step.outbox.next
    step.journal(
      .exchange(.dispensing(exchange.id, serial: Int64(serial))), .urgent,
      [.exchange(open), .serial(serial), .mark(intention.mark, forgetting: forgetting)]
        + around.clock.changes(at: step.now))
    session = .committing(intention, serial: serial, balance: balance, seq: seq)
  }

  mutating func follow(_ verdict: DispenseWatch.Verdict, _ step: inout Step) {
    guard case .dispensing(let exchange, let watch, let balance) = session else {
      return
    }
    switch verdict {
    case .waits: break
    case .ask: step.effects.append(.exchange(.dispense(exchange.slot, serial: watch.serial)))
    case .check: step.effects.append(.exchange(.checkMachine(exchange.slot)))
    case .dropped(let fault):
      end(exchange, .dispensed, balance: balance, &step)
      if let fault { quarantine(exchange.slot, .fault(fault), &step) }
    case .failed(let fault):
      end(exchange, .failed(fault), balance: refunded(balance, exchange), &step)
      quarantine(exchange.slot, .fault(fault), &step)
    case .unknown(let unknown):
      end(exchange, .unknown(unknown), balance: refunded(balance, exchange), &step)
      // The board spoke of an earlier order: nothing turned, and the next number is a new one.
      if watch.isDrawn, unknown == .stale { return }
      quarantine(exchange.slot, .unknown(unknown), &step)
    }
  }

  private func refunded(_ balance: Int64?, _ exchange: Exchange) -> Int64? {
    balance.map { $0 + exchange.price.number }
  }

  /// The one way in which an exchange ends: a record that the service posts or voids by.
  private mutating func end(
    _ exchange: Exchange, _ outcome: ExchangeOutcome, balance: Int64?, _ step: inout Step
  ) {
    var changes: [RecoveryChange] = [.exchange(nil)]
    if outcome == .dispensed, let memory = planogram.take(exchange.slot) {
      changes.append(.slot(memory))
    }
    step.journal(.exchange(.ended(exchange, outcome)), .urgent, changes)
    step.changedParts.insert(.vending)
    note(outcome)
    machine.checkSoon(at: step.now.instant)
    tell(.ended(exchange.slot, outcome, price: exchange.price, balance: balance), &step)
  }

  private mutating func tell(_ phase: VendingScreen.Phase, _ step: inout Step) {
    session = .over(phase, until: step.now.instant + policy.timing.outcome)
  }

  // MARK: - Time, uplink, boot

  mutating func passExchange(_ around: Surroundings, _ step: inout Step) {
    let now = step.now.instant
    switch session {
    case .chosen(let choice) where choice.until <= now: session = .idle
    case .over(_, let until) where until <= now: session = .idle
    case .askingBalance(_, let until) where until <= now || around.uplink == nil:
      tell(.refused(nil, around.uplink == nil ? .noUplink : .noAnswer), &step)
    case .asking(let intention, var question):
      if around.uplink == nil {
        end(intention.exchange, .refused(.noUplink), balance: nil, &step)
      } else if question.until <= now {
        end(intention.exchange, .refused(.noAnswer), balance: nil, &step)
      } else if question.askAgainAt <= now {
        question.askAgainAt = now + policy.timing.askAgain
        session = .asking(intention, question)
        ask(intention, &step)
      }
    case .dispensing(let exchange, var watch, let balance):
      let verdict = watch.wake(at: now)
      session = .dispensing(exchange, watch, balance: balance)
      follow(verdict, &step)
    default: break
    }
  }

  /// What an earlier life left behind. Before a motor was told, nothing happened. After that, a
  /// machine that knows its orders is asked by the same number, as long as neither it nor this
  /// computer can have lost power since; otherwise nobody will ever know, and the member does not
  /// pay.
  mutating func boot(_ recovered: Recovered, _ step: inout Step) {
    planogram.recover(recovered.slots)
    serial = recovered.serial
    marks.recover(recovered.marks.filter { $0.purpose == .machine })
    machine.begin(at: step.now.instant)
    guard let open = recovered.exchange else { return }
    switch open.phase {
    case .dispensing(let serial, let at?)
    where policy.ordersAreRepeatable && step.now.instant >= at
      && step.now.instant - at < policy.timing.longestInterruption:
      let watch = DispenseWatch(
        serial: serial, isResumed: true, policy: policy, at: step.now.instant)
      session = .dispensing(open.exchange, watch, balance: nil)
      step.effects.append(.exchange(.dispense(open.exchange.slot, serial: serial)))
    case .intended: end(open.exchange, .refused(.interrupted), balance: nil, &step)
    case .dispensing:
      end(open.exchange, .unknown(.interrupted), balance: nil, &step)
      quarantine(open.exchange.slot, .unknown(.interrupted), &step)
    }
  }

  /// The same of a machine that was taken away meanwhile: nobody can be asked any more.
  static func settle(_ open: OpenExchange, _ step: inout Step) {
    let outcome: ExchangeOutcome =
      switch open.phase {
      case .intended: .refused(.interrupted)
      case .dispensing: .unknown(.interrupted)
      }
    step.journal(.exchange(.ended(open.exchange, outcome)), .urgent, [.exchange(nil)])
    step.changedParts.insert(.vending)
  }

  /// The store was lost. What was not decided is called off, under the new stream's numbers; a
  /// motor that was told goes on.
  mutating func abandon(_ step: inout Step) {
    guard let exchange = session.exchange else { return }
    if case .dispensing = session { return }
    end(exchange, .refused(.interrupted), balance: nil, &step)
  }
}
