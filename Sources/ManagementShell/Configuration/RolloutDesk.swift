// Roll-outs that are running: the next wave goes out when the last one is well.
import Linux
import ManagementCore
import StationProtocol
import Time

/// Looks at running roll-outs, which are few, every other second. Lives on the loop's thread.
final class RolloutDesk {
  /// The newest view of a station.
  var view: (StationID) -> StationView? = { _ in nil }
  /// Tells the core.
  var onEvent: (CommandsEvent) -> Void = { _ in }

  private static let interval: Duration = .seconds(2)

  private let loop: EventLoop
  private let store: StoreDesk
  private let timekeeper: Timekeeper
  /// By their ids.
  private var running: [Int64: Running] = [:]
  private var timer: Timer?

  private struct Running {
    var rollout: SettingsRollout
    /// When the last wave went out, or was found at a start.
    var since: Instant
    /// The store is at it.
    var isUnderWay = false
  }

  init(loop: EventLoop, store: StoreDesk, _ timekeeper: Timekeeper) {
    self.loop = loop
    self.store = store
    self.timekeeper = timekeeper
  }

  /// Goes on with those that a start has found.
  func start() {
    store.ask {
      try $0.runningRollouts()
    } _: { [unowned self] result in
      switch result {
      case .success(let found): for rollout in found { take(rollout) }
      case .failure(let error): Log.error("roll-outs of settings do not go on: \(error)")
      }
    }
  }

  /// A roll-out is in another state.
  func take(_ rollout: SettingsRollout) {
    guard rollout.state == .running else {
      running[rollout.id] = nil
      return
    }
    running[rollout.id] = Running(rollout: rollout, since: Clock.now)
    look()
  }

  private func look() {
    timer?.cancel()
    timer = nil
    for id in running.keys.sorted() { look(at: id) }
    guard !running.isEmpty else { return }
    timer = loop.schedule(after: Self.interval) { [unowned self] in look() }
  }

  private func look(at id: Int64) {
    guard let one = running[id], !one.isUnderWay else { return }
    let isOverdue = Clock.now - one.since >= SettingsRollout.patience
    switch one.rollout.verdict(isOverdue: isOverdue, standing: { view($0)?.settingsStanding }) {
    case .wait: break
    case .goOn: send(id)
    case .stop(let halt): stop(id, halt)
    }
  }

  private func send(_ id: Int64) {
    guard let rollout = running[id]?.rollout else { return }
    running[id]?.isUnderWay = true
    let next =
      rollout.sentWaves < rollout.waves.count ? rollout.waves[rollout.sentWaves] : []
    let reported = Dictionary(
      next.map { ($0, view($0)?.life.reported?.revision ?? 0) }, uniquingKeysWith: max)
    let now = timekeeper.now()
    store.order {
      try $0.sendWave(of: id, above: reported, at: now, digest: API.digest)
    } _: { [unowned self] result in
      running[id]?.isUnderWay = false
      switch result {
      case .success(let wave?):
        for order in wave.wishes { onEvent(.wished(order.station, order.wish)) }
        tell(wave.rollout)
        take(wave.rollout)
      case .success(nil): running[id] = nil
      case .failure(let error):
        Log.error("a wave of the roll-out \(id) is not sent, and is tried again: \(error)")
      }
    }
  }

  private func stop(_ id: Int64, _ halt: SettingsRollout.Halt) {
    running[id]?.isUnderWay = true
    let now = timekeeper.now()
    store.order {
      try $0.halt(id, halt, at: now)
    } _: { [unowned self] result in
      running[id]?.isUnderWay = false
      switch result {
      case .success(let rollout):
        running[id] = nil
        if let rollout { tell(rollout) }
      case .failure(let error): Log.error("the roll-out \(id) is not stopped: \(error)")
      }
    }
  }

  private func tell(_ rollout: SettingsRollout) {
    let total = rollout.waves.count
    switch rollout.state {
    case .running:
      Log.notice("roll-out \(rollout.id): wave \(rollout.sentWaves) of \(total) was sent")
    case .stopped:
      let place = rollout.halt?.station.map { " at \($0)" } ?? ""
      Log.warning(
        "roll-out \(rollout.id) stopped after wave \(rollout.sentWaves) of \(total)\(place): "
          + (rollout.halt?.text ?? ""))
    case .done: Log.notice("roll-out \(rollout.id) is done: every station is well with it")
    case .draft, .cancelled: break
    }
  }
}
