// The HTTP server over real sockets: routing, bounds, streams, files and what it refuses.

import Foundation
import HTTP
import Linux
import Testing

@Suite("HTTP")
struct HTTPTests {
  /// Answers with all that it was asked.
  private static func echo(_ options: HTTPOptions = HTTPOptions()) throws -> ServerThread {
    try ServerThread(options) { _ in
      { request in
        let query = request.query.map { "\($0.name)=\($0.value)" }.joined(separator: "&")
        let text =
          "\(request.method.rawValue) \(request.path) [\(query)] "
          + "\(request.header("x-note") ?? "-") \(request.body.count)"
        return .text(200, text)
      }
    }
  }

  @Test("a request arrives decoded, with its query, header and body")
  func request() throws {
    let server = try Self.echo()
    let answer = try exchange(
      server.port, "POST", "/a%2Fb/%E5%AD%97?x=1%202&y=a+b", headers: "X-Note: hi\r\n",
      body: "12345")
    #expect(answer.hasPrefix("HTTP/1.1 200 "))
    #expect(answer.hasSuffix("POST [\"a/b\", \"字\"] [x=1 2&y=a b] hi 5"))
  }

  @Test("a slash parts two segments, whatever mark stands behind it")
  func combiningMark() {
    #expect(PercentEscapes.segments("/a/\u{301}b") == ["a", "\u{301}b"])
    #expect(PercentEscapes.segments("/\u{301}") == ["\u{301}"])
  }

  @Test("broken escapes, NUL and bytes that are no UTF-8 are refused")
  func badEscapes() throws {
    let server = try Self.echo()
    for target in ["/%", "/%4", "/%zz", "/a%00b", "/%FF", "/?q=%00", "/?%zz"] {
      #expect(try exchange(server.port, "GET", target).hasPrefix("HTTP/1.1 400 "), "\(target)")
    }
    #expect(try exchange(server.port, "BREW", "/pot").hasPrefix("HTTP/1.1 501 "))
  }

  @Test("a body over the limit is answered with 413, announced or chunked")
  func largeBody() throws {
    var options = HTTPOptions()
    options.largestBody = 1000
    let server = try Self.echo(options)
    let exact = String(repeating: "x", count: 1000)
    #expect(try exchange(server.port, "POST", "/", body: exact).hasSuffix(" 1000"))
    #expect(try exchange(server.port, "POST", "/", body: exact + "y").hasPrefix("HTTP/1.1 413 "))
    for header in [
      "Content-Length: 1001\r\nExpect: 100-continue\r\n", "Content-Length: 256001\r\n",
    ] {
      let announced = try exchange(server.port, "POST", "/", headers: header)
      #expect(announced.hasPrefix("HTTP/1.1 413 "), "\(header)")
    }
    let chunked = try exchange(
      server.port, "POST", "/",
      headers: "Transfer-Encoding: chunked\r\n\r\n3e9\r\n\(exact)y\r\n0\r\n")
    #expect(chunked.hasPrefix("HTTP/1.1 413 "))
    let small = try exchange(
      server.port, "POST", "/",
      headers: "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n")
    #expect(small.hasSuffix(" 5"))
  }

  @Test(
    "a request that ends at two places is refused, and nothing behind it is a request",
    arguments: [
      "Content-Length: 3\r\nContent-Length: 40", "Content-Length: 3\r\nTransfer-Encoding: chunked",
    ])
  func twoLengths(headers: String) throws {
    let server = try Self.echo()
    let connection = try RawConnection(port: server.port)
    connection.send(
      "POST / HTTP/1.1\r\nHost: here\r\n\(headers)\r\n\r\nabcGET /inner HTTP/1.1\r\nHost: here\r\n\r\n"
    )
    let answers = connection.readAll()
    #expect(answers.hasPrefix("HTTP/1.1 400 "))
    #expect(answers.components(separatedBy: "HTTP/1.1 ").count == 2, "\(answers)")
  }

  @Test("a chunked body without end is answered in its midst and cut off")
  func endlessBody() throws {
    var options = HTTPOptions()
    options.largestBody = 1000
    let server = try Self.echo(options)
    let connection = try RawConnection(port: server.port)
    connection.send("POST / HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: chunked\r\n\r\n")
    let chunk = "3e8\r\n" + String(repeating: "x", count: 1000) + "\r\n"
    for _ in 0..<200 { connection.send(chunk) }
    #expect(connection.readAll().hasPrefix("HTTP/1.1 413 "))
  }

