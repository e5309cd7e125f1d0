// A line to the broker on which packets are late or come twice, and which falls silent or breaks.
import Foundation
import Glibc

/// A proxy on loopback between one client and the broker. What it does to each packet of MQTT is
/// drawn: most go on at once; some are late, and all behind them; a PUBLISH may come twice; the line
/// may swallow everything for a while and then break, as behind a router that has forgotten it; or it
/// breaks at once.
package final class BadLine: @unchecked Sendable {
  // Sendable because `lock` guards what the threads share.
  package let port: Int
  private let target: Int
  private let listener: Int32
  private let lock = NSLock()
  private var random: SeededGenerator
  private var isBad: Bool
  private var isOver = false
  private var open: Set<Int32> = []
  private var faults: [Fault: Int] = [:]

  package enum Fault: String, CaseIterable, Sendable {
    case late
    case twice
    case silent
    case broken
  }

  /// - Parameters:
  ///   - target: the broker's port.
  ///   - isBad: whether it is bad from the beginning.
  package init(to target: Int, seed: UInt64, isBad: Bool = true) throws {
    self.target = target
    self.isBad = isBad
    random = SeededGenerator(seed: seed)
    listener = try Socket.listen()
    port = try Socket.port(of: listener)
    Thread.detachNewThread { [self] in accept() }
  }

  /// From now on everything goes on as it comes.
  package func mend() { lock.withLock { isBad = false } }

  /// From now on what becomes of packets is drawn.
  package func spoil() { lock.withLock { isBad = true } }

  package func close() {
    lock.withLock {
      isOver = true
      for descriptor in open { shutdown(descriptor, Int32(SHUT_RDWR)) }
    }
    shutdown(listener, Int32(SHUT_RDWR))
  }

  /// How often each fault has come.
  package var tally: [Fault: Int] { lock.withLock { faults } }

  private func accept() {
    while let client = Socket.accept(listener) {
      guard let broker = Socket.connect(target) else {
        Glibc.close(client)
        continue
      }
      let pair = Pair(client, broker)
      let isWanted = lock.withLock {
        if !isOver { open.formUnion([client, broker]) }
        return !isOver
      }
      if !isWanted { pair.cut() }
      for (from, to) in [(client, broker), (broker, client)] {
        Thread.detachNewThread { [self] in
          pump(from, to)
          pair.cut()
          if pair.end() { forget(pair) }
        }
      }
    }
    Glibc.close(listener)
  }

  private func forget(_ pair: Pair) {
    lock.withLock { open.subtract(pair.descriptors) }
    for descriptor in pair.descriptors { Glibc.close(descriptor) }
  }

  /// Hands packets on until the connection ends, or is ended here.
  private func pump(_ from: Int32, _ to: Int32) {
    var bytes: [UInt8] = []
    while let more = Socket.read(from) {
      bytes += more
      while let length = Self.packetLength(bytes) {
        let packet = Array(bytes.prefix(length))
        bytes.removeFirst(length)
        guard pass(packet, from, to) else { return }
      }
    }
  }

  /// - Returns: false where the line breaks.
  private func pass(_ packet: [UInt8], _ from: Int32, _ to: Int32) -> Bool {
    let (fault, pause) = draw(packet)
    switch fault {
    case nil: return Socket.write(packet, to)
    case .late:
      Self.rest(pause)
      return Socket.write(packet, to)
    case .twice: return Socket.write(packet + packet, to)
    case .silent:
      let end = Date().addingTimeInterval(Double(pause) / 100)
      while Date() < end, Socket.waits(from, until: end) { _ = Socket.read(from) }
      return false
    case .broken: return false
    }
  }

  /// - Returns: what becomes of a packet, and how long it takes, in milliseconds.
  private func draw(_ packet: [UInt8]) -> (fault: Fault?, pause: Int) {
    lock.withLock {
      guard isBad else { return (nil, 0) }
      let isPublish = packet[0] >> 4 == 3
      let fault: Fault? =
        switch Int.random(in: 0..<1200, using: &random) {
        case 0..<30: .late
        case 30..<60: isPublish ? .twice : nil
        case 60..<63: .silent
        case 63..<66: .broken
        default: nil
        }
      if let fault { faults[fault, default: 0] += 1 }
      return (fault, Int.random(in: 1...200, using: &random))
    }
  }

  private static func rest(_ milliseconds: Int) {
    var pause = timespec(tv_sec: 0, tv_nsec: milliseconds * 1_000_000)
    nanosleep(&pause, nil)
  }

  /// The bytes of the first packet (MQTT 5, section 2.1); nil until all of it is there.
  private static func packetLength(_ bytes: [UInt8]) -> Int? {
    var length = 0
    for place in 1...4 {
      guard place < bytes.count else { return nil }
      length |= Int(bytes[place] & 0x7F) << (7 * (place - 1))
      if bytes[place] & 0x80 == 0 {
        let whole = 1 + place + length
        return whole <= bytes.count ? whole : nil
      }
    }
    return nil
  }
}

