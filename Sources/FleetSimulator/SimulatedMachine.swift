// An exchange machine: spirals, a drop sensor, a door, and a board that remembers one order.
//
// Fault model.
// - The board knows the serial number of its last order: the same number again is a question how
//   that order stands. A power cut of the machine makes it forget; it is back after 2.5 s at least.
// - A turn takes 1 to 6 s, and the article falls before its end. A power cut in mid-turn may drop it
//   or not, and may leave the spiral away from its home.
// - Of a slot that it does not have the board says that its spiral is away from home.
// - A spiral may be away from home, may not turn, may not come home, or may turn without end.
// - The drop sensor may miss what falls or be faulty, and, as a fault of its own, may see what
//   never fell. Each such turn is declared to the checkers, who else believe the machine's truth.
// - Somebody may open the machine's door. Most machines lose power together with their station.
import StationCore
import StationProtocol

final class SimulatedMachine {
  /// A false report of the machine, which no decision of a station could have seen through.
  enum Lie {
    /// The article fell, or may have, and the sensor could not tell.
    case blind
    /// Nothing fell, and the sensor saw it.
    case phantom
    /// The motor never ended.
    case endless
  }

  private struct Turn {
    var slot: SlotID
    var falls: Bool
    /// What the board will say when it is over.
    var report: MachineReport
    var comesHome = true
  }

  struct Spiral {
    var stock: Int64
    var isHome = true
  }

  private(set) var spirals: [SlotID: Spiral] = [:]
  private(set) var isPowered = true
  private(set) var isOpen = false
  let sharesSupply: Bool
  /// Told when a motor starts.
  var onTurn: (() -> Void)?
  private unowned let station: SimulatedStation
  private let world: World
  private var dice: SeededGenerator
  /// The order that the board remembers.
  private(set) var serial: UInt8?
  private var outcome = MachineReport.dropped(fault: nil)
  private var turn: Turn?
  private var sensorIsFaulty = false
  /// Counts what happens to its power.
  private var life = 0

  init(_ station: SimulatedStation, _ policy: VendingPolicy, _ world: World) {
    self.station = station
    self.world = world
    dice = SeededGenerator(seed: world.seed, "machine", station.index)
    sharesSupply = !dice.once(in: 5)
    for slot in policy.slots {
      spirals[slot.slot] = Spiral(stock: Int64(dice.below(Int(slot.capacity) + 1)))
    }
  }

  // MARK: - What the board is told

  /// - Returns: what it says to that; nil where it is dark.
  func dispense(_ slot: SlotID, serial: UInt8) -> MachineReport? {
    guard isPowered else { return nil }
    if self.serial == serial { return turn == nil ? outcome : .busy }
    guard turn == nil else { return .busy }
    self.serial = serial
    begin(slot, serial)
    return turn == nil ? outcome : .busy
  }

  /// - Returns: what it says of a slot at rest; nil where it is dark.
  func check(_ slot: SlotID) -> MachineReport? {
    guard isPowered else { return nil }
    guard turn == nil else { return .busy }
    var faults: [MachineFault] = sensorIsFaulty ? [.dropSensorFaulty] : []
    if spirals[slot]?.isHome != true { faults.append(.notHome) }
    return .resting(faults)
  }

  private func begin(_ slot: SlotID, _ serial: UInt8) {
    guard let spiral = spirals[slot], spiral.isHome else {
      outcome = .failed(.notHome)
      return
    }
    world.note("the motor turns", UInt64(slot.number), station: station.index)
    world.referee.machineTurned(station.index, slot, serial)
    var turn = Turn(slot: slot, falls: spiral.stock > 0, report: Self.seen(spiral.stock > 0))
    var length = dice.milliseconds(1000...6000)
    if world.strikes(.machineJam, onceIn: 10) {
      jam(&turn, &length, serial)
    } else if turn.falls, world.strikes(.dropSensor, onceIn: 12) {
      declare(.blind, serial)
      sensorIsFaulty = dice.once(in: 2)
      turn.falls = dice.once(in: 2)
      turn.report = .failed(sensorIsFaulty ? .dropSensorFaulty : .dropNotSeen)
    } else if world.strikes(.phantomDrop, onceIn: 12) {
      declare(.phantom, serial)
      (turn.falls, turn.report) = (false, .dropped(fault: nil))
    }
    self.turn = turn
    let life = life
    world.after(length * (0.6 + 0.35 * Double(dice.below(100)) / 100)) { [unowned self] in
      if life == self.life { fall() }
    }
    world.after(length) { [unowned self] in
      if life == self.life { end() }
    }
    onTurn?()
  }

