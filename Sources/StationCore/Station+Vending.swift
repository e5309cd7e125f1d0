// What a station does about its exchange machine: its slots, its board, its screen.
import StationProtocol
import Time

extension Station {
  mutating func reactToMachine(_ event: Event, _ step: inout Step) {
    guard vending != nil else { return }
    switch event {
    case .codeShownAtMachine(let presentation): present(presentation, &step)
    case .productSelected(let slot): select(slot, &step)
    case .selectionCancelled: cancelSelection(&step)
    case .replied(let reply): take(reply, &step)
    case .machineAnswered(let answer): take(answer, &step)
    case .machineSilent(let serial): machineFellSilent(serial, &step)
    case .machineDoorChanged(let isOpen): vending?.machine.sense(isOpen: isOpen)
    case .slotCounted(let slot, let stock, let bestBefore):
      count(slot, stock, bestBefore, &step)
    case .slotReleased(let slot): release(slot, &step)
    default: break
    }
  }

  // MARK: - The machine

  private mutating func take(_ answer: MachineAnswer, _ step: inout Step) {
    if case .dispensing(let exchange, var watch, let balance)? = vending?.session,
      watch.serial == answer.serial
    {
      vending?.machine.hear(answer.status)
      let verdict = watch.answered(answer.status, at: step.now.instant)
      vending?.session = .dispensing(exchange, watch, balance: balance)
      return follow(verdict, &step)
    }
    guard answer.serial == 0, let slots = vending?.planogram.slots else { return }
    guard let asked = vending?.machine.answered(answer.status, at: step.now.instant) else {
      return checked(answer.status, &step)
    }
    if answer.status.contains(.notHome), !answer.status.contains(.busy) {
      quarantine(slots[asked].id, .fault(.notHome), &step)
    }
  }

  /// What the machine does while a turn of its is followed.
  private mutating func checked(_ status: MachineStatus, _ step: inout Step) {
    guard case .dispensing(let exchange, var watch, let balance)? = vending?.session,
      watch.isChecking
    else { return }
    let verdict = watch.checked(status, at: step.now.instant)
    vending?.session = .dispensing(exchange, watch, balance: balance)
    follow(verdict, &step)
  }

  private mutating func machineFellSilent(_ serial: UInt8, _ step: inout Step) {
    // A check that was on its way when the motor was told is answered for before the turn's own.
    let isOfWatch = serial == 0 && vending?.machine.isWaiting == true
    vending?.machine.fellSilent(at: step.now.instant)
    guard !isOfWatch,
      case .dispensing(let exchange, var watch, let balance)? = vending?.session,
      serial == (watch.isChecking ? 0 : watch.serial)
    else { return }
    let verdict = watch.fellSilent(at: step.now.instant)
    vending?.session = .dispensing(exchange, watch, balance: balance)
    follow(verdict, &step)
  }

  /// Why nothing is sold at all.
  var saleStop: ExchangeRefusal? {
    guard let vending else { return .machineLost }
    if isInMaintenance { return .maintenance }
    // A door of which nothing is known may be open, and somebody's hands behind it.
    if vending.machine.door == .open || vending.machine.door == .unknown { return .machineOpen }
    if vending.machine.isThere != true { return .machineLost }
    if vending.isDropInDoubt { return .dropSensorFaulty }
    if vending.machine.isBusy, vending.session.exchange == nil { return .busy }
    if !isStoreDurable { return .noStore }
    if outbox.room == .none { return .journalFull }
    return uplink == nil ? .noUplink : nil
  }

  /// The local day by a time that can be believed; nil where there is none.
  private func today(_ now: Now) -> Int? {
    clock.judgementTime(now).flatMap { time in
      let day = time.localDay(utcOffsetSeconds: now.utcOffsetSeconds)
      return (0...DayBook.lastDay).contains(day) ? DayBook.date(ofDay: day) : nil
    }
  }

  /// Why this slot cannot be bought from now.
  func refusal(of id: SlotID, _ now: Now) -> ExchangeRefusal? {
    guard let slot = vending?.planogram[id] else { return .unknownSlot }
    return saleStop ?? slot.refusal(on: today(now))
  }

  // MARK: - The slots

