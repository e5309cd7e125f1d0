// Everyone who watches: each record exactly once and in order, each station's state when it changes.
import HTTP
import JSON
import Linux
import ManagementCore
import StationProtocol
import Time

/// The open event streams. A client has a place in the sequence of stored events; whoever is too
/// slow for what is being announced, or comes back with `Last-Event-ID`, is served from the store,
/// a page after the other, until it has caught up. So nothing is skipped, and nothing comes twice.
final class EventHub {
  static let mostClients = 500
  /// The clients of one actor: a person has a few windows open, a program one.
  static let mostClientsOfActor = 10
  private static let heartbeat: Duration = .seconds(15)
  private static let page = 100
  /// The pages that are being read at a time; other questions want the store's readers too.
  private static let mostPages = 2
  /// Changes of stations are sent together, so many milliseconds after the first one.
  private static let pause: Duration = .milliseconds(50)
  // The bounds of a turn. What is beyond waits for the next one, and others are served between.
  private static let mostEncoded = 500
  private static let mostServed = 50
  /// The bytes of states that go to one client at a time.
  private static let mostBytes = 65_536
  /// More events than these, or larger ones, are read from the store by those who are behind.
  private static let mostRecent = 512
  private static let mostRecentBytes = 1 << 20

  /// An event as it is sent.
  struct Sent: Equatable, Sendable {
    let id: Int64
    let bytes: [UInt8]

    init(_ event: StoredEvent) {
      var writer = JSONWriter(capacity: 512)
      event.write(to: &writer)
      id = event.id
      bytes = ServerSentEvent.bytes("record", id: event.id, writer.bytes)
    }
  }

  /// Reads the events that follow an id out of the store, and says them on the loop's thread.
  typealias Reading = (
    _ after: Int64, _ limit: Int, _ then: @escaping (Result<[Sent], any Error>) -> Void
  ) -> Void

  private let loop: EventLoop
  private let read: Reading
  private let view: (StationID) -> StationView?
  private let now: () -> Now
  private var clients: [ObjectIdentifier: Client] = [:]
  private var beat: Timer?
  private var feed = StationFeed()
  private var turn: Timer?
  /// The clients for whom there may be something, in the order in which they are served, some a
  /// turn.
  private var queue: [Client] = []
  private var service: Timer?
  /// The latest events that were announced, as they are sent: every one after `recentFrom`.
  private var recent: [Sent] = []
  private var recentFrom: Int64
  private var recentBytes = 0
  /// The id of the newest event that was seen.
  private var newest: Int64
  /// Since the turn began.
  private var encoded = 0
  /// The clients that wait for each page of the store that is being read, by the id that it
  /// follows.
  private var reading: [Int64: [Client]] = [:]
  /// The clients that wait until another page may be read.
  private var unread: [Client] = []
  /// A whole page of events, which several who catch up need one after the other.
  private var lastPage: (after: Int64, events: [Sent])?
  /// Whether somebody waits to be served, for tests.
  var isBusy: Bool { !queue.isEmpty || !reading.isEmpty }
  /// How often a station was encoded, for tests.
  private(set) var encodings = 0

  private final class Client {
    let stream = HTTPEventStream(capacity: 262_144)
    let actor: String
    /// The id of the last event that was sent.
    var cursor: Int64
    var isQueued = false
    /// A page of the store is on its way to this client.
    var isReading = false
    /// The place in the feed of stations up to which it was sent.
    var place = StationFeed.start

    init(actor: String, cursor: Int64) {
      self.actor = actor
      self.cursor = cursor
    }
  }

  /// - Parameter newest: the id of the newest event in the store; later ones are announced.
  init(
    loop: EventLoop, newest: Int64, read: @escaping Reading, now: @escaping () -> Now,
    view: @escaping (StationID) -> StationView?
  ) {
    self.loop = loop
    self.newest = newest
    recentFrom = newest
    self.read = read
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
    // An id beyond the end is of a store that is no more; what is new then would never come.
    let cursor = min(lastEventID ?? .max, newest)
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
    newest = max(newest, last.id)
    if clients.isEmpty || events.count > Self.mostRecent {
      (recent, recentBytes, recentFrom) = ([], 0, last.id)
    } else {
      for event in events {
        let sent = Sent(event)
        recent.append(sent)
        recentBytes += sent.bytes.count
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
    guard client.cursor >= recentFrom else { return catchUp(client) }
    // Mostly the last few.
    let sent = recent.lastIndex { $0.id <= client.cursor }
    _ = send(recent[(sent.map { $0 + 1 } ?? 0)...], client)
  }

  /// - Returns: false where the stream takes no more until it is drained.
  private func send(_ events: ArraySlice<Sent>, _ client: Client) -> Bool {
    for event in events {
      guard client.stream.send(event.bytes) else { return false }
      client.cursor = event.id
    }
    return true
  }

  // MARK: - Those who are behind

  /// Sends the page that follows what a client has, when it is there.
  private func catchUp(_ client: Client) {
    guard !client.isReading else { return }
    if let lastPage, lastPage.after == client.cursor { return take(lastPage.events, client) }
    client.isReading = true
    if reading[client.cursor] != nil {
      reading[client.cursor]?.append(client)
    } else if reading.count < Self.mostPages {
      beginReading(for: client)
    } else {
      unread.append(client)
    }
  }

  private func beginReading(for client: Client) {
    let cursor = client.cursor
    reading[cursor] = [client]
    read(cursor, Self.page) { [weak self] in self?.take($0, after: cursor) }
  }

  private func take(_ page: Result<[Sent], any Error>, after cursor: Int64) {
    let clients = reading.removeValue(forKey: cursor) ?? []
    for client in clients { client.isReading = false }
    switch page {
    case .success(let events):
      newest = max(newest, events.last?.id ?? 0)
      // A whole page stays as it is; to a part of one, more may come.
      if events.count == Self.page { lastPage = (cursor, events) }
      for client in clients where !client.stream.isClosed { take(events, client) }
    case .failure(let error):
      Log.error("event streams cannot be served from the store: \(error)")
      for client in clients { client.stream.close() }
    }
    while reading.count < Self.mostPages, !unread.isEmpty {
      let client = unread.removeFirst()
      client.isReading = false
      if !client.stream.isClosed { catchUp(client) }
    }
  }

  private func take(_ events: [Sent], _ client: Client) {
    // Nothing is left of what was announced up to here.
    if events.isEmpty { client.cursor = max(client.cursor, recentFrom) }
    if send(events[...], client) { enqueue(client) }
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
    let bytes = ServerSentEvent.bytes("station", writer.bytes)
    feed.keep(bytes, of: station, from: time, until: view.ageChanges)
    return bytes
  }

  private func scheduleBeat() {
    beat = loop.schedule(after: Self.heartbeat) { [weak self] in
      guard let self else { return }
      for client in clients.values where client.stream.pending == 0 {
        _ = client.stream.send(ServerSentEvent.stillHere)
      }
      scheduleBeat()
    }
  }
}
