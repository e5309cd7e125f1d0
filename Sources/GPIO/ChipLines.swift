// The lines of a real board.
import Linux
import StationProtocol

/// Requests each wire as a line of its own, so that one that cannot be had does not take the
/// others with it: a strike goes on working without its contact. An access point counts as
/// readable while it has all its lines. An input is read as a level when it has stood still for
/// `settling` after an edge, or has not stood still for four times as long.
package final class ChipLines: StationLines {
  package typealias Request = (LineWiring, _ isOutput: Bool) throws(SystemError) ->
    any RequestedLine
  /// How long after a failure the missing lines are requested again.
  package static let pause: Duration = .seconds(5)

  package var onLevel: (BoardLine, Bool) -> Void = { _, _ in }
  package var onReadable: (Int, Bool, String) -> Void = { _, _, _ in }

  private let loop: EventLoop
  private let wiring: [(line: BoardLine, wiring: LineWiring)]
  private let settling: Duration
  private let request: Request
  private let pause: Duration
  private var open: [BoardLine: OpenLine] = [:]
  private var outputs: [BoardLine: Bool] = [:]
  /// What was last said of each access point; the empty reason where it is readable.
  private var said: [Int: String] = [:]
  private var retry: Timer?

  private final class OpenLine {
    let line: any RequestedLine
    var reported: Bool?
    var settles: Timer?
    /// The first edge since it last stood still.
    var movingSince: Instant?
    init(_ line: any RequestedLine) { self.line = line }
  }

  /// - Parameters:
  ///   - wiring: in the order in which the lines are requested.
  ///   - settling: how long an input must stand still before its level counts; shorter pulses
  ///     are contact bounce.
  ///   - request: makes a line one's own.
  package init(
    loop: EventLoop, wiring: [(line: BoardLine, wiring: LineWiring)],
    settling: Duration = .milliseconds(5), pause: Duration = ChipLines.pause,
    request: @escaping Request = { (wiring, isOutput) throws(SystemError) in
      try ChipLine(wiring, isOutput: isOutput)
    }
  ) {
    self.loop = loop
    self.wiring = wiring
    self.settling = settling
    self.pause = pause
    self.request = request
  }

  package func start() {
    retry?.cancel()
    for point in Set(wiring.map(\.line.accessPoint)).sorted() { attempt(point) }
  }

  package func set(_ line: BoardLine, to level: Bool) {
    outputs[line] = level
    guard let opened = open[line] else { return }
    do throws(SystemError) {
      try opened.line.drive(level)
    } catch {
      lose(line, error)
    }
  }

  package func show(accessPoint: Int, _ outcome: BoardOrder.Outcome) {}

  package func stop() {
    retry?.cancel()
    for (line, opened) in open {
      if line.kind.isInput {
        loop.unwatch(opened.line.descriptor)
        opened.settles?.cancel()
      } else {
        // What cannot be driven falls when the line is let go.
        try? opened.line.drive(false)
      }
    }
    open = [:]
  }

  /// Requests what an access point lacks. One that has everything is left alone.
  private func attempt(_ point: Int) {
    var failure: String?
    for (line, wiring) in wiring where line.accessPoint == point && open[line] == nil {
      do throws(SystemError) {
        try take(line, wiring)
      } catch {
        failure = failure ?? "\(line): \(error)"
      }
    }
    say(point, failure ?? "")
    for (line, _) in wiring where line.accessPoint == point { report(line) }
    if failure != nil { tryLater() }
  }

  private func take(_ line: BoardLine, _ wiring: LineWiring) throws(SystemError) {
    let taken = try request(wiring, !line.kind.isInput)
    if line.kind.isInput {
      try loop.watch(taken.descriptor, for: .read) { [weak self] _ in self?.edge(line) }
    } else {
      try taken.drive(outputs[line] ?? false)
    }
    open[line] = OpenLine(taken)
  }

  private func say(_ point: Int, _ reason: String) {
    guard said.updateValue(reason, forKey: point) != reason else { return }
    // Who is told so forgets the levels, so they are all reported again. The exit button is no
    // level to remember: told again, one press would be two.
    for (line, opened) in open where line.accessPoint == point && line.kind != .exit {
      opened.reported = nil
    }
    onReadable(point, reason.isEmpty, reason)
  }

  private func tryLater() {
    guard retry?.isPending != true else { return }
    retry = loop.schedule(after: pause) { [weak self] in self?.start() }
  }

  /// Something moved: read the level when it has settled.
  private func edge(_ line: BoardLine) {
    guard let opened = open[line] else { return }
    do throws(SystemError) {
      try opened.line.takeEdges()
    } catch {
      return lose(line, error)
    }
    let now = Clock.now
    let began = opened.movingSince ?? now
    opened.movingSince = began
    opened.settles?.cancel()
    // A line that never stands still is read all the same.
    let deadline = min(now + settling, began + settling * 4)
    opened.settles = loop.schedule(at: deadline) { [weak self] in
      self?.open[line]?.movingSince = nil
      self?.report(line)
    }
  }

  private func report(_ line: BoardLine) {
    guard line.kind.isInput, let opened = open[line] else { return }
    do throws(SystemError) {
      let level = try opened.line.level()
      guard opened.reported != level else { return }
      opened.reported = level
      onLevel(line, level)
    } catch {
      lose(line, error)
    }
  }

  /// A line that fails is let go and requested again; the others stay.
  private func lose(_ line: BoardLine, _ error: SystemError) {
    guard let opened = open.removeValue(forKey: line) else { return }
    if line.kind.isInput { loop.unwatch(opened.line.descriptor) }
    opened.settles?.cancel()
    say(line.accessPoint, "\(line): \(error)")
    tryLater()
  }
}
