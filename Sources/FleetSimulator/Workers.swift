// The people of a simulated station: they come, show a code, go in, stay, and leave.
//
// Fault model.
// - A code may be used already, expired, too new, foreign or unreadable; it may be shown twice.
// - Two may come together, and the second one shows a code while the door is released for the first.
// - Someone who was let in may not open the door, may turn back in the beams, or may prop the leaf.
// - Someone who finds the door locked goes away, or shows the code again.
// - Everyone leaves by the exit button, and presses it again where the door does not open.
// - Whoever is inside moves; the motion sensor sees that and nothing else.
import StationCore
import StationProtocol
import Time

final class Workers {
  private unowned let station: SimulatedStation
  private let world: World
  private let codes: CodeBook
  private var dice: SeededGenerator
  private let meanGap: Int
  private var inside = 0

  init(_ station: SimulatedStation, _ world: World, _ codes: CodeBook) {
    self.station = station
    self.world = world
    self.codes = codes
    dice = SeededGenerator(seed: world.seed, "workers", station.index)
    meanGap = 700 + dice.below(4000)
  }

  func begin() {
    station.onStart = { [unowned self] in tryAgain() }
    planArrival()
    // Without evidence of presence a station has no motion sensor.
    if station.configuration.occupancy.vacancy != nil { move() }
  }

  /// The people inside move every two minutes at least, and the sensor sees it.
  private func move() {
    world.after(dice.seconds(60...120)) { [unowned self] in
      if inside > 0 {
        sense(true)
        world.after(dice.seconds(2...18)) { [unowned self] in sense(false) }
      }
      move()
    }
  }

  private func sense(_ isMoving: Bool) {
    station.isMoving = isMoving
    station.tell(.occupancy(.motionChanged(isMoving: isMoving)))
  }

  /// A station that is back meets those who stood before it when it went dark.
  private func tryAgain() {
    for _ in 0..<dice.below(4) {
      guard let code = codes.drawAgain(&dice) else { return }
      let door = dice.pick(station.doors)
      world.after(dice.seconds(1...20)) { [unowned self] in show(code, at: door, attempts: 1) }
    }
  }

  private func planArrival() {
    world.after(dice.seconds(1...2 * meanGap)) { [unowned self] in
      guard world.phase == .faults else { return }
      arrive()
      planArrival()
    }
  }

  // MARK: - In

  private func arrive() {
    let door = dice.pick(station.doors)
    show(codes.draw(&dice), at: door, attempts: 1 + dice.below(3))
    guard dice.once(in: 6) else { return }
    let companion = codes.draw(&dice)
    world.after(dice.milliseconds(500...5000)) { [unowned self] in
      show(companion, at: door, attempts: 1)
    }
  }

  private func show(_ code: Presentation, at door: SimulatedDoor, attempts: Int) {
    if door.isReaderConnected { station.tell(.entry(.presented(door.point, .code(code)))) }
    if dice.once(in: 12) {
      world.after(dice.milliseconds(200...9000)) { [unowned self] in
        if door.isReaderConnected { station.tell(.entry(.presented(door.point, .code(code)))) }
      }
    }
    world.after(dice.milliseconds(300...2800)) { [unowned self] in
      if dice.once(in: 30) { return }
      if door.pull() {
        goIn(door)
      } else if attempts > 1 {
        world.after(dice.seconds(2...15)) { [unowned self] in
          show(dice.once(in: 2) ? code : codes.draw(&dice), at: door, attempts: attempts - 1)
        }
      }
    }
  }

  private func goIn(_ door: SimulatedDoor) {
    let turnsBack = dice.once(in: 25)
    walk(door, turnsBack ? .turnBack : .inward) { [unowned self] in
      letGo(door)
      guard !turnsBack else { return }
      inside += 1
      world.after(dice.seconds(60...5400)) { [unowned self] in leave(dice.pick(station.doors)) }
    }
  }

  // MARK: - Out

  private func leave(_ door: SimulatedDoor) {
    door.pressExit()
    world.after(dice.milliseconds(300...2500)) { [unowned self] in
      guard door.pull() else {
        world.referee.complain("station \(station.index + 1) keeps someone in")
        return
      }
      walk(door, .outward) { [unowned self] in
        inside -= 1
        letGo(door)
      }
    }
  }

  private func letGo(_ door: SimulatedDoor) {
    let isPropped = dice.once(in: 25)
    world.after(isPropped ? dice.seconds(20...240) : dice.milliseconds(500...4000)) {
      door.letGo()
    }
  }

  // MARK: - Through the beams

  /// One person at a time: two abreast are one to any pair of beams.
  private func walk(_ door: SimulatedDoor, _ way: Passage, _ done: @escaping () -> Void) {
    let (first, last): (Beam, Beam) = way == .outward ? (.inner, .outer) : (.outer, .inner)
    let steps: [(Beam, Bool)] =
      way == .turnBack
      ? [(first, true), (last, true), (last, false), (first, false)]
      : [(first, true), (last, true), (first, false), (last, false)]
    var at = max(world.now, door.beamsBusyUntil) + dice.milliseconds(300...1500)
    let begin = at
    let mark = (station.life, door.interruptions)
    let isUnseen = world.mutation == .countSlips && dice.once(in: 20)
    for (beam, isBroken) in steps {
      at = at + dice.milliseconds(60...400)
      guard !isUnseen else { continue }
      world.at(at) { door.set(beam, isBroken: isBroken) }
    }
    door.beamsBusyUntil = at + .milliseconds(1)
    world.at(begin) { [unowned self] in
      if !isCounted(door) { world.referee.lostCount(station.index) }
    }
    world.at(at) { [unowned self] in
      if isCounted(door), mark == (station.life, door.interruptions) {
        if way != .turnBack { world.referee.passed(station.index, way) }
      } else {
        world.referee.lostCount(station.index)
      }
      done()
    }
  }

  /// Whether a passage now can be sensed as it is.
  private func isCounted(_ door: SimulatedDoor) -> Bool {
    station.isRunning && door.areBeamsHonest
  }
}
