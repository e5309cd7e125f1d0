// Reads a server-sent event stream from a plain socket and notes when each event was there.
import Glibc
import Linux
import TestBed
import Time

/// A browser's side of `GET /api/v1/events/stream`, without the browser.
final class StreamReader {
  /// A stored record: where it belongs and when its frame had been read.
  struct Arrival {
    let station: String
    let seq: Int
    let at: Instant
  }

  private let descriptor: Int32
  /// The bytes of the body that are no whole event yet.
  private var pending: [UInt8] = []
  /// The bytes of the connection that are no whole chunk yet.
  private var raw: [UInt8] = []
  private var isPastHeader = false

  /// - Parameter address: `host:port` of the service, a numeric IPv4 host.
  init(address: String, token: String) throws(SystemError) {
    descriptor = try Self.connect(address)
    let request =
      "GET /api/v1/events/stream HTTP/1.1\r\nHost: \(address)\r\n"
      + "Authorization: Bearer \(token)\r\nAccept: text/event-stream\r\n\r\n"
    let bytes = Array(request.utf8)
    guard write(descriptor, bytes, bytes.count) == bytes.count else {
      throw SystemError("ask for the event stream")
    }
  }

  deinit { close(descriptor) }

  /// Waits for more.
  /// - Returns: the records whose frames are complete now; nil where nothing came in time.
  func next(within limit: Duration = .seconds(5)) throws(SystemError) -> [Arrival]? {
    var poll = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    let patience = Int32(limit.wholeNanoseconds / 1_000_000)
    guard Glibc.poll(&poll, 1, patience) > 0 else { return nil }
    var buffer = [UInt8](repeating: 0, count: 65_536)
    let count = recv(descriptor, &buffer, buffer.count, 0)
    let at = Clock.now
    guard count > 0 else {
      throw SystemError("read the event stream", detail: "the service has closed it")
    }
    raw += buffer[..<count]
    if !isPastHeader { try dropHeader() }
    takeChunks()
    return events().compactMap { Self.arrival($0, at) }
  }

  private func dropHeader() throws(SystemError) {
    guard let end = raw.firstRange(of: Array("\r\n\r\n".utf8)) else { return }
    let status = String(decoding: raw.prefix(12), as: UTF8.self)
    guard status == "HTTP/1.1 200" else {
      throw SystemError("open the event stream", detail: status)
    }
    raw.removeSubrange(..<end.upperBound)
    isPastHeader = true
  }

  /// Takes whole chunks out of what came (RFC 9112 section 7.1).
  private func takeChunks() {
    guard isPastHeader else { return }
    var start = 0
    while let line = raw[start...].firstRange(of: [0x0D, 0x0A]) {
      let digits = String(decoding: raw[start..<line.lowerBound], as: UTF8.self)
      guard let size = Int(digits, radix: 16), raw.count >= line.upperBound + size + 2 else {
        break
      }
      pending += raw[line.upperBound..<line.upperBound + size]
      start = line.upperBound + size + 2
    }
    raw.removeSubrange(..<start)
  }

  private func events() -> [[UInt8]] {
    var events: [[UInt8]] = []
    var start = 0
    while let end = pending.position(of: 0x0A, 0x0A, from: start) {
      events.append(Array(pending[start..<end]))
      start = end + 2
    }
    pending.removeSubrange(..<start)
    return events
  }

  /// Which record an event is of; nil where it is of none.
  private static func arrival(_ event: [UInt8], _ at: Instant) -> Arrival? {
    guard event.starts(with: Array("event: record\n".utf8)) else { return nil }
    let text = String(decoding: event, as: UTF8.self)
    guard
      let station = value(of: "\"station\":\"", in: text),
      let seq = value(of: "\"seq\":", in: text).flatMap({ Int($0) })
    else { return nil }
    return Arrival(station: station, seq: seq, at: at)
  }

  private static func value(of key: String, in text: String) -> String? {
    guard let found = text.firstRange(of: key) else { return nil }
    return String(text[found.upperBound...].prefix { $0 != "\"" && $0 != "," })
  }

  static func connect(_ address: String) throws(SystemError) -> Int32 {
    let parts = address.split(separator: ":")
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { throw SystemError("make a socket") }
    var place = sockaddr_in()
    place.sin_family = sa_family_t(AF_INET)
    place.sin_port = in_port_t(parts.last.flatMap { UInt16($0) } ?? 0).bigEndian
    inet_pton(AF_INET, parts.first.map(String.init) ?? "", &place.sin_addr)
    let status = withUnsafePointer(to: &place) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard status == 0 else {
      let error = SystemError("connect to", path: address)
      close(descriptor)
      throw error
    }
    return descriptor
  }
}

extension [UInt8] {
  /// The place of the first pair of these bytes.
  fileprivate func position(of one: UInt8, _ other: UInt8, from start: Int) -> Int? {
    withUnsafeBufferPointer { bytes in
      var index = start
      while index + 1 < bytes.count {
        if bytes[index] == one, bytes[index + 1] == other { return index }
        index += 1
      }
      return nil
    }
  }
}
