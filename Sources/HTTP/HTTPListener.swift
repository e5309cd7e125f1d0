// The socket on which a server listens, and the connections that come in on it.

import CMicroHTTPD
import Glibc
import Linux

/// A listening TCP socket, and who has just connected. Owns its descriptor.
///
/// The library could listen by itself; but it leaves whoever comes beyond its limit waiting in the
/// kernel's queue, so that a few hundred silent connections would shut everybody out.
final class HTTPListener {
  let descriptor: Int32
  let port: Int

  /// One that was accepted. Its descriptor belongs to whoever takes it.
  struct Newcomer {
    var descriptor: Int32
    var address: HTTPPeer
    var raw: sockaddr_storage
    var length: socklen_t
  }

  enum Accepted {
    case newcomer(Newcomer)
    case nobody
    /// No descriptor or memory is left; the connection still waits.
    case exhausted
  }

  /// - Parameter options: a numeric address, and 0 for any port that is free.
  init(_ options: HTTPOptions) throws(HTTPError) {
    let place = "\(options.address):\(options.port)"
    var hints = addrinfo()
    hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    var list: UnsafeMutablePointer<addrinfo>?
    guard getaddrinfo(options.address, String(options.port), &hints, &list) == 0, let list else {
      throw HTTPError("listen on", place, code: EADDRNOTAVAIL)
    }
    defer { freeaddrinfo(list) }
    let descriptor = chttp_listen(list.pointee.ai_addr, list.pointee.ai_addrlen)
    guard descriptor >= 0 else { throw HTTPError("listen on", place, code: errno) }
    self.descriptor = descriptor
    var own = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    withUnsafeMutablePointer(to: &own) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        _ = getsockname(descriptor, $0, &length)
      }
    }
    port = HTTPPeer.port(of: own)
  }

  deinit { close(descriptor) }

  /// The next connection that waits.
  func accept() -> Accepted {
    var raw = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    let descriptor = withUnsafeMutablePointer(to: &raw) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        chttp_accept(self.descriptor, $0, &length)
      }
    }
    guard descriptor < 0 else {
      return .newcomer(
        Newcomer(descriptor: descriptor, address: HTTPPeer(raw), raw: raw, length: length))
    }
    switch errno {
    case EMFILE, ENFILE, ENOBUFS, ENOMEM: return .exhausted
    default: return .nobody
    }
  }
}

/// The other end of a connection, as far as bounds are concerned: one IPv4 address, or
/// one IPv6 network of 64 bits, of which a single customer has the rest to himself.
struct HTTPPeer: Hashable, Sendable, CustomStringConvertible {
  let description: String
  /// This machine. Behind a proxy all connections are, so nobody may be judged by that.
  let isLoopback: Bool

  init(_ raw: sockaddr_storage) {
    switch Int32(raw.ss_family) {
    case AF_INET6:
      self.init(
        Self.bytes(raw, sockaddr_in6.self) { address in
          withUnsafeBytes(of: address.sin6_addr) { Array($0) }
        })
    default:
      self.init(
        Self.bytes(raw, sockaddr_in.self) { address in
          withUnsafeBytes(of: address.sin_addr) { Array($0) }
        })
    }
  }

  /// - Parameter text: a numeric address, of IPv4 or IPv6.
  init?(_ text: String) {
    var short = in_addr()
    var long = in6_addr()
    if inet_pton(AF_INET, text, &short) == 1 {
      self.init(withUnsafeBytes(of: short) { Array($0) })
    } else if inet_pton(AF_INET6, text, &long) == 1 {
      self.init(withUnsafeBytes(of: long) { Array($0) })
    } else {
      return nil
    }
  }

  /// - Parameter bytes: 4 or 16 of them, in network order. An IPv4 address in IPv6 form (RFC 4291
  ///   section 2.5.5.2) is that IPv4 address.
  private init(_ bytes: [UInt8]) {
    let isMapped =
      bytes.count == 16 && bytes.prefix(10).allSatisfy { $0 == 0 }
      && bytes[10...11].allSatisfy { $0 == 0xFF }
    guard bytes.count == 16, !isMapped else {
      let four = bytes.suffix(4)
      description = four.map { "\($0)" }.joined(separator: ".")
      isLoopback = four.first == 127
      return
    }
    let groups = stride(from: 0, to: 8, by: 2).map {
      String(Int(bytes[$0]) << 8 | Int(bytes[$0 + 1]), radix: 16)
    }
    description = groups.joined(separator: ":") + "::/64"
    isLoopback = bytes.dropLast().allSatisfy { $0 == 0 } && bytes.last == 1
  }

  static func port(of raw: sockaddr_storage) -> Int {
    // The port lies at the same place in both families.
    bytes(raw, sockaddr_in.self) { Int(UInt16(bigEndian: $0.sin_port)) }
  }

  private static func bytes<Address, Value>(
    _ raw: sockaddr_storage, _ type: Address.Type, _ body: (Address) -> Value
  ) -> Value {
    withUnsafePointer(to: raw) { pointer in
      pointer.withMemoryRebound(to: type, capacity: 1) { body($0.pointee) }
    }
  }
}
