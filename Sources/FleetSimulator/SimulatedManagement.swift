// The management service of a simulated fleet: the real decisions over the store in memory.
//
// Fault model.
// - What was received and not committed is lost when the service crashes. A commit takes 1 to
//   120 ms and happens whole or not at all. Acknowledgements go out after it, and may be lost.
// - The service may crash at any time, and by aim: between receiving and committing, and between
//   committing and acknowledging. It is back after some seconds, or stays away for up to days.
// - It may come back on a backup of its store, hours old, and says that it is another store. What
//   stations deleted since, because it had been acknowledged, nobody has any more, but for the ends
//   of exchanges, which they keep; the checkers are told which records these are.
import ManagementCore
import StationProtocol
import Time

final class SimulatedManagement {
  private(set) var store = MemoryStore()
  private var backup: MemoryStore?
  /// Told what was signed, as somebody at the broker hears it.
  var onSigned: ((Topic, [UInt8]) -> Void)?
  /// Told when the store is an older one.
  var onRestore: (() -> Void)?
  /// The name of the store: another one after a backup was restored.
  private var epoch: StoreEpoch
  private(set) var management = Management()
  private(set) var isRunning = false
  private(set) var isConnected = false
  /// The events that a follower of the event stream sees.
  private(set) var feed: [FeedEntry] = []
  let world: World
  private let broker: SimulatedBroker
  private let stations: [StationID]
  private var dice: SeededGenerator
  private var life = 0
  private var received: [InboundItem] = []
  private var isCommitting = false
  private var pacedAt: Instant?
  private var commandAt: Instant?
  private var lastFed: Int64 = 0
  /// For planted bugs: what was seen of each stream, committed or not.
  private var seen: [StreamID: StreamProgress] = [:]
  private var forged: Set<ExchangeID> = []

  init(_ world: World, _ broker: SimulatedBroker, stations: [StationID]) {
    self.world = world
    self.broker = broker
    self.stations = stations
    dice = SeededGenerator(seed: world.seed, "service")
    epoch = StoreEpoch(bits: dice.next())
  }

  private var client: Int { stations.count }
  var now: Now { Now(instant: world.now, wall: world.wall, utcOffsetSeconds: 8 * 3600) }

  func start() {
    guard !isRunning else { return }
    life += 1
    isRunning = true
    management = Management()
    (pacedAt, commandAt) = (nil, nil)
    seen = [:]
    let found = FoundCommands(
      open: store.openCommands(), wishes: store.wishes(), epoch: epoch)
    tell(
      .booted(
        stations: store.stations(), today: (try? store.countsOfToday(at: now)) ?? [:],
        commands: found))
    connectLater()
  }

  func crash(awayFor range: ClosedRange<Int>) {
    guard isRunning else { return }
    world.note("the service crashes")
    life += 1
    (isRunning, isConnected, isCommitting) = (false, false, false)
    received = []
    broker.vanish(client)
    let life = life
    world.after(dice.seconds(range)) { [unowned self] in
      if life == self.life { start() }
    }
  }

  /// A copy of the store is put aside, now and every two hours.
  func keepBackups() {
    guard world.plan.contains(.serviceRestored), world.phase == .faults else { return }
    backup = MemoryStore(copyOf: store)
    world.after(.seconds(7200)) { [unowned self] in keepBackups() }
  }

  /// The disk is gone; the service goes on with what was put aside.
  func restore() {
    guard isRunning, let backup else { return }
    crash(awayFor: 60...7200)
    world.note("the service is restored from a backup")
    let kept = backup.lastEventID()
    for event in store.events(after: kept, limit: .max) {
      guard let seq = event.seq, let station = stations.firstIndex(of: event.station) else {
        continue
      }
      world.referee.serviceForgot(station, event.stream, seq, event.json)
    }
    world.referee.ledger.restored()
    store = MemoryStore(copyOf: backup)
    store.forgetClaims()
    epoch = StoreEpoch(bits: dice.next())
    feed.removeAll { $0.id > kept }
    lastFed = min(lastFed, kept)
    onRestore?()
  }

  // MARK: - The link

  private func connectLater() {
    let life = life
    world.after(dice.milliseconds(500...5000)) { [unowned self] in
      guard life == self.life, !isConnected else { return }
      connect()
    }
  }

