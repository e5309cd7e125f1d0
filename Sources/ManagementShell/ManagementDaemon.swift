// The service's run loop: messages and requests become events, what the core decides is done.
import Daemon
import Glibc
import HTTP
import Issuers
import Linux
import MQTT
import ManagementCore
import MemberCode
import StationProtocol
import Time

/// managementd, put together. The loop's thread serves broker and browsers; one thread writes the
/// store, a few read it.
package final class ManagementDaemon {
  private let settings: ManagementSettings
  private let loop: EventLoop
  /// Two services on one store would answer the same stations, each without knowing of the other.
  private let lock: FileLock
  /// As the store was when the service opened it.
  private let found: StoreFound
  private let writer: StoreWriter
  private let store: StoreDesk
  private let client: MQTTClient
  private let notifier = SystemdNotifier()
  private let timekeeper = Timekeeper(zone: ZoneFiles.local())
  private let credentials: ManagementCredentials
  private let tokens: Tokens
  /// nil for plain HTTP.
  private let certificates: CertificateDesk?
  private let desk: CodeDesk?
  /// The issuers whose codes count beside the service's own.
  private let issuers: KeyWatch<IssuerFiles>
  private var prover: CodeProver
  private let commands: CommandSender
  private let answers: AnswerSender
  private let rollouts: RolloutDesk
  /// nil where the service certifies no stations.
  private let authority: AuthorityDesk?
  /// What cannot be used of the service's own files, for the people who run it.
  private var issuerProblem: String?
  private var keyProblems: [String] = []
  private var tokenProblems: [String]
  private var api: API?
  private let turns = EventTurns<ManagementEvent>()
  private var core = Management()
  private var list = StationList()
  private var hub: EventHub?
  private var server: HTTPServer?
  private var isStoreWell = true
  private var lastReason: String?
  /// What stations send and should not.
  private let oddities = BoundedLog("oddities")
  private lazy var sweep = RetainedSweep(loop: loop) { [client] in
    client.publish(MQTTMessage(topic: $0, payload: [], isRetained: true))
  }
  /// When batches that came too fast are looked into.
  private var pace: Timer?
  private var pacedAt: Instant?

  /// Opens the store and reads the secrets.
  /// - Throws: where the service cannot run.
  package init(_ settings: ManagementSettings) throws {
    self.settings = settings
    credentials = ManagementCredentials(settings)
    (tokens, tokenProblems) = credentials.readTokens()
    for problem in tokenProblems { Log.error(problem) }
    if tokens.isEmpty, !settings.isLoopback {
      throw SystemError(
        "listen on", path: settings.address,
        detail: "without a token in api-tokens the service is for this machine alone")
    }
    certificates = try CertificateDesk(settings, credentials, at: Clock.wall)
    let (key, problem) = credentials.readIssuer()
    if let problem { Log.error(problem) }
    issuerProblem = problem
    desk = key.map { CodeDesk(key: $0, life: settings.codeLife) }
    issuers = try IssuerKeys.watch(settings.issuers)
    (prover, keyProblems) = CodeProver.found(key, issuers.files)
    for problem in keyProblems { Log.error(problem) }
    loop = try EventLoop()
    lock = try StoreFound.lock(settings.storePath)
    found = try StoreFound(settings.storePath, at: timekeeper.now())
    writer = try StoreWriter(
      path: settings.storePath, limits: settings.stationLimits, epoch: found.epoch)
    store = try StoreDesk(loop: loop, path: settings.storePath, writer: writer)
    let commandKey = credentials.readCommandKey()
    authority = try BrokerConnection.authority(settings, loop, store, commandKey.key)
    client = try BrokerConnection.client(settings, loop, authority?.login)
    commands = CommandSender(loop: loop, client: client, store: store, commandKey, timekeeper)
    answers = AnswerSender(client, commandKey.key)
    rollouts = RolloutDesk(loop: loop, store: store, timekeeper)
  }

  /// Serves until SIGTERM or SIGINT.
  package func run() throws {
    dispatch(
      .booted(stations: found.stations, today: found.today, commands: found.commands))
    try loop.receive(signals: [SIGTERM, SIGINT, SIGHUP]) { [unowned self] signal in
      if signal == SIGHUP { reload() } else { loop.stop() }
    }
    try loop.receive(from: writer.reports) { [unowned self] in take($0) }
    try loop.receive(from: issuers.reports) { [unowned self] in take($0) }
    lookAtKeys()
    try serve()
    connect()
    feedWatchdog()
    awaitMidnight()
    notifier.ready(status: "listening")
    try loop.run()
    stop()
  }

  private func serve() throws {
    let hub = EventHub(
      loop: loop, newest: found.newestEvent,
      read: { [store] id, limit, then in
        store.ask({ try $0.events(after: id, limit: limit).map { EventHub.Sent($0) } }, then)
      },
      now: { [timekeeper] in timekeeper.now() },
      view: { [unowned self] in core.view(of: $0, at: timekeeper.now()) })
    self.hub = hub
    // Every station that is known has something to show.
    for station in core.stations.keys.sorted() { hub.announce(station) }
    let proofs = ProofDesk(store: store) { [timekeeper] in timekeeper.now() }
    let api = API(
      store: store, desk: desk, hub: hub, tokens: tokens, pages: settings.pages,
      texts: settings.texts,
      stationView: { [unowned self] in core.view(of: $0, at: timekeeper.now()) },
      stationList: { [unowned self] in list.json(of: core, at: timekeeper.now()) },
      refused: { [unowned self] in core.refused },
      now: { [timekeeper] in timekeeper.now() })
    api.prove = { () throws(Problem) in try proofs.prove() }
    api.aloneUpTo = Int64(settings.aloneUpTo)
    api.oldHold = settings.oldHold
    api.doorkeeper.attempts = TokenAttempts(mostWrong: settings.wrongTokens)
    api.onNamed = { [unowned self] in dispatch(.stationNamed($0)) }
    api.onRetired = { [unowned self] in dispatch(.stationRetired($0, $1)) }
    commands.onEvent = { [unowned self] in dispatch(.commands($0)) }
    api.onCommand = { [unowned self] in dispatch(.commands($0)) }
    rollOut(api)
    api.reaches = { [unowned self] in core.reaches($0) }
    certify(api)
    api.commandEpoch = commands.canSign ? found.epoch : nil
    api.health = { [unowned self] in (core.isLinkUp, isStoreWell) }
    api.notices = { [unowned self] in
      tokenProblems + [issuerProblem, commands.problem, authority?.problem].compactMap { $0 }
        + keyProblems + (certificates?.problems ?? [])
    }
    self.api = api
    var options = HTTPOptions(address: settings.address, port: settings.port)
    options.mostConnections = settings.connections
    options.mostConnectionsOfPeer = settings.connectionsPerAddress
    options.proxies = settings.proxies
    let server = try HTTPServer(
      loop: loop, options: options, certificate: certificates?.certificate
    ) { api.respond(to: $0) }
    server.refusal = API.refusal
    server.gate = { api.gate($0) }
    server.onEnded = { api.doorkeeper.forget($0) }
    server.onRefused = { [unowned self] in note($0) }
    self.server = server
    let address = "\(server.address):\(server.port)"
    Log.notice("\(server.isSecure ? "https" : "http") listening on \(address)")
    if !server.isSecure, !settings.isLoopback {
      Log.warning(
        "no TLS on \(address): whoever is on the way reads and changes members' data and tokens; "
          + "set [http] certificate, or listen on 127.0.0.1 behind a proxy with TLS")
    }
    if let file = settings.addressFile { try Files.write(Array("\(address)\n".utf8), to: file) }
  }

  /// Has boards claimed, where the service certifies any; a station may be new by it.
  private func certify(_ api: API) {
    api.authority = authority
    api.onClaimed = { [unowned self] station in
      guard core.stations[station] == nil else { return }
      dispatch(.stationNamed(StationRegistration(id: station, names: StationNames(station))))
    }
    guard let authority else { return }
    authority.renewals.onReply = { [client] in client.publish($1, to: $0) }
    authority.renewals.onRefused = { [unowned self] in
      dispatch(.identityRefused($0, reason: $1))
    }
    authority.renewals.onEnding = { [unowned self] in dispatch(.certificatesEnding($0)) }
    authority.start(at: timekeeper.now())
  }

  /// Has settings rolled out, and goes on with what a start has found.
  private func rollOut(_ api: API) {
    rollouts.view = { [unowned self] in core.view(of: $0, at: timekeeper.now()) }
    rollouts.onEvent = { [unowned self] in dispatch(.commands($0)) }
    api.onRollout = { [rollouts] in rollouts.take($0) }
    rollouts.start()
    // A price may have been agreed on a moment before the last end.
    api.repriceAll(by: "service")
  }

  /// SIGHUP: files that may change under a running service are read again.
  private func reload() {
    readTokensAgain()
    BrokerConnection.readPasswordAgain(settings, for: client)
    if let certificate = certificates?.readAgain(at: Clock.wall) { server?.change(certificate) }
  }

  /// The tokens of the file count from now on: whoever is not in it any more is nobody.
  private func readTokensAgain() {
    do throws(SystemError) {
      let (tokens, problems) = try credentials.readTokensAgain()
      for problem in problems { Log.error(problem) }
      tokenProblems = problems
      // Clients of a token that is known come back at once.
      if api?.doorkeeper.change(tokens) == true { hub?.disconnect() }
      Log.notice("api-tokens was read again")
    } catch {
      Log.error("\(error); the previous tokens remain in force")
      tokenProblems = ["\(error); the previous tokens remain in force"]
    }
  }

  private func lookAtKeys() {
    loop.schedule(after: IssuerKeys.interval) { [unowned self] in
      issuers.look()
      certificates?.look(at: Clock.wall)
      lookAtKeys()
    }
  }

  private func take(_ files: IssuerFiles) {
    (prover, keyProblems) = CodeProver.found(desk?.key, files)
    for problem in keyProblems { Log.error(problem) }
    Log.notice("the issuers' keys were read again")
  }

  private func note(_ refusal: HTTPRefusal) {
    guard let (kind, reason) = refusal.counted else { return }
    dispatch(.requestRefused(kind, reason: reason))
  }

  private func stop() {
    notifier.stopping()
    hub?.close()
    server?.stop()
    client.stop(last: status(isOnline: false))
    issuers.stop()
    writer.finish()
    store.stop()
    Log.notice("the service has stopped")
  }

  private func feedWatchdog() {
    loop.afterTurn = { [unowned self] in notifier.keepAlive(at: Clock.now) }
    guard let interval = notifier.keepAliveInterval else { return }
    func again() { loop.schedule(after: interval) { again() } }
    again()
  }

  private func awaitMidnight() {
    let now = timekeeper.now()
    let today = now.localDay
    loop.schedule(at: Management.nextDay(after: now)) { [unowned self] in
      dispatch(timekeeper.now().localDay != today ? .dayBegan : .hourPassed)
      awaitMidnight()
    }
  }

  // MARK: - The broker

  /// Everything, so that nothing a station says on a topic of its own making goes unseen.
  private static let subscriptions = ["\(Topic.prefix)/#"]

  private func connect() {
    client.will = { [unowned self] in status(isOnline: false) }
    client.onConnected = { [unowned self] in
      lastReason = nil
      Log.notice("connected to \(settings.brokerHost):\(settings.brokerPort)")
      dispatch(.linkOpened)
      client.subscribe(Self.subscriptions, hearsItself: false)
      _ = client.publish(status(isOnline: true))
    }
    client.onDisconnected = { [unowned self] reason in
      if reason != lastReason {
        Log.warning("no connection to \(settings.brokerHost):\(settings.brokerPort): \(reason)")
      }
      lastReason = reason
      dispatch(.linkClosed)
    }
    client.onMessage = { [unowned self] message in
      // Kept by the broker from an earlier session, which is not this client to it.
      if message.topic == Topic.serviceStatus.path { return }
      dispatch(
        .messageArrived(
          topic: message.topic,
          payload: InboundPayload(message.payload, digest: PayloadDigest(of: message.payload)),
          isRetained: message.isRetained))
    }
    client.onOversized = { [unowned self] in dispatch(.messageTooLarge(topic: $0, bytes: $1)) }
    client.start()
  }

  private func status(isOnline: Bool) -> MQTTMessage {
    MQTTMessage(
      topic: Topic.serviceStatus.path,
      payload: ServiceStatusPayload(isOnline: isOnline, at: Clock.wall, store: found.epoch).json,
      isRetained: true)
  }

  // MARK: - Events and effects

  private func take(_ report: StoreWriter.Report) {
    writer.settle(report)
    switch report {
    case .stored(let outcomes):
      if !isStoreWell { Log.notice("the store works again") }
      isStoreWell = true
      hub?.announce(outcomes.lazy.flatMap(\.events))
      if outcomes.count > 1 {
        client.together { dispatch(.stored(outcomes)) }
      } else {
        dispatch(.stored(outcomes))
      }
    case .failed(let failure, let items):
      if isStoreWell { Log.error("nothing can be stored, stations keep their records: \(failure)") }
      isStoreWell = false
      let requests = items.compactMap(\.request)
      if !requests.isEmpty { dispatch(.requestsDropped(requests)) }
    }
  }

  /// A full quarantine is read a page at a time, between everything else.
  private func readQuarantine(after id: Int64) {
    store.ask {
      try $0.quarantine(after: id, limit: Quarantined.page)
    } _: { [unowned self] result in
      switch result {
      case .success(let page): dispatch(.quarantined(page))
      case .failure(let error):
        Log.error("what lies in quarantine is not read again before the next start: \(error)")
      }
    }
  }

  private func drop(_ station: StationID, _ request: PendingRequest?) {
    dispatch(.storeBehind(station))
    if let request { dispatch(.requestsDropped([request])) }
  }

  private func dispatch(_ event: ManagementEvent) {
    let isDone = turns.take(event) { event in
      perform(core.handle(event, at: timekeeper.now()))
    }
    guard isDone else { return }
    commands.wait(until: core.nextCommand)
    let due = core.nextPaced
    guard due != pacedAt else { return }
    pace?.cancel()
    pacedAt = due
    pace = due.map { due in
      loop.schedule(at: due) { [unowned self] in
        pacedAt = nil
        dispatch(.paceDue)
      }
    }
  }

  private func perform(_ effects: [ManagementEffect]) {
    for effect in effects {
      switch effect {
      case .store(let item):
        if !writer.store(item) { drop(item.station, item.request) }
      case .prove(let request):
        if !writer.store(request, proving: prover) { drop(request.station, request.pending) }
      case .readAgain(let id): readQuarantine(after: id)
      case .acknowledge(let station, let ack): answers.send(ack, to: station)
      case .reply(let station, let reply): answers.send(reply, to: station)
      case .clear(let topic): sweep.add(topic)
      case .advance(let id, let station, let news): commands.advance(id, station, news)
      case .send(let station, let command): commands.send(command, to: station)
      case .publishDesired(let station, let desired): commands.publish(desired, for: station)
      case .judge(let station, let statement):
        authority?.renewals.hear(statement, of: station, at: timekeeper.now())
      case .announce(let station): hub?.announce(station)
      case .note(let oddity): oddities.write(.warning, oddity.description, at: Clock.now)
      }
    }
  }
}
