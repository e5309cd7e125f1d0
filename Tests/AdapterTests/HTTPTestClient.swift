// A raw HTTP client and a server on a thread of its own, for the tests of the HTTP target.

import Foundation
import Glibc
import HTTP
import Linux
import Testing

/// A server whose loop runs on another thread until the object goes.
final class ServerThread {
  let port: Int
  private let commands: Mailbox<Command>

  private enum Command: Sendable {
    case stop
    /// Certificate and key, as PEM.
    case change([UInt8], [UInt8])
  }
  private let ended = DispatchSemaphore(value: 0)

  /// - Parameters:
  ///   - pair: certificate and key, as PEM; nil for plain HTTP.
  ///   - setUp: called on the loop's thread; what it returns answers the requests.
  init(
    _ options: HTTPOptions = HTTPOptions(), pair: (chain: [UInt8], key: [UInt8])? = nil,
    onRefused: @escaping @Sendable (HTTPRefusal) -> Void = { _ in },
    gate: @escaping @Sendable (HTTPRequest) -> HTTPResponse? = { _ in nil },
    _ setUp: @escaping @Sendable (EventLoop) -> HTTPServer.Handler
  ) throws {
    let commands = try Mailbox<Command>()
    let started = DispatchSemaphore(value: 0)
    let port = Box<Int?>(nil)
    let ended = ended
    Thread.detachNewThread {
      defer { ended.signal() }
      do {
        let loop = try EventLoop()
        let certificate = try pair.map { try HTTPCertificate(chain: $0.chain, key: $0.key) }
        let server = try HTTPServer(
          loop: loop, options: options, certificate: certificate, setUp(loop))
        server.onRefused = onRefused
        server.gate = gate
        port.value = server.port
        started.signal()
        try loop.receive(from: commands) { command in
          switch command {
          case .stop:
            server.stop()
            loop.stop()
          case .change(let chain, let key):
            if let next = try? HTTPCertificate(chain: chain, key: key) { server.change(next) }
          }
        }
        try loop.run()
      } catch {
        started.signal()
      }
    }
    started.wait()
    self.commands = commands
    self.port = try #require(port.value)
  }

  /// Connections get another certificate, from some moment on.
  func change(_ pair: (chain: [UInt8], key: [UInt8])) {
    commands.send(.change(pair.chain, pair.key))
  }

  deinit {
    commands.send(.stop)
    ended.wait()
  }
}

/// Written by one thread before the other one reads, ordered by a semaphore.
final class Box<Value>: @unchecked Sendable {
  var value: Value
  init(_ value: Value) { self.value = value }
}

/// A connection that sends and reads plain bytes, each read with a deadline of ten seconds.
final class RawConnection {
  private let descriptor: Int32
  private(set) var received = ""

  init(port: Int) throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var limit = timeval(tv_sec: 10, tv_usec: 0)
    setsockopt(
      descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(port).bigEndian
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    let status = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    try #require(status == 0)
  }

  deinit { close(descriptor) }

  func send(_ text: String) {
    let bytes = Array(text.utf8)
    var sent = 0
    while sent < bytes.count {
      let count = Glibc.send(
        descriptor, Array(bytes[sent...]), bytes.count - sent, Int32(MSG_NOSIGNAL))
      if count <= 0 { return }
      sent += count
    }
  }

  /// Reads until the text holds `mark`, or the other side closes.
  /// - Returns: whether the mark came.
  func read(until mark: String) -> Bool {
    while !received.contains(mark) {
      guard readSome() else { return false }
    }
    return true
  }

  /// Reads until the other side closes.
  func readAll() -> String {
    while readSome() {}
    return received
  }

  func forget() { received = "" }

  /// Reads what is there, without waiting.
  /// - Returns: whether the other side has closed.
  var hasEnded: Bool {
    var buffer = [UInt8](repeating: 0, count: 65_536)
    let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
    if count > 0 { received += String(decoding: buffer[..<count], as: UTF8.self) }
    return count == 0 || count < 0 && errno == ECONNRESET
  }

  private func readSome() -> Bool {
    var buffer = [UInt8](repeating: 0, count: 65_536)
    let count = recv(descriptor, &buffer, buffer.count, 0)
    if count > 0 { received += String(decoding: buffer[..<count], as: UTF8.self) }
    return count > 0
  }
}

/// One request on a connection of its own; the whole answer.
func exchange(
  _ port: Int, _ method: String, _ target: String, headers: String = "", body: String = ""
) throws -> String {
  let connection = try RawConnection(port: port)
  let length = body.isEmpty ? "" : "Content-Length: \(body.utf8.count)\r\n"
  connection.send(
    "\(method) \(target) HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\(length)\(headers)\r\n\(body)"
  )
  return connection.readAll()
}
