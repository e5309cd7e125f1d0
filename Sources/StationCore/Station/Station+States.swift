// How the parts of a station stand, told while somebody listens.
import StationProtocol
import Time

extension Station {
  /// Says how the changed parts stand, while somebody listens.
  func report(
    _ parts: Set<StatePart>, _ around: Surroundings, _ step: inout Step
  ) {
    guard link.uplink != nil else { return }
    let seq = step.outbox.next - 1
    for part in parts.sorted() {
      guard let report = state(of: part, seq, around, step) else { continue }
      step.effects.append(.link(.publishState(report)))
    }
  }

  /// How every part stands, for a maintainer.
  package func states(at now: Now) -> [StateReport] {
    let step = Step(now: now, Books(outbox: outbox, alarms: alarms))
    let parts =
      doors.points.map { StatePart.door($0.id) }
      + StatePart.allCases.filter {
        if case .door = $0 { false } else { true }
      }
    return parts.compactMap { state(of: $0, outbox.next - 1, surroundings, step) }
  }

  private func state(
    of part: StatePart, _ seq: UInt64, _ around: Surroundings, _ step: Step
  ) -> StateReport? {
    switch part {
    case .door(let id): doors.state(of: id, seq, step).map { .door(id, $0) }
    case .occupancy: .occupancy(headcount.state(seq, step.now))
    case .climate: .climate(climate.state(.thermometer, seq, step.now))
    case .energy: .energy(climate.state(.meter, seq, step.now))
    case .vending: vending.map { .vending($0.state(seq, around, step)) }
    case .codes:
      configuration.commands.isPinned || !admission.codes.isEmpty
        ? .codes(admission.codes.state(seq, step.now)) : nil
    case .alarms:
      .alarms(AlarmsPayload(seq: seq, active: step.alarms.active, at: step.now.wall))
    }
  }
}
