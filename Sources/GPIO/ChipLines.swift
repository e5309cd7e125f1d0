// The lines of a real board.
import Linux
import Time

/// Requests each wire as a line of its own, so that one that cannot be had does not take the
/// others with it: a strike goes on working without its contact. An access point counts as
/// readable while it has all its lines, and so does the station with those that belong to it as a
/// whole. `EdgeFilter` makes levels of the kernel's edges. A line that chatters is not waited for
/// any more but looked at twenty times a second, so that it cannot keep the loop from its doors.
///
/// A chip that vanishes is noticed by the first of its lines that fails: at a hang-up, at a write,
/// or at the reading of one line a second that each chip is asked for, because older kernels wake
/// nobody when a chip goes. Every line of it is then lost at once, and those of other chips stay.
package final class ChipLines: StationLines {
  package typealias Request = (BoardLine, LineWiring, LineUse) throws(SystemError) ->
    any RequestedLine
  /// How long after a failure the missing lines are requested again.
  package static let pause: Duration = .seconds(5)
  /// How often each chip is asked whether it is still there.
  package static let checkInterval: Duration = .seconds(1)

  /// How the inputs settle.
  package struct Settling: Equatable, Sendable {
    /// How long an input must stand still before its level counts; shorter pulses are bounce.
    package var time: Duration
    /// Whether the kernel is asked to do it. Where it cannot, `EdgeFilter` does it as always.
    package var isByKernel: Bool

    package init(_ time: Duration = .milliseconds(5), isByKernel: Bool = false) {
      self.time = time
      self.isByKernel = isByKernel
    }
  }

  package var onLevel: (BoardLine, Bool, Instant) -> Void = { _, _, _ in }
  package var onReadable: (Int?, Bool, String) -> Void = { _, _, _ in }
  package var onChatter: (BoardLine, Bool) -> Void = { _, _ in }
  package var onShown: (Int, BoardCredential) -> Void = { _, _ in }

  private let loop: EventLoop
  private let wiring: [(line: BoardLine, wiring: LineWiring)]
  private let settling: Settling
  private let safe: [BoardLine: Bool]
  /// Outputs whose coils bear current for so long at a stretch.
  private let pulses: [BoardLine: Duration]
  /// nil where no output is of that kind.
  private var pulseGuard: PulseGuard?
  private let request: Request
  private let pause: Duration
  private let checkInterval: Duration
  private var open: [BoardLine: OpenLine] = [:]
  private var outputs: [BoardLine: Bool] = [:]
  /// The reason last reported for each access point; the empty reason where it is readable.
  private var said: [Int?: String] = [:]
  private var retry: Timer?
  private var check: Timer?

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
  ///   - safe: what each output is driven to until something else is wanted, and at the end;
  ///     one that is not named falls.
  ///   - pulses: outputs whose coils bear current in pulses only, with the longest of them; ended
  ///     also where the loop stands still.
  ///   - request: makes a line one's own.
  package init(
    loop: EventLoop, wiring: [(line: BoardLine, wiring: LineWiring)],
    settling: Settling = Settling(), safe: [BoardLine: Bool] = [:],
    pulses: [BoardLine: Duration] = [:],
    pause: Duration = ChipLines.pause, checkInterval: Duration = ChipLines.checkInterval,
    request: @escaping Request = { (line, wiring, use) throws(SystemError) in
      try ChipLine(wiring, use, consumer: "stationd \(line)")
    }
  ) {
    self.loop = loop
    self.wiring = wiring
    self.settling = settling
    self.safe = safe
    self.pulses = pulses
    pulseGuard = pulses.isEmpty ? nil : PulseGuard()
    self.pause = pause
    self.checkInterval = checkInterval
    self.request = request
  }

  package func start() {
    requestMissing()
    checkLater()
  }

  private func requestMissing() {
    retry?.cancel()
    for point in places { attempt(point) }
  }

  package func set(_ line: BoardLine, to level: Bool) {
    outputs[line] = level
    guard let opened = open[line] else { return }
    do throws(SystemError) {
      if let longest = pulses[line], let pulseGuard {
        try pulseGuard.drive(opened.line, line, to: level, longest: longest)
      } else {
        try opened.line.drive(level)
      }
    } catch {
      lose(line, error)
    }
  }

  /// The access points in their order, then the station where it has lines of its own.
  private var places: [Int?] {
    Set(wiring.map(\.line.accessPoint)).sorted { ($0 ?? .max) < ($1 ?? .max) }
  }

  package func show(accessPoint: Int, _ outcome: ReaderAnswer) {}

  package func stop() {
    retry?.cancel()
    check?.cancel()
    for (line, opened) in open {
      if line.kind.isInput {
        release(opened)
      } else {
        // What cannot be driven falls when the line is let go.
        try? opened.line.drive(safe[line] ?? false)
      }
    }
    for line in open.keys { pulseGuard?.forget(line) }
    open = [:]
    pulseGuard?.finish()
    pulseGuard = nil
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
    let use: LineUse =
      line.kind.isInput
      ? .input(settling: settling.isByKernel ? settling.time : .zero)
      : .output(levelAtRequest(line))
    let taken = try request(line, wiring, use)
    if line.kind.isInput { try watch(line, taken) }
    // What the kernel tells of has settled already.
    let rest: Duration = taken.isSettledByKernel ? .zero : settling.time
    open[line] = OpenLine(taken, EdgeFilter(settling: rest))
  }

  /// A pulse whose line was away is over: how long its coil has borne current nobody knows.
  private func levelAtRequest(_ line: BoardLine) -> Bool {
    pulses[line] != nil ? false : outputs[line] ?? safe[line] ?? false
  }

  private func watch(_ line: BoardLine, _ taken: any RequestedLine) throws(SystemError) {
    try loop.watch(taken.descriptor, for: .read) { [weak self] readiness in
      if readiness.isDisjoint(with: .hangUp) {
        self?.edge(line)
      } else {
        // Waited for again, it would come again at once, for ever.
        self?.lose(line, SystemError("read", path: taken.chip, detail: "the chip has gone"))
      }
    }
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
    let again = reason.isEmpty ? "" : "; it is requested again every \(pause.configured)"
    onReadable(point, reason.isEmpty, reason + again)
  }

  private func tryLater() {
    guard retry?.isPending != true else { return }
    retry = loop.schedule(after: pause) { [weak self] in self?.requestMissing() }
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
    arm(line, opened)
  }

  private func arm(_ line: BoardLine, _ opened: OpenLine) {
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
      if open[line] === opened { arm(line, opened) }
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

  /// A line that fails is let go and requested again, and with it those of its chip that fail too;
  /// the others stay. What belongs together hears of it once, with the first reason.
  private func lose(_ line: BoardLine, _ error: SystemError) {
    guard let chip = open[line]?.line.chip else { return }
    var lost = [(line, error)]
    for (other, _) in wiring where other != line {
      guard let opened = open[other], opened.line.chip == chip else { continue }
      do throws(SystemError) {
        _ = try opened.line.level()
      } catch {
        lost.append((other, error))
      }
    }
    let dropped = lost.map { (line: $0.0, error: $0.1, wasChattering: drop($0.0)) }
    for (line, _, wasChattering) in dropped where wasChattering { onChatter(line, false) }
    var told: Set<Int?> = []
    for (line, error, _) in dropped where told.insert(line.accessPoint).inserted {
      say(line.accessPoint, "\(line): \(error)")
    }
    tryLater()
  }

  /// - Returns: whether it was chattering.
  private func drop(_ line: BoardLine) -> Bool {
    guard let opened = open.removeValue(forKey: line) else { return false }
    if line.kind.isInput { release(opened) }
    pulseGuard?.forget(line)
    return opened.filter.isChattering
  }

  private func checkLater() {
    check?.cancel()
    check = loop.schedule(after: checkInterval) { [weak self] in
      guard let self else { return }
      // One that is told of a loss may end all this, which must not be taken up again then.
      checkLater()
      checkChips()
    }
  }

  /// One line of each chip is read: reading does what waiting for edges does not, it fails where
  /// the chip is gone.
  private func checkChips() {
    var chips: Set<String> = []
    for (line, _) in wiring {
      guard let opened = open[line], chips.insert(opened.line.chip).inserted else { continue }
      do throws(SystemError) {
        _ = try opened.line.level()
      } catch {
        lose(line, error)
      }
    }
  }
}
