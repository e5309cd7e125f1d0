// Everyone who watches: each record exactly once and in order, each station's state when it changes.
import HTTP
import Linux
import ManagementCore
import StationProtocol

/// The open event streams. A client has a place in the sequence of stored events; whoever is too
/// slow for what is being announced, or comes back with `Last-Event-ID`, is served from the store
/// until it has caught up. So nothing is skipped, and nothing comes twice.
final class EventHub {
  static let mostClients = 500
  private static let heartbeat: Duration = .seconds(15)
  private static let page = 100

  private let loop: EventLoop
  private let store: any ManagementStore
  private let view: (StationID) -> StationView?
  private var clients: [ObjectIdentifier: Client] = [:]
  private var beat: Timer?

  private final class Client {
    let stream = HTTPEventStream(capacity: 262_144)
    /// The id of the last event that was sent.
    var cursor: Int64
    /// Events are read from the store until none is left.
    var isCatchingUp = true
    /// Stations whose state has changed since it was sent.
    var changed: Set<StationID>

    init(cursor: Int64, changed: Set<StationID>) {
      self.cursor = cursor
      self.changed = changed
    }
  }

  init(
    loop: EventLoop, store: any ManagementStore, view: @escaping (StationID) -> StationView?
  ) {
    self.loop = loop
    self.store = store
    self.view = view
    scheduleBeat()
  }

  /// Opens a stream: the state of every station first, then events after `lastEventID`, or only
  /// new ones where that is nil.
  /// - Throws: `unavailable` where too many watch.
  func open(
    lastEventID: Int64?, stations: [StationID]
  ) throws(Problem) -> HTTPEventStream {
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
    let client = Client(cursor: cursor, changed: Set(stations))
    let key = ObjectIdentifier(client)
    clients[key] = client
    client.stream.onClosed = { [weak self] in self?.clients[key] = nil }
    client.stream.onDrained = { [weak self, unowned client] in self?.pump(client) }
    // A watcher that loses the connection before any record has come must know its place too.
    let place = lastEventID == cursor ? "" : "id: \(cursor)\n"
    _ = client.stream.send(Array("retry: 2000\n\(place)\n".utf8))
    pump(client)
    return client.stream
  }

  /// Events that were committed, in the order of their ids.
  func announce(_ events: [StoredEvent]) {
    guard !events.isEmpty, !clients.isEmpty else { return }
    let messages = events.map { ($0.id, Self.message($0)) }
    for client in clients.values where !client.isCatchingUp {
      for (id, bytes) in messages where id > client.cursor {
        guard client.stream.send(bytes) else {
          client.isCatchingUp = true
          break
        }
        client.cursor = id
      }
    }
  }

  func announce(_ station: StationID) {
    for client in clients.values {
      client.changed.insert(station)
      sendStates(client)
    }
  }

  func close() {
    beat?.cancel()
    disconnect()
  }

  /// Ends every stream; who may watch may come back.
  func disconnect() {
    for client in clients.values { client.stream.close() }
  }

  private func pump(_ client: Client) {
    guard sendStates(client), client.isCatchingUp else { return }
    do throws(StoreFailure) {
      while client.isCatchingUp {
        let events = try store.events(after: client.cursor, limit: Self.page)
        if events.isEmpty { client.isCatchingUp = false }
        for event in events {
          guard client.stream.send(Self.message(event)) else { return }
          client.cursor = event.id
        }
      }
    } catch {
      Log.error("an event stream cannot be served from the store: \(error)")
      client.stream.close()
    }
  }

  /// - Returns: false where not all of it fitted.
  @discardableResult
  private func sendStates(_ client: Client) -> Bool {
    for station in client.changed.sorted() {
      guard let view = view(station) else {
        client.changed.remove(station)
        continue
      }
      var writer = JSONWriter(capacity: 1024)
      view.write(to: &writer)
      let bytes = Array("event: station\ndata: ".utf8) + writer.bytes + Array("\n\n".utf8)
      guard client.stream.send(bytes) else { return false }
      client.changed.remove(station)
    }
    return true
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
