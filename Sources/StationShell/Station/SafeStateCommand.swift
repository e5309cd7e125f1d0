// `stationd --make-safe`: every output in its safe state, when the daemon is gone.
import GPIO
import Glibc
import Linux
import Text
import Time

/// What the unit runs when the daemon has ended, however it did. It knows the configuration's
/// outputs and nothing else: no store, no keys, no broker, no reader can keep it from them.
package struct SafeStateCommand {
  package static let usage = "stationd --make-safe [--hold TIME] --config FILE"

  /// How long a line that cannot be had is asked for, beyond the time for which it is held.
  static let patience: Duration = .seconds(3)
  static let interval: Duration = .milliseconds(100)
  static let longestHold: Duration = .seconds(60)

  let path: String
  /// The pause before the daemon is started again.
  let hold: Duration

  /// - Parameter arguments: without `--make-safe`.
  /// - Returns: nil for a wrong command line.
  package init?(_ arguments: [String]) {
    guard let words = try? CommandWords(arguments, options: ["--config", "--hold"]),
      words.operands.isEmpty, let path = words["--config"],
      let hold = try? words.value("--hold", "a time", { Duration(configured: $0) }) ?? .zero,
      hold <= Self.longestHold
    else { return nil }
    self.path = path
    self.hold = hold
  }

  /// After an orderly end there is no pause to bridge: either nothing follows, or a start at once.
  private var heldFor: Duration {
    let result = getenv("SERVICE_RESULT").map { String(cString: $0) }
    return result == "success" ? .zero : hold
  }

  /// - Returns: 0 where every output is safe, 1 where one is not, 78 where those are that could be
  ///   read of a configuration that is refused.
  package func run() -> Int32 {
    do throws(SystemError) {
      let bytes = try Files.read(path, limit: 65_536)
      let states = SafeStates(bytes)
      let isRefused = (try? StationSettings.read(bytes, version: "")) == nil
      for problem in states.problems { Log.error("\(path): \(problem)") }
      if isRefused { Log.error("\(path) is refused; what it says of outputs is used") }
      let outputs = states.outputs.filter { $0.wiring != nil }
      guard outputs.count == states.outputs.count else {
        Log.notice("the board is simulated, so this machine has no line to make safe")
        return isRefused ? 78 : 0
      }
      guard try drive(outputs) else { return 1 }
      return isRefused ? 78 : 0
    } catch {
      Log.error("\(error); no line was made safe")
      return 1
    }
  }

  /// - Returns: whether all were safe at the end.
  private func drive(_ outputs: [SafeOutput]) throws(SystemError) -> Bool {
    let loop = try EventLoop()
    try loop.receive(signals: [SIGTERM, SIGINT]) { [unowned loop] _ in loop.stop() }
    let lines = SafeLines(outputs)
    let start = Clock.now
    let heldFor = heldFor
    func look() {
      for (output, state) in lines.look() { Self.say(output, state) }
      let passed = Clock.now - start
      let isOver = lines.areAllSafe ? passed >= heldFor : passed >= heldFor + Self.patience
      if isOver { return loop.stop() }
      loop.schedule(after: Self.interval) { look() }
    }
    // The first look is in a turn of the loop, which is not to be stopped before it runs.
    loop.schedule(at: start) { look() }
    try loop.run()
    return lines.areAllSafe
  }

  private static func say(_ output: SafeOutput, _ state: SafeLines.State) {
    let place = output.wiring.map { "\($0.address)" } ?? ""
    let level = output.level ? "on" : "off"
    switch state {
    case .unknown: break
    case .safe: Log.notice("\(output.line) is safe: \(place) is driven \(level) and reads so")
    case .missing(let reason): Log.error("\(output.line) is not known to be safe: \(reason)")
    case .stuck:
      Log.error(
        "\(output.line) is not safe: \(place) is driven \(level) and reads otherwise; look for a "
          + "short circuit")
    }
  }
}
