// The effects of the core, carried out.
import StationCore
import StationProtocol

extension StationDaemon {
  func perform(_ effect: Effect) {
    switch effect {
    case .door(let effect): perform(effect)
    case .entry(.showCard(let card)):
      unknownCard.show(card)
      screen?.show(card)
    case .climate(.setRelay(let relay, let isOn)): drive(relay, isOn: isOn)
    case .exchange(let effect): perform(effect)
    case .store(let effect): perform(effect, on: station.outbox.stream)
    case .link(let effect): perform(effect, on: station.outbox.stream)
    }
  }

  private func perform(_ effect: DoorEffect) {
    switch effect {
    case .setStrike(let point, let strike): drive(point, strike)
    case .show(let point, .closeDoor):
      lines.show(accessPoint: point.number, .advice("close-door"))
    case .show(let point, .granted): lines.show(accessPoint: point.number, .granted)
    case .show(let point, .refused(let denial, let fault)):
      lines.show(
        accessPoint: point.number, .refused(reason: denial.rawValue, fault: fault?.rawValue))
    }
  }

  private func perform(_ effect: ExchangeEffect) {
    switch effect {
    case .dispense(let slot, let serial): machine?.dispense(slot, serial: serial)
    case .checkMachine(let slot): machine?.check(slot)
    case .showScreen(let screen): self.screen?.show(screen)
    case .request(let request): link.ask(request)
    }
  }

  private func perform(_ effect: StoreEffect, on stream: StreamID) {
    switch effect {
    case .journal(let entry):
      recordLog.note(entry.record.body, at: latest)
      recentRows.note(entry.record, entry.seq, of: stream)
      journal.append(entry, to: stream)
    case .remember(let changes, let lane): journal.remember(changes, lane, in: stream)
    case .trim(let seq): journal.trim(through: seq, of: stream)
    case .renewStream: journal.renew(stream)
    case .readKeptEnd(let id): journal.readKeptEnd(after: id)
    }
  }

  private func perform(_ effect: LinkEffect, on stream: StreamID) {
    switch effect {
    case .publishRecords(let range):
      if let rows = recentRows.rows(range, of: stream) {
        link.publish(stream: stream, first: range.lowerBound, records: rows)
      } else {
        journal.read(range, of: stream)
      }
    case .publishBirth(let birth): link.publish(birth)
    case .publishState(let state): link.publish(state)
    case .publishKeptEnd(let end): link.publish(end)
    }
  }
}
