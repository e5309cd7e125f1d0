// A station's fire alarm: two circuits, and somebody who comes with the key when all is over.
//
// Fault model.
// - Fire breaks out at any time, also while the station is dark: it then finds the signal at boot.
// - The circuits change over one after the other, in either order.
// - The signal ends long before anybody comes; whoever comes finds a dark station, and comes again.
import StationCore

final class SimulatedFire {
  private(set) var isBurning = false
  private unowned let station: SimulatedStation
  private let world: World
  private var dice: SeededGenerator

  init(_ station: SimulatedStation, _ world: World) {
    self.station = station
    self.world = world
    dice = SeededGenerator(seed: world.seed, "fire", station.index)
  }

  /// What the daemon senses when it comes up.
  func reportAll() {
    for line in FireLine.allCases { report(line) }
  }

  func breakOut() {
    guard !isBurning else { return }
    change(to: true)
    world.after(dice.seconds(5...1800)) { [unowned self] in
      putOut()
      comeWithKey()
    }
  }

  func putOut() {
    if isBurning { change(to: false) }
  }

  /// Turns the key, and comes again until the doors go by codes as before.
  func comeWithKey() {
    world.after(dice.seconds(10...900)) { [unowned self] in
      station.tell(.safety(.resetTurned))
      if !station.isRunning || station.core.safety.fire.isLatched { comeWithKey() }
    }
  }

  private func change(to isBurning: Bool) {
    self.isBurning = isBurning
    let isReversed = dice.once(in: 2)
    for line in isReversed ? FireLine.allCases.reversed() : FireLine.allCases { report(line) }
  }

  private func report(_ line: FireLine) {
    station.tell(.safety(.fireLineChanged(line, isClosed: (line == .first) != isBurning)))
  }
}