  @Test("a header over the limit is refused")
  func largeHeader() throws {
    let server = try Self.echo()
    let answer = try exchange(
      server.port, "GET", "/", headers: "X-Note: \(String(repeating: "n", count: 40_000))\r\n")
    #expect(answer.isEmpty || answer.hasPrefix("HTTP/1.1 4"))
  }

  @Test("one connection carries many requests")
  func keepAlive() throws {
    let server = try Self.echo()
    let connection = try RawConnection(port: server.port)
    for number in 0..<50 {
      connection.forget()
      connection.send("GET /\(number) HTTP/1.1\r\nHost: here\r\n\r\n")
      #expect(connection.read(until: "GET [\"\(number)\"] [] - 0"))
    }
  }

  @Test("a silent connection is closed after the idle time")
  func idle() throws {
    var options = HTTPOptions()
    options.patience.header = .seconds(1)
    let server = try Self.echo(options)
    let connection = try RawConnection(port: server.port)
    connection.send("GET / HTTP/1.1\r\n")
    #expect(connection.readAll().hasPrefix("HTTP/1.1 408 Request Timeout\r\n"))
  }

  @Test("an address that is taken is one clear error")
  func taken() throws {
    let server = try Self.echo()
    let loop = try EventLoop()
    do throws(HTTPError) {
      _ = try HTTPServer(loop: loop, options: HTTPOptions(port: server.port)) { _ in .text(200, "")
      }
      Issue.record("two servers on one port")
    } catch {
      #expect(error.description.contains("cannot listen on 127.0.0.1:\(server.port)"))
    }
    do throws(HTTPError) {
      _ = try HTTPServer(loop: loop, options: HTTPOptions(address: "nowhere")) { _ in .text(200, "")
      }
      Issue.record("a name is no address")
    } catch {
      #expect(error.place == "nowhere:0")
    }
  }

  @Test("the router tells absent paths, other methods and HEAD apart")
  func router() throws {
    let server = try ServerThread { _ in
      var router = HTTPRouter()
      router.on(.get, "/") { _, _ in .text(200, "root") }
      router.on(.get, "/things/*") { _, parameters in .text(200, "thing \(parameters[0])") }
      router.on(.put, "/things/*") { _, _ in HTTPResponse(204) }
      return { router.respond(to: $0) }
    }
    #expect(try exchange(server.port, "GET", "/").hasSuffix("root"))
    #expect(try exchange(server.port, "GET", "/things/7").hasSuffix("thing 7"))
    #expect(try exchange(server.port, "PUT", "/things/7").hasPrefix("HTTP/1.1 204 "))
    let head = try exchange(server.port, "HEAD", "/things/7")
    #expect(head.contains("Content-Length: 7") && head.hasSuffix("\r\n\r\n"))
    let other = try exchange(server.port, "DELETE", "/things/7")
    #expect(other.hasPrefix("HTTP/1.1 405 ") && other.contains("Allow: GET, HEAD, PUT\r\n"))
    #expect(try exchange(server.port, "GET", "/things").hasPrefix("HTTP/1.1 404 "))
    #expect(try exchange(server.port, "GET", "/things/7/").hasPrefix("HTTP/1.1 404 "))
  }
}

@Suite("HTTP event streams")
struct HTTPStreamTests {
  /// Streams by number of opening; used on the loop's thread only.
  private final class Streams: @unchecked Sendable {
    var open: [HTTPEventStream] = []
    var closed = 0
  }

  /// `/stream` opens a stream, `/say/TEXT` sends to all, `/end` closes all, `/closed` counts.
  private static func server(capacity: Int = 65_536) throws -> ServerThread {
    try ServerThread { _ in
      let streams = Streams()
      var router = HTTPRouter()
      router.on(.get, "/stream") { _, _ in
        let stream = HTTPEventStream(capacity: capacity)
        streams.open.append(stream)
        stream.onClosed = { streams.closed += 1 }
        return HTTPResponse(
          200, headers: [("Content-Type", "text/event-stream")], content: .stream(stream))
      }
      router.on(.get, "/say/*") { _, parameters in
        let taken = streams.open.map { $0.send(Array(parameters[0].utf8)) }
        return .text(200, "\(taken)")
      }
      router.on(.get, "/end") { _, _ in
        for stream in streams.open { stream.close() }
        return .text(200, "")
      }
      router.on(.get, "/closed") { _, _ in .text(200, "closed \(streams.closed)") }
      return { router.respond(to: $0) }
    }
  }

  private static func open(_ server: ServerThread) throws -> RawConnection {
    let connection = try RawConnection(port: server.port)
    connection.send("GET /stream HTTP/1.1\r\nHost: here\r\n\r\n")
    try #require(connection.read(until: "\r\n\r\n"))
    return connection
  }

