// Many HTTP clients that take their time, on one thread.
import Foundation

/// Connections to a server that do as little as they can.
package final class AbuseClients: @unchecked Sendable {
  // Sendable because `lock` guards what both threads touch.
  package enum Kind: CaseIterable, Sendable {
    /// Says nothing at all.
    case silent
    /// Sends a header that never ends, a line a second.
    case header
    /// Announces a body and sends a byte of it a second.
    case body
    /// Asks for an event stream and reads nothing of it.
    case reader
  }

  private struct Client {
    var descriptor: Int32
    var kind: Kind
  }

  private let lock = NSLock()
  private let ended = DispatchSemaphore(value: 0)
  private let clients: [Client]
  private var isRunning = true

  /// Connects them all.
  /// - Parameters:
  ///   - token: for the event stream.
  ///   - count: of clients in all, of every kind alike.
  package init(port: Int, token: String, count: Int) throws {
    clients = try (0..<count).map { number in
      let kind = Kind.allCases[number % Kind.allCases.count]
      let client = Client(descriptor: try Self.connect(port), kind: kind)
      Self.say(Self.beginning(kind, token), to: client.descriptor)
      return client
    }
    Thread.detachNewThread { [self] in
      while lock.withLock({ isRunning }) {
        for client in clients { Self.say(Self.trickle(client.kind), to: client.descriptor) }
        var pause = timespec(tv_sec: 1, tv_nsec: 0)
        nanosleep(&pause, nil)
      }
      ended.signal()
    }
  }

  deinit { for client in clients { close(client.descriptor) } }

  package func stop() {
    lock.withLock { isRunning = false }
    ended.wait()
  }

  /// What the clients of a kind have been told so far, as far as it is there to be read, and
  /// whether the connection is at its end.
  package func answers(to kind: Kind) -> [(text: String, hasEnded: Bool)] {
    clients.filter { $0.kind == kind }.map { client in
      var buffer = [UInt8](repeating: 0, count: 4096)
      let count = recv(
        client.descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT) | Int32(MSG_PEEK))
      let text = String(decoding: buffer[..<max(0, count)], as: UTF8.self)
      var state = pollfd(fd: client.descriptor, events: Self.hangUp, revents: 0)
      return (text, poll(&state, 1, 0) == 1)
    }
  }

  /// POLLRDHUP, which a feature macro hides.
  private static let hangUp: Int16 = 0x2000

  private static func connect(_ port: Int) throws -> Int32 {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let status = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Foundation.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard status == 0 else { throw TestBedError("no connection: errno \(errno)") }
    return descriptor
  }

  private static func beginning(_ kind: Kind, _ token: String) -> String {
    switch kind {
    case .silent: ""
    case .header: "GET /api/v1/stations HTTP/1.1\r\nHost: here\r\n"
    case .body:
      "POST /api/v1/members HTTP/1.1\r\nHost: here\r\nAuthorization: Bearer \(token)\r\n"
        + "Content-Length: 60000\r\n\r\n"
    case .reader:
      "GET /api/v1/events/stream?lastEventId=0 HTTP/1.1\r\nHost: here\r\n"
        + "Authorization: Bearer \(token)\r\n\r\n"
    }
  }

  private static func trickle(_ kind: Kind) -> String {
    switch kind {
    case .silent, .reader: ""
    case .header: "X-Slow: yes\r\n"
    case .body: "{"
    }
  }

  private static func say(_ text: String, to descriptor: Int32) {
    guard !text.isEmpty else { return }
    _ = send(descriptor, text, text.utf8.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
  }
}
