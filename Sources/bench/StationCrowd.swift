// A hundred stations that send records at a steady pace, each through a connection of its own.
import Linux
import MQTT
import StationProtocol
import TestBed
import Time

/// Stations as the broker and the service see them: with status, birth, states and single-record
/// messages at QoS 1. All live on one thread.
final class StationCrowd {
  static let password = "secret"

  /// The accounts that the broker needs for so many.
  static func accounts(_ count: Int) -> [String: String] {
    Dictionary(uniqueKeysWithValues: (0..<count).map { (name($0), password) })
  }

  static func name(_ index: Int) -> String { "crowd-\(index)" }

  /// What the thread tells.
  enum Event: Sendable {
    case connected
    /// When each record was handed to the library, in the order in which they were.
    case sent([Instant])
    case failed(String)
  }

  /// So many records a second, in turn from each station, until there were so many.
  struct Order: Sendable {
    var perSecond: Int
    var count: Int
  }

  private let events: Mailbox<Event>
  private let orders: Mailbox<Order?>
  private let thread: WorkerThread<Int>

  /// Connects them, and waits until all are there.
  init(_ count: Int, brokerPort: Int) throws {
    let events = try Mailbox<Event>()
    let orders = try Mailbox<Order?>()
    self.events = events
    self.orders = orders
    thread = WorkerThread(name: "crowd") {
      { counts in
        for count in counts {
          do {
            try CrowdLoop(count, brokerPort, events, orders).run()
          } catch {
            events.send(.failed("\(error)"))
          }
        }
        return nil
      }
    }
    thread.submit(count)
    guard case .connected = try next(within: 30) else {
      throw TestBedError("the crowd reported something else than its connection")
    }
  }

  deinit {
    orders.send(nil)
    thread.finish()
  }

  func send(_ order: Order) { orders.send(order) }

  /// Waits until all of an order has been sent.
  func waitForSent(within seconds: Double) throws -> [Instant] {
    guard case .sent(let instants) = try next(within: seconds) else {
      throw TestBedError("the crowd did not send what it should")
    }
    return instants
  }

  private func next(within seconds: Double) throws -> Event {
    let event = try Deadline.wait(seconds, for: "the crowd of stations") { events.drain().first }
    if case .failed(let reason) = event { throw TestBedError("the crowd: \(reason)") }
    return event
  }
}

/// What runs on the crowd's thread.
private final class CrowdLoop {
  private let loop: EventLoop
  private let events: Mailbox<StationCrowd.Event>
  private var stations: [CrowdStation] = []
  private var missing: Int
  private var instants: [Instant] = []

  init(
    _ count: Int, _ port: Int, _ events: Mailbox<StationCrowd.Event>,
    _ orders: Mailbox<StationCrowd.Order?>
  ) throws(SystemError) {
    loop = try EventLoop()
    self.events = events
    missing = count
    for index in 0..<count {
      let station = try CrowdStation(index, loop, port)
      station.whenConnected = { [unowned self] in
        missing -= 1
        if missing == 0 { events.send(.connected) }
      }
      stations.append(station)
    }
    try loop.receive(from: orders) { [unowned self] order in
      guard let order else { return loop.stop() }
      instants = []
      send(order, from: Clock.now)
    }
  }

  func run() throws(SystemError) {
    for station in stations { station.start() }
    try loop.run()
    for station in stations { station.stop() }
  }

  /// Each record has its own moment, whenever the one before was sent.
  private func send(_ order: StationCrowd.Order, from start: Instant) {
    guard instants.count < order.count else { return events.send(.sent(instants)) }
    let due = start + .nanoseconds(Int64(instants.count) * 1_000_000_000 / Int64(order.perSecond))
    loop.schedule(at: due) { [unowned self] in
      let station = stations[instants.count % stations.count]
      instants.append(Clock.now)
      station.sendRecord(number: instants.count)
      send(order, from: start)
    }
  }
}

/// One of them.
final class CrowdStation {
  var whenConnected: () -> Void = {}
  private let station: StationID
  private let stream = StreamID(bits: Randomness.bits)
  private let client: MQTTClient
  private var next: UInt64 = 1

  init(_ index: Int, _ loop: EventLoop, _ port: Int) throws(SystemError) {
    let name = StationCrowd.name(index)
    guard let station = StationID(name) else { preconditionFailure("no station \(name)") }
    self.station = station
    client = try MQTTClient(
      loop: loop,
      options: MQTTOptions(
        host: "127.0.0.1", port: port, clientID: name, user: name,
        password: StationCrowd.password))
    client.onConnected = { [unowned self] in
      introduce()
      whenConnected()
    }
  }

  func start() { client.start() }
  func stop() { client.stop() }

  func sendRecord(number: Int) {
    guard let door = AccessPointID(1) else { return }
    let member = MemberID("m-\(number)")
    let record = Record(
      at: Clock.wall, isTrusted: true,
      body: member.map {
        .entry(.granted(door, member: $0, .code(CodeDigest(high: 1, low: UInt64(number)))))
      } ?? .door(.closed(door)))
    publish(
      .out(station), RecordBatch(stream: stream, first: next, records: [record.json]).json,
      isRetained: false)
    next += 1
  }

  private func introduce() {
    client.subscribe([Topic.ack(station).path])
    for message in Self.introduction(station, stream: stream) { _ = client.publish(message) }
  }

  /// What a station says when it comes up: all of it is retained.
  static func introduction(_ index: Int, stream: StreamID) -> [MQTTMessage] {
    StationID(StationCrowd.name(index)).map { introduction($0, stream: stream) } ?? []
  }

  private static func introduction(_ station: StationID, stream: StreamID) -> [MQTTMessage] {
    guard let door = AccessPointID(1) else { return [] }
    let session = SessionID(stream: stream, boot: 1, connection: 1)
    let now = Clock.wall
    let messages: [(Topic, [UInt8])] = [
      (
        .status(station),
        StatusPayload(isOnline: true, session: session, reason: .connected, at: now).json
      ),
      (
        .birth(station),
        BirthPayload(
          session: session, version: "0.1.0", accessPoints: [door], floor: 1, ceiling: 0,
          isClockTrusted: true, at: now
        ).json
      ),
      (
        .state(station, .door(door)),
        DoorPayload(
          seq: 1, command: .lock, lock: .unused, door: .closed, secured: .secured, alarm: .normal,
          at: now
        ).json
      ),
      (
        .state(station, .occupancy),
        OccupancyPayload(seq: 1, inside: 0, entered: 0, left: 0, isStale: false, at: now).json
      ),
      (.state(station, .alarms), AlarmsPayload(seq: 1, active: [], at: now).json),
    ]
    return messages.map { topic, payload in
      MQTTMessage(topic: topic.path, payload: payload, isRetained: true)
    }
  }

  private func publish(_ topic: Topic, _ payload: [UInt8], isRetained: Bool = true) {
    _ = client.publish(MQTTMessage(topic: topic.path, payload: payload, isRetained: isRetained))
  }
}
