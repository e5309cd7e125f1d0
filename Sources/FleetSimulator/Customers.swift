// Those who stand before the exchange machine of a simulated station.
//
// Fault model.
// - Somebody picks and shows a code; picks and walks away; calls it off, before the code, after it,
//   or while the motor turns; shows a code with nothing picked; picks what is not for sale.
// - A second code is shown while the first one's exchange is under way; the same one again and
//   again; one that has just opened the door, or has paid before.
// - The next one does not wait until the first has gone.
import StationCore
import StationProtocol

final class Customers {
  private unowned let station: SimulatedStation
  private let world: World
  private let codes: CodeBook
  private let slots: [SlotID]
  private var dice: SeededGenerator
  private let meanGap: Int

  init?(_ station: SimulatedStation, _ world: World, _ codes: CodeBook) {
    guard let policy = station.configuration.vending else { return nil }
    self.station = station
    self.world = world
    self.codes = codes
    slots = policy.slots.map(\.slot)
    dice = SeededGenerator(seed: world.seed, "customers", station.index)
    meanGap = 600 + dice.below(2500)
  }

  func begin() {
    world.after(dice.seconds(1...2 * meanGap)) { [unowned self] in
      guard world.phase == .faults else { return }
      come()
      if dice.once(in: 8) { world.after(dice.seconds(1...20)) { [unowned self] in come() } }
      begin()
    }
  }

  private func come() {
    switch dice.below(20) {
    case 0: show(codes.draw(&dice))
    case 1: pick()
    case 2:
      pick()
      later(1...20) { $0.station.tell(.exchange(.cancelled)) }
    case 3:
      if let slot = SlotID(1 + dice.below(SlotID.most)) { station.tell(.exchange(.selected(slot))) }
      later(1...5) { $0.show($0.codes.draw(&$0.dice)) }
    case 4: buy(with: codes.drawAgain(&dice))
    default: buy(with: nil)
    }
  }

  private func pick() { station.tell(.exchange(.selected(dice.pick(slots)))) }

  private func show(_ code: Presentation) { station.tell(.exchange(.codeShown(code))) }

  private func buy(with before: Presentation?) {
    pick()
    later(1...20) { customers in
      let code = before ?? customers.codes.draw(&customers.dice)
      customers.show(code)
      customers.change(code)
    }
  }

  /// Changes that happen while the exchange is under way.
  private func change(_ code: Presentation) {
    switch dice.below(10) {
    case 0: later(0...3) { $0.station.tell(.exchange(.cancelled)) }
    case 1: later(0...6) { $0.show($0.codes.draw(&$0.dice)) }
    case 2: later(0...2) { $0.show(code) }
    case 3:
      later(5...15) { customers in
        customers.pick()
        customers.later(1...10) { $0.show(code) }
      }
    case 4:
      let door = dice.pick(station.doors)
      later(0...9) { $0.station.tell(.entry(.presented(door.point, .code(code)))) }
    default: break
    }
  }

  private func later(_ seconds: ClosedRange<Int>, _ body: @escaping (Customers) -> Void) {
    world.after(dice.seconds(seconds)) { [unowned self] in body(self) }
  }

  /// When nothing hinders any more, somebody with points must get what is there.
  func buyForSure() {
    guard let slot = slots.first else { return }
    station.tell(.exchange(.selected(slot)))
    let code = codes.good(Customers.witness, &dice)
    later(2...5) { $0.show(code) }
  }

  /// A member who got nothing because a new store drew the number that the board remembered, and
  /// did not pay, tries once more.
  func buyAgain() {
    let exchanges = world.referee.exchanges
    let last = exchanges.ids.last { exchanges.accounts[$0]?.station == station.index }
    guard let account = last.flatMap({ exchanges.accounts[$0] }), account.isFirst,
      account.outcome == .unknown(.stale)
    else { return }
    buyForSure()
  }

  /// - Returns: what is wrong where the last one who came got nothing.
  func wasServed(by exchanges: ExchangeChecker) -> String? {
    let last = exchanges.ids.last { exchanges.accounts[$0]?.station == station.index }
    let account = last.flatMap { exchanges.accounts[$0] }
    guard account?.exchange.member == Customers.witness, account?.outcome == .dispensed else {
      return "station \(station.index + 1) does not sell any more: "
        + "\(account?.outcome.map { "\($0)" } ?? "nothing was begun")"
    }
    return nil
  }

  static let witness = Operators.members[0]
}
