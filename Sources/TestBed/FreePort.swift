// A TCP port of the loopback interface that nobody has.
import Foundation

package enum FreePort {
  /// Below every port that a kernel gives to outgoing connections by itself (ip(7),
  /// `ip_local_port_range`, here above 32767): a port from its own range may be a client's by the
  /// time that a server wants it, and a test with hundreds of clients makes that likely.
  private static let range = 10_000...32_000

  /// A port that nobody listened on a moment ago. Another process may take it before it is used:
  /// who starts a server on it looks whether that came up, and takes another port if not.
  package static func find() throws -> Int {
    for _ in 0..<1000 {
      let port = Int.random(in: range)
      if isFree(port) { return port }
    }
    throw TestBedError("no free port")
  }

  private static func isFree(_ port: Int) -> Bool {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    // As servers do: what is left of a closed connection is in nobody's way.
    var on: Int32 = 1
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    return withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
  }

  /// Whether somebody listens.
  package static func isServed(_ port: Int) -> Bool {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    return withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
  }
}
