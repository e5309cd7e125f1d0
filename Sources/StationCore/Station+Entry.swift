// What a station does about whoever wants to come in.
import StationProtocol

extension Station {
  mutating func present(
    _ presentation: Presentation, at id: AccessPointID, _ step: inout Step
  ) {
    guard let index = points.firstIndex(where: { $0.id == id }) else { return }
    let time = clock.judgementTime(step.now)
    var judged = step.now
    judged.wall = time ?? step.now.wall
    let circumstances = Entry.Circumstances(
      policy: configuration.entry, time: time, localMinute: judged.localMinute, marks: marks,
      inside: occupancy.totals.inside, openFor: points[index].door.openFor)
    switch points[index].entry.decide(presentation, circumstances, at: step.now.instant) {
    case .ignored: break
    case .confirmed: step.effects.append(.show(id, .granted))
    case .granted(let member, let mark):
      let known = clock.lastTrusted(at: step.now)
      let forgetting = known ?? judged.wall
      marks.add(mark, at: forgetting)
      atDoor(id, &step) { $0.grant(mark.code, at: $1) }
      step.effects.append(.show(id, .granted))
      journal(
        .entryGranted(id, member: member, .code(mark.code)), .urgent, &step,
        [.mark(mark, forgetting: forgetting)] + (known.map { [.lastTrusted($0)] } ?? []))
    case .refused(let denial, let member, let code, let fault):
      step.effects.append(.show(id, .refused(denial, fault: fault)))
      if points[index].entry.countRefusal(at: step.now.instant) {
        journal(
          .entryRefused(id, reason: denial, fault: fault, member: member, .code(code)), .soon, &step
        )
      }
    }
  }
}