  private func connect() {
    let will = SimulatedBroker.Message(
      topic: .serviceStatus,
      payload: ServiceStatusPayload(isOnline: false, at: world.wall, store: epoch).json,
      isRetained: true)
    let life = life
    tell(.linkOpened)
    isConnected = broker.connect(client, will: will) { [unowned self] path, payload, isRetained in
      guard life == self.life else { return }
      let message = InboundPayload(payload, digest: SimulatedSeal.digest(of: payload))
      tell(.messageArrived(topic: path, payload: message, isRetained: isRetained))
    } onClosed: { [unowned self] in
      guard life == self.life, isConnected else { return }
      isConnected = false
      tell(.linkClosed)
      connectLater()
    }
    guard isConnected else {
      tell(.linkClosed)
      return connectLater()
    }
    publish(
      .serviceStatus, ServiceStatusPayload(isOnline: true, at: world.wall, store: epoch).json)
  }

  private func publish(_ topic: Topic, _ payload: [UInt8]) {
    broker.publish(
      SimulatedBroker.Message(
        topic: topic, payload: payload, isRetained: topic.isRetained), from: client)
  }

  private func publish(sealed body: [UInt8], _ topic: Topic) {
    publish(topic, SimulatedSeal.seal(body, for: topic))
  }

  // MARK: - Events in, effects out

  func tell(_ event: ManagementEvent) {
    for effect in management.handle(event, at: now) {
      switch effect {
      case .store(let item): take(item)
      case .readAgain(let id):
        tell(.quarantined(store.quarantine(after: id, limit: Quarantined.page)))
      case .prove(let request):
        take(.request(request, world.codes.proof(of: request.request.code)))
      case .acknowledge(let station, let ack):
        if let ack = alter(ack) { publish(sealed: ack.json, .ack(station)) }
      case .reply(let station, let reply): publish(sealed: reply.json, .reply(station))
      case .advance(let id, let station, let news): advance(id, station, news)
      case .send(let station, let command):
        publish(signed: command.json, .command(station))
      case .publishDesired(let station, let desired):
        publish(signed: desired.json, .desiredConfiguration(station))
      // Certificates lie outside of what is simulated: who is who, a simulated broker knows.
      case .announce, .clear, .judge: break
      case .note(let oddity): judge(oddity)
      }
    }
    awaitCommands()
    guard let due = management.nextPaced, due != pacedAt else { return }
    pacedAt = due
    let life = life
    world.at(due) { [unowned self] in
      guard life == self.life, pacedAt == due else { return }
      pacedAt = nil
      tell(.paceDue)
    }
  }

  // MARK: - Commands

  private func publish(signed body: [UInt8], _ topic: Topic) {
    onSigned?(topic, SimulatedSeal.seal(body, for: topic))
    publish(sealed: body, topic)
  }

  /// Somebody gives a command.
  func order(_ request: CommandRequest, _ index: Int) {
    guard isRunning else { return }
    let isSent = management.reaches(request.station)
    let receipt = store.order(request, epoch: epoch, isSent: isSent, by: "dispatch", at: now)
    guard case .ordered(let command, _) = receipt else { return }
    let ordered = CommandChecker.OrderedID(id: command.id, station: index, order: command.order)
    world.referee.commands.gives(ordered, latest: world.now + request.life)
    world.referee.typedCodes.gives(ordered)
    let life = life
    world.after(dice.milliseconds(1...20)) { [unowned self] in
      if life == self.life { tell(.commands(.ordered(command))) }
    }
  }

  /// Somebody wants lock-down, or its end.
  func wish(lockDown: Bool, of station: StationID) {
    guard isRunning else { return }
    let reported = management.stations[station]?.reported?.revision ?? 0
    let wish = store.wish(
      lockDown: lockDown, of: station, above: reported, reason: "simulated", by: "dispatch",
      at: now)
    tell(.commands(.wished(station, wish)))
  }

  /// How far every command has come.
  var commands: [(id: CommandID, state: String, isFinal: Bool)] {
    stations.flatMap { store.commands(of: $0, before: nil, limit: .max) }
      .map { ($0.id, $0.progress.rawValue, $0.progress.isFinal) }
  }

  private func awaitCommands() {
    guard let due = management.nextCommand, due != commandAt else { return }
    commandAt = due
    let life = life
    world.at(due) { [unowned self] in
      guard life == self.life, commandAt == due else { return }
      commandAt = nil
      tell(.commands(.due))
    }
  }

  /// A commit of its own.
  private func advance(_ id: CommandID, _ station: StationID, _ news: CommandNews) {
    let life = life
    world.after(dice.milliseconds(1...120)) { [unowned self] in
      guard life == self.life else { return }
      let moved = store.advance(id, of: station, news, at: now)
      if let command = moved ?? store.command(id) { tell(.commands(.advanced(command))) }
    }
  }

