// The station's run loop: what happens outside becomes events, what the core decides is done.
import GPIO
import Glibc
import Linux
import MQTT
import MemberCode
import StationCore
import StationProtocol

/// stationd, put together. Everything but disk access happens on the loop's one thread.
package final class StationDaemon {
  let settings: StationSettings
  let loop: EventLoop
  private let journal: Journal
  private let link: StationLink
  let lines: any StationLines
  private let readers: StationReaders
  private let counters: [PeopleCounter]
  /// Both nil where the station has no exchange machine.
  private let machine: (any ExchangeMachine)?
  private let screen: StationScreen?
  private let verifier: CodeVerifier
  private let members: MemberFiles
  let sensors: SensorThreads
  private let notifier = SystemdNotifier()
  private let timekeeper = Timekeeper()
  private let lock: FileLock?
  private var station: Station
  private var wake: Timer?
  private var wakeAt: Instant?
  /// Events that came while another one's effects were carried out.
  private var waiting: [(event: Event, at: Instant?)] = []
  /// The instant of the last event: the core's time never goes back.
  private var latest = Instant(nanoseconds: 0)
  private var isDispatching = false

  /// Opens the store and prepares every device; nothing is waited for.
  /// - Parameter makeLines: the board, where it is not the one of the settings.
  /// - Throws: where the daemon cannot run at all; a damaged store is not such a reason.
  package init(
    _ settings: StationSettings, makeLines: ((EventLoop) -> any StationLines)? = nil
  ) throws(SystemError) {
    self.settings = settings
    // What can keep the daemon from running is looked at before the store counts a boot.
    if let zone = settings.timeZone { Clock.setTimeZone(zone) }
    let broker = settings.broker
    let password = Self.password(broker.credentials)
    lock = try Self.lock(settings)
    loop = try EventLoop()
    let (keys, problems) = IssuerKeys.load(folder: settings.issuerKeys)
    for problem in problems { Log.error(problem) }
    verifier = CodeVerifier(keys)
    members = try MemberFiles(settings.members)
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
  }

  /// Serves until SIGTERM or SIGINT.
  package func run() throws(SystemError) {
    try connectParts()
    dispatch(.booted(journal.recovered))
    // Before any reader is heard: whoever is revoked is so from the first code on.
    dispatch(.directoryChanged(members.directory))
    lookAtMembers()
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
    journal.close()
    Log.notice("station \(settings.station) has stopped")
  }

  private func connectParts() throws(SystemError) {
    try loop.receive(signals: [SIGTERM, SIGINT]) { [unowned self] _ in requestStop() }
    try loop.receive(from: journal.reports) { [unowned self] in take($0) }
    try loop.receive(from: members.reports) { [unowned self] in take($0) }
    try connectSensors()
    link.onEvent = { [unowned self] in dispatch($0) }
    lines.onLevel = { [unowned self] in take($0, level: $1, at: $2) }
    lines.onReadable = { [unowned self] in readable(accessPoint: $0, $1, $2) }
    lines.onShown = { [unowned self] in take($1, at: $0, .inward) }
    lines.onChatter = { [unowned self] in chatter($0, $1) }
    connectCounters()
    connectReaders()
    machine?.onAnswer = { [unowned self] in dispatch(.machineAnswered($0)) }
    machine?.onSilence = { [unowned self] in dispatch(.machineSilent(serial: $0)) }
    screen?.onEvent = { [unowned self] in dispatch($0) }
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
        dispatch(.counterReported(setting.accessPoint, entered: entered, left: left))
      }
      counter.onConnection = { [unowned self] isConnected, reason in
        if isConnected {
          Log.notice("people counter \(setting.name) is there")
        } else {
          Log.warning("people counter \(setting.name): \(reason)")
        }
        dispatch(.counterChanged(setting.accessPoint, isConnected: isConnected))
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

  /// Without its password a station reaches no broker, and opens its doors all the same.
  private static func password(_ folder: String?) -> String {
    do throws(SystemError) {
      return try Files.credential("mqtt-password", directory: folder)
    } catch {
      Log.error("\(error); the broker will refuse this station: put it there and restart")
      return ""
    }
  }

  private static func lock(_ settings: StationSettings) throws(SystemError) -> FileLock? {
    do throws(SystemError) {
      guard let lock = try FileLock(path: "\(settings.storePath).lock") else {
        throw SystemError(
          "use", path: settings.storePath, detail: "another stationd has it; stop that one first")
      }
      return lock
    } catch {
      // A file system that cannot be written stops nobody from coming in.
      if error.code == 0 { throw error }
      Log.error("\(error); nothing keeps a second stationd away")
      return nil
    }
  }

  private static func lines(_ settings: StationSettings, _ loop: EventLoop) -> any StationLines {
    switch settings.board {
    case .simulated(let socket):
      SimulatedLines(
        loop: loop, path: socket, accessPoints: settings.core.accessPoints.map(\.id.number))
    case .chip(let wires, let settling):
      ChipLines(
        loop: loop, wiring: wires.map { ($0.line, $0.wiring) }, settling: settling,
        safe: settings.safe.levels, pulses: settings.pulses)
    }
  }
}

// MARK: - From the outside to events

extension StationDaemon {
  private func take(_ frame: ScanFraming.Frame, at reader: StationSettings.Reader) {
    let presentation = presentation(of: frame)
    guard let point = reader.accessPoint else { return dispatch(.codeShownAtMachine(presentation)) }
    switch reader.direction {
    case .inward: dispatch(.codePresented(point, presentation))
    case .outward: dispatch(.leaveRequested(point, .code(presentation)))
    }
  }

  private func presentation(of frame: ScanFraming.Frame) -> StationCore.Presentation {
    switch frame {
    case .unusable(let fault, let start):
      return StationCore.Presentation(
        bytes: CodeDigest(bytes: SHA256.digest(start)), verdict: .refused(.malformed(fault)))
    case .code(let bytes):
      switch verifier.authenticate(bytes) {
      case .genuine(let code):
        return StationCore.Presentation(
          bytes: CodeDigest(bytes: SHA256.digest(bytes)),
          verdict: .genuine(code.claims, code: code.digest))
      case .refused(let refusal, let digest):
        return StationCore.Presentation(bytes: digest, verdict: .refused(refusal))
      }
    }
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
      let presentation = CardPresentation(card, digest: CodeDigest(bytes: digest))
      switch direction {
      case .inward: dispatch(.cardPresented(point, presentation))
      case .outward: dispatch(.leaveRequested(point, .card(presentation)))
      }
    case .keys(let keys): members.compare(keys, at: point, direction)
    }
  }

  private func lookAtMembers() {
    loop.schedule(after: MemberFiles.interval) { [unowned self] in
      members.look()
      lookAtMembers()
    }
  }

  private func take(_ report: MemberFiles.Report) {
    switch report {
    case .changed(let directory):
      Log.notice("the lists of members were read again")
      dispatch(.directoryChanged(directory))
    case .compared(let point, let direction, let attempt, let number):
      members.heard(point)
      switch direction {
      case .inward: dispatch(.pinEntered(point, attempt, number: number))
      case .outward: dispatch(.leaveRequested(point, .pin(attempt, number: number)))
      }
    case .problem(let problem): Log.error(problem)
    }
  }

  private func take(_ report: Journal.Report) {
    switch report {
    case .journaled(let stream, let seq):
      if stream == station.outbox.stream { dispatch(.journaled(through: seq)) }
    case .replaced(let stream, let isDurable):
      dispatch(.storeReplaced(stream, isDurable: isDurable))
      link.change(stream: stream)
    case .rows(let stream, let first, let records):
      link.publish(stream: stream, first: first, records: records)
    }
  }
}

