// A card reader or keypad on two lines of a GPIO chip.
import Linux

/// Reads a Wiegand reader on the loop, with lines of its own that are requested again for as long
/// as it takes. A wire that pulses faster than any reader is not waited for any more but looked at
/// twenty times a second, until it is quiet.
package final class WiegandReader {
  package typealias Request = (LineWiring) throws(SystemError) -> any RequestedLine

  /// More edges within a second than readers make whose cards come one after the other.
  static let limits = EdgeFilter.Limits(edges: 400, levels: 1 << 20)

  package var onShown: (BoardCredential) -> Void = { _ in }
  /// Called for each frame that is not believed; its bits tell repetitions from news, and must not
  /// be written anywhere.
  package var onRefused: (WiegandFault, _ bits: [Bool]) -> Void = { _, _ in }
  /// Called when the lines are there, when they are lost, and where the reason changes.
  package var onConnection: (_ isConnected: Bool, _ reason: String) -> Void = { _, _ in }
  package var onChatter: (_ isChattering: Bool) -> Void = { _ in }

  private let loop: EventLoop
  private let wires: [LineWiring]
  private let request: Request
  private let pause: Duration
  /// DATA0 and DATA1, or nothing.
  private var lines: [any RequestedLine] = []
  private var pulses: WiegandPulses
  private var entry: KeypadEntry
  private var filter = EdgeFilter(settling: .zero, limits: limits)
  private var due: Timer?
  private var retry: Timer?
  /// Why it is not there; nil while it is.
  private var reason: String?

  /// - Parameters:
  ///   - data0: active during a pulse.
  ///   - gap: how long both lines are silent after a frame.
  ///   - patience: how long a keypad is waited for from key to key.
  package init(
    loop: EventLoop, data0: LineWiring, data1: LineWiring, gap: Duration,
    patience: Duration = .seconds(10), pause: Duration = .seconds(1),
    request: @escaping Request = { (wiring) throws(SystemError) in
      try ChipLine(wiring, .pulses)
    }
  ) {
    self.loop = loop
    wires = [data0, data1]
    self.request = request
    self.pause = pause
    pulses = WiegandPulses(gap: gap)
    entry = KeypadEntry(patience: patience)
  }

  package func start() {
    do throws(SystemError) {
      for wire in wires { lines.append(try request(wire)) }
      try watch()
      reason = nil
      onConnection(true, "")
    } catch {
      lose(error.description)
    }
  }

  package func stop() {
    retry?.cancel()
    release()
  }

  private func watch() throws(SystemError) {
    for line in lines {
      try loop.watch(line.descriptor, for: .read) { [weak self] _ in self?.read() }
    }
  }

  private func release() {
    due?.cancel()
    for line in lines { loop.unwatch(line.descriptor) }
    lines = []
    pulses = WiegandPulses(gap: pulses.gap)
    entry = KeypadEntry(patience: entry.patience)
    let wasChattering = filter.isChattering
    filter = EdgeFilter(settling: .zero, limits: Self.limits)
    if wasChattering { onChatter(false) }
  }

  /// Both lines are read whichever has something: a frame is whole when neither has more.
  private func read() {
    due?.cancel()
    do throws(SystemError) {
      let edges = try takeEdges()
      _ = filter.take(edges)
    } catch {
      return lose(error.description)
    }
    if filter.isChattering { return mistrust() }
    deliver(pulses.passed(at: Clock.now))
    guard !lines.isEmpty else { return }
    due = pulses.deadline.map { deadline in
      loop.schedule(at: deadline) { [weak self] in self?.read() }
    }
  }

  /// - Returns: the edges of both lines that began pulses, by their time.
  private func takeEdges() throws(SystemError) -> [LineEdge] {
    var all: [LineEdge] = []
    for (line, bit) in zip(lines, [false, true]) {
      let edges = try line.takeEdges()
      let begun = edges.filter(\.level)
      pulses.receive(
        begun.map(\.at), of: bit, isFull: edges.count >= mostEdges, at: Clock.now)
      all += begun
    }
    return all.sorted { $0.at < $1.at }
  }

  private func deliver(_ frames: [WiegandPulses.Frame]) {
    for frame in frames {
      switch frame {
      case .unusable(let fault, let bits): onRefused(fault, bits)
      case .bits(let bits):
        switch WiegandFrame.meaning(of: bits) {
        case .card(let bits, let number): onShown(.card(bits: bits, number: number))
        case .refused(let fault): onRefused(fault, bits)
        case .key(let key): press(key, bits)
        }
      }
    }
  }

  private func press(_ key: Character, _ bits: [Bool]) {
    switch entry.press(key, at: Clock.now) {
    case .entered(let keys): onShown(keys)
    case .tooLong: onRefused(.tooManyKeys, bits)
    case nil: break
    }
  }

  /// No edge is waited for any more, until both lines are quiet.
  private func mistrust() {
    for line in lines { loop.unwatch(line.descriptor) }
    pulses = WiegandPulses(gap: pulses.gap)
    onChatter(true)
    lookLater()
  }

  private func lookLater() {
    due = loop.schedule(after: EdgeFilter.pollInterval) { [weak self] in self?.look() }
  }

  private func look() {
    do throws(SystemError) {
      let edges = try takeEdges()
      pulses = WiegandPulses(gap: pulses.gap)
      guard filter.poll(edges, at: Clock.now) else { return lookLater() }
      try watch()
    } catch {
      return lose(error.description)
    }
    onChatter(false)
  }

  private func lose(_ reason: String) {
    release()
    retry?.cancel()
    retry = loop.schedule(after: pause) { [weak self] in self?.start() }
    guard self.reason != reason else { return }
    self.reason = reason
    onConnection(false, reason)
  }
}
