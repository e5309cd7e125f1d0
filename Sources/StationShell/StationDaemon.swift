// The station's run loop: what happens outside becomes events, what the core decides is done.
import Daemon
import GPIO
import Glibc
import Issuers
import Linux
import MQTT
import MemberCode
import StationCore
import StationProtocol
import Time

/// stationd, put together. Everything but disk access happens on the loop's one thread.
package final class StationDaemon {
  let settings: StationSettings
  let loop: EventLoop
  let journal: Journal
  let link: StationLink
  private let remainders: RemainderSender
  let lines: any StationLines
  let readers: StationReaders
  private let counters: [PeopleCounter]
  /// Both nil where the station has no exchange machine.
  let machine: (any ExchangeMachine)?
  let screen: StationScreen?
  private let issuers: IssuerKeys
  private var verifier: CodeVerifier
  private let members: MemberFiles
  let unknownCard: UnknownCard
  let sensors: SensorThreads
  private let notifier = SystemdNotifier()
  private let timekeeper = Timekeeper()
  let recordLog = RecordLog()
  var recentRows = RecentRows()
  var lock: FileLock?
  var station: Station
  private var wake: Timer?
  private var wakeAt: Instant?
  private let turns = EventTurns<(event: Event, at: Instant?)>()
  /// The instant of the last event: the core's time never goes back.
  var latest = Instant(nanoseconds: 0)

  /// Opens the store and prepares every device; nothing is waited for.
  /// - Parameter makeLines: the board, where it is not the one of the settings.
  /// - Throws: where the daemon cannot run at all; a damaged store is not such a reason.
  package init(
    _ settings: StationSettings, makeLines: ((EventLoop) -> any StationLines)? = nil
  ) throws(SystemError) {
    var settings = settings
    if let zone = settings.timeZone { Clock.setTimeZone(zone) }
    if settings.core.zone == nil { settings.core.zone = ZoneFiles.localName }
    self.settings = settings
    // What can keep the daemon from running is looked at before the store counts a boot.
    let broker = settings.broker
    let password = Self.password(broker.credentials)
    lock = try Self.lock(settings)
    loop = try EventLoop()
    issuers = try IssuerKeys(settings.issuers)
    verifier = CodeVerifier(issuers.files.keys)
    members = try MemberFiles(settings.members)
    unknownCard = UnknownCard(path: settings.members.unknownCard)
    sensors = try SensorThreads(settings.sensors)
    journal = try Journal(path: settings.storePath)
    station = Station(settings.core)
    lines = makeLines?(loop) ?? Self.lines(settings, loop)
    readers = StationReaders(settings.readers, loop)
    counters = settings.counters.map { [loop] in PeopleCounter(loop: loop, $0) }
    machine = settings.machine.map { [loop] in ChannelBoard(loop: loop, $0) }
    screen = settings.machine.map { [loop] in StationScreen(loop: loop, $0) }
    var options = MQTTOptions(
      host: broker.host, port: broker.port, clientID: settings.station.text,
      user: settings.station.text, password: password)
    options.longestPause = broker.longestPause
    link = try StationLink(
      loop: loop, station: settings.station, boot: journal.recovered.boot,
      stream: journal.recovered.stream, options: options)
    remainders = RemainderSender(loop: loop, journal: journal, link: link)
  }

  /// Serves until SIGTERM or SIGINT.
  package func run() throws(SystemError) {
    try connectParts()
    dispatch(.booted(journal.recovered))
    // Before any reader is heard: whoever is revoked is so from the first code on.
    dispatch(.entry(.directoryChanged(members.directory)))
    dispatch(.entry(.listsJudged(areFaulty: members.areFaulty)))
    take(issuers.files)
    lookAtFiles()
    // What a daemon left that was killed.
    unknownCard.show(nil)
    lines.start()
    readers.start()
    for counter in counters { counter.start() }
    machine?.start()
    screen?.start()
    sensors.start()
    link.start()
    feedWatchdog()
    notifier.ready(status: "\(settings.core.accessPoints.count) access points")
    Log.notice("station \(settings.station) is ready, boot \(journal.recovered.boot)")
    try loop.run()
    stop()
  }

  /// Ends `run()` after the current turn of the loop; to be called on its thread.
  package func requestStop() { loop.stop() }

  private func stop() {
    notifier.stopping()
    readers.stop()
    unknownCard.show(nil)
    for counter in counters { counter.stop() }
    machine?.stop()
    screen?.stop()
    sensors.stop()
    driveSafe()
    lines.stop()
    // A store that was replaced a moment ago still has to be given what the old one lost.
    for report in journal.reports.drain() { take(report) }
    link.stop()
    members.stop()
    issuers.stop()
    lookAtStore()
    journal.close()
    Log.notice("station \(settings.station) has stopped")
  }

  private func connectParts() throws(SystemError) {
    try loop.receive(signals: [SIGTERM, SIGINT]) { [unowned self] _ in requestStop() }
    try loop.receive(from: journal.reports) { [unowned self] in take($0) }
    try loop.receive(from: members.reports) { [unowned self] in take($0) }
    try loop.receive(from: issuers.reports) { [unowned self] in take($0) }
    try connectSensors()
    link.onEvent = { [unowned self] in heard($0) }
    remainders.onCopy = { [unowned self] in dispatch(.link(.copyFound)) }
    lines.onLevel = { [unowned self] in take($0, level: $1, at: $2) }
    lines.onReadable = { [unowned self] in readable(accessPoint: $0, $1, $2) }
    lines.onShown = { [unowned self] in take($1, at: $0, .inward) }
    lines.onChatter = { [unowned self] in chatter($0, $1) }
    connectCounters()
    connectReaders()
    machine?.onAnswer = { [unowned self] in dispatch(.exchange(.answered($0))) }
    machine?.onSilence = { [unowned self] in dispatch(.exchange(.silent(serial: $0))) }
    screen?.onEvent = { [unowned self] in dispatch($0) }
  }

  /// What the link says, unless it is about a store that was set aside.
  private func heard(_ event: Event) {
    if case .link(.acknowledged(let ack)) = event, remainders.takes(ack) { return }
    switch event {
    case .link(.uplinkOpened):
      dispatch(event)
      remainders.uplinkOpened()
    case .link(.uplinkClosed):
      remainders.uplinkClosed()
      dispatch(event)
    default: dispatch(event)
    }
  }

  private func connectReaders() {
    readers.onFrame = { [unowned self] in take($1, at: $0) }
    readers.onShown = { [unowned self] in
      if let point = $0.accessPoint { take($1, at: point.number, $0.direction) }
    }
    readers.onEvent = { [unowned self] in dispatch($0) }
  }

  private func connectCounters() {
    for (counter, setting) in zip(counters, settings.counters) {
      counter.onTotals = { [unowned self] entered, left in
        dispatch(.occupancy(.counterReported(setting.accessPoint, entered: entered, left: left)))
      }
      counter.onConnection = { [unowned self] isConnected, reason in
        if isConnected {
          Log.notice("people counter \(setting.name) is there")
        } else {
          Log.warning("people counter \(setting.name): \(reason)")
        }
        dispatch(.occupancy(.counterChanged(setting.accessPoint, isConnected: isConnected)))
      }
    }
  }

  /// The watchdog is fed by turns of the loop; a timer only makes sure that there are some.
  private func feedWatchdog() {
    if let longest = settings.pulses.values.min() { notifier.bound(by: longest) }
    loop.afterTurn = { [unowned self] in notifier.keepAlive(at: Clock.now) }
    guard let interval = notifier.keepAliveInterval else { return }
    func again() { loop.schedule(after: interval) { again() } }
    again()
  }
}

