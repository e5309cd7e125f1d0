// The planted bugs between a station's decisions and its devices.
import StationCore
import StationProtocol

extension SimulatedStation {
  func alter(_ effects: inout [Effect], after event: Event) {
    guard let mutation = world.mutation else { return }
    switch mutation {
    case .relockForgotten:
      if dice.once(in: 20) {
        effects.removeAll { if case .setStrike(_, .secure) = $0 { true } else { false } }
      }
    case .exitRefused:
      if case .exitRequested = event, core.occupancy.totals.inside >= 3 {
        effects.removeAll { if case .setStrike = $0 { true } else { false } }
      }
    case .grantUnrecorded:
      for (place, effect) in effects.enumerated() {
        if case .journal(var entry) = effect,
          case .entryGranted(let point, _, _, _) = entry.record.body,
          dice.once(in: 20)
        {
          entry.record.body = .passage(point, .turnBack, inside: 0)
          effects[place] = .journal(entry)
        }
      }
    case .relockShortened: shorten(effects)
    case .publishBeforeCommit, .ackBeforeCommit, .ackOverAHole, .replayMarksLostAtBoot, .seqReused,
      .recordTwice:
      break
    }
  }

  /// Secures the strike when the first of two releases would have ended.
  func shorten(_ effects: [Effect]) {
    for case .setStrike(let point, .release) in effects {
      guard let door = door(point), door.isReleased else { continue }
      let life = life
      world.after(door.timing.access - .seconds(1)) { [unowned self] in
        guard life == self.life, isRunning, door.isReleased else { return }
        let effect = Effect.setStrike(point, .secure)
        world.trace.add(.effect(effect), at: world.now, station: index)
        world.referee.step(index, .wake, [effect], at: world.now)
        door.tell(.secure)
      }
    }
  }
}
