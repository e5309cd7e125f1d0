// The MQTT broker of a simulated fleet, with the network on both sides of it.
//
// Fault model.
// - Sessions start clean: what is under way when a connection ends is lost, in both directions.
// - A message takes 1 to 40 ms, and messages of one connection keep their order, unless they are
//   reordered: then a batch or an acknowledgement may be overtaken for up to 3 s.
// - A queue that is full drops what comes next and says nothing. A retained message is kept all
//   the same.
// - A message may be delivered again, a batch or an acknowledgement up to 30 s later, within the
//   same connection.
// - The broker may be away for seconds or days. It comes back with its retained messages or
//   without any.
// - A silent network: nothing passes, and either side takes up to 20 s to notice, each at a time
//   of its own. The broker then publishes the will.
import StationProtocol
import Time

final class SimulatedBroker {
  struct Message {
    var topic: Topic
    var payload: [UInt8]
    var isRetained: Bool
  }

  /// One client: a station by its number, or the service, which comes last.
  private struct Client {
    var connection = 0
    var isConnected = false
    var isSilent = false
    var will: Message?
    /// When the last message to and from it arrives, so that the next does not overtake it.
    var lastIn = Instant(nanoseconds: 0)
    var lastOut = Instant(nanoseconds: 0)
    /// Topic, payload, and whether it was kept from before.
    var deliver: ((String, [UInt8], Bool) -> Void)?
    var onClosed: (() -> Void)?
  }

  /// Whether somebody at the broker keeps a message from everyone.
  var holdsBack: ((Message) -> Bool)?
  private(set) var isUp = true
  private(set) var delivered = 0
  private var clients: [Client]
  private var retained: [Topic: [UInt8]] = [:]
  private let world: World
  private let stations: [StationID]
  private var dice: SeededGenerator
  private var service: Int { stations.count }

  init(_ world: World, stations: [StationID]) {
    self.world = world
    self.stations = stations
    dice = SeededGenerator(seed: world.seed, "broker")
    clients = Array(repeating: Client(), count: stations.count + 1)
  }

  // MARK: - What clients do

  /// - Returns: whether a session began. One of before, of the same client, ends with its will.
  func connect(
    _ client: Int, will: Message, deliver: @escaping (String, [UInt8], Bool) -> Void,
    onClosed: @escaping () -> Void
  ) -> Bool {
    guard isUp, !clients[client].isSilent else { return false }
    if clients[client].isConnected { close(client, withWill: true) }
    clients[client].connection += 1
    clients[client].isConnected = true
    clients[client].will = will
    clients[client].deliver = deliver
    clients[client].onClosed = onClosed
    for topic in retained.keys.sorted(by: { $0.path < $1.path })
    where subscribers(of: topic).contains(client) {
      if let payload = retained[topic] { send(topic, payload, isOld: true, to: client) }
    }
    return true
  }

  /// Says goodbye: no will is published.
  func disconnect(_ client: Int) {
    guard clients[client].isConnected else { return }
    clients[client].isConnected = false
  }

  /// The client is gone without a word; the broker finds out in time.
  func vanish(_ client: Int) {
    clients[client].onClosed = nil
    clients[client].deliver = nil
    let connection = clients[client].connection
    world.after(dice.seconds(1...20)) { [unowned self] in
      if clients[client].connection == connection, clients[client].isConnected {
        close(client, withWill: true)
      }
    }
  }

  func publish(_ message: Message, from client: Int) {
    guard isUp, clients[client].isConnected, !clients[client].isSilent else { return }
    let connection = clients[client].connection
    let arrival = max(world.now + dice.milliseconds(1...20), clients[client].lastIn)
    clients[client].lastIn = arrival
    world.at(arrival) { [unowned self] in
      let source = clients[client]
      guard isUp, source.connection == connection, !source.isSilent,
        holdsBack?(message) != true
      else { return }
      route(message)
    }
  }

  /// Says something in the name of the service, as whoever owns the broker can.
  func inject(_ message: Message) {
    if isUp { route(message) }
  }

  /// The message that the broker keeps on a topic.
  func kept(_ topic: Topic) -> [UInt8]? { retained[topic] }

  // MARK: - Routing

  private func subscribers(of topic: Topic) -> [Int] {
    switch topic {
    case .status, .birth, .state, .out, .request, .commandResult, .reportedConfiguration,
      .identity:
      [service]
    case .ack(let station), .reply(let station), .command(let station),
      .desiredConfiguration(let station), .identityReply(let station):
      stations.firstIndex(of: station).map { [$0] } ?? []
    case .serviceStatus: Array(stations.indices)
    case .sample: []
    }
  }

  private func route(_ message: Message) {
    if message.isRetained { retained[message.topic] = message.payload }
    for subscriber in subscribers(of: message.topic) where clients[subscriber].isConnected {
      guard !world.strikes(.drop, onceIn: 20) else {
        world.note("dropped")
        continue
      }
      send(message.topic, message.payload, isOld: false, to: subscriber)
    }
  }

  private func send(_ topic: Topic, _ payload: [UInt8], isOld: Bool, to client: Int) {
    // Whole states keep their order on their topic; batches and acknowledgements need not.
    let isState =
      switch topic {
      case .out, .ack, .request, .reply, .command, .commandResult: false
      default: true
      }
    var arrival = world.now + dice.milliseconds(1...20)
    if !isState, world.strikes(.reorder, onceIn: 8) {
      arrival = arrival + world.delay(0...3000)
    } else {
      arrival = max(arrival, clients[client].lastOut)
      clients[client].lastOut = arrival
    }
    deliver(topic, payload, isOld, to: client, at: arrival)
    if world.strikes(.again, onceIn: 10) {
      let again = isState ? arrival : arrival + world.delay(0...30_000)
      deliver(topic, payload, isOld, to: client, at: again)
    }
  }

  private func deliver(
    _ topic: Topic, _ payload: [UInt8], _ isOld: Bool, to client: Int, at arrival: Instant
  ) {
    let connection = clients[client].connection
    world.at(arrival) { [unowned self] in
      let target = clients[client]
      guard isUp, target.isConnected, target.connection == connection, !target.isSilent else {
        return
      }
      delivered += 1
      let station = client == service ? nil : client
      world.trace.add(.message("delivered", payload), at: world.now, station: station)
      target.deliver?(topic.path, payload, isOld)
    }
  }

  private func close(_ client: Int, withWill: Bool) {
    clients[client].isConnected = false
    if withWill, let will = clients[client].will { route(will) }
    clients[client].onClosed?()
  }

  // MARK: - Faults

  func goAway() {
    guard isUp else { return }
    world.note("the broker goes away")
    isUp = false
    for client in clients.indices where clients[client].isConnected {
      close(client, withWill: false)
    }
    if dice.once(in: 2) { retained = [:] }
  }

  func comeBack() {
    guard !isUp else { return }
    world.note("the broker is back")
    isUp = true
  }

  func silence(_ client: Int) {
    guard !clients[client].isSilent else { return }
    world.note("silent network", UInt64(client))
    clients[client].isSilent = true
    guard clients[client].isConnected else { return }
    let connection = clients[client].connection
    let onClosed = clients[client].onClosed
    clients[client].onClosed = nil
    world.after(dice.seconds(1...20)) { [unowned self] in
      if clients[client].connection == connection { onClosed?() }
    }
    world.after(dice.seconds(1...20)) { [unowned self] in
      if clients[client].connection == connection, clients[client].isConnected {
        close(client, withWill: true)
      }
    }
  }

  func unsilence(_ client: Int) {
    clients[client].isSilent = false
  }
}