// MARK: - From the outside to events

extension StationDaemon {
  private func take(_ frame: ScanFraming.Frame, at reader: StationSettings.Reader) {
    let presentation = presentation(of: frame)
    guard let point = reader.accessPoint else {
      return dispatch(.exchange(.codeShown(presentation)))
    }
    switch reader.direction {
    case .inward: dispatch(.entry(.presented(point, .code(presentation))))
    case .outward: dispatch(.entry(.leaveRequested(point, .code(presentation))))
    }
  }

  private func presentation(of frame: ScanFraming.Frame) -> StationCore.Presentation {
    switch frame {
    case .unusable(let fault, let start):
      return StationCore.Presentation(
        bytes: CodeDigest(bytes: SHA256.digest(start)), verdict: .refused(.malformed(fault)))
    case .code(let bytes):
      let (verdict, text) = authenticate(bytes)
      switch verdict {
      case .genuine(let code):
        return StationCore.Presentation(
          bytes: CodeDigest(bytes: SHA256.digest(bytes)),
          verdict: .genuine(code.claims, code: code.digest, terms: code.terms),
          text: CodeText(text))
      case .refused(let refusal, let digest):
        return StationCore.Presentation(bytes: digest, verdict: .refused(refusal))
      }
    }
  }

  /// A code may begin with a space, and a scanner may put one before it: the bytes as they came
  /// are tried first.
  /// - Returns: the bytes that were judged, too.
  private func authenticate(
    _ bytes: [UInt8]
  ) -> (verdict: MemberCode.Presentation, text: [UInt8]) {
    let verdict = verifier.authenticate(bytes)
    guard bytes.first == UInt8(ascii: " "), case .refused(.malformed, _) = verdict else {
      return (verdict, bytes)
    }
    let inner = Array(bytes.drop { $0 == UInt8(ascii: " ") })
    return inner.isEmpty ? (verdict, bytes) : (verifier.authenticate(inner), inner)
  }

