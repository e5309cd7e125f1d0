// The station's run loop: what happens in the rooms becomes events, what the core decides is done.
import Daemon
import GPIO
import Glibc
import JSON
import Linux
import MemberCode
import StationCore
import StationProtocol
import Time

/// stationd, put together. Everything but disk access happens on the loop's one thread.
package final class StationDaemon {
  private let settings: StationSettings
  private let loop: EventLoop
  private let store: StoreRoom
  private let wires: WiresRoom
  private let entry: EntryRoom
  /// nil where the station has no exchange machine.
  private let exchange: ExchangeRoom?
  private let link: LinkRoom
  private let commands: CommandRoom
  /// In the order in which they start.
  private let rooms: [any ShellRoom]
  private let notifier = SystemdNotifier()
  private let timekeeper = Timekeeper()
  private var station: Station
  private var wake: Timer?
  private var wakeAt: Instant?
  private let turns = EventTurns<(event: Event, at: Instant?)>()
  /// The instant of the last event: the core's time never goes back.
  private var latest = Instant(nanoseconds: 0)

  /// Opens the store and prepares every device; nothing is waited for.
  /// - Parameter makeLines: the board, where it is not the one of the settings.
  /// - Throws: where the daemon cannot run at all; a damaged store is not such a reason.
  package init(
    _ settings: StationSettings, makeLines: ((EventLoop) -> any StationLines)? = nil
  ) throws(SystemError) {
    var settings = settings
    if let zone = settings.timeZone { Clock.setTimeZone(zone) }
    if settings.core.zone == nil { settings.core.zone = ZoneFiles.localName }
    if let folder = settings.broker.identity {
      // Those of the claim first: they are the service's newest.
      let keys = StationIdentity.serviceKeys(folder) + settings.serviceKeys
      settings.serviceKeys = Array(keys.prefix(ServiceKeySet.most))
      settings.core.commands.isPinned = true
    }
    self.settings = settings
    let loop = try EventLoop()
    self.loop = loop
    let ear = Ear()
    let tell: Tell = { ear.daemon?.dispatch($0, at: $1) }
    store = try StoreRoom(path: settings.storePath)
    station = Station(settings.core)
    entry = try EntryRoom(
      settings.station, loop, readers: settings.readers, issuers: settings.issuers,
      members: settings.members,
      tell: tell)
    let points = settings.core.accessPoints.map(\.id.number)
    let lines =
      makeLines?(loop)
      ?? settings.board.lines(
        loop, accessPoints: points, safe: settings.safe, pulses: settings.pulses)
    wires = WiresRoom(lines: lines, strikes: settings.strikes, safe: settings.safe, tell: tell)
    exchange = settings.machine.map { ExchangeRoom($0, loop, tell: tell) }
    link = try LinkRoom(
      settings.station, settings.broker, loop, journal: store.journal, tell: tell)
    commands = try CommandRoom(
      loop, keys: settings.serviceKeys, isClaimed: settings.broker.identity != nil,
      support: try SupportFile(path: settings.supportPath, store: settings.storePath), tell: tell)
    rooms =
      [wires, entry, OccupancyRoom(settings.counters, loop, tell: tell)]
      + (exchange.map { [$0] } ?? [])
      + [try ClimateRoom(settings.sensors, loop, tell: tell), commands, link]
    ear.daemon = self
    link.onSealed = { [commands] (payload, topic) throws(JSONError) in
      try commands.receive(payload, on: topic)
    }
    link.isGenuine = { [commands] in commands.isGenuine($0, on: $1) }
    commands.onRestart = { [unowned self] in requestStop() }
    commands.onKeys = { [link] in link.askForWish() }
  }

  /// Serves until SIGTERM or SIGINT. SIGHUP has the broker's password read again.
  package func run() throws(SystemError) {
    try loop.receive(signals: [SIGTERM, SIGINT, SIGHUP]) { [unowned self] signal in
      if signal == SIGHUP { link.readPasswordAgain() } else { requestStop() }
    }
    try loop.receive(from: store.journal.reports) { [unowned self] in take($0) }
    wires.onShown = { [entry] in entry.take($1, at: $0) }
    dispatch(.booted(store.journal.recovered))
    for room in rooms { room.boot() }
    for room in rooms { room.start() }
    lookAtStore()
    feedWatchdog()
    notifier.ready(status: "\(settings.core.accessPoints.count) access points")
    Log.notice("station \(settings.station) is ready, boot \(store.journal.recovered.boot)")
    try loop.run()
    stop()
  }

  /// Ends `run()` after the current turn of the loop; to be called on its thread.
  package func requestStop() { loop.stop() }

  private func stop() {
    notifier.stopping()
    // The first is the board: its outputs wait for no other room.
    for room in rooms where room !== link { room.stop() }
    // A store that was replaced a moment ago still has to be given what the old one lost.
    for report in store.journal.reports.drain() { take(report) }
    link.stop()
    store.close()
    Log.notice("station \(settings.station) has stopped")
  }

  /// The watchdog is fed by turns of the loop; a timer only makes sure that there are some.
  private func feedWatchdog() {
    if let longest = settings.pulses.values.min() { notifier.bound(by: longest) }
    loop.afterTurn = { [unowned self] in notifier.keepAlive(at: Clock.now) }
    guard let interval = notifier.keepAliveInterval else { return }
    func again() { loop.schedule(after: interval) { again() } }
    again()
  }

  private func lookAtStore() {
    loop.schedule(after: MemberFiles.interval) { [unowned self] in
      store.look()
      link.look()
      lookAtStore()
    }
  }

  private func take(_ report: Journal.Report) {
    if case .renewed(_, let last) = report {
      Log.warning("the store goes on with another stream; \(last) records are sent again in it")
    }
    store.note(report)
    if let event = StoreRoom.event(of: report, stream: station.stream) { dispatch(event) }
    link.take(report)
  }
}

/// Lets rooms speak to a daemon that is being put together.
private final class Ear {
  unowned var daemon: StationDaemon?
}

// MARK: - Events and effects

extension StationDaemon {
  /// An event that an effect brings about, such as the loss of a board that does not take its
  /// order, waits until the other effects are carried out: their order is the records' order.
  /// - Parameter instant: when it happened, where that is known better than "now".
  private func dispatch(_ event: Event, at instant: Instant? = nil) {
    let isDone = turns.take((event, instant)) { event, instant in
      let effects = station.begin(event, at: now(instant))
      perform(effects)
      perform(station.finish())
    }
    if isDone { arm() }
  }

  /// An instant later than the clock is not believed, and no event is earlier than the one before.
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

  /// By index, so that no effect is copied out of the list.
  private func perform(_ effects: [Effect]) {
    for index in effects.indices { perform(effects[index]) }
  }

  private func perform(_ effect: Effect) {
    switch effect {
    case .door(let effect): wires.perform(effect)
    case .entry(.showCard(let card)):
      entry.show(card)
      exchange?.show(card)
    case .climate(let effect): wires.perform(effect)
    case .exchange(let effect): exchange?.perform(effect)
    case .store(let effect): store.perform(effect, of: station.stream, at: latest)
    case .command(let effect):
      commands.perform(effect) { StationDescription.json(of: station, at: timekeeper.now()) }
      link.perform(effect)
    case .link(let effect):
      let stream = station.stream
      link.perform(effect, of: stream) { [store] in store.rows($0, of: stream) }
    }
  }
}
