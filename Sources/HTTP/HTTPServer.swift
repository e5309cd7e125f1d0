// An HTTP/1.1 server on the caller's loop, bounded in connections, sizes and times.

import CMicroHTTPD
import Glibc
import Linux
import Time

/// The address of the server, and the bounds of what it accepts.
package struct HTTPOptions: Equatable, Sendable {
  /// A numeric address, of IPv4 or IPv6.
  package var address: String
  /// 0 for any that is free.
  package var port: Int
  package var mostConnections = 900
  /// The connections of one address other than loopback, where an unnamed proxy may speak for
  /// everybody; never more than a quarter of all. Behind a named proxy: requests of one address at
  /// a time.
  package var mostConnectionsOfPeer = 100
  /// Numeric addresses of proxies; what they say in `X-Forwarded-For` is believed.
  package var proxies: [String] = []
  /// A larger body is answered with 413.
  package var largestBody = 65_536
  /// For the request line and the header of one connection, and for what is being sent.
  package var connectionBytes = 32_768
  package var patience = HTTPPatience()

  package init(address: String = "127.0.0.1", port: Int = 0) {
    self.address = address
    self.port = port
  }

  /// Whether a text is such an address.
  package static func isNumeric(_ address: String) -> Bool {
    var bytes = in6_addr()
    return inet_pton(AF_INET, address, &bytes) == 1 || inet_pton(AF_INET6, address, &bytes) == 1
  }
}

/// What a server did not serve.
package enum HTTPRefusal: Equatable, Sendable {
  /// A request that was answered with a status of 400 to 499, or 501.
  case answered(status: Int)
  /// The bytes on a connection were no whole request; it ended without an answer.
  case brokenOff
  /// A connection beyond what the server or one address may have was answered with 503.
  case turnedAway
  /// A connection that had brought no whole request went for the sake of a new one.
  case gaveWay
  /// A reader did not take its answer and was cut off.
  case slowReader
}

/// A server. It lives on its loop's thread, as do its handler and all streams.
package final class HTTPServer {
  /// Makes the response to each request that the server itself does not refuse.
  package typealias Handler = (HTTPRequest) -> HTTPResponse

  /// The address of the server; the port is the real one.
  package let address: String
  package let port: Int
  /// Makes the response to what never reaches the handler: 400, 408, 413, 501 and 503.
  package var refusal: (_ status: Int) -> HTTPResponse = {
    .text($0, HTTPResponse.phrase($0) + "\n")
  }
  /// Asked when a header is complete and a body is announced: whether that body is not worth
  /// waiting for. What is returned is answered at once, and ends the connection.
  package var gate: (HTTPRequest) -> HTTPResponse? = { _ in nil }
  /// A connection is gone; its number is not used again.
  package var onEnded: (_ connection: UInt64) -> Void = { _ in }
  /// Called for everything that was not served as it was asked.
  package var onRefused: (HTTPRefusal) -> Void = { _ in }

  let options: HTTPOptions
  let handler: Handler
  private let loop: EventLoop
  /// nil for plain HTTP.
  private let security: HTTPSecurity?
  /// nil once it has stopped.
  private var listener: HTTPListener?
  private var daemon: OpaquePointer?
  private var descriptor: Int32 = -1
  private var deadline: Timer?
  private var wakeUp: Timer?
  private var sweep: Timer?
  private var connections: HTTPConnections
  private var streams: [Int32: HTTPEventStream] = [:]
  /// Answers that are awaited.
  private var awaited: [Int32: HTTPLaterAnswer] = [:]
  /// Requests that the library has answered by itself on connections that have not ended yet.
  private var answeredByLibrary = 0

  /// Connections that are accepted in one turn of the loop; the rest wait for the next.
  private static let mostAcceptedAtOnce = 32

  /// - Parameter certificate: the server speaks TLS by it, and nothing else; nil for plain HTTP.
  package init(
    loop: EventLoop, options: HTTPOptions, certificate: HTTPCertificate? = nil,
    _ handler: @escaping Handler
  ) throws(HTTPError) {
    self.loop = loop
    self.options = options
    security = certificate.map { HTTPSecurity($0) }
    self.handler = handler
    address = options.address
    let place = "\(options.address):\(options.port)"
    let listener = try HTTPListener(options)
    self.listener = listener
    port = listener.port
    connections = HTTPConnections(
      most: options.mostConnections, mostOfPeer: options.mostConnectionsOfPeer,
      patience: options.patience, forwarding: HTTPForwarding(options.proxies))
    let start = Self.start(options, isSecure: certificate != nil)
    guard let daemon = start.daemon else {
      throw HTTPError("start the library for", place, code: start.code)
    }
    self.daemon = daemon
    descriptor = chttp_epoll_descriptor(daemon)
    start.context.server = self
    context = start.context
    do throws(SystemError) {
      try loop.watch(descriptor, for: .read) { [unowned self] _ in run() }
      try loop.watch(listener.descriptor, for: .read) { [unowned self] _ in accept() }
    } catch {
      // deinit follows, and stops what is there.
      throw HTTPError("watch", place, code: error.code)
    }
  }

  deinit { stop() }

  /// Whether it speaks TLS.
  package var isSecure: Bool { security != nil }

  /// Connections that begin from now on get another certificate. Those that are open go on.
  package func change(_ certificate: HTTPCertificate) { security?.certificate = certificate }

  /// Closes every connection and stops listening.
  package func stop() {
    guard let daemon else { return }
    self.daemon = nil
    for timer in [deadline, wakeUp, sweep] { timer?.cancel() }
    // The library does not stop while a connection is suspended.
    for stream in streams.values { stream.close() }
    for answer in awaited.values { answer.abandon() }
    if let listener { loop.unwatch(listener.descriptor) }
    listener = nil
    loop.unwatch(descriptor)
    MHD_stop_daemon(daemon)
  }

  /// Serves a connection that was resumed. The library's own wake-up does not reach a loop that
  /// is not its own, and `MHD_run` may be what is going on right now.
  func runSoon() {
    guard daemon != nil, wakeUp?.isPending != true else { return }
    wakeUp = loop.schedule(at: Clock.now) { [weak self] in self?.run() }
  }

  // The library keeps the context's address for as long as the daemon lives.
  private var context: ServerContext?

  private func run() {
    guard let daemon else { return }
    MHD_run(daemon)
    var milliseconds: UInt64 = 0
    guard MHD_get_timeout(daemon, &milliseconds) == .YES else { return }
    let next = Clock.now + .milliseconds(Int64(clamping: milliseconds))
    // A deadline that comes too early only asks again; so a later one needs no new timer.
    if let deadline, deadline.isPending, deadline.deadline <= next { return }
    deadline?.cancel()
    deadline = loop.schedule(at: next) { [weak self] in self?.run() }
  }

  private static func start(
    _ options: HTTPOptions, isSecure: Bool
  ) -> (daemon: OpaquePointer?, context: ServerContext, code: Int32) {
    let flags =
      MHD_USE_EPOLL.rawValue | MHD_ALLOW_SUSPEND_RESUME.rawValue | MHD_USE_NO_LISTEN_SOCKET.rawValue
      | MHD_USE_ERROR_LOG.rawValue | (isSecure ? MHD_USE_TLS.rawValue : 0)
    let context = ServerContext()
    errno = 0
    // The library's own limit and patience stand behind the server's.
    let daemon = chttp_start(
      flags, answerRequest, completeRequest, noteConnection, noteRequestLine, context.watcher,
      Unmanaged.passUnretained(context).toOpaque(),
      UInt32(options.mostConnections + 2 * mostAcceptedAtOnce),
      UInt32(clamping: options.patience.answer.wholeNanoseconds / 1_000_000_000),
      options.connectionBytes, isSecure ? HTTPSecurity.priorities : nil)
    return (daemon, context, errno)
  }
}

