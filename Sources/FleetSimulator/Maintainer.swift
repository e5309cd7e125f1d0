// The technician who looks after a simulated machine: turns the key, opens it, fills and counts.
//
// Fault model.
// - The maintainer comes every half a day to three days, also where the station is dark, and stays
//   for minutes.
// - Some slots are counted, some only looked at; a slot in quarantine is released without a count
//   where the book is right.
// - What is pressed while the daemon is away is not heard.
import StationCore
import Time

final class Maintainer {
  private unowned let station: SimulatedStation
  private let machine: SimulatedMachine
  private let slots: [SlotConfiguration]
  private let world: World
  private var dice: SeededGenerator
  private var visits = 0

  init?(_ station: SimulatedStation, _ world: World) {
    guard let policy = station.configuration.vending, let machine = station.machine else {
      return nil
    }
    self.station = station
    self.machine = machine
    self.world = world
    slots = policy.slots
    dice = SeededGenerator(seed: world.seed, "maintainer", station.index)
  }

  func begin() {
    visit(afterSeconds: 60...1800)
    plan()
  }

  private func plan() {
    world.after(dice.seconds(40_000...200_000)) { [unowned self] in
      guard world.phase == .faults else { return }
      visit(afterSeconds: 0...60)
      plan()
    }
  }

  /// - Parameter isThorough: every slot is filled and counted.
  func visit(afterSeconds delay: ClosedRange<Int>, isThorough: Bool = false) {
    visits += 1
    let visit = visits
    var at = world.now + dice.seconds(delay)
    world.at(at) { [unowned self] in
      // A key that somebody has left turned is turned anew: that is how the station knows of a hand.
      if isThorough { station.turnMaintenanceKey(on: false) }
      station.turnMaintenanceKey(on: true)
      machine.setDoor(open: true)
    }
    for slot in slots {
      at = at + dice.seconds(2...30)
      world.at(at) { [unowned self] in look(after: slot, isThorough) }
    }
    world.at(at + dice.seconds(2...30)) { [unowned self] in
      guard visit == visits else { return }
      machine.setDoor(open: false)
      station.turnMaintenanceKey(on: false)
    }
  }

  private func look(after slot: SlotConfiguration, _ isThorough: Bool) {
    guard let inside = machine.look(slot.slot) else { return }
    let memory = station.disk.image.slots[slot.slot]
    if !isThorough, memory?.stock == inside, memory?.quarantine != nil, dice.once(in: 3) {
      return station.tell(.exchange(.slotReleased(slot.slot)))
    }
    guard isThorough || !dice.once(in: 6) else { return }
    let most = isThorough ? slot.capacity : Int64(dice.below(Int(slot.capacity) + 1))
    let stock = machine.fill(slot.slot, upTo: max(inside, most))
    station.tell(.exchange(.slotCounted(slot.slot, stock: stock, bestBefore: nil)))
  }
}