  /// Somebody with the key counted a slot, which also means that somebody has looked at it.
  private mutating func count(
    _ slot: SlotID, _ stock: Int64, _ bestBefore: Int?, _ step: inout Step
  ) {
    guard isInMaintenance, vending?.session.exchange?.slot != slot,
      let memory = vending?.planogram.count(slot, stock: stock, bestBefore: bestBefore)
    else { return }
    journal(
      .exchange(.slotCounted(slot, stock: stock, bestBefore: bestBefore)), .urgent, &step,
      [.slot(memory)])
    step.changedParts.insert(.vending)
    release(slot, &step)
  }

  private mutating func release(_ slot: SlotID, _ step: inout Step) {
    guard isInMaintenance, let memory = vending?.planogram.release(slot) else { return }
    vending?.unseen = 0
    journal(.exchange(.slotReleased(slot)), .urgent, &step, [.slot(memory)])
    step.changedParts.insert(.vending)
  }

  mutating func quarantine(_ slot: SlotID, _ cause: QuarantineCause, _ step: inout Step) {
    guard let memory = vending?.planogram.quarantine(slot, cause) else { return }
    journal(.exchange(.slotQuarantined(slot, cause)), .urgent, &step, [.slot(memory)])
    step.changedParts.insert(.vending)
  }

  // MARK: - Time, alarms, screen

  mutating func passVending(_ step: inout Step) {
    guard vending != nil else { return }
    passExchange(&step)
    if vending?.session.isDecided == false, let slots = vending?.planogram.slots,
      let index = vending?.machine.takeCheck(of: slots.count, at: step.now.instant)
    {
      step.effects.append(.checkMachine(slots[index].id))
    }
    if let surplus = vending?.refusals.close(at: step.now.instant) {
      journal(.exchange(.refusalsCounted(surplus)), .soon, &step)
    }
    let ground = screenGround(step.now)
    guard let vending, ground != vending.shownFor else { return }
    self.vending?.shownFor = ground
    set(.machineLost, nil, stands: vending.machine.isThere == false, &step)
    set(.machineOpen, nil, stands: vending.machine.door == .open, &step)
    set(.dropSensorFaulty, nil, stands: vending.isDropInDoubt, &step)
    let slots = vending.planogram.slots
    set(.slotFaulty, nil, stands: slots.contains { $0.memory.quarantine != nil }, &step)
    let day = ground.day
    let isWanting = slots.contains {
      let refusal = $0.refusal(on: day)
      return refusal == .soldOut || refusal == .outOfDate
    }
    set(.slotEmpty, nil, stands: isWanting, &step)
    showScreen(&step)
  }

  /// A look at all slots is taken only where something has changed: doors are more frequent.
  private func screenGround(_ now: Now) -> Vending.ScreenGround {
    Vending.ScreenGround(
      stop: saleStop, isInMaintenance: isInMaintenance, isThere: vending?.machine.isThere,
      door: vending?.machine.door, isDropInDoubt: vending?.isDropInDoubt,
      phase: vending?.session.phase, revision: vending?.planogram.revision, day: today(now))
  }

  private mutating func showScreen(_ step: inout Step) {
    guard let vending else { return }
    let slots = vending.planogram.slots.map { slot in
      VendingScreen.Slot(
        slot: slot.id, article: slot.configuration.article, price: slot.configuration.price,
        capacity: slot.configuration.capacity, stock: slot.memory.stock,
        bestBefore: slot.memory.bestBefore, quarantine: slot.memory.quarantine,
        refusal: refusal(of: slot.id, step.now))
    }
    let screen = VendingScreen(
      stop: saleStop, isInMaintenance: isInMaintenance, phase: vending.session.phase, slots: slots)
    guard screen != vending.screen else { return }
    if screen.stop != vending.screen?.stop { step.changedParts.insert(.vending) }
    self.vending?.screen = screen
    step.effects.append(.showScreen(screen))
  }

  func vendingPayload(_ seq: UInt64, _ now: Now) -> VendingPayload? {
    guard let vending else { return nil }
    return VendingPayload(
      seq: seq, stop: saleStop, exchange: vending.session.exchange?.id,
      slots: vending.planogram.slots.map {
        VendingPayload.Slot(
          slot: $0.id, article: $0.configuration.article, price: $0.configuration.price,
          capacity: $0.configuration.capacity, stock: $0.memory.stock,
          bestBefore: $0.memory.bestBefore, quarantine: $0.memory.quarantine)
      }, at: now.wall)
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
