// The people who set at the service what the facilities of a simulated fleet decide.
//
// Fault model.
// - Settings come while a station is there or away, and on the heels of one another, also while
//   those before are on trial.
// - Some contradict the board or themselves; some name a slot that the machine does not have, or leave
//   one out that it has.
// - Prices are agreed on anew; a machine that has given settings up sells at the old ones, and then
//   the service refuses the sale.
// - A service that came back on a backup has forgotten what it wanted last; somebody sets it anew.
// Slots never hold less or other goods than the machine was built for, and doors keep their programs,
// so that the other checkers need not ask what is in force.
import ManagementCore
import StationCore
import StationProtocol
import Time

final class SettingsDesk {
  /// The fate of settings.
  private enum Kind {
    case right
    case wrong
    /// A part fails with them.
    case harmful
  }

  private let world: World
  private let service: SimulatedManagement
  private let stations: [SimulatedStation]
  private var dice: SeededGenerator
  private var number = 0
  private var orders = 0

  init(_ world: World, _ service: SimulatedManagement, _ stations: [SimulatedStation]) {
    self.world = world
    self.service = service
    self.stations = stations
    dice = SeededGenerator(seed: world.seed, "settings")
  }

  func begin() {
    world.after(dice.seconds(60...3600)) { [unowned self] in
      guard world.phase == .faults else { return }
      let station = dice.pick(stations)
      change(station, dice.pick([.right, .right, .right, .wrong, .harmful]))
      if dice.once(in: 4) {
        world.after(dice.seconds(1...90)) { [unowned self] in
          change(station, dice.pick([.right, .wrong]))
        }
      }
      begin()
    }
  }

  /// At the end each station gets settings that are right, by a service that knows what it reports.
  func calm() {
    world.after(.seconds(2400)) { [unowned self] in
      for station in stations { change(station, .right) }
    }
    world.after(.seconds(3600)) { [unowned self] in
      for station in stations { agreeOnWhatIsShown(at: station) }
    }
  }

  private func change(_ station: SimulatedStation, _ kind: Kind) {
    guard service.isRunning else { return }
    number += 1
    var drawn = [
      Self.section("screen", nil, ["notice-chinese": "第 \(number)", "notice-english": "\(number)"])
    ]
    drawn += rules(of: station)
    if station.machine != nil, kind == .harmful || dice.once(in: 2) {
      drawn += slots(of: station, andMissing: kind == .harmful)
    }
    if kind == .wrong { contradict(&drawn, at: station) }
    guard let wanted = service.set(drawn, at: station.id) else { return }
    world.note("settings are wanted", UInt64(wanted.revision), station: station.index)
    if kind == .wrong { world.referee.settings.mustNotHold(wanted) }
  }

  // MARK: - Drawing

  private func rules(of station: SimulatedStation) -> [SettingsSection] {
    var drawn: [SettingsSection] = []
    var entry = ["longest-code-life": "\(120 + dice.below(400)) s"]
    if dice.once(in: 2) { entry["capacity"] = "\(3 + dice.below(10))" }
    if dice.once(in: 6) { entry["opening-hours"] = SimulatedFacility.hours(&dice) }
    if dice.once(in: 2) { drawn.append(Self.section("entry", nil, entry)) }
    for point in station.configuration.accessPoints where dice.once(in: 3) {
      let access = Int(point.timing.access.components.seconds)
      drawn.append(
        Self.section(
          "access-point", "\(point.id)",
          ["held-open-time": "\(access + 1 + dice.below(60)) s", "held-open-warning": "0 s"]))
    }
    if dice.once(in: 4) {
      drawn.append(Self.section("machine", nil, ["session": "\(15 + dice.below(46)) s"]))
    }
    return drawn
  }

  private func slots(
    of station: SimulatedStation, andMissing isOneMissing: Bool
  ) -> [SettingsSection] {
    let known = service.store.prices(of: station.id)
    let built = station.configuration.vending?.slots ?? []
    var drawn: [SettingsSection] = []
    // The first one is sold from at the end.
    for slot in built where slot.slot == built[0].slot || !dice.once(in: 12) {
      if !known.contains(where: { $0.slot == slot.slot }) {
        agree(on: slot.price.number, slot.slot, station)
      } else if dice.once(in: 12) {
        agree(on: Int64(1 + dice.below(40)), slot.slot, station)
      }
      drawn.append(
        Self.section(
          "slot", "\(slot.slot.number)",
          ["article": slot.article.text, "capacity": "\(slot.capacity + Int64(dice.below(4)))"]))
    }
    if isOneMissing, let slot = SlotID(SlotID.most - dice.below(4)), let first = built.first {
      agree(on: 7, slot, station)
      drawn.append(
        Self.section("slot", "\(slot.number)", ["article": first.article.text, "capacity": "5"]))
    }
    return drawn
  }

  private func contradict(_ drawn: inout [SettingsSection], at station: SimulatedStation) {
    drawn.removeAll { ["entry", "access-point"].contains($0.name.text) }
    let door = station.configuration.accessPoints[0]
    let wrong: [SettingsSection] = [
      Self.section("entry", nil, ["reservation": "required", "capacity": "3"]),
      Self.section("entry", nil, ["anti-passback": "hard", "capacity": "3"]),
      Self.section("entry", nil, ["capacity-first": "90", "capacity-second": "80"]),
      Self.section("access-point", "4", ["held-open-time": "30 s"]),
      Self.section("access-point", "\(door.id)", ["held-open-time": "1 s"]),
      Self.section("access-point", "\(door.id)", ["program": "schedule"]),
    ]
    drawn.append(dice.pick(wrong))
  }

  private static func section(
    _ name: String, _ argument: String?, _ values: [String: String]
  ) -> SettingsSection {
    func word(_ text: String) -> SettingsWord {
      guard let word = SettingsWord(text) else { preconditionFailure("no word: \(text)") }
      return word
    }
    return SettingsSection(
      word(name), argument.map(word),
      values.sorted { $0.key < $1.key }.map { SettingsSection.Value(word($0.key), $0.value) })
  }

  // MARK: - Prices

  private func agree(on price: Int64, _ slot: SlotID, _ station: SimulatedStation) {
    orders += 1
    guard let points = Points(price), let key = OrderKey("price-\(orders)") else { return }
    let outcome = service.store.carryOut(
      .price(station.id, slot, points), key: key, by: "office", aloneUpTo: .max, at: service.now)
    guard case .done = outcome else {
      return world.referee.complain("the ledger does not take a price: \(outcome)")
    }
  }

  /// Has the prices agreed on at which machines sell in the end, whatever became of settings.
  private func agreeOnWhatIsShown(at station: SimulatedStation) {
    let known = service.store.prices(of: station.id)
    for (slot, price) in world.referee.settings.prices(at: station.index)
    where known.contains(where: { $0.slot == slot }) {
      agree(on: price, slot, station)
    }
  }
}
