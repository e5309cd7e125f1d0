// The HTTP server over TLS: what clients of another implementation see, and what bounds hold.

import Foundation
import HTTP
import Linux
import TestBed
import Testing
import Time

@Suite("HTTP over TLS")
struct HTTPSecurityTests {
  typealias Pair = (chain: [UInt8], key: [UInt8])

  /// A client that sends its pieces one after the other, and then prints all that it gets.
  private static let speaker = """
    import socket, ssl, sys
    context = ssl.create_default_context(cafile=sys.argv[2])
    plain = socket.create_connection(("127.0.0.1", int(sys.argv[1])), 20)
    connection = context.wrap_socket(plain, server_hostname="localhost")
    for piece in sys.argv[3:]:
        try:
            connection.sendall(piece.encode().decode("unicode_escape").encode("latin-1"))
        except OSError:
            break
    text = b""
    while True:
        try:
            more = connection.recv(65536)
        except ConnectionResetError:
            break
        if not more:
            break
        text += more
    sys.stdout.write(text.decode("latin-1"))
    """

  private let folder: WorkFolder
  private let authority: OpenSSLAuthority

  init() throws {
    folder = try WorkFolder()
    authority = try OpenSSLAuthority(folder)
  }

  private func pair(
    _ name: String, for host: String = "localhost", days: Int = 30,
    _ kind: OpenSSLAuthority.Kind = .p256
  ) throws -> Pair {
    let files = (folder.file("\(name).crt"), folder.file("\(name).key"))
    try authority.issue(name, for: host, days: days, kind, certificate: files.0, key: files.1)
    return (try Files.read(files.0), try Files.read(files.1))
  }

  /// Answers with the number of bytes of the body; of `/large` with as many as the query asks for.
  private func server(
    _ options: HTTPOptions = HTTPOptions(), _ pair: Pair? = nil,
    onRefused: @escaping @Sendable (HTTPRefusal) -> Void = { _ in }
  ) throws -> ServerThread {
    try ServerThread(options, pair: pair ?? self.pair("first"), onRefused: onRefused) { _ in
      { request in
        if request.path == ["large"] {
          let count = request.query.first.flatMap { Int($0.value) } ?? 0
          return .text(200, String(repeating: "x", count: count))
        }
        return .text(200, "body \(request.body.count)\n")
      }
    }
  }

  private func curl(
    _ server: ServerThread, _ path: String = "/", _ more: [String] = [], host: String = "localhost"
  ) throws -> (status: Int32, output: String) {
    let address = "\(host):\(server.port)"
    let words = [
      "--silent", "--show-error", "--max-time", "20", "--cacert", authority.path, "--resolve",
      "\(address):127.0.0.1",
    ]
    return try Program.run("curl", words + more + ["https://\(address)\(path)"])
  }

  private func speak(_ server: ServerThread, _ pieces: String...) throws -> String {
    try Program.run(
      "python3", ["-c", Self.speaker, "\(server.port)", authority.path] + pieces
    ).output
  }

