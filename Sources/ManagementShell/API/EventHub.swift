// Everyone who watches: each record exactly once and in order, each station's state when it changes.
import HTTP
import JSON
import Linux
import ManagementCore
import StationProtocol
import Time

/// The open event streams. A client has a place in the sequence of stored events; whoever is too
/// slow for what is being announced, or comes back with `Last-Event-ID`, is served from the store
/// until it has caught up. So nothing is skipped, and nothing comes twice.
final class EventHub {
  static let mostClients = 500
  /// Of one actor: a person has a few windows open, a program one.
  static let mostClientsOfActor = 10
  private static let heartbeat: Duration = .seconds(15)
  private static let page = 100
  /// Changes of stations are sent together, so many milliseconds after the first one.
  private static let pause: Duration = .milliseconds(50)
  // The bounds of a turn. What is beyond waits for the next one, and others are served between.
  private static let mostEncoded = 500
  private static let mostPages = 20
  private static let mostServed = 50
  /// Of states, to one client at a time.
  private static let mostBytes = 65_536
  /// More events than these, or larger ones, are read from the store by those who are behind.
  private static let mostRecent = 512
  private static let mostRecentBytes = 1 << 20

  private let loop: EventLoop
  private let store: any ManagementStore
  private let view: (StationID) -> StationView?
  private let now: () -> Now
  private var clients: [ObjectIdentifier: Client] = [:]
  private var beat: Timer?
  private var feed = StationFeed()
  private var turn: Timer?
  /// Those for whom there may be something, in the order in which they are served, some a turn.
  private var queue: [Client] = []
  private var service: Timer?
  /// The latest events that were announced, as they are sent: every one after `recentFrom`.
  private var recent: [(id: Int64, bytes: [UInt8])] = []
  private var recentFrom: Int64 = 0
  private var recentBytes = 0
  /// Since the turn began.
  private var encoded = 0
  private var pagesRead = 0
  /// A whole page of events, which several who catch up need one after the other.
  private var lastPage: (after: Int64, events: [(id: Int64, bytes: [UInt8])])?
  /// How often a station was encoded, for tests.
  private(set) var encodings = 0

  private final class Client {
    let stream = HTTPEventStream(capacity: 262_144)
    let actor: String
    /// The id of the last event that was sent.
    var cursor: Int64
    /// Events are read from the store until none is left.
    var isCatchingUp = true
    var isQueued = false
    /// The place in the feed of stations up to which it was sent.
    var place = StationFeed.start

    init(actor: String, cursor: Int64) {
      self.actor = actor
      self.cursor = cursor
    }
  }

  init(
    loop: EventLoop, store: any ManagementStore, now: @escaping () -> Now,
    view: @escaping (StationID) -> StationView?
  ) {
    self.loop = loop
    self.store = store
    self.now = now
    self.view = view
    scheduleBeat()
  }

  /// Opens a stream: the state of every station first, then events after `lastEventID`, or only
  /// new ones where that is nil.
  /// - Throws: `unavailable` where too many watch, `tooManyRequests` where this actor has too many.
  func open(
    lastEventID: Int64?, for actor: String
  ) throws(Problem) -> HTTPEventStream {
    let abandoned = clients.values.filter { $0.actor == actor && $0.stream.isAbandoned }
    for client in abandoned {
      clients[ObjectIdentifier(client)] = nil
      client.stream.close()
    }
    guard clients.values.count(where: { $0.actor == actor }) < Self.mostClientsOfActor else {
      throw .tooManyRequests(
        "\(Self.mostClientsOfActor) event streams of this token's owner are open already.",
        retryAfter: 10)
    }
    guard clients.count < Self.mostClients else {
      throw .unavailable("\(Self.mostClients) event streams are open already.")
    }
    let cursor: Int64
    do throws(StoreFailure) {
      // An id beyond the end is of a store that is no more; what is new then would never come.
      cursor = min(lastEventID ?? .max, try store.lastEventID())
    } catch {
      throw .unavailable("The store cannot be read.")
    }
    let client = Client(actor: actor, cursor: cursor)
    let key = ObjectIdentifier(client)
    clients[key] = client
    client.stream.onClosed = { [weak self] in self?.clients[key] = nil }
    client.stream.onDrained = { [weak self, unowned client] in self?.pump(client) }
    // A watcher that loses the connection before any record has come must know its place too.
    let place = lastEventID == cursor ? "" : "id: \(cursor)\n"
    // The comment ends the silence at once, whatever is between here and the watcher.
    _ = client.stream.send(Array(": here\nretry: 2000\n\(place)\n".utf8))
    feed.offer()
    pump(client)
    return client.stream
  }

  /// Events that were committed, in the order of their ids.
  func announce(_ events: some BidirectionalCollection<StoredEvent>) {
    guard let last = events.last else { return }
    if clients.isEmpty || events.count > Self.mostRecent {
      (recent, recentBytes, recentFrom) = ([], 0, last.id)
    } else {
      for event in events {
        let bytes = Self.message(event)
        recent.append((event.id, bytes))
        recentBytes += bytes.count
      }
      trimRecent()
    }
    serveAll()
  }

