// How long the service's one loop keeps anybody waiting: a broker's restart, a proof, a flood.
import Linux
import MQTT
import ManagementCore
import ManagementShell
import MemberCode
import StationProtocol
import TestBed
import Time

/// Somebody asks for the service's health again and again, on one connection. What that takes at
/// most is how long the loop was busy with something else.
enum LoopStalls {
  static let part = Part(
    name: "stalls",
    what: "the loop: a broker's restart (5,000 stations, 50 watchers), a proof, a flood of doors"
  ) { report in
    try restart(report)
    try proof(report)
    try flood(report)
  }

  private static let stations = 5000
  private static let exchanges = 500_000
  private static let bound = Figure.Bound.atMost(50)

  private static func add(_ name: String, _ times: Quantiles, _ report: Report) throws {
    try report.add(
      Figure(name: "stalls.\(name).p99", value: times.p99 / 1000, unit: "ms", bound: bound))
    try report.add(
      Figure(name: "stalls.\(name).most", value: times.microseconds(1) / 1000, unit: "ms"))
  }

  private static func management(
    _ folder: WorkFolder, _ broker: Broker, watchers: Int
  ) throws -> ManagementUnderTest {
    try ManagementUnderTest(
      folder, brokerPort: broker.port, password: StationCrowd.password,
      issuerKey: String(decoding: SigningKey.generate().privatePEM, as: UTF8.self),
      watchers: watchers)
  }

  // MARK: - A broker's restart

  private static func restart(_ report: Report) throws {
    let folder = try WorkFolder()
    let broker = try Broker(folder, accounts: ["service": StationCrowd.password])
    try fill(broker)
    let management = try management(folder, broker, watchers: 5)
    let crowd = try WatcherCrowd(management, count: 50)
    try crowd.waitForStates(stations, "every watcher to have seen every station")
    let probe = try HealthProbe(management.address)
    try broker.stop()
    crowd.forget()
    try broker.start()
    // Each station is announced when the link is back, and with what the broker has kept.
    try crowd.waitForStates(stations, "every watcher to have seen every station again")
    try add("restart", probe.stop(), report)
    crowd.stop()
  }

  /// What 5,000 stations would have left with the broker.
  private static func fill(_ broker: Broker) throws {
    let loop = try EventLoop()
    let client = try MQTTClient(
      loop: loop,
      options: MQTTOptions(
        host: "127.0.0.1", port: broker.port, clientID: "service", user: "service",
        password: StationCrowd.password))
    let last = Topic.serviceStatus.path
    client.onConnected = { [unowned client] in
      client.subscribe([last])
      for index in 0..<stations {
        for message in CrowdStation.introduction(index, stream: StreamID(bits: UInt64(index + 1))) {
          _ = client.publish(message)
        }
      }
      // What comes back was taken after everything before it.
      let end = ServiceStatusPayload(isOnline: false, at: Clock.wall)
      _ = client.publish(MQTTMessage(topic: last, payload: end.json))
    }
    client.onMessage = { [unowned loop] _ in loop.stop() }
    client.start()
    try loop.run()
    client.stop()
  }

  // MARK: - A proof

  private static func proof(_ report: Report) throws {
    let folder = try WorkFolder()
    let broker = try Broker(folder, accounts: ["service": StationCrowd.password])
    let store = try folder.write("", to: "management/management.sqlite")
    try LongLedger.fill(store, exchanges: exchanges)
    let management = try management(folder, broker, watchers: 0)
    let probe = try HealthProbe(management.address)
    let start = Clock.now
    let answer = try management.api.call("GET", "/ledger-proof")
    let took = Clock.now - start
    guard answer.status == 200, answer.object["exchanges"] as? Int == exchanges else {
      throw TestBedError("no proof over \(exchanges) exchanges: \(answer.status)")
    }
    try add("proof", probe.stop(), report)
    try report.add(Figure(name: "stalls.proof.whole", value: took.seconds, unit: "s"))
  }

