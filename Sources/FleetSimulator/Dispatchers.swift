// The people who give commands to a simulated fleet, and those who meddle with commands.
//
// Fault model.
// - Commands are given to stations that are there and to such as are away, some for seconds and
//   some for minutes; lock-down is wanted, and not any more.
// - Somebody at the broker keeps what was signed and says it again, to the same station or to another
//   one, minutes or hours later; makes commands that no key has signed; and brings back an earlier wish.
import ManagementCore
import StationProtocol
import Time

final class Dispatchers {
  private let world: World
  private let broker: SimulatedBroker
  private let service: SimulatedManagement
  private let stations: [SimulatedStation]
  private let digits: DigitsBook
  private var dice: SeededGenerator
  private var number = 0
  /// Messages overheard on the broker, each with its topic.
  private var overheard: [(topic: Topic, payload: [UInt8])] = []

  init(
    _ world: World, _ broker: SimulatedBroker, _ service: SimulatedManagement,
    _ stations: [SimulatedStation], _ digits: DigitsBook
  ) {
    self.world = world
    self.broker = broker
    self.service = service
    self.stations = stations
    self.digits = digits
    dice = SeededGenerator(seed: world.seed, "dispatchers")
  }

  func begin() {
    service.onSigned = { [unowned self] in overhear($0, $1) }
    planOrder()
    planMeddling()
  }

  private func planOrder() {
    world.after(dice.seconds(60...1800)) { [unowned self] in
      guard world.phase == .faults else { return }
      if dice.once(in: 12) { wish() } else { order() }
      planOrder()
    }
  }

  private func order() {
    let index = dice.below(stations.count)
    let station = stations[index]
    let point = dice.pick(station.configuration.accessPoints).id
    let orders: [Order] = [
      .door(.open(point)), .door(.open(point)), .door(.open(point)), .station(.identify),
      .station(.selfTest), .station(.collectSupport), .station(.setLogLevel(.notice)),
      .entry(.holdReader(point)), .entry(.releaseReader(point)), .alarm(.reset(.fire, nil)),
      .exchange(.endRestock), .station(.restart),
      .entry(digits.draw(at: station.id, point, at: world.wall, &dice)),
      .entry(.removeCode(point, DigitsBook.drawName(&dice))),
    ]
    number += 1
    guard let key = OrderKey("order-\(number)") else { return }
    let life = dice.pick([2, 10, 30, 30, 300])
    service.order(
      CommandRequest(station.id, dice.pick(orders), life: .seconds(life), key: key), index)
  }

  private func wish() {
    let index = dice.below(stations.count)
    service.wish(lockDown: dice.once(in: 2), of: stations[index].id)
  }

  /// Everything that was wanted ends, so that people come in again.
  func calm() {
    for station in stations { service.wish(lockDown: false, of: station.id) }
  }

  // MARK: - Meddling

  private func overhear(_ topic: Topic, _ payload: [UInt8]) {
    overheard.append((topic, payload))
    guard world.strikes(.forgedCommand, onceIn: 2) else { return }
    let message = SimulatedBroker.Message(topic: topic, payload: payload, isRetained: false)
    world.after(dice.seconds(1...120)) { [unowned self] in broker.inject(message) }
  }

  private func planMeddling() {
    world.after(dice.seconds(300...3600)) { [unowned self] in
      guard world.phase == .faults else { return }
      if world.strikes(.forgedCommand, onceIn: 1) { meddle() }
      planMeddling()
    }
  }

  private func meddle() {
    let station = dice.pick(stations).id
    switch dice.below(3) {
    case 0:
      guard let old = overheard.isEmpty ? nil : dice.pick(overheard) else { return }
      broker.inject(
        SimulatedBroker.Message(
          topic: old.topic, payload: old.payload, isRetained: old.topic.isRetained))
    case 1:
      // A message signed for one station is said to another.
      guard let old = overheard.isEmpty ? nil : dice.pick(overheard) else { return }
      let topic: Topic =
        if case .command = old.topic { .command(station) } else { .desiredConfiguration(station) }
      broker.inject(
        SimulatedBroker.Message(topic: topic, payload: old.payload, isRetained: false))
    default:
      number += 1
      guard let id = CommandID("forged-\(number)"), let point = AccessPointID(1),
        let birth = broker.kept(.birth(station)).flatMap({ try? BirthPayload(json: $0) }),
        let nonce = birth.nonce
      else { return }
      let command = Command(
        id, .door(.open(point)), by: "nobody", life: .seconds(600), nonce: nonce, age: .zero)
      broker.inject(
        SimulatedBroker.Message(
          topic: .command(station), payload: SimulatedSeal.forge(command.json), isRetained: false))
    }
  }
}
