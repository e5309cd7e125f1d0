// The board: levels of wires become events, commands to locks and relays become levels.
import BoardLink
import GPIO
import Linux
import StationCore
import StationProtocol
import Time

/// The lines of the doors and of the station, wherever they end.
final class WiresRoom: ShellRoom {
  /// A card or keys at a simulated board, by the number of its access point.
  var onShown: (Int, BoardCredential) -> Void = { _, _ in }

  private let lines: any StationLines
  private let strikes: [AccessPointID: StrikeWiring]
  private let safe: SafeStates
  private let tell: Tell

  /// - Parameters:
  ///   - lines: where they end.
  ///   - strikes: how each lock hangs on its relay.
  ///   - safe: what the outputs are driven to while nobody decides about them.
  init(
    lines: any StationLines, strikes: [AccessPointID: StrikeWiring], safe: SafeStates,
    tell: @escaping Tell
  ) {
    self.lines = lines
    self.strikes = strikes
    self.safe = safe
    self.tell = tell
    lines.onLevel = { [unowned self] in take($0, level: $1, at: $2) }
    lines.onReadable = { [unowned self] in readable(accessPoint: $0, $1, $2) }
    lines.onShown = { [unowned self] in onShown($0, $1) }
    lines.onChatter = { [unowned self] in chatter($0, $1) }
  }

  func start() { lines.start() }

  /// Drives every output to its safe state: nobody decides about them any more.
  func stop() {
    for output in safe.outputs { lines.set(output.line, to: output.level) }
    lines.stop()
  }

  // MARK: - From the wires to the core

  /// - Parameter instant: when the wire changed, by the kernel's account.
  private func take(_ line: BoardLine, level: Bool, at instant: Instant) {
    if let event = line.event(level) { tell(event, instant) }
  }

  private func chatter(_ line: BoardLine, _ isChattering: Bool) {
    guard let input = line.kind.input else { return }
    if isChattering {
      Log.error("\(line) chatters, and is not believed until it is quiet")
    } else {
      Log.notice("\(line) is quiet again")
    }
    tell(
      .wires(
        .inputChattered(
          line.accessPoint.flatMap { AccessPointID($0) }, input, isChattering: isChattering)), nil)
    if isChattering, line.kind == .machineDoor { tell(.exchange(.doorChanged(isOpen: nil)), nil) }
  }

  private func readable(accessPoint: Int?, _ areReadable: Bool, _ reason: String) {
    let name = accessPoint.map { "access point \($0)" } ?? "the station"
    if areReadable {
      Log.notice("the lines of \(name) are there")
    } else {
      Log.error("the lines of \(name): \(reason)")
    }
    if let accessPoint {
      guard let point = AccessPointID(accessPoint) else { return }
      tell(.wires(.linesChanged(point, areReadable: areReadable)), nil)
    } else {
      tell(.wires(.linesChanged(nil, areReadable: areReadable)), nil)
      if !areReadable { tell(.exchange(.doorChanged(isOpen: nil)), nil) }
    }
  }

  // MARK: - From the core to the wires

  func perform(_ effect: DoorEffect) {
    switch effect {
    case .setStrike(let point, let strike): drive(point, strike)
    case .show(let point, .closeDoor):
      lines.show(accessPoint: point.number, .advice("close-door"))
    case .show(let point, .identify):
      lines.show(accessPoint: point.number, .advice("identify"))
    case .show(let point, .granted): lines.show(accessPoint: point.number, .granted)
    case .show(let point, .refused(let denial, let fault)):
      lines.show(
        accessPoint: point.number, .refused(reason: denial.rawValue, fault: fault?.rawValue))
    }
  }

  func perform(_ effect: ClimateEffect) {
    switch effect {
    case .setRelay(let relay, let isOn): lines.set(BoardLine(relay.line), to: isOn)
    }
  }

  /// Sets the relay of a lock: the level depends on how the lock works and is wired.
  private func drive(_ point: AccessPointID, _ strike: Strike) {
    let wiring = strikes[point] ?? StrikeWiring()
    lines.set(BoardLine(.strike, point.number), to: wiring.isEnergised(for: strike))
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
  fileprivate var input: InputLine? { isInput ? InputLine(rawValue: rawValue) : nil }
}

extension BoardSettings {
  /// - Parameters:
  ///   - accessPoints: their numbers.
  ///   - pulses: outputs that may carry current for so long at a stretch.
  func lines(
    _ loop: EventLoop, accessPoints: [Int], safe: SafeStates, pulses: [BoardLine: Duration]
  ) -> any StationLines {
    switch self {
    case .simulated(let socket):
      SimulatedLines(loop: loop, path: socket, accessPoints: accessPoints)
    case .chip(let wires, let settling):
      ChipLines(
        loop: loop, wiring: wires.map { ($0.line, $0.wiring) }, settling: settling,
        safe: safe.levels, pulses: pulses)
    }
  }
}