  // MARK: - A flood of door states

  private static func flood(_ report: Report) throws {
    let folder = try WorkFolder()
    var accounts = StationCrowd.accounts(2)
    accounts["service"] = StationCrowd.password
    let broker = try Broker(folder, accounts: accounts)
    let management = try management(folder, broker, watchers: 50)
    let crowd = try WatcherCrowd(management, count: 500)
    let names = try (0..<2).map { index in
      guard let station = StationID(StationCrowd.name(index)) else {
        throw TestBedError("no station \(index)")
      }
      return station
    }
    let flooder = try StationStandIn(
      names[0], brokerPort: broker.port, password: StationCrowd.password)
    let other = try StationStandIn(
      names[1], brokerPort: broker.port, password: StationCrowd.password)
    guard let door = AccessPointID(1) else { throw TestBedError("no door") }
    let stream = StreamID(bits: 7)
    var waited: [Int64] = []
    for round in 1...500 as ClosedRange<UInt64> {
      for step in 0..<200 {
        let state = DoorPayload(
          seq: round, command: .lock, lock: .unused,
          door: step.isMultiple(of: 2) ? .opened : .closed,
          secured: .secured, alarm: .normal, at: Clock.wall)
        flooder.publish(.state(names[0], .door(door)), state.json, isRetained: true)
      }
      let record = Record(at: Clock.wall, isTrusted: true, body: .door(.closed(door)))
      let start = Clock.now
      other.send(RecordBatch(stream: stream, first: round, records: [record.json]))
      try other.waitForAcknowledgement(round, of: stream)
      waited.append((Clock.now - start).wholeNanoseconds)
    }
    try add("flood", Quantiles(waited), report)
    crowd.stop()
  }
}

/// A ledger in which much was exchanged.
private enum LongLedger {
  static func fill(_ path: String, exchanges: Int) throws {
    let store = try SQLiteStore(path: path)
    defer { store.close() }
    let now = Timekeeper().now()
    guard let station = StationID("b-0"), let member = MemberID("m-0"), let slot = SlotID(7),
      let article = ArticleID("water"), let price = Points(1),
      let points = Points(Int64(exchanges)),
      let issue = OrderKey("issue"), let grant = OrderKey("grant"), let text = CodeText("C")
    else { throw TestBedError("no ledger") }
    let stream = StreamID(bits: 1)
    _ = try store.store([.floor(station, stream, floor: 1)], at: now)
    _ = try store.carryOut(
      .issue(Int64(exchanges), reason: "bench"), key: issue, by: "bench", aloneUpTo: .max,
      at: now)
    _ = try store.enrol(Member(id: member, label: nil, enrolled: now.wall), by: "bench")
    _ = try store.carryOut(
      .grant(member, points, reason: "bench"), key: grant, by: "bench",
      aloneUpTo: .max, at: now)
    guard try store.balance(of: member) == Int64(exchanges) else {
      throw TestBedError("the member of the long ledger has no points")
    }
    for first in stride(from: 0, to: exchanges, by: 1000) {
      let items = (first..<min(first + 1000, exchanges)).flatMap { number -> [InboundItem] in
        let seq = UInt64(number + 1)
        let exchange = Exchange(
          id: ExchangeID(stream: stream, seq: seq), member: member, slot: slot, article: article,
          price: price)
        let record = Record(
          at: now.wall, isTrusted: true, body: .exchange(.ended(exchange, .dispensed)))
        return [
          .request(
            InboundRequest(
              station: station, .hold(exchange, code: text),
              digest: PayloadDigest(high: 0, low: seq)),
            .genuine(member, CodeDigest(high: 0, low: seq))),
          .batch(
            InboundBatch(
              station: station, stream: stream, first: seq,
              contents: [.record(record, json: record.json)],
              digest: PayloadDigest(high: 1, low: seq))),
        ]
      }
      _ = try store.store(items, at: now)
    }
  }
}