  private func take(
    _ shown: BoardCredential, at number: Int, _ direction: StationSettings.Reader.Direction
  ) {
    guard let point = AccessPointID(number) else { return }
    switch shown {
    case .card(let bits, let number):
      guard let width = Card.Width(rawValue: bits), let card = Card(width, number: number) else {
        return
      }
      // Of a number with so few bits a hash hides little; it keeps it out of records as it is.
      let digest = SHA256.digest(Array("card \(card)".utf8))
      members.show(
        CardPresentation(card, digest: CodeDigest(bytes: digest)), at: point, direction)
    case .keys(let keys): members.compare(keys, at: point, direction)
    }
  }

  private func lookAtFiles() {
    loop.schedule(after: MemberFiles.interval) { [unowned self] in
      members.look()
      issuers.look()
      lookAtStore()
      lookAtFiles()
    }
  }

  private func take(_ files: IssuerFiles) {
    for problem in files.problems { Log.error(problem) }
    let ids = files.issuers.compactMap { issuer in issuer.keyText.map { "\(issuer.name) \($0)" } }
    if ids.isEmpty {
      Log.error("no key of an issuer can be used: every code will be refused")
    } else {
      Log.notice("issuer keys: \(ids.joined(separator: ", "))")
    }
    verifier = CodeVerifier(files.keys)
    dispatch(.entry(.issuersRead(files.issuers)))
  }

  private func take(_ report: MemberFiles.Report) {
    switch report {
    case .changed(let directory):
      Log.notice("the lists of members were read again")
      dispatch(.entry(.directoryChanged(directory)))
    case .shown(let point, let direction, let card):
      members.heard(point)
      switch direction {
      case .inward: dispatch(.entry(.presented(point, .card(card))))
      case .outward: dispatch(.entry(.leaveRequested(point, .card(card))))
      }
    case .compared(let point, let direction, let attempt, let number):
      members.heard(point)
      switch direction {
      case .inward: dispatch(.entry(.presented(point, .pin(attempt, number: number))))
      case .outward: dispatch(.entry(.leaveRequested(point, .pin(attempt, number: number))))
      }
    case .problem(let problem): Log.error(problem)
    case .note(let note): Log.notice(note)
    case .judged(let areFaulty): dispatch(.entry(.listsJudged(areFaulty: areFaulty)))
    }
  }

  private func take(_ report: Journal.Report) {
    switch report {
    case .journaled(let stream, let seq):
      if stream == station.outbox.stream { dispatch(.link(.journaled(through: seq))) }
    case .replaced(let stream, let isDurable):
      dispatch(.storeReplaced(stream, isDurable: isDurable))
      link.change(stream: stream)
    case .renewed(let stream, let last):
      Log.warning("the store goes on with another stream; \(last) records are sent again in it")
      dispatch(.link(.streamRenewed(stream, through: last)))
      link.change(stream: stream)
    case .keptEnd(let row): dispatch(.link(.keptEndRead(row)))
    case .rows(let stream, let first, let records):
      link.publish(stream: stream, first: first, records: records)
    case .displaced: dispatch(.link(.storeDisplaced))
    case .kept:
      dispatch(.link(.storeKept))
      remainders.look()
    case .remainder(let stream, let first, let records):
      remainders.take(stream, first: first, records: records)
    }
  }
}

// MARK: - From effects to the outside

extension StationDaemon {
  /// An event that an effect brings about, such as the loss of a board that does not take its
  /// order, waits until the other effects are carried out: their order is the records' order.
  /// - Parameter instant: when it happened, where that is known better than "now".
  func dispatch(_ event: Event, at instant: Instant? = nil) {
    let isDone = turns.take((event, instant)) { event, instant in
      for effect in station.handle(event, at: now(instant)) { perform(effect) }
    }
    if isDone { arm() }
  }

  /// What is later than the clock is not believed, and nothing is earlier than what was before.
  /// Both clocks go back together: one alone would look like a step of the other.
  private func now(_ instant: Instant?) -> Now {
    var now = timekeeper.now()
    let read = now.instant
    latest = max(latest, min(read, instant ?? read))
    now.wall = now.wall + (latest - read)
    now.instant = latest
    return now
  }

  private func arm() {
    let deadline = station.nextDeadline
    guard deadline != wakeAt else { return }
    wake?.cancel()
    wakeAt = deadline
    guard let deadline else { return }
    wake = loop.schedule(at: deadline) { [unowned self] in
      wakeAt = nil
      dispatch(.wake)
    }
  }
}
