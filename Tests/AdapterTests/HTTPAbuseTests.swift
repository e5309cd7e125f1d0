// Clients that are slow, silent, greedy or many: each is told so or cut off, and counted.

import Foundation
import HTTP
import Linux
import TestBed
import Testing

@Suite("HTTP under abuse")
struct HTTPAbuseTests {
  /// What the server refused; written on its thread.
  private final class Refusals: @unchecked Sendable {
    // Sendable because `lock` guards the list.
    private let lock = NSLock()
    private var list: [HTTPRefusal] = []

    func add(_ refusal: HTTPRefusal) { lock.withLock { list.append(refusal) } }
    var all: [HTTPRefusal] { lock.withLock { list } }

    func wait(for refusal: HTTPRefusal, count: Int = 1) throws {
      try Deadline.wait(until: "\(count) times \(refusal) among \(all)") {
        all.count(where: { $0 == refusal }) >= count
      }
    }
  }

  private let refusals = Refusals()

  /// Answers with the length of the body; `/large` with more than any socket holds; `/endless`
  /// with a stream that always has more; `/drop-by-drop` with one that has never more than the
  /// connection takes at once.
  private func server(
    _ change: (inout HTTPOptions) -> Void = { _ in },
    gate: @escaping @Sendable (HTTPRequest) -> HTTPResponse? = { _ in nil }
  ) throws -> ServerThread {
    var options = HTTPOptions()
    options.patience.header = .seconds(1)
    options.patience.body = .seconds(1)
    options.patience.idle = .seconds(1)
    options.patience.answer = .seconds(2)
    options.patience.stall = .seconds(1)
    change(&options)
    return try ServerThread(options, onRefused: { [refusals] in refusals.add($0) }, gate: gate) {
      _ in
      { request in
        switch request.path.first {
        case "large":
          return HTTPResponse(200, content: .bytes([UInt8](repeating: 0x78, count: 32 << 20)))
        case "endless":
          let stream = HTTPEventStream(capacity: 1 << 20)
          stream.onDrained = { [unowned stream] in
            while stream.send([UInt8](repeating: 0x78, count: 65_536)) {}
          }
          return HTTPResponse(200, content: .stream(stream))
        case "drop-by-drop":
          let stream = HTTPEventStream()
          stream.onDrained = { [unowned stream] in
            _ = stream.send([UInt8](repeating: 0x78, count: 1000))
          }
          return HTTPResponse(200, content: .stream(stream))
        default: return .text(200, "\(request.body.count) from \(request.peer)")
        }
      }
    }
  }

  @Test("a header or a body that trickles is answered with 408, however steadily it comes")
  func trickling() throws {
    let server = try server()
    for (beginning, trickle) in [
      ("", "G"), ("GET / HTTP/1.1\r\n", "X-A: b\r\n"),
      ("POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 1000\r\n\r\n", "x"),
    ] {
      let connection = try RawConnection(port: server.port)
      connection.send(beginning)
      try Deadline.wait(until: "the end of patience with \(beginning)") {
        connection.send(trickle)
        return connection.hasEnded
      }
      #expect(connection.received.hasPrefix("HTTP/1.1 408 Request Timeout\r\n"), "\(beginning)")
      #expect(connection.received.contains("\r\nConnection: close\r\n"))
    }
    try refusals.wait(for: .answered(status: 408), count: 3)
  }

  @Test("a connection on which nothing is ever said is answered with 408 too")
  func silent() throws {
    let server = try server()
    #expect(try RawConnection(port: server.port).readAll().hasPrefix("HTTP/1.1 408 "))
    try refusals.wait(for: .answered(status: 408))
  }

  @Test("a connection that rests between two requests is closed without a word")
  func resting() throws {
    let server = try server()
    let connection = try RawConnection(port: server.port)
    connection.send("GET / HTTP/1.1\r\nHost: here\r\n\r\n")
    #expect(connection.read(until: "0 from 127.0.0.1"))
    connection.forget()
    #expect(connection.readAll().isEmpty)
    #expect(refusals.all.isEmpty)
  }

