// Outputs in their safe state, when nobody decides about them any more.
import Linux

/// One output and what it is driven to when the daemon ends, however it ends.
package struct SafeOutput: Equatable, Sendable {
  package var line: BoardLine
  /// 1 is an energised relay.
  package var level: Bool
  /// nil on a simulated board, whose wires are not this machine's.
  package var wiring: LineWiring?

  package init(_ line: BoardLine, level: Bool, wiring: LineWiring? = nil) {
    self.line = line
    self.level = level
    self.wiring = wiring
  }
}

/// Drives outputs to their safe states, reads them back, and holds them for as long as it lives:
/// what a driver does with a line that nobody holds is the driver's affair.
package final class SafeLines {
  package enum State: Equatable, Sendable {
    /// Not looked at yet. Can become each of the others.
    case unknown
    /// Held, and read back as driven. Can become `missing` or `stuck`.
    case safe
    /// Not to be had, or lost; the reason. Can become `safe` or `stuck`.
    case missing(String)
    /// Held and driven, and reads otherwise: a short circuit or a broken pin. Can become each of
    /// the others but `unknown`.
    case stuck
  }

  private let request: ChipLines.Request
  private var outputs: [(output: SafeOutput, line: (any RequestedLine)?, state: State)]

  package init(
    _ outputs: [SafeOutput],
    request: @escaping ChipLines.Request = { (line, wiring, use) throws(SystemError) in
      try ChipLine(wiring, use, consumer: "stationd safe \(line)")
    }
  ) {
    self.request = request
    self.outputs = outputs.map { ($0, nil, .unknown) }
  }

  package var areAllSafe: Bool { outputs.allSatisfy { $0.state == .safe } }

  /// Requests what is missing, and drives and reads all of it once more.
  /// - Returns: what has changed by it, in the order of the outputs.
  package func look() -> [(output: SafeOutput, state: State)] {
    var news: [(SafeOutput, State)] = []
    for index in outputs.indices {
      let state = look(index)
      guard outputs[index].state != state else { continue }
      outputs[index].state = state
      news.append((outputs[index].output, state))
    }
    return news
  }

  private func look(_ index: Int) -> State {
    let output = outputs[index].output
    guard let wiring = output.wiring else { return .missing("it has no wire") }
    do throws(SystemError) {
      let line: any RequestedLine
      if let held = outputs[index].line {
        line = held
        try line.drive(output.level)
      } else {
        line = try request(output.line, wiring, .output(output.level))
        outputs[index].line = line
      }
      return try line.level() == output.level ? .safe : .stuck
    } catch {
      outputs[index].line = nil
      return .missing("\(error)")
    }
  }
}