  @Test("what is sent arrives at every stream, at once, until the end")
  func live() throws {
    let server = try Self.server()
    let one = try Self.open(server)
    let two = try Self.open(server)
    for word in ["first", "second", "third"] {
      #expect(try exchange(server.port, "GET", "/say/\(word)").hasSuffix("[true, true]"))
      #expect(one.read(until: word))
      #expect(two.read(until: word))
    }
    _ = try exchange(server.port, "GET", "/end")
    #expect(one.read(until: "\r\n0\r\n"))
    #expect(two.read(until: "\r\n0\r\n"))
    #expect(try exchange(server.port, "GET", "/say/late").hasSuffix("[false, false]"))
  }

  @Test("a stream that is full refuses, and takes more once the reader has caught up")
  func backPressure() throws {
    let server = try ServerThread { loop in
      var router = HTTPRouter()
      // Numbers of a fixed width, each sent again from `onDrained` when it did not fit.
      router.on(.get, "/count") { _, _ in
        let stream = HTTPEventStream(capacity: 1024)
        var next = 0
        stream.onDrained = { [unowned stream] in
          while next < 200_000, stream.send(Array(("\(1_000_000 + next)\n").utf8)) { next += 1 }
          if next == 200_000 { stream.close() }
        }
        return HTTPResponse(200, content: .stream(stream))
      }
      return { router.respond(to: $0) }
    }
    let connection = try RawConnection(port: server.port)
    connection.send("GET /count HTTP/1.0\r\n\r\n")
    let answer = connection.readAll()
    let body = try #require(answer.range(of: "\r\n\r\n"))
    let lines = answer[body.upperBound...].split(separator: "\n")
    #expect(lines.count == 200_000)
    #expect(lines.elementsEqual((0..<200_000).map { Substring("\(1_000_000 + $0)") }))
  }

  @Test("a reader that goes away is noticed at the next sending")
  func gone() throws {
    let server = try Self.server()
    do {
      let connection = try Self.open(server)
      _ = try exchange(server.port, "GET", "/say/hello")
      #expect(connection.read(until: "hello"))
    }
    let deadline = Date(timeIntervalSinceNow: 10)
    var answer = ""
    while !answer.hasSuffix("closed 1"), Date() < deadline {
      _ = try exchange(server.port, "GET", "/say/anyone")
      answer = try exchange(server.port, "GET", "/closed")
    }
    #expect(answer.hasSuffix("closed 1"))
  }

  @Test("a server with open streams stops")
  func stopWithStreams() throws {
    var server: ServerThread? = try Self.server()
    let connection = try Self.open(try #require(server))
    server = nil
    _ = connection.readAll()
  }
}

@Suite("HTTP static files")
struct HTTPFileTests {
  @Test("files are served by their type, again only when they changed, and nothing else is")
  func files() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "web-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    let root = folder.appending(path: "root")
    try FileManager.default.createDirectory(
      at: root.appending(path: "sub"), withIntermediateDirectories: true)
    for (name, text) in [
      ("root/index.html", "<p>"), ("root/sub/app.js", "let a"), ("root/.hidden.html", "no"),
      ("root/notes.txt", "no"), ("secret.html", "no"),
    ] {
      try Data(text.utf8).write(to: folder.appending(path: name))
    }
    let path = root.path
    let server = try ServerThread { _ in
      let files = StaticFiles(root: path)
      return { files.response(to: $0, path: $0.path) ?? .text(404, "") }
    }
    let page = try exchange(server.port, "GET", "/")
    #expect(page.contains("Content-Type: text/html; charset=utf-8") && page.hasSuffix("<p>"))
    let script = try exchange(server.port, "GET", "/sub/app.js")
    #expect(script.contains("Content-Type: text/javascript") && script.hasSuffix("let a"))
    let tag = try #require(
      script.split(separator: "\r\n").first { $0.hasPrefix("ETag: ") }?.dropFirst(6))
    let again = try exchange(
      server.port, "GET", "/sub/app.js", headers: "If-None-Match: \"x\", W/\(tag)\r\n")
    #expect(again.hasPrefix("HTTP/1.1 304 ") && !again.contains("let a"))
    for target in [
      "/sub", "/none.js", "/.hidden.html", "/notes.txt", "/../secret.html", "/%2e%2e/secret.html",
      "/..%2fsecret.html", "/sub/..%5c..%5csecret.html", "//index.html",
    ] {
      #expect(try exchange(server.port, "GET", target).hasPrefix("HTTP/1.1 404 "), "\(target)")
    }
  }
}