// MARK: - Connections

extension HTTPServer {
  private func accept() {
    guard let daemon, let listener else { return }
    for _ in 0..<Self.mostAcceptedAtOnce {
      // Those that were told to go still have their descriptors.
      guard connections.open.count < options.mostConnections + Self.mostAcceptedAtOnce else {
        break
      }
      switch listener.accept() {
      case .nobody: return runSoon()
      case .exhausted: return pause(listener)
      case .newcomer(let newcomer): take(newcomer, daemon)
      }
    }
    runSoon()
  }

  private func take(_ newcomer: HTTPListener.Newcomer, _ daemon: OpaquePointer) {
    switch connections.admission(of: newcomer.address) {
    case .welcome: break
    case .insteadOf(let descriptor):
      onRefused(.gaveWay)
      dismiss(descriptor, answering: 408)
    case .full, .tooManyOfPeer:
      // Before TLS is agreed on there is no way to answer.
      if security == nil { say(503, to: newcomer.descriptor) }
      shutdown(newcomer.descriptor, Int32(SHUT_RDWR))
      close(newcomer.descriptor)
      return onRefused(.turnedAway)
    }
    connections.add(
      newcomer.descriptor, from: newcomer.address, security == nil ? .fresh : .handshake,
      at: Clock.now)
    var raw = newcomer.raw
    let result = withUnsafePointer(to: &raw) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        MHD_add_connection(daemon, newcomer.descriptor, $0, newcomer.length)
      }
    }
    // The library closes what it does not take.
    if result != .YES { connections.remove(newcomer.descriptor) }
    scheduleSweep()
  }

  /// Nothing can be accepted for a moment. The listener would wake the loop all the time.
  private func pause(_ listener: HTTPListener) {
    loop.change(listener.descriptor, to: [])
    loop.schedule(after: .milliseconds(100)) { [weak self] in
      guard let self, let listener = self.listener else { return }
      loop.change(listener.descriptor, to: .read)
    }
  }

  private func scheduleSweep() {
    guard daemon != nil, sweep?.isPending != true, !connections.open.isEmpty else { return }
    sweep = loop.schedule(after: .milliseconds(500)) { [weak self] in
      self?.sweepNow()
      self?.scheduleSweep()
    }
  }

  private func sweepNow() {
    let now = Clock.now
    for (descriptor, phase) in connections.overdue(at: now) {
      switch phase {
      case .handshake:
        dismiss(descriptor, answering: nil)
        onRefused(.brokenOff)
      case .fresh, .header, .body:
        dismiss(descriptor, answering: 408)
        onRefused(.answered(status: 408))
      case .answer:
        dismiss(descriptor, answering: nil)
        onRefused(.slowReader)
      case .idle, .stream, .leaving: dismiss(descriptor, answering: nil)
      }
    }
    for (descriptor, stream) in streams.sorted(by: { $0.key < $1.key }) {
      guard let stalled = stream.stalledSince, stalled + options.patience.stall <= now else {
        continue
      }
      dismiss(descriptor, answering: nil)
      stream.close()
      onRefused(.slowReader)
    }
  }

  /// Refuses a request in the middle of its body.
  func cutOff(_ descriptor: Int32, answering status: Int) {
    guard connections.open[descriptor].map({ $0.phase != .leaving }) == true else { return }
    dismiss(descriptor, answering: status)
    onRefused(.answered(status: status))
  }

  /// Ends a connection. The library notices that it is shut, and closes it.
  /// - Parameter status: for whoever waits for an answer and can be given one.
  private func dismiss(_ descriptor: Int32, answering status: Int?) {
    let phase = connections.open[descriptor]?.phase
    if let status, phase != .idle, phase != .handshake { say(status, to: descriptor) }
    connections.move(descriptor, to: .leaving, at: Clock.now)
    shutdown(descriptor, Int32(SHUT_RDWR))
  }

  /// Answers where the library has not begun to. What the socket does not take at once is lost.
  private func say(_ status: Int, to descriptor: Int32) {
    guard let security else { return say(refusal(status).closing, to: descriptor) }
    security.say(secured(refusal(status)).closing, to: descriptor)
  }

  private func say(_ bytes: [UInt8], to descriptor: Int32) {
    _ = send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
  }

  // MARK: For the library's callbacks

  func connection(_ descriptor: Int32, is phase: HTTPConnections.Phase) {
    connections.move(descriptor, to: phase, at: Clock.now)
  }

  /// With the field by which a browser asks by TLS alone from then on (RFC 6797).
  func secured(_ answer: HTTPResponse) -> HTTPResponse {
    isSecure ? answer.adding("Strict-Transport-Security", "max-age=31536000") : answer
  }

  func began(_ connection: OpaquePointer, _ context: UnsafeMutableRawPointer?) {
    security?.begin(connection, context)
  }

  func agreedOnTLS(_ descriptor: Int32) {
    if connections.open[descriptor]?.phase == .handshake { connection(descriptor, is: .fresh) }
  }

  func ended(_ descriptor: Int32) {
    security?.end(descriptor)
    if let phase = connections.open[descriptor]?.phase, phase != .leaving {
      // To what it cannot make out the library does not answer; it just closes the connection.
      if answeredByLibrary > 0 {
        answeredByLibrary -= 1
      } else if isBroken(descriptor, in: phase) {
        onRefused(.brokenOff)
      }
    }
    let number = connections.open[descriptor]?.number
    connections.remove(descriptor)
    streams[descriptor] = nil
    awaited[descriptor] = nil
    if let number { onEnded(number) }
  }

  /// Whether something came on a connection that ended in this phase, and was no whole request. A
  /// browser makes connections in advance; of TLS such a one has brought all that it owes.
  private func isBroken(_ descriptor: Int32, in phase: HTTPConnections.Phase) -> Bool {
    switch phase {
    case .header: true
    case .handshake: chttp_has_received(descriptor) != 0
    case .fresh: security == nil && chttp_has_received(descriptor) != 0
    case .body, .answer, .stream, .idle, .leaving: false
    }
  }

  /// The peer of a request, and its connection's place; nil where that one has as many requests as
  /// one may have.
  func claim(_ descriptor: Int32, _ fields: [String]) -> (peer: String, connection: UInt64)? {
    guard let peer = connections.claim(descriptor, fields) else { return nil }
    return (peer.description, connections.open[descriptor]?.number ?? 0)
  }

  func libraryAnswered(_ status: Int) {
    answeredByLibrary += 1
    onRefused(.answered(status: status))
  }

  func opened(_ stream: HTTPEventStream, on descriptor: Int32) { streams[descriptor] = stream }
  func closed(_ descriptor: Int32) { streams[descriptor] = nil }
  func awaits(_ answer: HTTPLaterAnswer, on descriptor: Int32) { awaited[descriptor] = answer }
  func answered(_ descriptor: Int32) { awaited[descriptor] = nil }
}
