// The safety inputs of a station: the fire alarm's wires, the emergency button, the reset key.
import StationProtocol
import Time

/// An input of the safety machines.
package enum SafetyEvent: Equatable, Sendable {
  /// A circuit of the fire alarm system was sensed; nil where it cannot be.
  case fireLineChanged(FireLine, isClosed: Bool?)
  case emergencyChanged(isPressed: Bool)
  /// Somebody turned the key at the station that ends fire and emergency.
  case resetTurned
}

/// Fire and emergency. Both are latched, and the latch is kept in the transaction of its alarm.
package struct Safety: Equatable, Sendable {
  package private(set) var fire: FireInput
  private var emergency = EmergencyButton()

  /// An answer to an event; several are carried out in order.
  enum Action: Equatable, Sendable {
    /// Fire releases every door that can be released, or none any more.
    case releaseDoors(Bool)
    /// - latch: set and let go with the alarm.
    case set(Alarm, stands: Bool, latch: Latch?)
  }

  init(_ policy: FirePolicy) { fire = FireInput(policy) }

  mutating func handle(_ event: SafetyEvent, at now: Instant) -> [Action] {
    switch event {
    case .fireLineChanged(let line, let isClosed):
      actions(of: fire.sense(line, isClosed: isClosed, at: now))
    case .emergencyChanged(let isPressed): actions(of: emergency.sense(isPressed: isPressed))
    case .resetTurned: actions(of: fire.reset(at: now)) + actions(of: emergency.reset())
    }
  }

  mutating func pass(at now: Instant) -> [Action] { actions(of: fire.wake(at: now)) }

  mutating func boot(_ latches: [Latch]) -> [Action] {
    actions(of: fire.recover(isLatched: latches.contains(.fire)))
      + actions(of: emergency.recover(isLatched: latches.contains(.emergency)))
  }

  /// No circuit of the fire alarm system can be read.
  mutating func loseLines(at now: Instant) -> [Action] {
    FireLine.allCases.flatMap { actions(of: fire.sense($0, isClosed: nil, at: now)) }
  }

  /// What a line of the station says is not known.
  mutating func lose(_ line: InputLine, at now: Instant) -> [Action] {
    guard let circuit = line.fireLine else { return [] }
    return handle(.fireLineChanged(circuit, isClosed: nil), at: now)
  }

  var deadline: Instant? { fire.deadline }

  /// The changes of which a new store has to be told.
  var memory: [RecoveryChange] {
    (fire.isLatched ? [.latch(.fire, isSet: true)] : [])
      + (emergency.state == .calling ? [.latch(.emergency, isSet: true)] : [])
  }

  private func actions(of actions: [FireInput.Action]) -> [Action] {
    actions.map { action in
      switch action {
      case .release: .releaseDoors(true)
      case .secure: .releaseDoors(false)
      case .raise(let alarm): .set(alarm, stands: true, latch: alarm == .fire ? .fire : nil)
      case .clear(let alarm): .set(alarm, stands: false, latch: alarm == .fire ? .fire : nil)
      }
    }
  }

  private func actions(of action: EmergencyButton.Action?) -> [Action] {
    guard let action else { return [] }
    return [.set(.emergency, stands: action == .raise, latch: .emergency)]
  }
}

extension InputLine {
  fileprivate var fireLine: FireLine? {
    switch self {
    case .fire: .first
    case .secondFire: .second
    default: nil
    }
  }
}
