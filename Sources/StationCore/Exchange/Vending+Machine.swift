// The exchange machine as it reacts: its slots, the machine, its screen.
import StationProtocol
import Time

extension Vending {
  /// - Parameter witness: what the code says of the time, where one was shown.
  mutating func handle(
    _ event: ExchangeEvent, _ witness: TimeWitness?, _ around: Surroundings, _ step: inout Step
  ) {
    switch event {
    case .codeShown(let presentation): present(presentation, witness, around, &step)
    case .selected(let slot): select(slot, around, &step)
    case .cancelled: cancelSelection(&step)
    case .asked(let id, let digest): asked = Asked(id: id, digest: digest)
    case .replied(let reply): take(reply, around, &step)
    case .reported(let report, .turn(let serial)): take(report, ofTurn: serial, &step)
    case .reported(let report, .check): take(report, &step)
    case .silent(let order): fellSilent(order, &step)
    case .doorChanged(let isOpen): machine.sense(isOpen: isOpen)
    case .slotCounted(let slot, let stock, let bestBefore):
      if isBeingServed(around) { count(slot, stock, bestBefore, &step) }
    case .slotReleased(let slot): if isBeingServed(around) { release(slot, &step) }
    }
  }

  // MARK: - The machine

  private mutating func take(
    _ report: MachineReport, ofTurn serial: UInt8, _ step: inout Step
  ) {
    guard case .dispensing(let exchange, var watch, let balance) = session,
      watch.serial == serial
    else { return }
    machine.hear(report)
    let verdict = watch.answered(report, at: step.now.instant)
    session = .dispensing(exchange, watch, balance: balance)
    follow(verdict, &step)
  }

  /// How the machine stands.
  private mutating func take(_ report: MachineReport, _ step: inout Step) {
    guard let asked = machine.answered(report, at: step.now.instant) else {
      return checked(report, &step)
    }
    if case .resting(let faults) = report, faults.contains(.notHome) {
      quarantine(asked, .fault(.notHome), &step)
    }
  }

  /// What the machine does while a turn of its is followed.
  private mutating func checked(_ report: MachineReport, _ step: inout Step) {
    guard case .dispensing(let exchange, var watch, let balance) = session,
      watch.isChecking
    else { return }
    let verdict = watch.checked(report, at: step.now.instant)
    session = .dispensing(exchange, watch, balance: balance)
    follow(verdict, &step)
  }

  private mutating func fellSilent(_ order: MachineRequest, _ step: inout Step) {
    // A check that was on its way when the motor was told is answered for before the turn's own.
    let isOfWatch = order == .check && machine.isWaiting
    machine.fellSilent(at: step.now.instant)
    guard !isOfWatch,
      case .dispensing(let exchange, var watch, let balance) = session,
      order == (watch.isChecking ? .check : .turn(watch.serial))
    else { return }
    let verdict = watch.fellSilent(at: step.now.instant)
    session = .dispensing(exchange, watch, balance: balance)
    follow(verdict, &step)
  }

  /// Why nothing is sold at all.
  private func saleStop(_ around: Surroundings, _ step: Step) -> ExchangeRefusal? {
    if isBeingServed(around) { return .maintenance }
    // A door of which nothing is known may be open, and somebody's hands behind it.
    if machine.door == .open || machine.door == .unknown { return .machineOpen }
    if machine.isThere != true { return .machineLost }
    if isDropInDoubt { return .dropSensorFaulty }
    if machine.isBusy, session.exchange == nil { return .busy }
    if !around.isStoreDurable { return .noStore }
    if step.outbox.room == .none { return .journalFull }
    return around.uplink == nil ? .noUplink : nil
  }

  /// The local day by a time that can be believed; nil where there is none.
  private func today(_ around: Surroundings, _ now: Now) -> Int? {
    around.clock.judgementTime(now).flatMap { time in
      let day = time.localDay(utcOffsetSeconds: now.utcOffsetSeconds)
      return (0...DayBook.lastDay).contains(day) ? DayBook.date(ofDay: day) : nil
    }
  }

  /// Why this slot cannot be bought from now.
  func refusal(
    of id: SlotID, _ around: Surroundings, _ step: Step
  ) -> ExchangeRefusal? {
    guard let slot = planogram[id] else { return .unknownSlot }
    return saleStop(around, step) ?? slot.refusal(on: today(around, step.now))
  }

  // MARK: - The slots

  /// Somebody with the key counted a slot, which also means that somebody has looked at it.
  private mutating func count(
    _ slot: SlotID, _ stock: Int64, _ bestBefore: Int?, _ step: inout Step
  ) {
    guard session.exchange?.slot != slot,
      let memory = planogram.count(slot, stock: stock, bestBefore: bestBefore)
    else { return }
    step.journal(
      .exchange(.slotCounted(slot, stock: stock, bestBefore: bestBefore)), .urgent,
      [.slot(memory)])
    step.changedParts.insert(.vending)
    release(slot, &step)
  }

  private mutating func release(_ slot: SlotID, _ step: inout Step) {
    guard let memory = planogram.release(slot) else { return }
    unseen = 0
    step.journal(.exchange(.slotReleased(slot)), .urgent, [.slot(memory)])
    step.changedParts.insert(.vending)
  }