// MARK: - From effects to the outside

extension StationDaemon {
  /// An event that an effect brings about, such as the loss of a board that does not take its
  /// order, waits until the other effects are carried out: their order is the records' order.
  /// - Parameter instant: when it happened, where that is known better than "now".
  func dispatch(_ event: Event, at instant: Instant? = nil) {
    waiting.append((event, instant))
    guard !isDispatching else { return }
    isDispatching = true
    while !waiting.isEmpty {
      let (event, instant) = waiting.removeFirst()
      for effect in station.handle(event, at: now(instant)) { perform(effect) }
    }
    isDispatching = false
    arm()
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

  private func perform(_ effect: Effect) {
    let stream = station.outbox.stream
    switch effect {
    case .setStrike(let point, let strike): drive(point, strike)
    case .setRelay(let relay, let isOn): drive(relay, isOn: isOn)
    case .show(let point, .closeDoor):
      lines.show(accessPoint: point.number, .advice("close-door"))
    case .show(let point, .granted): lines.show(accessPoint: point.number, .granted)
    case .show(let point, .refused(let denial, let fault)):
      lines.show(
        accessPoint: point.number,
        .refused(reason: denial.rawValue, fault: fault?.rawValue))
    case .request(let id, let request): link.ask(request, as: id)
    case .journal(let entry): journal.append(entry, to: stream)
    case .remember(let changes): journal.remember(changes, in: stream)
    case .publishRecords(let range): journal.read(range, of: stream)
    case .publishBirth(let birth): link.publish(birth)
    case .publishState(let state): link.publish(state)
    case .dispense(let slot, let serial): machine?.dispense(slot, serial: serial)
    case .checkMachine(let slot): machine?.check(slot)
    case .showScreen(let screen): self.screen?.show(screen)
    case .trim(let seq): journal.trim(through: seq, of: stream)
    }
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
