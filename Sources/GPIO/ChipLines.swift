// The lines of a real board.
import Linux
import StationProtocol

/// Requests each wire as a line of its own, so that one that cannot be had does not take the
/// others with it: a strike goes on working without its contact. An access point counts as
/// readable while it has all its lines, and so does the station with those that belong to it as a
/// whole. `EdgeFilter` makes levels of the kernel's edges. A line that chatters is not waited for
/// any more but looked at twenty times a second, so that it cannot keep the loop from its doors.
package final class ChipLines: StationLines {
  package typealias Request = (LineWiring, _ isOutput: Bool) throws(SystemError) ->
    any RequestedLine
  /// How long after a failure the missing lines are requested again.
  package static let pause: Duration = .seconds(5)

  package var onLevel: (BoardLine, Bool, Instant) -> Void = { _, _, _ in }
  package var onReadable: (Int?, Bool, String) -> Void = { _, _, _ in }
  package var onChatter: (BoardLine, Bool) -> Void = { _, _ in }
  package var onShown: (Int, BoardCredential) -> Void = { _, _ in }

  private let loop: EventLoop
  private let wiring: [(line: BoardLine, wiring: LineWiring)]
  private let settling: Duration
  private let request: Request
  private let pause: Duration
  private var open: [BoardLine: OpenLine] = [:]
  private var outputs: [BoardLine: Bool] = [:]
  /// What was last said of each access point; the empty reason where it is readable.
  private var said: [Int?: String] = [:]
  private var retry: Timer?

  private final class OpenLine {
    let line: any RequestedLine
    var filter: EdgeFilter
    /// When it is read because it should stand still, or looked at while it chatters.
    var due: Timer?
    init(_ line: any RequestedLine, _ filter: EdgeFilter) {
      self.line = line
      self.filter = filter
    }
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
    for point in places { attempt(point) }
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

  /// The access points in their order, then the station where it has lines of its own.
  private var places: [Int?] {
    Set(wiring.map(\.line.accessPoint)).sorted { ($0 ?? .max) < ($1 ?? .max) }
  }

  package func show(accessPoint: Int, _ outcome: BoardOrder.Outcome) {}

  package func stop() {
    retry?.cancel()
    for (line, opened) in open {
      if line.kind.isInput {
        release(opened)
      } else {
        // What cannot be driven falls when the line is let go.
        try? opened.line.drive(false)
      }
    }
    open = [:]
  }

  /// Requests what an access point lacks. One that has everything is left alone.
  private func attempt(_ point: Int?) {
    var failure: String?
    for (line, wiring) in wiring where line.accessPoint == point && open[line] == nil {
      do throws(SystemError) {
        try take(line, wiring)
      } catch {
        failure = failure ?? "\(line): \(error)"
      }
    }
    say(point, failure ?? "")
    for (line, _) in wiring where line.accessPoint == point { read(line) }
    if failure != nil { tryLater() }
  }

  private func take(_ line: BoardLine, _ wiring: LineWiring) throws(SystemError) {
    let taken = try request(wiring, !line.kind.isInput)
    if line.kind.isInput {
      try watch(line, taken)
    } else {
      try taken.drive(outputs[line] ?? false)
    }
    open[line] = OpenLine(taken, EdgeFilter(settling: settling))
  }

  private func watch(_ line: BoardLine, _ taken: any RequestedLine) throws(SystemError) {
    try loop.watch(taken.descriptor, for: .read) { [weak self] _ in self?.edge(line) }
  }

  private func release(_ opened: OpenLine) {
    if !opened.filter.isChattering { loop.unwatch(opened.line.descriptor) }
    opened.due?.cancel()
  }

  private func say(_ point: Int?, _ reason: String) {
    guard said.updateValue(reason, forKey: point) != reason else { return }
    // Who is told so forgets the levels, so they are all reported again.
    for (line, opened) in open where line.accessPoint == point && !line.kind.isMomentary {
      opened.filter.forget()
    }
    onReadable(point, reason.isEmpty, reason)
  }

  private func tryLater() {
    guard retry?.isPending != true else { return }
    retry = loop.schedule(after: pause) { [weak self] in self?.start() }
  }

  /// Something moved.
  private func edge(_ line: BoardLine) {
    guard let opened = open[line] else { return }
    do throws(SystemError) {
      for level in opened.filter.take(try opened.line.takeEdges()) {
        onLevel(line, level.level, level.at)
      }
    } catch {
      return lose(line, error)
    }
    // Whoever was told may have stopped all this.
    guard open[line] === opened else { return }
    opened.due?.cancel()
    if opened.filter.isChattering { return mistrust(line, opened) }
    opened.due = opened.filter.deadline.map { deadline in
      loop.schedule(at: deadline) { [weak self] in self?.read(line) }
    }
  }

  private func read(_ line: BoardLine) {
    guard line.kind.isInput, let opened = open[line], !opened.filter.isChattering else { return }
    do throws(SystemError) {
      let level = opened.filter.read(try opened.line.level(), at: Clock.now)
      if let level { onLevel(line, level.level, level.at) }
      if opened.filter.isChattering { mistrust(line, opened) }
    } catch {
      lose(line, error)
    }
  }

  /// No edge of this line is waited for any more, until it is quiet.
  private func mistrust(_ line: BoardLine, _ opened: OpenLine) {
    loop.unwatch(opened.line.descriptor)
    onChatter(line, true)
    lookLater(line, opened)
  }

  private func lookLater(_ line: BoardLine, _ opened: OpenLine) {
    guard open[line] === opened else { return }
    opened.due = loop.schedule(after: EdgeFilter.pollInterval) { [weak self, weak opened] in
      guard let self, let opened, open[line] === opened else { return }
      look(line, opened)
    }
  }

  private func look(_ line: BoardLine, _ opened: OpenLine) {
    do throws(SystemError) {
      // What the kernel keeps of a line is one handful; the rest of a longer queue waits.
      let edges = try opened.line.takeEdges()
      guard opened.filter.poll(edges, at: Clock.now) else { return lookLater(line, opened) }
      try watch(line, opened.line)
    } catch {
      return lose(line, error)
    }
    if !line.kind.isMomentary { opened.filter.forget() }
    onChatter(line, false)
    read(line)
  }

  /// A line that fails is let go and requested again; the others stay.
  private func lose(_ line: BoardLine, _ error: SystemError) {
    guard let opened = open.removeValue(forKey: line) else { return }
    if line.kind.isInput { release(opened) }
    if opened.filter.isChattering { onChatter(line, false) }
    say(line.accessPoint, "\(line): \(error)")
    tryLater()
  }
}