  private func trimRecent() {
    var excess = max(0, recent.count - Self.mostRecent)
    var bytes = recentBytes - recent.prefix(excess).reduce(0) { $0 + $1.bytes.count }
    while excess < recent.count, bytes > Self.mostRecentBytes {
      bytes -= recent[excess].bytes.count
      excess += 1
    }
    guard excess > 0 else { return }
    recentFrom = recent[excess - 1].id
    recent.removeFirst(excess)
    recentBytes = bytes
  }

  func announce(_ station: StationID) {
    feed.note(station)
    let time = Clock.now + Self.pause
    if let turn, turn.isPending, turn.deadline <= time { return }
    turn = loop.schedule(at: time) { [weak self] in self?.takeTurn() }
  }

  private func takeTurn() {
    feed.offer()
    if feed.isSpread {
      let places = feed.closeUp()
      for client in clients.values { client.place = places[client.place] }
    }
    serveAll()
  }

  // MARK: - Turns

  private func serveAll() {
    for client in clients.values { enqueue(client) }
  }

  private func enqueue(_ client: Client) {
    guard !client.isQueued else { return }
    client.isQueued = true
    queue.append(client)
    scheduleService()
  }

  private func scheduleService() {
    guard !queue.isEmpty, service?.isPending != true else { return }
    service = loop.schedule(at: Clock.now) { [weak self] in self?.serve() }
  }

  /// Serves those who have waited longest; what others on the loop want comes before the next ones.
  private func serve() {
    encoded = 0
    pagesRead = 0
    let served = queue.prefix(Self.mostServed)
    queue.removeFirst(served.count)
    for client in served {
      client.isQueued = false
      pump(client)
    }
    scheduleService()
  }

  func close() {
    beat?.cancel()
    turn?.cancel()
    service?.cancel()
    disconnect()
  }

  /// Ends every stream; who may watch may come back.
  func disconnect() {
    for client in clients.values { client.stream.close() }
  }

  private func pump(_ client: Client) {
    guard !client.stream.isClosed, sendStates(client) else { return }
    if !client.isCatchingUp, client.cursor < recentFrom { client.isCatchingUp = true }
    do throws(StoreFailure) {
      while client.isCatchingUp {
        guard let events = try page(after: client.cursor) else { return enqueue(client) }
        if events.isEmpty { client.isCatchingUp = false }
        guard send(events[...], client) else { return }
      }
    } catch {
      Log.error("an event stream cannot be served from the store: \(error)")
      return client.stream.close()
    }
    // Mostly the last few.
    let sent = recent.lastIndex { $0.id <= client.cursor }
    _ = send(recent[(sent.map { $0 + 1 } ?? 0)...], client)
  }

  /// - Returns: false where the stream takes no more until it is drained.
  private func send(_ events: ArraySlice<(id: Int64, bytes: [UInt8])>, _ client: Client) -> Bool {
    for (id, bytes) in events {
      guard client.stream.send(bytes) else { return false }
      client.cursor = id
    }
    return true
  }

  /// Events as they are sent.
  /// - Returns: nil where enough has been read in this turn.
  private func page(
    after cursor: Int64
  ) throws(StoreFailure) -> [(id: Int64, bytes: [UInt8])]? {
    if let lastPage, lastPage.after == cursor { return lastPage.events }
    guard pagesRead < Self.mostPages else { return nil }
    pagesRead += 1
    let events = try store.events(after: cursor, limit: Self.page).map {
      ($0.id, Self.message($0))
    }
    // A whole page stays as it is; to a part of one, more may come.
    if events.count == Self.page { lastPage = (cursor, events) }
    return events
  }

  /// - Returns: false where more is to be sent: when the stream is drained, or at the next turn.
  private func sendStates(_ client: Client) -> Bool {
    var sent = 0
    while let station = feed.next(from: &client.place) {
      guard sent < Self.mostBytes else { return false }
      guard let bytes = message(of: station) else {
        enqueue(client)
        return false
      }
      guard client.stream.send(bytes) else { return false }
      sent += bytes.count
      client.place += 1
    }
    return true
  }

  /// How a station stands, encoded once for all who watch.
  /// - Returns: nil where enough has been encoded in this turn.
  private func message(of station: StationID) -> [UInt8]? {
    let time = now().wall
    if let bytes = feed.message(of: station, at: time) { return bytes }
    guard encoded < Self.mostEncoded else { return nil }
    encoded += 1
    encodings += 1
    guard let view = view(station) else { return [] }
    var writer = JSONWriter(capacity: 1024)
    view.write(to: &writer)
    let bytes = Array("event: station\ndata: ".utf8) + writer.bytes + Array("\n\n".utf8)
    feed.keep(bytes, of: station, from: time, until: view.ageChanges)
    return bytes
  }

  private static func message(_ event: StoredEvent) -> [UInt8] {
    var writer = JSONWriter(capacity: 512)
    event.write(to: &writer)
    return Array("event: record\nid: \(event.id)\ndata: ".utf8) + writer.bytes
      + Array("\n\n".utf8)
  }

  private func scheduleBeat() {
    beat = loop.schedule(after: Self.heartbeat) { [weak self] in
      guard let self else { return }
      for client in clients.values where client.stream.pending == 0 {
        _ = client.stream.send(Array(": still here\n\n".utf8))
      }
      scheduleBeat()
    }
  }
}
