// An HTTP/1.1 server on the caller's loop, bounded in connections, sizes and times.

import CMicroHTTPD
import Glibc
import Linux
import StationProtocol

/// Where the server listens and what it accepts.
package struct HTTPOptions: Equatable, Sendable {
  /// A numeric address, of IPv4 or IPv6.
  package var address: String
  /// 0 for any that is free.
  package var port: Int
  package var mostConnections = 1000
  /// A larger body is answered with 413.
  package var largestBody = 65_536
  /// For the request line and the header of one connection, and for what is being sent.
  package var connectionBytes = 32_768
  /// A connection that is silent for longer, outside a stream, is closed.
  package var idleSeconds = 10

  package init(address: String = "127.0.0.1", port: Int = 0) {
    self.address = address
    self.port = port
  }
}

/// A server. It lives on its loop's thread, as do its handler and all streams.
package final class HTTPServer {
  /// Makes the response to each request that the server itself does not refuse.
  package typealias Handler = (HTTPRequest) -> HTTPResponse

  /// Where it listens; the port is the real one.
  package let address: String
  package let port: Int
  /// Makes the response to what never reaches the handler: 400, 413 and 501.
  package var refusal: (_ status: Int) -> HTTPResponse = {
    .text($0, HTTPResponse.phrase($0) + "\n")
  }

  let options: HTTPOptions
  let handler: Handler
  private let loop: EventLoop
  private var daemon: OpaquePointer?
  private var descriptor: Int32 = -1
  private var deadline: Timer?
  private var wakeUp: Timer?
  private var streams: [ObjectIdentifier: HTTPEventStream] = [:]

  package init(
    loop: EventLoop, options: HTTPOptions, _ handler: @escaping Handler
  ) throws(HTTPError) {
    self.loop = loop
    self.options = options
    self.handler = handler
    address = options.address
    let start = Self.start(options)
    guard let daemon = start.daemon, let context = start.context else {
      throw HTTPError("listen on", "\(options.address):\(options.port)", code: start.code)
    }
    self.daemon = daemon
    port = Int(chttp_port(daemon))
    descriptor = chttp_epoll_descriptor(daemon)
    context.server = self
    self.context = context
    do throws(SystemError) {
      try loop.watch(descriptor, for: .read) { [unowned self] _ in run() }
    } catch {
      // deinit follows, and stops what is there.
      self.daemon = nil
      MHD_stop_daemon(daemon)
      throw HTTPError("watch", "\(options.address):\(options.port)", code: error.code)
    }
  }

  deinit { stop() }

  /// Closes every connection and stops listening.
  package func stop() {
    guard let daemon else { return }
    self.daemon = nil
    deadline?.cancel()
    wakeUp?.cancel()
    // The library does not stop while a connection is suspended.
    for stream in streams.values { stream.close() }
    loop.unwatch(descriptor)
    MHD_stop_daemon(daemon)
  }

  /// Serves a connection that was resumed. The library's own wake-up does not reach a loop that
  /// is not its own, and `MHD_run` may be what is going on right now.
  func runSoon() {
    guard daemon != nil, wakeUp?.isPending != true else { return }
    wakeUp = loop.schedule(at: Clock.now) { [weak self] in self?.run() }
  }

  func opened(_ stream: HTTPEventStream) { streams[ObjectIdentifier(stream)] = stream }
  func closed(_ stream: HTTPEventStream) { streams[ObjectIdentifier(stream)] = nil }

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
    _ options: HTTPOptions
  ) -> (daemon: OpaquePointer?, context: ServerContext?, code: Int32) {
    var hints = addrinfo()
    hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    var list: UnsafeMutablePointer<addrinfo>?
    guard getaddrinfo(options.address, String(options.port), &hints, &list) == 0, let list else {
      return (nil, nil, EADDRNOTAVAIL)
    }
    defer { freeaddrinfo(list) }
    var flags = MHD_USE_EPOLL.rawValue | MHD_ALLOW_SUSPEND_RESUME.rawValue
    if list.pointee.ai_family == AF_INET6 { flags |= MHD_USE_IPv6.rawValue }
    let context = ServerContext()
    errno = 0
    let daemon = chttp_start(
      flags, list.pointee.ai_addr, answerRequest, completeRequest,
      Unmanaged.passUnretained(context).toOpaque(), UInt32(options.mostConnections),
      UInt32(options.idleSeconds), options.connectionBytes)
    return (daemon, context, errno)
  }
}

/// What the library's callbacks are given; it finds the server without keeping it alive.
final class ServerContext {
  weak var server: HTTPServer?
}
