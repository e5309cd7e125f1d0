// The wires of a station: which places have lines that can be read, and inputs that mean something.
import StationProtocol

/// An input of the wires, each of one access point, or with nil of the station itself.
package enum WiresEvent: Equatable, Sendable {
  /// The lines became readable, or stopped being so.
  case linesChanged(AccessPointID?, areReadable: Bool)
  /// An input changes too fast to mean anything, or is quiet again.
  case inputChattered(AccessPointID?, InputLine, isChattering: Bool)
  /// The wire that reports a condition of the station was read.
  case conditionChanged(StationCondition, isOn: Bool)
}

/// Follows the soundness of the wires and raises its alarms. The rooms whose inputs hang on a wire
/// are told by the station that nothing is known of them.
package struct Wires: Equatable, Sendable {
  private var places: [Place]
  /// Whether the wire of a condition is on, by the last record of it: what changes while the wire
  /// cannot be believed is told when it can be again.
  private var told: [StationCondition: Bool] = [:]

  private struct Place: Equatable, Sendable {
    /// nil for the inputs that belong to no access point.
    let id: AccessPointID?
    var health = InputHealth()
  }

  init(_ points: [AccessPointID]) { places = [Place(id: nil)] + points.map { Place(id: $0) } }

  mutating func handle(_ event: WiresEvent, _ step: inout Step) {
    switch event {
    case .linesChanged(let id, let areReadable):
      guard places.contains(where: { $0.id == id }) else { return }
      step.set(.linesLost, id, stands: !areReadable)
      if id == nil, !areReadable { StationCondition.allCases.forEach { clear($0, &step) } }
    case .inputChattered(let id, let line, let isChattering):
      guard let index = places.firstIndex(where: { $0.id == id }),
        let stands = places[index].health.chatter(line, isChattering)
      else { return }
      step.set(.inputChatter, id, stands: stands)
      if id == nil, isChattering, let condition = StationCondition(rawValue: line.rawValue) {
        clear(condition, &step)
      }
    case .conditionChanged(let condition, let isOn):
      // A station that comes up while all is well has nothing to tell.
      if isOn != (told[condition] ?? condition.isOnWhileWell) {
        told[condition] = isOn
        step.journal(.station(.conditionChanged(condition, isOn: isOn)), .urgent)
      }
      step.set(condition.alarm, nil, stands: isOn != condition.isOnWhileWell)
    }
  }

  /// Nothing is known of a condition any more; the wire's own alarm stands.
  private func clear(_ condition: StationCondition, _ step: inout Step) {
    step.set(condition.alarm, nil, stands: false)
  }
}
