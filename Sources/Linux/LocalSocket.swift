// Local stream sockets that carry short lines of text.
import CLinux
import Glibc

/// One end of a local stream connection, non-blocking. Owns its descriptor.
package final class LocalConnection {
  /// The longest line that is accepted; a peer that sends a longer one is cut off.
  package static let longestLine = 512
  /// The most bytes that are taken at once: a flood is served in turns, like everybody.
  private static let portion = 16_384
  /// The bytes that may wait to be sent before the peer counts as gone.
  private static let mostUnsent = 65_536

  package let descriptor: Int32
  private var received: [UInt8] = []
  private var unsent: [UInt8] = []

  package init(descriptor: Int32) { self.descriptor = descriptor }

  /// Connects to a listening socket.
  package convenience init(path: String) throws(SystemError) {
    let descriptor = try LocalListener.socket()
    var address = try LocalListener.address(path)
    let status = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    guard status == 0 else {
      let error = SystemError("connect to", path: path)
      close(descriptor)
      throw error
    }
    self.init(descriptor: descriptor)
  }

  deinit { close(descriptor) }

  /// Whole lines of what has arrived, without their ends; where more waits, the descriptor
  /// stays readable.
  /// - Returns: nil where the peer is gone or breaks the bounds.
  package func lines() -> [String]? {
    var chunk = [UInt8](repeating: 0, count: Self.portion)
    let count = Glibc.read(descriptor, &chunk, chunk.count)
    guard count > 0 else {
      return count < 0 && (errno == EAGAIN || errno == EINTR) ? [] : nil
    }
    received.append(contentsOf: chunk[..<count])
    var lines: [String] = []
    var rest = received[...]
    while let end = rest.firstIndex(of: 0x0A) {
      guard end - rest.startIndex <= Self.longestLine else { return nil }
      lines.append(String(decoding: rest[..<end], as: UTF8.self))
      rest = rest[(end + 1)...]
    }
    received = Array(rest)
    return received.count <= Self.longestLine ? lines : nil
  }

  /// Queues a line and sends what the socket takes.
  /// - Returns: false where the peer is gone.
  package func send(line: String) -> Bool {
    unsent.append(contentsOf: line.utf8)
    unsent.append(0x0A)
    return flush()
  }

  package var hasUnsent: Bool { !unsent.isEmpty }

  package func flush() -> Bool {
    while !unsent.isEmpty {
      let count = Glibc.send(descriptor, unsent, unsent.count, Int32(MSG_NOSIGNAL))
      if count > 0 {
        unsent.removeSubrange(..<count)
      } else if errno == EAGAIN {
        return unsent.count <= Self.mostUnsent
      } else if errno != EINTR {
        return false
      }
    }
    return true
  }
}

/// A listening local socket. Owns its descriptor and its path.
package final class LocalListener {
  package let path: String
  package let descriptor: Int32

  /// Replaces a socket that a dead process left at the path.
  package init(path: String) throws(SystemError) {
    unlink(path)
    let descriptor = try Self.socket()
    var address = try Self.address(path)
    let status = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    guard status == 0, listen(descriptor, 16) == 0 else {
      let error = SystemError("listen on", path: path)
      close(descriptor)
      throw error
    }
    self.path = path
    self.descriptor = descriptor
  }

  deinit {
    close(descriptor)
    unlink(path)
  }

  /// The next caller, if one waits.
  package func accept() -> LocalConnection? {
    let peer = linux_accept(descriptor)
    return peer < 0 ? nil : LocalConnection(descriptor: peer)
  }

  fileprivate static func socket() throws(SystemError) -> Int32 {
    let descriptor = linux_local_socket()
    guard descriptor >= 0 else { throw SystemError("create a local socket") }
    return descriptor
  }

  fileprivate static func address(_ path: String) throws(SystemError) -> sockaddr_un {
    var address = sockaddr_un()
    guard linux_local_address(&address, path) == 0 else {
      throw SystemError("use", path: path, detail: "a socket's path has at most 107 bytes")
    }
    return address
  }
}
