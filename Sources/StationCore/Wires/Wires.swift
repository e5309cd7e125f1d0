// The wires of a station: which places have lines that can be read, and inputs that mean something.
import StationProtocol

/// An input of the wires, each of one access point, or with nil of the station itself.
package enum WiresEvent: Equatable, Sendable {
  /// The lines became readable, or stopped being so.
  case linesChanged(AccessPointID?, areReadable: Bool)
  /// An input changes too fast to mean anything, or is quiet again.
  case inputChattered(AccessPointID?, InputLine, isChattering: Bool)
  /// Mains power was sensed.
  case mainsChanged(isOn: Bool)
}

/// Follows the soundness of the wires and raises its alarms. The rooms whose inputs hang on a wire
/// are told by the station that nothing is known of them.
package struct Wires: Equatable, Sendable {
  private var places: [Place]
  /// nil while it is not sensed.
  private var hasMains: Bool?

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
      if id == nil, !areReadable { loseMains(&step) }
    case .inputChattered(let id, let line, let isChattering):
      guard let index = places.firstIndex(where: { $0.id == id }),
        let stands = places[index].health.chatter(line, isChattering)
      else { return }
      step.set(.inputChatter, id, stands: stands)
      if id == nil, line == .mains, isChattering { loseMains(&step) }
    case .mainsChanged(let isOn):
      // A station that comes up with mains power has nothing to tell.
      let isChange = isOn != (hasMains ?? true)
      hasMains = isOn
      guard isChange else { return }
      step.journal(.station(.mainsPowerChanged(isOn: isOn)), .urgent)
      step.set(.mainsLost, nil, stands: !isOn)
    }
  }

  /// Nothing is known of mains power any more; the wire's own alarm stands.
  private mutating func loseMains(_ step: inout Step) {
    hasMains = nil
    step.set(.mainsLost, nil, stands: false)
  }
}
