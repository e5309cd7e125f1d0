// The people without a phone: they type codes that somebody has ordered for them at their station.
//
// Fault model.
// - A code is typed before it is set, after its time, after it was removed, more often than it may
//   be, and at the wrong door; some digits are nobody's.
// - Whoever typed one goes away again: the door is not opened.
import StationCore
import StationProtocol
import Time

final class Typists {
  private unowned let station: SimulatedStation
  private let world: World
  private let digits: DigitsBook
  private var dice: SeededGenerator

  init(_ station: SimulatedStation, _ world: World, _ digits: DigitsBook) {
    self.station = station
    self.world = world
    self.digits = digits
    dice = SeededGenerator(seed: world.seed, "typists", station.index)
  }

  func begin() {
    world.after(dice.seconds(60...3600)) { [unowned self] in
      guard world.phase == .faults else { return }
      for attempt in 0..<(1 + dice.below(4)) {
        world.after(dice.seconds(1...20) + .seconds(20) * attempt) { [unowned self] in type() }
      }
      begin()
    }
  }

  private func type() {
    let door = dice.pick(station.doors)
    guard door.isReaderConnected else { return }
    let known = digits.ordered(at: station.id, door.point)
    let number = known.isEmpty || dice.once(in: 12) ? dice.below(100) : dice.pick(known)
    station.tell(.entry(.presented(door.point, .typed(DigitsBook.hash(number)))))
  }
}

/// The digits of a fleet by numbers, and which of them were ordered where.
final class DigitsBook {
  private struct Place: Hashable {
    let station: StationID
    let point: AccessPointID
  }

  /// So many names a door's codes have: few, so that one takes another's place.
  private static let names = 4
  private var numbers: [Place: [Int]] = [:]

  static func hash(_ number: Int) -> TypedCodeHash {
    let bytes = (0..<TypedCodeHash.length).map { UInt8(truncatingIfNeeded: number &+ $0 &* 7) }
    guard let hash = TypedCodeHash(bytes) else { preconditionFailure("no hash") }
    return hash
  }

  func ordered(at station: StationID, _ point: AccessPointID) -> [Int] {
    numbers[Place(station: station, point: point)] ?? []
  }

  /// Draws a code that is set at this moment.
  func draw(
    at station: StationID, _ point: AccessPointID, at now: WallTime,
    _ dice: inout SeededGenerator
  ) -> EntryOrder {
    let name = Self.name(dice.below(Self.names))
    let number = dice.below(100)
    let known = numbers[Place(station: station, point: point), default: []] + [number]
    numbers[Place(station: station, point: point)] = known.suffix(Self.names)
    let from = now + .seconds(Int64(dice.below(600)) - 300)
    return .setCode(
      point,
      TypedCode(
        name, Self.hash(number), from: from,
        until: from + .seconds(dice.pick([600, 86_400, 86_400 * 20])),
        uses: dice.pick([1, 1, 2, 5])))
  }

  static func name(_ number: Int) -> TypedCodeID {
    guard let id = TypedCodeID("c-\(number)") else { preconditionFailure("no name") }
    return id
  }

  static func drawName(_ dice: inout SeededGenerator) -> TypedCodeID {
    name(dice.below(names))
  }
}
