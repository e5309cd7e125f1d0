// The event that a change of a wire's level is to the core.
import GPIO
import StationCore
import StationProtocol

extension BoardLine {
  /// The event of a level; nil where the level says nothing, as of a button that is let go, and of
  /// an output.
  func event(_ level: Bool) -> Event? {
    guard let accessPoint else { return kind.event(level) }
    return AccessPointID(accessPoint).flatMap { kind.event(at: $0, level) }
  }
}

extension BoardLine.Kind {
  /// The event of a wire of an access point.
  fileprivate func event(at point: AccessPointID, _ level: Bool) -> Event? {
    switch self {
    case .contact: .door(.contactChanged(point, isClosed: level))
    case .exit: level ? .door(.exitRequested(point)) : nil
    case .outerBeam: .occupancy(.beamChanged(point, .outer, isBroken: !level))
    case .innerBeam: .occupancy(.beamChanged(point, .inner, isBroken: !level))
    case .strikeFeedback: .door(.strikeSensed(point, isLocked: level))
    case .tamper: .door(.tamperChanged(point, isOpen: !level))
    case .counter: level ? .occupancy(.counterPulsed(point)) : nil
    default: nil
    }
  }

  /// The event of a wire of the station.
  fileprivate func event(_ level: Bool) -> Event? {
    switch self {
    case .fire: .safety(.fireLineChanged(.first, isClosed: level))
    case .secondFire: .safety(.fireLineChanged(.second, isClosed: level))
    case .fireReset: level ? .safety(.resetTurned) : nil
    case .lockDown: .entry(.lockDownChanged(isOn: level))
    case .maintenance: .entry(.maintenanceChanged(isOn: level))
    case .emergency: .safety(.emergencyChanged(isPressed: level))
    case .motion: .occupancy(.motionChanged(isMoving: level))
    case .machineDoor: .exchange(.doorChanged(isOpen: !level))
    case .lightsOverride: .climate(.relayOverrideChanged(.lights, isOn: level))
    case .climateOverride: .climate(.relayOverrideChanged(.climate, isOn: level))
    case .socketsOverride: .climate(.relayOverrideChanged(.sockets, isOn: level))
    default:
      StationCondition(rawValue: rawValue).map {
        .wires(.conditionChanged($0, isOn: level))
      }
    }
  }
}
