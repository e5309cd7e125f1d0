// What comes from the store and from the broker.
import StationProtocol

extension Station {
  mutating func reactToLink(_ event: Event, _ step: inout Step) {
    switch event {
    case .journaled(let seq):
      step.outbox.journaled(through: seq)
      let around = surroundings
      vending?.journaled(around, &step)
    case .uplinkOpened(let connection): open(connection, &step)
    case .uplinkClosed:
      uplink = nil
      uplinkLostAt = uplinkLostAt ?? step.now.instant
      step.outbox.uplinkClosed()
      keptEnds.uplinkClosed()
    case .sessionTakenOver: note(.nameShared, &step)
    case .copyFound: note(.storeCopied, &step)
    case .serviceHeard(let epoch):
      follow(keptEnds.hear(epoch, at: step.now.instant), &step)
    case .keptEndRead(let row): follow(keptEnds.take(row, at: step.now.instant), &step)
    case .acknowledged(let ack): take(ack, &step)
    case .messageRefused(let refusal): refuse(refusal, &step)
    default: break
    }
  }

  /// Of something that nobody can say is over.
  private mutating func note(_ alarm: Alarm, _ step: inout Step) {
    renewal.note(alarm, at: step.now.instant)
    step.set(alarm, nil, stands: true)
  }
}
