// The lines of the simulated board, over its local socket.
import GPIO
import Linux
import Time

/// Connects to a board that `stationboard` plays, and again whenever it was lost. `onReadable`
/// says so when the board comes, when it goes, and where the reason for its absence changes.
package final class SimulatedLines: StationLines {
  package var onLevel: (BoardLine, Bool, Instant) -> Void = { _, _, _ in }
  package var onReadable: (Int?, Bool, String) -> Void = { _, _, _ in }
  package var onChatter: (BoardLine, Bool) -> Void = { _, _ in }
  package var onShown: (Int, BoardCredential) -> Void = { _, _ in }

  private let loop: EventLoop
  private let path: String
  private let accessPoints: [Int]
  private var connection: LocalConnection?
  private var outputs: [BoardLine: Bool] = [:]
  private var chatter: [BoardLine: Chatter] = [:]
  private let limits: EdgeFilter.Limits
  private var listening: Timer?
  private var retry: Timer?
  private var isGreeted = false
  private var greeting: Timer?
  /// Why the board is not there; nil while it is.
  private var reason: String?
  /// How long a board may take from the connection to its first line.
  private let patience: Duration

  /// - Parameter path: where the board listens.
  package init(
    loop: EventLoop, path: String, accessPoints: [Int], patience: Duration = .seconds(3),
    limits: EdgeFilter.Limits = .simulated
  ) {
    self.limits = limits
    self.loop = loop
    self.patience = patience
    self.path = path
    self.accessPoints = accessPoints
  }

  package func start() {
    do throws(SystemError) {
      let connection = try LocalConnection(path: path)
      try loop.watch(connection.descriptor, for: .read) { [weak self] in self?.serve($0) }
      self.connection = connection
      greeting = loop.schedule(after: patience) { [weak self] in
        self?.lose("the board does not say what it is")
      }
    } catch {
      lose(error.description)
    }
  }

  package func set(_ line: BoardLine, to level: Bool) {
    outputs[line] = level
    send(.output(line, level))
  }

  package func show(accessPoint: Int, _ outcome: ReaderAnswer) {
    send(.show(accessPoint: accessPoint, outcome))
  }

  package func stop() {
    retry?.cancel()
    disconnect()
  }

  private func disconnect() {
    greeting?.cancel()
    if let connection { loop.unwatch(connection.descriptor) }
    connection = nil
    isGreeted = false
  }

  private func send(_ order: BoardOrder) {
    guard let connection, isGreeted else { return }
    guard connection.send(line: order.line) else { return lose("the board does not take orders") }
    if connection.hasUnsent { loop.change(connection.descriptor, to: [.read, .write]) }
  }

  private func serve(_ readiness: Readiness) {
    guard let connection else { return }
    if readiness.contains(.write) {
      guard connection.flush() else { return lose("the board does not take orders") }
      if !connection.hasUnsent { loop.change(connection.descriptor, to: .read) }
    }
    guard !readiness.isDisjoint(with: [.read, .hangUp]) else { return }
    guard let lines = connection.lines() else { return lose("the board has gone") }
    // What is told of one line may end the connection; the rest is not heard then.
    for line in lines where connection === self.connection {
      guard let report = BoardReport(line: line) else {
        return lose("the board says what its protocol does not know")
      }
      take(report)
    }
  }

  private func take(_ report: BoardReport) {
    switch report {
    case .hello(BoardProtocol.version):
      isGreeted = true
      greeting?.cancel()
      reason = nil
      for point in places { onReadable(point, true, "") }
      for (line, level) in outputs { send(.output(line, level)) }
    case .hello(let version):
      lose("the board speaks version \(version), this daemon \(BoardProtocol.version)")
    case .input(let line, let level):
      if isGreeted { take(line, level, at: Clock.now) }
    case .shown(let point, let credential):
      if isGreeted, accessPoints.contains(point) { onShown(point, credential) }
    }
  }

  /// The board settles its levels by itself, so each of them counts, but a line that never rests
  /// is a fault here as it is on a chip.
  private func take(_ line: BoardLine, _ level: Bool, at now: Instant) {
    var state = chatter[line] ?? Chatter(filter: EdgeFilter(settling: .zero, limits: limits))
    let wasChattering = state.filter.isChattering
    _ = state.filter.take([LineEdge(at: now, level: level)])
    if wasChattering { _ = state.filter.poll([LineEdge(at: now, level: level)], at: now) }
    state.level = level
    chatter[line] = state
    guard state.filter.isChattering else { return onLevel(line, level, now) }
    guard !wasChattering else { return }
    onChatter(line, true)
    listen()
  }

  /// Waits until what chatters is quiet.
  private func listen() {
    guard listening?.isPending != true else { return }
    listening = loop.schedule(after: EdgeFilter.pollInterval) { [weak self] in
      guard let self else { return }
      let now = Clock.now
      for line in chatter.keys.sorted(by: { $0.description < $1.description }) {
        guard var state = chatter[line], state.filter.poll([], at: now) else { continue }
        chatter[line] = state
        onChatter(line, false)
        onLevel(line, state.level, now)
      }
      if chatter.values.contains(where: { $0.filter.isChattering }) { listen() }
    }
  }

  private struct Chatter {
    var filter: EdgeFilter
    var level = false
  }

  /// The access points, and the station itself.
  private var places: [Int?] { accessPoints + [nil] }

  private func lose(_ reason: String) {
    disconnect()
    listening?.cancel()
    chatter = [:]
    retry?.cancel()
    retry = loop.schedule(after: .milliseconds(500)) { [weak self] in self?.start() }
    // A board that stays away is told of once, not at every attempt.
    guard self.reason != reason else { return }
    self.reason = reason
    for point in places { onReadable(point, false, reason) }
  }
}
