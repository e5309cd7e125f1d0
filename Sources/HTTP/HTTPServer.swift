// An HTTP/1.1 server on the caller's loop, by libmicrohttpd, with every size and time bounded.
import CMicroHTTPD
import Glibc
import Linux
import StationProtocol

/// What a client may ask of the server.
package struct HTTPLimits: Equatable, Sendable {
  package var connections = 1000
  /// A request that stands still for longer is dropped.
  package var idleSeconds = 10
  /// A larger body is answered 413.
  package var bodyBytes = 65_536
  /// For the request line and the headers; more is answered 431.
  package var headerBytes = 16_384

  package init() {}
}

/// Serves requests on the loop's thread. The handler answers at once, or with a stream.
package final class HTTPServer {
  /// The port that it listens on, also where any free one was asked for.
  package private(set) var port = 0

  private let loop: EventLoop
  private let limits: HTTPLimits
  private let handler: (HTTPRequest) -> HTTPResponse
  private var daemon: OpaquePointer?
  private var descriptor: Int32 = -1
  private var next: Timer?
  private var streams: [ObjectIdentifier: HTTPStream] = [:]

  /// - Parameters:
  ///   - address: an IPv4 address.
  ///   - port: 0 for any free one.
  package init(
    loop: EventLoop, address: String, port: Int, limits: HTTPLimits = HTTPLimits(),
    handler: @escaping (HTTPRequest) -> HTTPResponse
  ) throws(SystemError) {
    self.loop = loop
    self.limits = limits
    self.handler = handler
    var place = sockaddr_in()
    place.sin_family = sa_family_t(AF_INET)
    place.sin_port = in_port_t(port).bigEndian
    guard inet_pton(AF_INET, address, &place.sin_addr) == 1 else {
      throw SystemError("listen on", path: address, detail: "it is not an IPv4 address")
    }
    let bounds = http_limits(
      connections: UInt32(limits.connections), idle_seconds: UInt32(limits.idleSeconds),
      memory_per_connection: limits.headerBytes + 32_768)
    let me = Unmanaged.passUnretained(self).toOpaque()
    guard let daemon = http_start(&place, bounds, HTTPExchange.handle, HTTPExchange.completed, me)
    else { throw SystemError("listen on", path: "\(address):\(port)") }
    self.daemon = daemon
    self.port = Int(http_port(daemon))
    descriptor = http_epoll_descriptor(daemon)
    try loop.watch(descriptor, for: .read) { [unowned self] _ in pump() }
    pump()
  }

  /// Ends every connection.
  package func stop() {
    guard let daemon else { return }
    next?.cancel()
    loop.unwatch(descriptor)
    for stream in streams.values { stream.finish() }
    MHD_run(daemon)
    MHD_stop_daemon(daemon)
    self.daemon = nil
  }

  deinit { stop() }

  /// Lets the library serve what is ready, and comes back when it asks to.
  private func pump() {
    guard let daemon else { return }
    MHD_run(daemon)
    next?.cancel()
    var milliseconds: UInt64 = 0
    guard MHD_get_timeout(daemon, &milliseconds) == .YES else { return }
    next = loop.schedule(after: .milliseconds(Int64(clamping: milliseconds))) { [weak self] in
      self?.pump()
    }
  }

  private func pumpSoon() {
    next?.cancel()
    next = loop.schedule(after: .zero) { [weak self] in self?.pump() }
  }

  // MARK: - For the exchanges

  var bodyLimit: Int { limits.bodyBytes }

  func answer(_ request: HTTPRequest) -> HTTPResponse { handler(request) }

  func open(_ stream: HTTPStream, on connection: OpaquePointer?) {
    streams[ObjectIdentifier(stream)] = stream
    http_never_idle(connection)
    stream.attach(connection) { [weak self] in self?.pumpSoon() }
  }

  func close(_ stream: HTTPStream) {
    streams[ObjectIdentifier(stream)] = nil
    stream.closed()
  }
}
