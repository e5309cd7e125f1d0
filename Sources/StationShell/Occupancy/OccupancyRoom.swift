// The people counters: what they count becomes events.
import Linux
import StationCore
import StationProtocol

/// The counters on serial lines; beams and counter lines are wires of the board.
final class OccupancyRoom: ShellRoom {
  private let counters: [(setting: CounterSettings, counter: PeopleCounter)]
  private let tell: Tell

  init(_ settings: [CounterSettings], _ loop: EventLoop, tell: @escaping Tell) {
    counters = settings.map { ($0, PeopleCounter(loop: loop, $0)) }
    self.tell = tell
  }

  func start() {
    for (setting, counter) in counters {
      counter.onTotals = { [unowned self] entered, left in
        tell(
          .occupancy(.counterReported(setting.accessPoint, entered: entered, left: left)), nil)
      }
      counter.onConnection = { [unowned self] in connection(setting, $0, $1) }
      counter.start()
    }
  }

  func stop() {
    for (_, counter) in counters { counter.stop() }
  }

  private func connection(_ setting: CounterSettings, _ isConnected: Bool, _ reason: String) {
    if isConnected {
      Log.notice("people counter \(setting.name) is there")
    } else {
      Log.warning("people counter \(setting.name): \(reason)")
    }
    tell(.occupancy(.counterChanged(setting.accessPoint, isConnected: isConnected)), nil)
  }
}