  /// The subject of the certificate that a newcomer is shown.
  private func subject(_ server: ServerThread, _ more: [String] = []) throws -> String? {
    let shown = try Program.run(
      "openssl", ["s_client", "-connect", "127.0.0.1:\(server.port)"] + more)
    return shown.output.firstMatch(of: #/subject=CN = (\S+)/#).map { String($0.1) }
  }

  @Test(
    "who trusts the authority is answered, by TLS 1.2 and 1.3, by keys of either kind",
    arguments: ["1.2", "1.3"], [OpenSSLAuthority.Kind.p256, .rsa2048])
  func served(version: String, kind: OpenSSLAuthority.Kind) throws {
    let server = try server(HTTPOptions(), pair("first", kind))
    let most = ["--tlsv\(version)", "--tls-max", version, "--include"]
    let answer = try curl(server, "/", most)
    #expect(answer.status == 0, "\(answer.output)")
    #expect(answer.output.hasPrefix("HTTP/1.1 200 OK\r\n"))
    #expect(answer.output.contains("\r\nStrict-Transport-Security: max-age=31536000\r\n"))
    #expect(answer.output.hasSuffix("body 0\n"))
    // An answer that the library sends in many pieces, and a body that comes in many.
    #expect(try curl(server, "/large?n=3000000").output.utf8.count == 3_000_000)
    let body = try folder.write(String(repeating: "y", count: 60_000), to: "body")
    #expect(try curl(server, "/", ["--data-binary", "@\(body)"]).output == "body 60000\n")
  }

  @Test("plain HTTP says nothing of TLS in its answers")
  func plainAnswers() throws {
    let server = try ServerThread { _ in { _ in .text(200, "here") } }
    let answer = try exchange(server.port, "GET", "/")
    #expect(answer.hasSuffix("here") && !answer.contains("Strict-Transport-Security"))
  }

  @Test("TLS 1.1 is refused, and so are ciphers without forward secrecy")
  func oldVersions() throws {
    let server = try server(HTTPOptions(), pair("first", .rsa2048))
    let old = ["-cipher", "ALL:@SECLEVEL=0"]
    #expect(try subject(server, ["-tls1_1"] + old) == nil)
    #expect(try subject(server, ["-tls1"] + old) == nil)
    #expect(try subject(server, ["-tls1_2"] + old) == "first")
    #expect(try subject(server, ["-tls1_2", "-cipher", "kRSA"]) == nil)
    #expect(try subject(server, ["-tls1_2", "-cipher", "ECDHE-RSA-AES128-SHA"]) == nil)
    #expect(try subject(server, ["-tls1_3", "-groups", "ffdhe2048"]) == nil)
  }

  @Test("a client refuses a certificate for another name, one that is over, one of a stranger")
  func verified() throws {
    let wrong = try server(HTTPOptions(), pair("wrong", for: "elsewhere.example"))
    #expect(try curl(wrong).status == 60)
    #expect(try curl(wrong, host: "elsewhere.example").status == 0)
    let over = try server(HTTPOptions(), pair("over", days: -1))
    #expect(try curl(over).status == 60)
    let own = try server()
    let stranger = try OpenSSLAuthority(WorkFolder())
    #expect(try curl(own, "/", ["--cacert", stranger.path]).status != 0)
    #expect(try curl(own).status == 0)
  }

  @Test("what is no TLS is closed without an answer and counted, and others are served")
  func plainText() throws {
    let refused = Refusals()
    let server = try server { refused.add($0) }
    for text in ["GET / HTTP/1.1\r\nHost: here\r\n\r\n", "\u{16}\u{3}\u{1}\0\u{4}h\0\0\0", "\0"] {
      let connection = try RawConnection(port: server.port)
      connection.send(text)
      if text == "\0" { continue }
      #expect(!connection.readAll().contains("HTTP"))
    }
    #expect(try curl(server).status == 0)
    try Deadline.wait(until: "all three to be counted") {
      refused.all.count { $0 == .brokenOff } == 3
    }
  }

  @Test("a connection that a browser makes in advance and does not use is no refused input")
  func inAdvance() throws {
    let refused = Refusals()
    let server = try server { refused.add($0) }
    #expect(try subject(server) == "first")
    #expect(try subject(server, ["-tls1_2"]) == "first")
    // The count of one that was broken off comes after theirs.
    let broken = try RawConnection(port: server.port)
    broken.send("no handshake at all")
    _ = broken.readAll()
    try Deadline.wait(until: "the broken one to be counted") { !refused.all.isEmpty }
    #expect(refused.all == [.brokenOff])
  }

  @Test("handshakes that nobody finishes end within the bound, and others are served meanwhile")
  func unfinished() throws {
    let refused = Refusals()
    var options = HTTPOptions()
    options.patience.header = .milliseconds(1500)
    let server = try server(options) { refused.add($0) }
    let start = Clock.now
    // The header of a record that announces a greeting of 200 bytes, and the first of those.
    let slow = try (0..<30).map { index in
      let connection = try RawConnection(port: server.port)
      if index > 9 { connection.send("\u{16}\u{3}\u{1}\u{0}\u{48}\u{1}") }
      return connection
    }
    #expect(try curl(server).status == 0)
    #expect(Clock.now < start + .milliseconds(1500), "the machine was too slow to tell")
    // A byte now and then is no progress.
    for connection in slow[20...] { connection.send("\0") }
    for connection in slow { #expect(connection.readAll() == "") }
    #expect(Clock.now < start + .seconds(4))
    #expect(try curl(server).status == 0)
    try Deadline.wait(until: "them to be counted") { refused.all.count == 30 }
    #expect(refused.all.allSatisfy { $0 == .brokenOff })
  }

  @Test("a house full of unfinished handshakes makes room for whoever asks")
  func fullHouse() throws {
    let refused = Refusals()
    var options = HTTPOptions()
    options.mostConnections = 16
    let server = try server(options) { refused.add($0) }
    let silent = try (0..<16).map { _ in
      let connection = try RawConnection(port: server.port)
      connection.send("\u{16}\u{3}\u{1}")
      return connection
    }
    #expect(try curl(server).status == 0)
    #expect(silent[0].readAll() == "")
    #expect(!silent[15].hasEnded)
    #expect(refused.all.contains(.gaveWay))
  }

  @Test("answers beside the library come through TLS: 408 for a slow header, 413 for a wide body")
  func besideTheLibrary() throws {
    var options = HTTPOptions()
    options.patience.header = .milliseconds(500)
    options.largestBody = 1000
    let server = try server(options)
    for started in ["", "GET / HTTP/1.1\\r\\nHost: here\\r\\n"] {
      let late = try speak(server, started)
      #expect(late.hasPrefix("HTTP/1.1 408 Request Timeout\r\n"), "\(late)")
      #expect(late.contains("\r\nStrict-Transport-Security: "))
    }
    let chunk = "800\\r\\n" + String(repeating: "z", count: 2048) + "\\r\\n"
    let wide = try speak(
      server, "POST / HTTP/1.1\\r\\nHost: here\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n",
      String(repeating: chunk, count: 10))
    #expect(wide.contains("HTTP/1.1 413 Content Too Large\r\n"), "\(wide)")
  }

  @Test("files and answers that are made later come through TLS")
  func filesAndLater() throws {
    let text = (0..<90_000).map { "\($0)\n" }.joined()
    try folder.write(text, to: "files/large.js")
    let files = folder.file("files")
    let server = try ServerThread(pair: pair("first")) { loop in
      let pages = StaticFiles(root: files)
      return { request in
        guard request.path == ["later"] else {
          return pages.response(to: request, path: request.path) ?? HTTPResponse(404)
        }
        let later = HTTPLaterAnswer()
        loop.schedule(after: .milliseconds(100)) { later.give(.text(200, "at last")) }
        return HTTPResponse(200, content: .later(later))
      }
    }
    #expect(try curl(server, "/large.js").output == text)
    #expect(try curl(server, "/later").output == "at last")
    // Two requests that come in one record.
    let get = "GET /later HTTP/1.1\\r\\nHost: here\\r\\n"
    let both = try speak(server, get + "\\r\\n" + get + "Connection: close\\r\\n\\r\\n")
    #expect(both.components(separatedBy: "at last").count == 3, "\(both)")
  }

  @Test("newcomers get a certificate that was put in place, and an open event stream goes on")
  func changed() throws {
    let streams = OpenStreams()
    let server = try ServerThread(pair: pair("first")) { _ in { streams.answer($0) } }
    let log = folder.file("stream.log")
    let reader = try Program(
      "curl",
      [
        "--silent", "--no-buffer", "--cacert", authority.path,
        "https://localhost:\(server.port)/stream",
      ], log: log)
    try Deadline.wait(until: "the stream to open") { reader.log.contains("begin\n") }
    server.change(try pair("second"))
    try Deadline.wait(until: "the second certificate") { try subject(server) == "second" }
    #expect(try curl(server, "/say").output == "1")
    try Deadline.wait(until: "the event") { reader.log.contains("begin\nevent\n") }
    reader.kill()
    try Deadline.wait(until: "the stream to be abandoned") {
      try curl(server, "/abandoned").output == "1"
    }
  }

  @Test("a reader that says goodbye under TLS counts as gone before anything is sent to it")
  func goodbye() throws {
    let streams = OpenStreams()
    let server = try ServerThread(pair: pair("first")) { _ in { streams.answer($0) } }
    let reader = try curl(server, "/stream", ["--max-time", "1"])
    #expect(reader.status == 28)
    try Deadline.wait(until: "the stream to be abandoned") {
      try curl(server, "/abandoned").output == "1"
    }
  }
}

/// What a server said it had refused, for another thread to read.
private final class Refusals: @unchecked Sendable {
  // Sendable because `lock` guards all that changes.
  private let lock = NSLock()
  private var seen: [HTTPRefusal] = []
  func add(_ refusal: HTTPRefusal) { lock.withLock { seen.append(refusal) } }
  var all: [HTTPRefusal] { lock.withLock { seen } }
}

/// `/stream` opens a stream, `/say` counts those that take an event, `/abandoned` those whose reader
/// is gone. Used on the loop's thread only.
private final class OpenStreams: @unchecked Sendable {
  private var open: [HTTPEventStream] = []

  func answer(_ request: HTTPRequest) -> HTTPResponse {
    switch request.path {
    case ["stream"]:
      let stream = HTTPEventStream()
      open.append(stream)
      _ = stream.send(Array("begin\n".utf8))
      return .events(stream)
    case ["say"]: return .text(200, "\(open.count { $0.send(Array("event\n".utf8)) })")
    default: return .text(200, "\(open.count { $0.isAbandoned })")
    }
  }
}