/// The two sockets of a connection, which end together.
private final class Pair: @unchecked Sendable {
  // Sendable because `lock` guards what changes.
  let descriptors: [Int32]
  private let lock = NSLock()
  private var pumps = 2

  init(_ one: Int32, _ other: Int32) { descriptors = [one, other] }

  func cut() { for descriptor in descriptors { shutdown(descriptor, Int32(SHUT_RDWR)) } }

  /// One direction has ended.
  /// - Returns: whether both have.
  func end() -> Bool {
    lock.withLock {
      pumps -= 1
      return pumps == 0
    }
  }
}

/// Blocking sockets on loopback.
private enum Socket {
  static func listen() throws -> Int32 {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var place = address(0)
    let isBound = withUnsafePointer(to: &place) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard descriptor >= 0, isBound == 0, Glibc.listen(descriptor, 16) == 0 else {
      throw TestBedError("no port for a line")
    }
    return descriptor
  }

  static func port(of descriptor: Int32) throws -> Int {
    var place = address(0)
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let status = withUnsafeMutablePointer(to: &place) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        getsockname(descriptor, $0, &length)
      }
    }
    guard status == 0 else { throw TestBedError("a line without a port") }
    return Int(UInt16(bigEndian: place.sin_port))
  }

  static func accept(_ listener: Int32) -> Int32? {
    let descriptor = Glibc.accept(listener, nil, nil)
    return descriptor < 0 ? nil : descriptor
  }

  static func connect(_ port: Int) -> Int32? {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var place = address(port)
    let status = withUnsafePointer(to: &place) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard status == 0 else {
      close(descriptor)
      return nil
    }
    return descriptor
  }

  /// - Returns: nil where the other side has ended.
  static func read(_ descriptor: Int32) -> [UInt8]? {
    var buffer = [UInt8](repeating: 0, count: 65_536)
    let count = recv(descriptor, &buffer, buffer.count, 0)
    return count > 0 ? Array(buffer.prefix(count)) : nil
  }

  /// Whether there is something to read before this time, or the other side has ended.
  static func waits(_ descriptor: Int32, until end: Date) -> Bool {
    var state = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return poll(&state, 1, Int32(max(0, end.timeIntervalSinceNow * 1000))) > 0
  }

  static func write(_ bytes: [UInt8], _ descriptor: Int32) -> Bool {
    var sent = 0
    while sent < bytes.count {
      let count = bytes.withUnsafeBytes {
        send(descriptor, $0.baseAddress! + sent, bytes.count - sent, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { return false }
      sent += count
    }
    return true
  }

  private static func address(_ port: Int) -> sockaddr_in {
    var place = sockaddr_in()
    place.sin_family = sa_family_t(AF_INET)
    place.sin_port = UInt16(port).bigEndian
    place.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    return place
  }
}
