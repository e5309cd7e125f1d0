// The lines of a real board, through libgpiod.
import CGPIO
import Linux
import StationProtocol

/// How one wire is connected to the board.
package struct LineWiring: Equatable, Sendable {
  /// The chip's device, such as `/dev/gpiochip0`.
  package var chip: String
  package var offset: UInt32
  package var isActiveLow: Bool
  package var bias: Bias

  package enum Bias: String, CaseIterable, Sendable {
    case asIs = "as-is"
    case pullUp = "pull-up"
    case pullDown = "pull-down"
  }

  package init(chip: String, offset: UInt32, isActiveLow: Bool = false, bias: Bias = .asIs) {
    self.chip = chip
    self.offset = offset
    self.isActiveLow = isActiveLow
    self.bias = bias
  }
}

/// Requests each wire as a line of its own, so that one that cannot be had does not take the
/// others with it. Inputs settle for `settling` after an edge and are read as levels then.
package final class ChipLines: StationLines {
  package var onLevel: (BoardLine, Bool) -> Void = { _, _ in }
  package var onReadable: (Int, Bool, String) -> Void = { _, _, _ in }

  private let loop: EventLoop
  private let wiring: [(line: BoardLine, wiring: LineWiring)]
  private let settling: Duration
  private var open: [BoardLine: OpenLine] = [:]
  private var outputs: [BoardLine: Bool] = [:]
  private var retry: Timer?

  private final class OpenLine {
    var handle = gpio_line()
    var reported: Bool?
    var settles: Timer?
    deinit { gpio_line_close(&handle) }
  }

  /// - Parameters:
  ///   - wiring: in the order in which the lines are requested.
  ///   - settling: how long an input must stand still before its level counts; shorter pulses
  ///     are contact bounce.
  package init(
    loop: EventLoop, wiring: [(line: BoardLine, wiring: LineWiring)],
    settling: Duration = .milliseconds(5)
  ) {
    self.loop = loop
    self.wiring = wiring
    self.settling = settling
  }

  package func start() {
    var failures: [Int: String] = [:]
    for (line, wiring) in wiring where open[line] == nil {
      do throws(SystemError) {
        try request(line, wiring)
      } catch {
        failures[line.accessPoint] = "\(line): \(error)"
      }
    }
    for point in Set(wiring.map(\.line.accessPoint)).sorted() {
      if let reason = failures[point] {
        onReadable(point, false, reason)
      } else {
        onReadable(point, true, "")
        for (line, _) in wiring where line.accessPoint == point { report(line) }
      }
    }
    guard !failures.isEmpty else { return }
    retry = loop.schedule(after: .seconds(5)) { [weak self] in self?.start() }
  }

  package func set(_ line: BoardLine, to level: Bool) {
    outputs[line] = level
    guard let opened = open[line] else { return }
    if gpio_line_set(&opened.handle, level) != 0 {
      lose(line, SystemError("drive \(line)").description)
    }
  }

  package func show(accessPoint: Int, _ outcome: BoardOrder.Outcome) {}

  package func stop() {
    retry?.cancel()
    for (line, opened) in open {
      if line.kind.isInput {
        loop.unwatch(opened.handle.fd)
      } else {
        _ = gpio_line_set(&opened.handle, false)
      }
    }
    open = [:]
  }

  private func request(_ line: BoardLine, _ wiring: LineWiring) throws(SystemError) {
    let opened = OpenLine()
    let bias =
      switch wiring.bias {
      case .asIs: GPIO_BIAS_AS_IS
      case .pullUp: GPIO_BIAS_PULL_UP
      case .pullDown: GPIO_BIAS_PULL_DOWN
      }
    let status = gpio_line_open(
      &opened.handle, wiring.chip, wiring.offset, !line.kind.isInput, wiring.isActiveLow,
      Int32(bias), "stationd")
    guard status == 0 else {
      throw SystemError("request line \(wiring.offset) of", path: wiring.chip)
    }
    if line.kind.isInput {
      try loop.watch(opened.handle.fd, for: .read) { [weak self] _ in self?.edge(line) }
    } else if let level = outputs[line] {
      _ = gpio_line_set(&opened.handle, level)
    }
    open[line] = opened
  }

  /// Something moved: read the level when it has settled.
  private func edge(_ line: BoardLine) {
    guard let opened = open[line] else { return }
    guard gpio_line_drain(&opened.handle) >= 0 else {
      return lose(line, SystemError("read \(line)").description)
    }
    guard opened.settles?.isPending != true else { return }
    opened.settles = loop.schedule(after: settling) { [weak self] in self?.report(line) }
  }

  private func report(_ line: BoardLine) {
    guard line.kind.isInput, let opened = open[line] else { return }
    let level = gpio_line_get(&opened.handle)
    guard level >= 0 else { return lose(line, SystemError("read \(line)").description) }
    guard opened.reported != (level == 1) else { return }
    opened.reported = level == 1
    onLevel(line, level == 1)
  }

  private func lose(_ line: BoardLine, _ reason: String) {
    for (other, opened) in open where other.accessPoint == line.accessPoint {
      if other.kind.isInput { loop.unwatch(opened.handle.fd) }
    }
    open = open.filter { $0.key.accessPoint != line.accessPoint }
    onReadable(line.accessPoint, false, reason)
    retry?.cancel()
    retry = loop.schedule(after: .seconds(5)) { [weak self] in self?.start() }
  }
}