  /// What the service finds strange is strange, but where a store was lost on either side.
  private func judge(_ oddity: RefusedMessage) {
    switch oddity {
    case .foreignExchange, .discrepancy:
      if world.plan.contains(.storeLoss) || world.plan.contains(.serviceRestored) { return }
    default: break
    }
    world.referee.complain("the service notes: \(oddity)")
  }

  private func take(_ item: InboundItem) {
    received.append(item)
    if case .batch(let batch) = item { see(batch) }
    guard !isCommitting else { return }
    isCommitting = true
    let life = life
    if world.strikes(.serviceCrash, onceIn: 300) {
      world.after(dice.milliseconds(0...150)) { [unowned self] in
        if life == self.life { crash(awayFor: 1...60) }
      }
    }
    world.after(dice.milliseconds(1...120)) { [unowned self] in
      if life == self.life { commit() }
    }
  }

  private func commit() {
    isCommitting = false
    let outcomes = store.store(received, at: now)
    received = []
    for outcome in outcomes {
      if let stream = outcome.stream, outcome.upto > 0 {
        seen[stream, default: StreamProgress()].add(1...outcome.upto)
      }
    }
    follow()
    if world.mutation == .heldTwice { payAgain() }
    guard !world.strikes(.serviceCrash, onceIn: 1000) else { return crash(awayFor: 1...60) }
    tell(.stored(outcomes))
  }

  /// Reads on in the event stream, as everyone does who follows it.
  private func follow() {
    while case let events = store.events(after: lastFed, limit: 1000), let last = events.last {
      lastFed = last.id
      for event in events {
        guard let seq = event.seq, let station = stations.firstIndex(of: event.station) else {
          continue
        }
        feed.append(FeedEntry(id: event.id, station: station, stream: event.stream, seq: seq))
      }
    }
  }

  // MARK: - The end

  var records: [StoredRecord] {
    store.events(after: 0, limit: .max).compactMap { event in
      guard let seq = event.seq, let station = stations.firstIndex(of: event.station) else {
        return nil
      }
      return StoredRecord(station: station, stream: event.stream, seq: seq, bytes: event.json)
    }
  }

  /// The exchanges of whose end a record tells.
  var ends: Set<ExchangeID> {
    var ends: Set<ExchangeID> = []
    for event in store.events(after: 0, limit: .max) where event.kind == .exchange(.ended) {
      guard case .exchange(.ended(let exchange, _))? = (try? Record(json: event.json))?.body else {
        continue
      }
      ends.insert(exchange.id)
    }
    return ends
  }

  func view(of station: StationID) -> StationView? { management.view(of: station, at: now) }

  // MARK: - Planted bugs

  private func see(_ batch: InboundBatch) {
    guard let mutation = world.mutation else { return }
    seen[batch.stream, default: StreamProgress()].add(batch.numbers)
    switch mutation {
    case .ackBeforeCommit:
      guard let upto = seen[batch.stream]?.upto, upto > 0 else { return }
      let ack = Acknowledgement(stream: batch.stream, upto: upto, batches: [batch.digest])
      publish(sealed: ack.json, .ack(batch.station))
    case .recordTwice:
      let again = feed.last { $0.stream == batch.stream && $0.seq == batch.first }
      guard var again, let last = feed.last else { return }
      again.id = last.id
      feed.append(again)
    default: break
    }
  }

  private func alter(_ ack: Acknowledgement) -> Acknowledgement? {
    if world.mutation == .ackWithheld, dice.once(in: 2) || world.phase == .quiet { return nil }
    guard world.mutation == .ackOverAHole, let progress = seen[ack.stream] else { return ack }
    let last = progress.islands.last?.upperBound ?? 0
    var wrong = ack
    wrong.upto = max(ack.upto, last)
    return wrong
  }

  /// Takes the price of what was taken last once more, as under another id.
  private func payAgain() {
    guard let last = store.movements(before: nil, limit: 1).first, last.kind == .post,
      let id = last.exchange, let entry = store.exchange(id), forged.insert(id).inserted
    else { return }
    var again = entry.exchange
    again.id = ExchangeID(stream: id.stream, seq: id.seq + 1_000_000)
    forged.insert(again.id)
    let code = CodeDigest(high: 0, low: UInt64(forged.count))
    guard let text = CodeText("\(forged.count)") else { return }
    let question = InboundRequest(
      station: entry.station, .hold(again, code: text), digest: PayloadDigest(high: 0, low: 0))
    _ = store.store([.request(question, .genuine(again.member, code))], at: now)
    guard let key = OrderKey("again-\(forged.count)") else { return }
    _ = store.carryOut(
      .resolve(again.id, .post(nil), reason: "again"), key: key, by: "bug",
      aloneUpTo: .max, at: now)
  }
}
