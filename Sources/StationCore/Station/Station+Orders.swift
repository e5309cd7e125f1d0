// How a station hands each order to the room that carries it out.
import StationProtocol
import Time

extension Station {
  mutating func follow(_ event: CommandEvent, _ step: inout Step) {
    let around = surroundings
    switch event {
    case .received(let command):
      let told = link.moment(of: command.nonce)
      if let refusal = commands.receive(command, told: told, around, &step) {
        link.handle(.messageRefused(refusal), around, &step)
      }
    case .finished(let id, let fault):
      commands.note(Commands.Progress(fault), of: id, around, &step)
    case .desired(let desired):
      let change = wishes.take(desired, configuration.book, around, &step)
      admission.modes.isLockedDownByService = wishes.isLockedDown
      follow(change, &step)
      wishes.publish(around, &step)
    case .desiredRefused(let fault):
      wishes.refuse(fault)
      wishes.publish(around, &step)
    }
  }

  /// Carries out what is durable by now.
  mutating func carryOutCommands(_ step: inout Step) {
    guard commands.isWaiting else { return }
    let around = surroundings
    while let command = commands.next(around, &step) {
      let progress = carryOut(command, &step)
      commands.note(progress, of: command.id, around, &step)
    }
    if commands.takeRestart(step) { step.effects.append(.command(.restart)) }
  }

  private mutating func carryOut(_ command: Command, _ step: inout Step) -> Commands.Progress {
    switch command.order {
    case .door(let order): Commands.Progress(carryOut(order, &step))
    case .entry(let order): Commands.Progress(admission.carryOut(order, clock, &step))
    case .occupancy(let order): Commands.Progress(headcount.carryOut(order, &step))
    case .climate(let order): Commands.Progress(climate.carryOut(order, &step))
    case .exchange(let order):
      Commands.Progress(vending == nil ? .noSuchPart : vending?.carryOut(order, &step))
    case .alarm(.reset(let alarm, let point)): Commands.Progress(reset(alarm, point, &step))
    case .station(let order): carryOut(order, command.id, &step)
    }
  }

  /// A door opens by its own machine; whether everyone may come in is a mode.
  private mutating func carryOut(_ order: DoorOrder, _ step: inout Step) -> OrderFault? {
    let id = order.accessPoint
    switch order {
    case .open, .openExtended:
      if let partner = configuration.entry.interlock?.partner(of: id),
        doors.outlook(of: partner)?.isShut == false
      {
        return .interlocked
      }
      let isExtended = order.kind == .openExtended
      return doors.open(isExtended: isExtended, at: id, &step)
    case .beginFreeAccess(_, let seconds):
      guard .seconds(seconds) <= configuration.commands.longestFreeAccess else {
        return .outOfBounds
      }
      // Two doors of a lobby are never open together, and a free one may open at any moment.
      if configuration.entry.interlock?.partner(of: id) != nil { return .interlocked }
      if let fault = doors.freeAccessFault(at: id) { return fault }
      admission.modes.setFree(id, until: step.now.instant + .seconds(seconds))
      return nil
    case .endFreeAccess:
      guard doors[id] != nil else { return .noSuchPart }
      return admission.modes.setFree(id, until: nil) ? nil : .nothingToDo
    }
  }

  private mutating func carryOut(
    _ order: StationOrder, _ id: CommandID, _ step: inout Step
  ) -> Commands.Progress {
    switch order {
    case .identify:
      showIdentity(&step)
      return .ended(CommandEnd(.done))
    case .selfTest: return beginTest(id, &step)
    case .restart: return .restarts
    case .setLogLevel(let level):
      step.effects.append(.command(.setLogLevel(level)))
      return .ended(CommandEnd(.done))
    case .collectSupport:
      step.effects.append(.command(.collectSupport(id)))
      return .running
    }
  }

  /// Clears an alarm that is the memory of something. A condition that holds keeps its alarm.
  private mutating func reset(
    _ alarm: Alarm, _ point: AccessPointID?, _ step: inout Step
  ) -> OrderFault? {
    guard step.alarms.stands(alarm, point) else { return .nothingToDo }
    switch alarm {
    case .fire, .emergency: return .handOnly
    case .duress, .wrongTries: admission.reset(alarm, at: point, &step)
    case .nameShared, .storeCopied, .acknowledgementForeign, .storeLost:
      return link.reset(alarm, &step) ? nil : .conditionStands
    case .contactFault: doors.resetContact(at: point, &step)
    default: return .conditionStands
    }
    return nil
  }
}

extension StationConfiguration {
  /// The operations that a station of this configuration takes, in the order of their words.
  package var operations: [OperationWord] {
    guard commands.isPinned else { return [] }
    return Order.Kind.allCases.filter(takes).map { OperationWord($0) }.sorted()
  }

  private func takes(_ kind: Order.Kind) -> Bool {
    switch kind {
    case .door(.beginFreeAccess), .door(.endFreeAccess):
      commands.longestFreeAccess > .zero && accessPoints.contains { $0.lock.canStayReleased }
    case .climate(.setRelay): !relays.isEmpty
    case .exchange: vending != nil
    case .door, .entry, .occupancy, .alarm, .station: true
    }
  }
}