  /// The report that follows from a drop sensor that can see.
  private static func seen(_ falls: Bool) -> MachineReport {
    falls ? .dropped(fault: nil) : .failed(.dropNotSeen)
  }

  private func jam(_ turn: inout Turn, _ length: inout Duration, _ serial: UInt8) {
    switch dice.below(5) {
    case 0: (turn.falls, turn.report) = (false, .failed(.didNotTurn))
    case 1: (turn.falls, turn.report) = (false, .failed(.dropNotSeen))
    case 2:
      turn.comesHome = false
      if turn.falls { turn.report = .dropped(fault: .didNotReturn) }
    case 3:
      turn = Turn(
        slot: turn.slot, falls: false, report: .failed(.dropNotSeen), comesHome: false)
    default:
      declare(.endless, serial)
      length = dice.seconds(31...90)
    }
  }

  private func declare(_ lie: Lie, _ serial: UInt8) {
    world.referee.machineLies(station.index, serial, lie)
  }

  private func fall() {
    guard let slot = turn?.slot, turn?.falls == true, let serial else { return }
    turn?.falls = false
    spirals[slot]?.stock -= 1
    world.note("an article falls", UInt64(slot.number), station: station.index)
    world.referee.articleFell(station.index, slot, serial)
  }

  private func end() {
    guard let turn else { return }
    outcome = turn.report
    if !turn.comesHome { spirals[turn.slot]?.isHome = false }
    self.turn = nil
  }

  // MARK: - Power

  func powerCut() {
    guard isPowered else { return }
    isPowered = false
    life += 1
    if let turn {
      if dice.once(in: 2) { fall() }
      if dice.once(in: 2) { spirals[turn.slot]?.isHome = false }
    }
    (turn, serial) = (nil, nil)
  }

  func powerOn() {
    guard !isPowered else { return }
    let life = life
    world.after(dice.milliseconds(2500...10_000)) { [unowned self] in
      if life == self.life { isPowered = true }
    }
  }

  /// Its own supply fails, and that of its station does not.
  func losePower(for outage: Duration) {
    guard isPowered else { return }
    world.note("the machine loses power", station: station.index)
    world.referee.machineLostPower(station.index)
    powerCut()
    let life = life
    world.after(outage) { [unowned self] in
      if life == self.life { powerOn() }
    }
  }

  // MARK: - What people do to it

  /// What the daemon senses when it comes up.
  func reportAll() { station.tell(.exchange(.doorChanged(isOpen: isOpen))) }

  func setDoor(open: Bool) {
    guard isOpen != open else { return }
    isOpen = open
    station.tell(.exchange(.doorChanged(isOpen: open)))
  }

  /// A maintainer turns the spiral home, cleans the sensor and fills up.
  /// - Returns: what is in the slot now.
  func fill(_ slot: SlotID, upTo most: Int64) -> Int64 {
    spirals[slot]?.isHome = true
    sensorIsFaulty = false
    spirals[slot]?.stock = most
    world.referee.slotTouched(station.index, slot)
    return most
  }

  /// - Returns: what is in the slot, or nil where a motor turns.
  func look(_ slot: SlotID) -> Int64? { turn == nil ? spirals[slot]?.stock : nil }

  /// Mends what faults may have left.
  func mend() {
    powerOn()
    sensorIsFaulty = false
    setDoor(open: false)
  }
}
