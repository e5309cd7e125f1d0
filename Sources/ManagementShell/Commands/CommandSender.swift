// Commands on their way to the store and to the broker.
import Linux
import MQTT
import ManagementCore
import MemberCode
import StationProtocol
import Time

/// Signs what stations obey, and has the store take note of how far it has come.
final class CommandSender {
  /// Tells the core.
  var onEvent: (CommandsEvent) -> Void = { _ in }
  /// The reason why the key cannot be used; nil where nothing is wrong.
  let problem: String?

  private let loop: EventLoop
  private let client: MQTTClient
  private let store: StoreDesk
  private let key: SigningKey?
  private let timekeeper: Timekeeper
  /// When a command is to be given up.
  private var timer: Timer?
  private var due: Instant?

  /// - Parameter found: the key, and what is wrong with it.
  init(
    loop: EventLoop, client: MQTTClient, store: StoreDesk,
    _ found: (key: SigningKey?, problem: String?), _ timekeeper: Timekeeper
  ) {
    self.loop = loop
    self.client = client
    self.store = store
    self.timekeeper = timekeeper
    (key, problem) = found
    if let problem { Log.error(problem) }
  }

  var canSign: Bool { key != nil }

  /// Tells the core when this instant has come.
  func wait(until next: Instant?) {
    guard next != due else { return }
    timer?.cancel()
    due = next
    timer = next.map { next in
      loop.schedule(at: next) { [unowned self] in
        due = nil
        onEvent(.due)
      }
    }
  }

  func advance(_ id: CommandID, _ station: StationID, _ news: CommandNews) {
    let now = timekeeper.now()
    store.order {
      let moved = try $0.advance(id, of: station, news, at: now)
      return try moved ?? $0.command(id)
    } _: { [unowned self] result in
      switch result {
      case .success(let command?): onEvent(.advanced(command))
      case .success(nil): break
      case .failure(let error):
        Log.error("how far a command to \(station) has come is not noted: \(error)")
        onEvent(.notAdvanced(id, station))
      }
    }
  }

  /// The broker may hold it back for its life at most: nobody is let in by an old order.
  func send(_ command: Command, to station: StationID) {
    publish(command.json, on: .command(station), isRetained: false, life: command.life)
  }

  func publish(_ desired: DesiredConfiguration, for station: StationID) {
    publish(desired.json, on: .desiredConfiguration(station), isRetained: true, life: nil)
  }

  private func publish(
    _ body: [UInt8], on topic: Topic, isRetained: Bool, life: Duration?
  ) {
    guard let key else { return }
    _ = client.publish(
      MQTTMessage(
        topic: topic.path, payload: key.seal(body, for: topic).json, isRetained: isRetained,
        expiry: life))
  }
}
