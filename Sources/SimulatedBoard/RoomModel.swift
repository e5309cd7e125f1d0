// The hardware of a station that belongs to no door: fire alarm, keys, emergency button, relays.

import GPIO
import StationProtocol
import Time

/// Everything of a room but its doors, as wires see it.
struct RoomModel: Equatable, Sendable {
  /// The two circuits of the fire alarm.
  enum Wires: String, Sendable {
    case intact
    /// Cut: both circuits are open whatever the alarm says.
    case cut
    /// Touching: both are closed.
    case short
  }

  var isFire = false
  var wires = Wires.intact
  /// Until when the reset key is turned.
  var resetTurnedUntil: Instant?
  /// The switches that are on, by their wires.
  var switches: Set<BoardLine.Kind> = Set(
    switchable.filter {
      $0 == .machineDoor || StationCondition(rawValue: $0.rawValue)?.isOnWhileWell == true
    })
  /// Relays that the daemon has energised.
  var outputs: Set<BoardLine.Kind> = []

  /// The inputs that a hand sets and that stay so: all but those of the fire alarm, which follow
  /// from its signal and its wires.
  static let switchable = BoardLine.Kind.ofStation.filter {
    $0.isInput && ![.fire, .secondFire, .fireReset].contains($0)
  }

  func level(of kind: BoardLine.Kind) -> Bool {
    switch kind {
    case .fire: wires == .short || (wires == .intact && !isFire)
    case .secondFire: wires == .short || (wires == .intact && isFire)
    case .fireReset: resetTurnedUntil != nil
    case .lights, .climate, .sockets: outputs.contains(kind)
    default: switches.contains(kind)
    }
  }

  mutating func set(_ kind: BoardLine.Kind, _ isOn: Bool) {
    if isOn { switches.insert(kind) } else { switches.remove(kind) }
  }

  mutating func drive(_ kind: BoardLine.Kind, _ level: Bool) {
    if level { outputs.insert(kind) } else { outputs.remove(kind) }
  }

  var nextWake: Instant? { resetTurnedUntil }

  mutating func wake(at now: Instant) {
    if let until = resetTurnedUntil, until <= now { resetTurnedUntil = nil }
  }
}
