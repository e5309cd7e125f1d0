// The daemon's board: levels of wires become events, commands to locks and relays become levels.
import GPIO
import Linux
import StationCore
import StationProtocol
import Time

extension StationDaemon {
  /// - Parameter instant: when the wire changed, by the kernel's account.
  func take(_ line: BoardLine, level: Bool, at instant: Instant) {
    if let event = Self.event(line, level) { dispatch(event, at: instant) }
  }

  /// - Returns: nil where a level says nothing: a button that is let go, an output.
  static func event(_ line: BoardLine, _ level: Bool) -> Event? {
    guard let number = line.accessPoint else { return event(ofStation: line.kind, level) }
    guard let point = AccessPointID(number) else { return nil }
    switch line.kind {
    case .contact: return .door(.contactChanged(point, isClosed: level))
    case .exit: return level ? .door(.exitRequested(point)) : nil
    case .outerBeam: return .occupancy(.beamChanged(point, .outer, isBroken: !level))
    case .innerBeam: return .occupancy(.beamChanged(point, .inner, isBroken: !level))
    case .strikeFeedback: return .door(.strikeSensed(point, isLocked: level))
    case .tamper: return .door(.tamperChanged(point, isOpen: !level))
    case .counter: return level ? .occupancy(.counterPulsed(point)) : nil
    default: return nil
    }
  }

  private static func event(ofStation kind: BoardLine.Kind, _ level: Bool) -> Event? {
    switch kind {
    case .fire: .safety(.fireLineChanged(.first, isClosed: level))
    case .secondFire: .safety(.fireLineChanged(.second, isClosed: level))
    case .fireReset: level ? .safety(.resetTurned) : nil
    case .lockDown: .entry(.lockDownChanged(isOn: level))
    case .maintenance: .entry(.maintenanceChanged(isOn: level))
    case .motion: .occupancy(.motionChanged(isMoving: level))
    case .machineDoor: .exchange(.doorChanged(isOpen: !level))
    case .emergency: .safety(.emergencyChanged(isPressed: level))
    case .lightsOverride: .climate(.relayOverrideChanged(.lights, isOn: level))
    case .climateOverride: .climate(.relayOverrideChanged(.climate, isOn: level))
    case .socketsOverride: .climate(.relayOverrideChanged(.sockets, isOn: level))
    default: nil
    }
  }

  func chatter(_ line: BoardLine, _ isChattering: Bool) {
    guard let input = line.kind.input else { return }
    if isChattering {
      Log.error("\(line) chatters, and is not believed until it is quiet")
    } else {
      Log.notice("\(line) is quiet again")
    }
    dispatch(
      .wires(
        .inputChattered(
          line.accessPoint.flatMap { AccessPointID($0) }, input, isChattering: isChattering)))
    if isChattering, line.kind == .machineDoor { dispatch(.exchange(.doorChanged(isOpen: nil))) }
  }

  func readable(accessPoint: Int?, _ areReadable: Bool, _ reason: String) {
    let name = accessPoint.map { "access point \($0)" } ?? "the station"
    if areReadable {
      Log.notice("the lines of \(name) are there")
    } else {
      Log.error("the lines of \(name): \(reason)")
    }
    if let accessPoint {
      guard let point = AccessPointID(accessPoint) else { return }
      dispatch(.wires(.linesChanged(point, areReadable: areReadable)))
    } else {
      dispatch(.wires(.linesChanged(nil, areReadable: areReadable)))
      if !areReadable { dispatch(.exchange(.doorChanged(isOpen: nil))) }
    }
  }

  /// What a command to a lock means for its relay depends on how the lock works and is wired.
  func drive(_ point: AccessPointID, _ strike: Strike) {
    let wiring = settings.strikes[point] ?? StrikeWiring()
    lines.set(BoardLine(.strike, point.number), to: wiring.isEnergised(for: strike))
  }

  func drive(_ relay: Relay, isOn: Bool) {
    lines.set(BoardLine(relay.line), to: isOn)
  }

  /// As nobody decides about the outputs any more.
  func driveSafe() {
    for output in settings.safe.outputs { lines.set(output.line, to: output.level) }
  }
}

/// How a lock hangs on its relay.
package struct StrikeWiring: Equatable, Sendable {
  package var kind: DoorLock.Kind
  package var contact: Contact

  /// The contact of the relay through which the lock's current flows.
  package enum Contact: String, CaseIterable, Sendable {
    /// Current flows while the relay is energised.
    case normallyOpen = "normally-open"
    /// Current flows while it is not.
    case normallyClosed = "normally-closed"
  }

  package init(kind: DoorLock.Kind = .failSecure, contact: Contact = .normallyOpen) {
    self.kind = kind
    self.contact = contact
  }

  package func isEnergised(for strike: Strike) -> Bool {
    let needsCurrent =
      switch kind {
      case .failSecure: strike == .release
      case .failSafe: strike == .secure
      }
    return needsCurrent == (contact == .normallyOpen)
  }
}

extension Relay {
  fileprivate var line: BoardLine.Kind {
    switch self {
    case .lights: .lights
    case .climate: .climate
    case .sockets: .sockets
    }
  }
}

extension BoardLine.Kind {
  /// nil for an output.
  fileprivate var input: InputLine? {
    switch self {
    case .contact: .contact
    case .exit: .exit
    case .outerBeam: .outerBeam
    case .innerBeam: .innerBeam
    case .strikeFeedback: .strikeFeedback
    case .tamper: .tamper
    case .counter: .counter
    case .fire: .fire
    case .secondFire: .secondFire
    case .fireReset: .fireReset
    case .lockDown: .lockDown
    case .maintenance: .maintenance
    case .emergency: .emergency
    case .motion: .motion
    case .machineDoor: .machineDoor
    case .lightsOverride, .climateOverride, .socketsOverride: .relayOverride
    case .strike, .lights, .climate, .sockets: nil
    }
  }
}