  @Test("a reader that does not take its answer is cut off, and so is one of a stream")
  func slowReaders() throws {
    let server = try server()
    let readers = try ["/large", "/endless", "/drop-by-drop"].map { path in
      let connection = try RawConnection(port: server.port)
      connection.send("GET \(path) HTTP/1.1\r\nHost: here\r\n\r\n")
      return connection
    }
    try refusals.wait(for: .slowReader, count: 3)
    for reader in readers { #expect(reader.readAll().hasPrefix("HTTP/1.1 200 ")) }
    #expect(try exchange(server.port, "GET", "/").contains("0 from"))
  }

  @Test("a house full of silence makes room for whoever asks")
  func fullOfSilence() throws {
    let server = try server {
      $0.mostConnections = 16
      $0.patience.header = .seconds(60)
    }
    let silent = try (0..<200).map { _ in try RawConnection(port: server.port) }
    for _ in 0..<20 { #expect(try exchange(server.port, "GET", "/").hasPrefix("HTTP/1.1 200 ")) }
    #expect(silent[0].readAll().hasPrefix("HTTP/1.1 408 "))
    try refusals.wait(for: .gaveWay, count: 184)
  }

  @Test("a body that the gate does not want is answered when its header is there")
  func gate() throws {
    let server = try server(
      { $0.patience.body = .seconds(60) },
      gate: { $0.header("x-key") == nil ? .text(401, "no key") : nil })
    for announced in ["Content-Length: 60000", "Transfer-Encoding: chunked"] {
      let stranger = try RawConnection(port: server.port)
      stranger.send("POST / HTTP/1.1\r\nHost: here\r\n\(announced)\r\n\r\n")
      let answer = stranger.readAll()
      #expect(answer.hasPrefix("HTTP/1.1 401 ") && answer.hasSuffix("no key"), "\(announced)")
    }
    let friend = try RawConnection(port: server.port)
    friend.send("POST / HTTP/1.1\r\nHost: here\r\nX-Key: 1\r\nContent-Length: 3\r\n\r\n")
    friend.send("abc")
    #expect(friend.read(until: "3 from 127.0.0.1"))
    // Without a body nothing is kept waiting, and the handler decides.
    #expect(try exchange(server.port, "GET", "/").contains("0 from"))
  }

  @Test("an answer that is made later comes when it is there, and others are served meanwhile")
  func later() throws {
    let turns = Box(0)
    let server = try ServerThread(HTTPOptions()) { loop in
      { request in
        guard request.path == ["later"] else { return .text(200, "now") }
        let answer = HTTPLaterAnswer()
        // The connection rests until the third request has been served.
        func look() {
          loop.schedule(after: .milliseconds(1)) {
            if turns.value >= 2 { answer.give(.text(200, "done")) } else { look() }
          }
        }
        look()
        return HTTPResponse(200, headers: [("X-Outer", "yes")], content: .later(answer))
      }
    }
    let waiting = try RawConnection(port: server.port)
    waiting.send("GET /later HTTP/1.1\r\nHost: here\r\n\r\n")
    for _ in 0..<2 { #expect(try exchange(server.port, "GET", "/").hasSuffix("now")) }
    turns.value = 2
    #expect(waiting.read(until: "done"))
    #expect(waiting.received.hasPrefix("HTTP/1.1 200 "))
    #expect(waiting.received.contains("\r\nX-Outer: yes\r\n"))
    // The connection lives on, and one that waits does not keep the server from its end.
    waiting.forget()
    waiting.send("GET / HTTP/1.1\r\nHost: here\r\n\r\n")
    #expect(waiting.read(until: "now"))
    turns.value = 0
    waiting.send("GET /later HTTP/1.1\r\nHost: here\r\n\r\n")
    #expect(try exchange(server.port, "GET", "/").hasSuffix("now"))
  }

  @Test("an answer may be another one's that is made later, with the header fields of both")
  func promisedTwice() throws {
    let server = try ServerThread(HTTPOptions()) { loop in
      { request in
        let first = HTTPLaterAnswer()
        let second = HTTPLaterAnswer()
        // The second one comes before it is promised, or after.
        let isEarly = request.path == ["early"]
        if isEarly { second.give(.text(201, "made").adding("X-Inner", "yes")) }
        loop.schedule(after: .milliseconds(1)) {
          first.give(HTTPResponse(200, headers: [("X-Between", "yes")], content: .later(second)))
          guard !isEarly else { return }
          loop.schedule(after: .milliseconds(1)) {
            second.give(.text(201, "made").adding("X-Inner", "yes"))
          }
        }
        return HTTPResponse(200, headers: [("X-Outer", "yes")], content: .later(first))
      }
    }
    for path in ["/early", "/late"] {
      let answer = try exchange(server.port, "GET", path)
      #expect(answer.hasPrefix("HTTP/1.1 201 ") && answer.hasSuffix("made"), "\(path)")
      for name in ["X-Inner", "X-Between", "X-Outer"] {
        #expect(answer.contains("\r\n\(name): yes\r\n"), "\(path) \(name)")
      }
    }
  }

  @Test("a house full of bodies that never come makes room for whoever asks")
  func fullOfBodies() throws {
    let server = try server {
      $0.mostConnections = 16
      $0.patience.body = .seconds(60)
    }
    let bodies = try (0..<100).map { _ in
      let connection = try RawConnection(port: server.port)
      connection.send("POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 60000\r\n\r\n")
      return connection
    }
    for _ in 0..<20 { #expect(try exchange(server.port, "GET", "/").hasPrefix("HTTP/1.1 200 ")) }
    #expect(bodies[0].readAll().hasPrefix("HTTP/1.1 408 "))
  }

  @Test("behind a named proxy the peer is the address that it forwards, and its bound is its own")
  func proxy() throws {
    let server = try server {
      $0.proxies = ["127.0.0.1"]
      $0.mostConnections = 16
      $0.patience.body = .seconds(60)
    }
    func ask(_ forwarded: String, _ more: String = "") throws -> RawConnection {
      let connection = try RawConnection(port: server.port)
      connection.send("POST / HTTP/1.1\r\nHost: here\r\nX-Forwarded-For: \(forwarded)\r\n")
      connection.send("Content-Length: 1\r\nExpect: 100-continue\r\n\r\n\(more)")
      return connection
    }
    #expect(try ask("10.9.9.9, 192.0.2.7", "x").read(until: "1 from 192.0.2.7"))
    // The server says so when it has the header and waits for the body.
    let held = try (0..<4).map { _ in
      let connection = try ask("192.0.2.7")
      #expect(connection.read(until: "100 Continue"))
      return connection
    }
    #expect(try ask("192.0.2.7").readAll().hasPrefix("HTTP/1.1 503 "))
    #expect(try ask("192.0.2.8", "x").read(until: "1 from 192.0.2.8"))
    held[0].send("x")
    #expect(held[0].read(until: "1 from 192.0.2.7"))
    #expect(try ask("192.0.2.7", "x").read(until: "1 from 192.0.2.7"))
    try refusals.wait(for: .turnedAway)
  }

  @Test("a house full of streams turns whoever comes away with 503")
  func fullOfStreams() throws {
    let server = try server {
      $0.mostConnections = 8
      $0.patience.stall = .seconds(60)
    }
    let streams = try (0..<8).map { _ in
      let connection = try RawConnection(port: server.port)
      connection.send("GET /endless HTTP/1.1\r\nHost: here\r\n\r\n")
      #expect(connection.read(until: "\r\n\r\n"))
      return connection
    }
    let late = try RawConnection(port: server.port)
    #expect(late.readAll().hasPrefix("HTTP/1.1 503 Service Unavailable\r\n"))
    try refusals.wait(for: .turnedAway)
    withExtendedLifetime(streams) {}
  }

  @Test("what the library refuses by itself is counted by its status")
  func refusedByTheLibrary() throws {
    let server = try server()
    let long = String(repeating: "n", count: 40_000)
    for (request, statuses) in [
      ("GET /\(long) HTTP/1.1\r\nHost: here\r\n\r\n", [414]),
      ("GET / HTTP/1.1\r\nHost: here\r\nX-Note: \(long)\r\n\r\n", [431, 413]),
      ("GET / HTTP/1.1\r\n\r\n", [400]),
      ("POST / HTTP/1.1\r\nHost: here\r\nContent-Length: x\r\n\r\n", [400]),
    ] {
      let before = refusals.all.count
      let connection = try RawConnection(port: server.port)
      connection.send(request)
      let answer = connection.readAll()
      #expect(
        statuses.contains { answer.hasPrefix("HTTP/1.1 \($0) ") },
        "\(request.prefix(60)): \(answer)")
      try Deadline.wait(until: "the refusal of \(request.prefix(60)), not \(refusals.all)") {
        refusals.all.dropFirst(before).contains { refusal in
          statuses.contains { refusal == .answered(status: $0) }
        }
      }
    }
  }

  @Test("what is no request at all is counted, and so is half of one that nobody finishes")
  func brokenOff() throws {
    let server = try server()
    for (number, text) in ["NONSENSE\r\n\r\n", "\u{16}\u{3}\u{1}\r\n\r\n"].enumerated() {
      let connection = try RawConnection(port: server.port)
      connection.send(text)
      #expect(connection.readAll().isEmpty)
      try refusals.wait(for: .brokenOff, count: number + 1)
    }
    do {
      let connection = try RawConnection(port: server.port)
      connection.send("GET / HT")
    }
    // The library may read the end together with the half, or wait for the other one.
    try Deadline.wait(until: "the third refusal") { refusals.all.count == 3 }
    #expect([.brokenOff, .answered(status: 408)].contains(refusals.all[2]))
    #expect(try exchange(server.port, "GET", "/").hasPrefix("HTTP/1.1 200 "))
  }

  @Test("a body of 10 MB is answered with 413 and never held", arguments: [true, false])
  func largeBody(isAnnounced: Bool) throws {
    let server = try server { $0.patience.body = .seconds(20) }
    let connection = try RawConnection(port: server.port)
    let length = isAnnounced ? "Content-Length: 10485760" : "Transfer-Encoding: chunked"
    connection.send("POST / HTTP/1.1\r\nHost: here\r\n\(length)\r\n\r\n")
    let piece = String(repeating: "x", count: 65_536)
    for _ in 0..<160 { connection.send(isAnnounced ? piece : "10000\r\n\(piece)\r\n") }
    if !isAnnounced { connection.send("0\r\n\r\n") }
    #expect(connection.readAll().hasPrefix("HTTP/1.1 413 "))
    try refusals.wait(for: .answered(status: 413))
    #expect(try exchange(server.port, "GET", "/").hasPrefix("HTTP/1.1 200 "))
  }
}
