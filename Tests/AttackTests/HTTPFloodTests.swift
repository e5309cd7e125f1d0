// Clients of the API that keep everybody else out: with bodies, with streams, with guesses.
import Foundation
import Glibc
import Linux
import TestBed
import Testing
import Time

@Suite("Clients that keep others out", .serialized)
struct HTTPFloodTests {
  private let bed: AttackBed

  init() throws { bed = try AttackBed(stations: []) }

  private func crowd(_ count: Int, _ request: String) throws -> [PlainConnection] {
    try (0..<count).map { _ in
      let connection = try PlainConnection(address: bed.management.address)
      connection.send(request)
      return connection
    }
  }

  @Test("900 announced bodies without a token lock nobody out")
  func bodies() throws {
    let crowd = try crowd(
      900, "POST /api/v1/members HTTP/1.1\r\nHost: here\r\nContent-Length: 60000\r\n\r\n")
    let before = Clock.now
    #expect(try bed.management.api.call("GET", "/stations").status == 200)
    let took = Clock.now - before
    #expect(took < .seconds(2), "\(took)")
    #expect(crowd[0].readAll().hasPrefix("HTTP/1.1 401 "))
    #expect(crowd[899].readAll().hasPrefix("HTTP/1.1 401 "))
  }

  @Test("950 announced bodies of a stolen token of a viewer lock nobody out")
  func bodiesOfAViewer() throws {
    let crowd = try crowd(
      950,
      "POST /api/v1/members HTTP/1.1\r\nHost: here\r\nContent-Length: 60000\r\n"
        + "Authorization: Bearer \(bed.management.viewerToken)\r\n\r\n")
    let before = Clock.now
    #expect(try bed.management.api.call("GET", "/stations").status == 200)
    let took = Clock.now - before
    #expect(took < .seconds(2), "\(took)")
    withExtendedLifetime(crowd) {}
  }

  @Test("a stolen token of a viewer opens ten event streams, and others still open theirs")
  func streams() throws {
    let request = { (token: String) in
      "GET /api/v1/events/stream HTTP/1.1\r\nHost: here\r\nAuthorization: Bearer \(token)\r\n\r\n"
    }
    let crowd = try crowd(10, request(bed.management.viewerToken))
    for connection in crowd { #expect(connection.read(until: "retry:")) }
    for late in try self.crowd(5, request(bed.management.viewerToken)) {
      #expect(late.read(until: "\r\n\r\n") && late.received.hasPrefix("HTTP/1.1 429 "))
    }
    let other = try self.crowd(1, request(bed.management.token))[0]
    #expect(other.read(until: "retry:"))
  }

  @Test(
    "after a hundred guesses from an address its right token is not compared on a new connection")
  func guesses() throws {
    let request = { (token: String) in
      "GET /api/v1/stations HTTP/1.1\r\nHost: here\r\nAuthorization: Bearer \(token)\r\n\r\n"
    }
    let known = try crowd(1, request(bed.management.token))[0]
    #expect(known.read(until: "}") && known.received.hasPrefix("HTTP/1.1 200 "))
    let guesser = try PlainConnection(address: bed.management.address)
    for number in 1...100 {
      guesser.send(request("guess-number-\(1000 + number)"))
      #expect(guesser.read(until: "\"detail\""))
      guesser.forget()
    }
    let right = try crowd(1, request(bed.management.token))[0]
    #expect(right.read(until: "\"detail\"") && right.received.hasPrefix("HTTP/1.1 429 "))
    known.forget()
    known.send(request(bed.management.token))
    #expect(known.read(until: "}") && known.received.hasPrefix("HTTP/1.1 200 "))
  }
}

/// A connection that sends and reads plain bytes, each read with a deadline of ten seconds.
private final class PlainConnection {
  private let descriptor: Int32
  private(set) var received = ""

  init(address: String) throws {
    let port = try #require(address.split(separator: ":").last.flatMap { UInt16($0) })
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var limit = timeval(tv_sec: 10, tv_usec: 0)
    setsockopt(
      descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    var place = sockaddr_in()
    place.sin_family = sa_family_t(AF_INET)
    place.sin_port = port.bigEndian
    place.sin_addr.s_addr = inet_addr("127.0.0.1")
    let status = withUnsafePointer(to: &place) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    try #require(status == 0, "errno \(errno)")
  }

  deinit { close(descriptor) }

  func send(_ text: String) {
    _ = Glibc.send(descriptor, text, text.utf8.count, Int32(MSG_NOSIGNAL))
  }

  func forget() { received = "" }

  /// - Returns: false where the connection ends or falls silent before that.
  func read(until mark: String) -> Bool {
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while !received.contains(mark) {
      let count = recv(descriptor, &buffer, buffer.count, 0)
      guard count > 0 else { return false }
      received += String(decoding: buffer[..<count], as: UTF8.self)
    }
    return true
  }

  func readAll() -> String {
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = recv(descriptor, &buffer, buffer.count, 0)
      guard count > 0 else { return received }
      received += String(decoding: buffer[..<count], as: UTF8.self)
    }
  }
}
