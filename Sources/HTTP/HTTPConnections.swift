// Which connections are open, what each is waited for, and which has to go.

import Time

/// How long a connection may take for each step. Every limit is absolute: a client that sends a
/// byte now and then is as slow as one that sends none.
package struct HTTPPatience: Equatable, Sendable {
  /// From the connection to the end of its first header, TLS included, and from a later request's first line
  /// to the end of its header.
  package var header: Duration = .seconds(10)
  /// For the body.
  package var body: Duration = .seconds(20)
  /// Between two requests.
  package var idle: Duration = .seconds(20)
  /// For the answer to be taken, unless it is a stream.
  package var answer: Duration = .seconds(120)
  /// How long a stream's reader may take nothing while something waits for it.
  package var stall: Duration = .seconds(60)

  package init() {}
}

/// The open connections of a server, by descriptor. A value: the server acts on its answers.
struct HTTPConnections {
  enum Phase: Equatable, Sendable {
    /// TLS has not been agreed on yet. Can become `fresh`.
    case handshake
    /// Nothing has been asked yet. Can become `header`.
    case fresh
    /// A request line has come. Can become `body`.
    case header
    /// The header is complete. Can become `answer`.
    case body
    /// An answer is on its way. Can become `idle` or `stream`.
    case answer
    /// An answer without end is on its way. Can become `idle`.
    case stream
    /// Between two requests. Can become `header`.
    case idle
    /// The connection has been told to end. Can become nothing else.
    case leaving

    /// Whether a connection may give way here: no request of it has been accepted.
    var isBeforeRequest: Bool {
      switch self {
      case .handshake, .fresh, .header, .idle: true
      case .body, .answer, .stream, .leaving: false
      }
    }
  }

  struct Connection: Equatable, Sendable {
    /// Names it among all that there have been.
    var number: UInt64
    var peer: HTTPPeer
    /// For whom a proxy asks on it at the moment; nil between requests, and where no proxy asks.
    var client: HTTPPeer?
    var phase: Phase
    /// Since when it has been in that phase; a header counts from the connection's start.
    var since: Instant

    fileprivate mutating func move(to next: Phase, at now: Instant) {
      guard phase != .leaving else { return }
      // The first request's header has been awaited since the connection began.
      let isStill = phase == .handshake || (phase == .fresh && next == .header)
      if !isStill { since = now }
      phase = next
    }
  }

  enum Admission: Equatable, Sendable {
    case welcome
    /// There is room if this one goes: of those without a request it has been there longest, or
    /// where every connection has one, of those whose body is still awaited.
    case insteadOf(Int32)
    case full
    /// Its address has as many as one may have.
    case tooManyOfPeer
  }

  let most: Int
  let mostOfPeer: Int
  let patience: HTTPPatience
  private(set) var open: [Int32: Connection] = [:]
  private let forwarding: HTTPForwarding
  private var peers: [HTTPPeer: Int] = [:]
  /// How many requests of each address wait behind proxies for a body or an answer.
  private var clients: [HTTPPeer: Int] = [:]
  private var lastNumber: UInt64 = 0

  /// - Parameter mostOfPeer: of one address; never more than a quarter of all.
  init(
    most: Int, mostOfPeer: Int, patience: HTTPPatience,
    forwarding: HTTPForwarding = HTTPForwarding([])
  ) {
    self.most = most
    self.mostOfPeer = min(mostOfPeer, max(1, most / 4))
    self.patience = patience
    self.forwarding = forwarding
  }

  /// Whether a newcomer may stay, and at whose cost.
  func admission(of peer: HTTPPeer) -> Admission {
    if !peer.isLoopback, !forwarding.isProxy(peer), peers[peer, default: 0] >= mostOfPeer {
      return .tooManyOfPeer
    }
    guard open.values.count(where: { $0.phase != .leaving }) >= most else { return .welcome }
    let candidate = oldest { $0.isBeforeRequest } ?? oldest { $0 == .body }
    return candidate.map { .insteadOf($0) } ?? .full
  }

  private func oldest(_ isMeant: (Phase) -> Bool) -> Int32? {
    open.filter { isMeant($0.value.phase) }
      .min { ($0.value.since, $0.key) < ($1.value.since, $1.key) }?.key
  }

  /// A request's header is complete: who asks?
  /// - Parameter fields: the values of its `X-Forwarded-For`.
  /// - Returns: nil where a proxy asks for an address that has as many requests as one may have.
  mutating func claim(_ descriptor: Int32, _ fields: [String]) -> HTTPPeer? {
    guard let connection = open[descriptor] else { return nil }
    guard forwarding.isProxy(connection.peer) else { return connection.peer }
    release(descriptor)
    let client = forwarding.client(of: connection.peer, fields)
    // A text that no proxy could send is the proxy's own, which has no bound.
    guard client != connection.peer else { return client }
    guard clients[client, default: 0] < mostOfPeer else { return nil }
    clients[client, default: 0] += 1
    open[descriptor]?.client = client
    return client
  }

  private mutating func release(_ descriptor: Int32) {
    guard let client = open[descriptor]?.client else { return }
    open[descriptor]?.client = nil
    let count = clients[client, default: 1] - 1
    clients[client] = count == 0 ? nil : count
  }

  mutating func add(
    _ descriptor: Int32, from peer: HTTPPeer, _ phase: Phase = .fresh, at now: Instant
  ) {
    lastNumber += 1
    open[descriptor] = Connection(number: lastNumber, peer: peer, phase: phase, since: now)
    peers[peer, default: 0] += 1
  }

  mutating func remove(_ descriptor: Int32) {
    release(descriptor)
    guard let connection = open.removeValue(forKey: descriptor) else { return }
    let count = peers[connection.peer, default: 1] - 1
    peers[connection.peer] = count == 0 ? nil : count
  }

  mutating func move(_ descriptor: Int32, to phase: Phase, at now: Instant) {
    if phase == .idle { release(descriptor) }
    guard let index = open.index(forKey: descriptor) else { return }
    open.values[index].move(to: phase, at: now)
  }

  /// The connections that have used up their time, in the order of their descriptors. Streams are
  /// not among them: only who holds a stream knows whether its reader takes what is sent.
  func overdue(at now: Instant) -> [(descriptor: Int32, phase: Phase)] {
    open.compactMap { descriptor, connection in
      guard let limit = limit(of: connection.phase), connection.since + limit <= now else {
        return nil
      }
      return (descriptor, connection.phase)
    }.sorted { $0.0 < $1.0 }
  }

  private func limit(of phase: Phase) -> Duration? {
    switch phase {
    case .handshake, .fresh, .header: patience.header
    case .body: patience.body
    case .answer: patience.answer
    case .idle: patience.idle
    case .stream, .leaving: nil
    }
  }
}
