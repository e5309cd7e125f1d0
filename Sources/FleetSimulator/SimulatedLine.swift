// The serial line between a station and its exchange machine, with the driver at its end.
//
// Fault model.
// - An order takes 2 to 12 ms to the board and its answer as long to the driver, which waits 200 ms
//   for it and sends one order after the other: each gets one report, an answer or a silence.
// - An order or its answer may get lost, or the answer may come too late, at most three times in a
//   row, one in eight, and in some turns every second one. What comes late is believed only where
//   serial number and slot are those that are waited for.
// - The line may be dead for a second or for minutes.
import StationCore
import StationProtocol
import Time

final class SimulatedLine {
  private struct Order {
    var slot: SlotID
    /// 0 asks how the slot stands.
    var serial: UInt8

    var order: MachineRequest { serial == 0 ? .check : .turn(serial) }
  }

  static let window: Duration = .milliseconds(200)

  private(set) var isDead = false
  /// Told what the driver reports.
  var onReport: ((Event) -> Void)?
  private let machine: SimulatedMachine
  private unowned let station: SimulatedStation
  private let world: World
  private var dice: SeededGenerator
  private var orders: [Order] = []
  private var waiting: Order?
  private var sent = 0
  private var lossesInARow = 0
  /// Until then every second order or answer gets lost.
  private var badUntil = Instant(nanoseconds: 0)
  /// For a planted bug: orders of one turn that nobody answered.
  private var silences: (serial: UInt8, count: Int) = (0, 0)
  private var life = 0
  private var repeats: UInt8 = 0

  init(_ station: SimulatedStation, _ machine: SimulatedMachine, _ world: World) {
    self.station = station
    self.machine = machine
    self.world = world
    dice = SeededGenerator(seed: world.seed, "line", station.index)
  }

  func dispense(_ slot: SlotID, serial: UInt8) { send(Order(slot: slot, serial: serial)) }
  func check(_ slot: SlotID) { send(Order(slot: slot, serial: 0)) }

  /// The daemon is no more: what it waits for reaches nobody. What is on the line goes on.
  func forget() {
    life += 1
    orders = []
    waiting = nil
  }

  private func send(_ order: Order) {
    orders.append(order)
    if waiting == nil { sendNext() }
  }

  private func sendNext() {
    guard !orders.isEmpty else { return }
    let order = orders.removeFirst()
    waiting = order
    sent += 1
    let (number, life) = (sent, life)
    transmit(order)
    world.after(Self.window) { [unowned self] in
      guard life == self.life, number == sent, waiting != nil else { return }
      tell(.exchange(.silent(order.order)))
    }
  }

  private func transmit(_ order: Order) {
    let loss = loseSomething()
    guard !isDead, loss != .order else { return }
    let isLate = loss == .lateness
    world.after(dice.milliseconds(2...12)) { [unowned self] in
      let answer =
        order.serial == 0
        ? machine.check(order.slot) : machine.dispense(order.slot, serial: onTheWire(order))
      guard let answer, !isDead, loss != .answer else { return }
      let delay = isLate ? dice.milliseconds(200...1500) : dice.milliseconds(2...12)
      world.after(delay) { [unowned self] in arrive(order, answer) }
    }
  }

  /// For planted bugs: a repeated order goes out under a number of its own, or a new order does
  /// under the number of the one before.
  private func onTheWire(_ order: Order) -> UInt8 {
    switch world.mutation {
    case .repeatIsNew:
      repeats &+= 1
      return order.serial &+ repeats
    // The faults find less serious bugs before: this one waits until they are over.
    case .numberNeverNew where world.phase == .quiet: return machine.serial ?? order.serial
    default: return order.serial
    }
  }

  private enum Loss {
    case order
    case answer
    case lateness
  }

  private func loseSomething() -> Loss? {
    guard lossesInARow < 3, world.strikes(.machineLine, onceIn: world.now < badUntil ? 2 : 8)
    else {
      lossesInARow = 0
      return nil
    }
    lossesInARow += 1
    return dice.pick([.order, .answer, .lateness])
  }

  private func arrive(_ order: Order, _ report: MachineReport) {
    guard !isDead, let awaited = waiting else { return }
    let isAwaited = awaited.serial == order.serial && awaited.slot == order.slot
    guard isAwaited else { return }
    tell(.exchange(.reported(report, of: awaited.order)))
  }

  private func tell(_ event: Event) {
    waiting = nil
    onReport?(event)
    let life = life
    station.tell(world.mutation == .silencesAddUp ? addUp(event) : event)
    if life == self.life, waiting == nil { sendNext() }
  }

  /// For a planted bug: so many silences in one turn, and it is silent for good.
  private func addUp(_ event: Event) -> Event {
    switch event {
    case .exchange(.silent(.turn(let serial))):
      let count = silences.serial == serial ? silences.count : 0
      silences = (serial, count + 1)
    case .exchange(.reported(_, of: .turn(silences.serial))) where silences.count > 3:
      return .exchange(.silent(.turn(silences.serial)))
    default: break
    }
    return event
  }

  // MARK: - Faults

  /// For as long as a motor turns.
  func turnBad() { badUntil = world.now + .seconds(7) }

  func die(for outage: Duration) {
    guard !isDead else { return }
    world.note("the machine falls silent", station: station.index)
    world.referee.machineFellSilent(station.index)
    isDead = true
    world.after(outage) { [unowned self] in isDead = false }
  }

  func mend() { isDead = false }
}