  mutating func quarantine(_ slot: SlotID, _ cause: QuarantineCause, _ step: inout Step) {
    guard let memory = planogram.quarantine(slot, cause) else { return }
    step.journal(.exchange(.slotQuarantined(slot, cause)), .urgent, [.slot(memory)])
    step.changedParts.insert(.vending)
  }

  // MARK: - What the service orders

  /// - Returns: why nothing was changed; nil where it was.
  mutating func carryOut(_ order: ExchangeOrder, _ step: inout Step) -> OrderFault? {
    switch order {
    case .beginRestock(let seconds):
      // Whoever has been told that an article comes gets it, or his points back, first.
      guard session.exchange == nil else { return .busy }
      restockUntil = step.now.instant + .seconds(seconds)
    case .endRestock:
      guard restockUntil != nil else { return .nothingToDo }
      restockUntil = nil
    case .withdrawSlot(let id):
      guard let slot = planogram[id] else { return .noSuchPart }
      guard slot.memory.quarantine == nil else { return .nothingToDo }
      guard session.exchange?.slot != id else { return .busy }
      quarantine(id, .withdrawn, &step)
    case .returnSlot(let id):
      guard let slot = planogram[id] else { return .noSuchPart }
      switch slot.memory.quarantine {
      case nil: return .nothingToDo
      // Somebody has to look at the machine.
      case .fault?, .unknown?: return .conditionStands
      case .withdrawn?:
        guard let memory = planogram.release(id) else { return .nothingToDo }
        step.journal(.exchange(.slotReleased(id)), .urgent, [.slot(memory)])
        step.changedParts.insert(.vending)
      }
    }
    return nil
  }

  // MARK: - Time, alarms, screen

  mutating func pass(_ around: Surroundings, _ step: inout Step) {
    if let until = restockUntil, until <= step.now.instant { restockUntil = nil }
    passExchange(around, &step)
    if !session.isDecided,
      let slot = machine.takeCheck(of: planogram.slots.lazy.map(\.id), at: step.now.instant)
    {
      step.effects.append(.exchange(.checkMachine(slot)))
    }
    if let surplus = refusals.close(at: step.now.instant) {
      step.journal(.exchange(.refusalsCounted(surplus)), .soon)
    }
    let ground = screenGround(around, step)
    guard ground != shownFor else { return }
    shownFor = ground
    step.set(.machineLost, nil, stands: machine.isThere == false)
    step.set(.machineOpen, nil, stands: machine.door == .open)
    step.set(.dropSensorFaulty, nil, stands: isDropInDoubt)
    let slots = planogram.slots
    step.set(.slotFaulty, nil, stands: slots.contains { $0.memory.quarantine != nil })
    let day = ground.day
    let isWanting = slots.contains {
      let refusal = $0.refusal(on: day)
      return refusal == .soldOut || refusal == .outOfDate
    }
    step.set(.slotEmpty, nil, stands: isWanting)
    showScreen(around, &step)
  }

  /// A look at all slots is taken only where something has changed: doors are more frequent.
  private func screenGround(_ around: Surroundings, _ step: Step) -> ScreenGround {
    ScreenGround(
      stop: saleStop(around, step), isInMaintenance: isBeingServed(around),
      isThere: machine.isThere,
      door: machine.door, isDropInDoubt: isDropInDoubt,
      phase: session.phase, revision: planogram.revision, day: today(around, step.now))
  }

  private mutating func showScreen(_ around: Surroundings, _ step: inout Step) {
    let stop = saleStop(around, step)
    let day = today(around, step.now)
    let slots = planogram.slots.map { slot in
      VendingScreen.Slot(
        slot: slot.id, article: slot.configuration.article,
        label: policy.labels.articles[slot.configuration.article],
        price: slot.configuration.price,
        capacity: slot.configuration.capacity, stock: slot.memory.stock,
        bestBefore: slot.memory.bestBefore, quarantine: slot.memory.quarantine,
        refusal: stop ?? slot.refusal(on: day))
    }
    let screen = VendingScreen(
      stop: stop, isInMaintenance: isBeingServed(around), phase: session.phase, slots: slots,
      notice: policy.labels.notice)
    guard screen != self.screen else { return }
    if screen.stop != self.screen?.stop { step.changedParts.insert(.vending) }
    self.screen = screen
    step.effects.append(.exchange(.showScreen(screen)))
  }

  func state(_ seq: UInt64, _ around: Surroundings, _ step: Step) -> VendingPayload {
    VendingPayload(
      seq: seq, stop: saleStop(around, step), exchange: session.exchange?.id,
      slots: planogram.slots.map {
        VendingPayload.Slot(
          slot: $0.id, article: $0.configuration.article, price: $0.configuration.price,
          capacity: $0.configuration.capacity, stock: $0.memory.stock,
          bestBefore: $0.memory.bestBefore, quarantine: $0.memory.quarantine)
      }, at: step.now.wall)
  }
}

extension ExchangeSession {
  fileprivate var phase: VendingScreen.Phase {
    switch self {
    case .idle: .idle
    case .chosen(let choice):
      .chosen(choice.slot, until: choice.until, refusal: choice.refusal)
    case .askingBalance: .askingBalance
    case .intended(let intention, _), .asking(let intention, _): .asking(intention.exchange.slot)
    case .committing(let intention, _, _, _): .turning(intention.exchange.slot)
    case .dispensing(let exchange, _, _): .turning(exchange.slot)
    case .over(let phase, _): phase
    }
  }
}
