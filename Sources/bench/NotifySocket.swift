// The socket on which a daemon says that it is ready, as systemd would listen to it.
import Glibc
import Linux
import Time

/// A datagram socket for `NOTIFY_SOCKET` (sd_notify(3)). Owns the descriptor and the name.
final class NotifySocket {
  let path: String
  private let descriptor: Int32

  init(path: String) throws(SystemError) {
    self.path = path
    descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw SystemError("make a socket") }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix(107)) }
    let status = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    guard status == 0 else { throw SystemError("bind", path: path) }
  }

  deinit {
    close(descriptor)
    unlink(path)
  }

  /// Waits for `READY=1`.
  /// - Returns: when it came.
  func waitForReady(within limit: Duration = .seconds(10)) throws(SystemError) -> Instant {
    let deadline = Clock.now + limit
    while Clock.now < deadline {
      let patience = (deadline - Clock.now).wholeNanoseconds / 1_000_000
      var poll = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      guard Glibc.poll(&poll, 1, Int32(max(1, patience))) > 0 else { continue }
      let came = Clock.now
      var bytes = [UInt8](repeating: 0, count: 1024)
      let count = recv(descriptor, &bytes, bytes.count, 0)
      let lines = String(decoding: bytes.prefix(max(0, count)), as: UTF8.self).split(
        separator: "\n")
      if lines.contains("READY=1") { return came }
    }
    throw SystemError("wait for a daemon", detail: "it is not ready after \(limit)")
  }
}
