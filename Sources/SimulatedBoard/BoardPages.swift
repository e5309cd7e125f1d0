// The board's page over HTTP: files, orders, and a stream of what happens.

import GPIO
import HTTP
import Linux
import StationProtocol

/// Serves the page on a loopback address and keeps every open page up to date.
///
/// `GET /events` sends three kinds of events: `state` with the whole state, first and after each
/// change; `show` `{accessPoint, outcome, reason?, at}`; `output` `{accessPoint, line, level, at}`.
/// `at` is microseconds of the monotonic clock.
final class BoardPages {
  /// Keeps proxies and the server's own idle rules from taking a quiet page for a dead one.
  private static let heartbeat = Duration.seconds(15)
  /// A page that does not read is let go when this much waits for it.
  private static let mostUnsent = 262_144
  /// Scripts, styles and pictures come from here alone, and nobody frames the page.
  private static let policy =
    "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; "
    + "form-action 'none'"

  private let board: Board
  private let loop: EventLoop
  private var server: HTTPServer?
  private var streams: [HTTPStream] = []
  private var beat: Timer?

  /// Where the page is, once it is served: `ADDRESS:PORT`.
  private(set) var address = ""

  init(loop: EventLoop, board: Board) throws(SystemError) {
    self.loop = loop
    self.board = board
    var limits = HTTPLimits()
    limits.connections = 64
    limits.bodyBytes = Board.longestBody
    let server = try HTTPServer(
      loop: loop, address: board.options.host, port: Int(board.options.port), limits: limits
    ) { [unowned self] request in self.answer(request) }
    self.server = server
    address = "\(board.options.host):\(server.port)"
    board.onNews = { [unowned self] news in self.tell(news) }
    scheduleBeat()
  }

  func close() {
    beat?.cancel()
    board.onNews = { _ in }
    server?.stop()
    server = nil
  }

  // MARK: Requests

  private func answer(_ request: HTTPRequest) -> HTTPResponse {
    let asked = BoardRequest(
      method: request.method, path: request.path, host: request.headers["host"],
      origin: request.headers["origin"], fetchSite: request.headers["sec-fetch-site"],
      contentType: request.headers["content-type"], body: request.body)
    guard Board.isFromHere(asked) else { return Self.json(.refused(403, "forbidden")) }
    if request.method == "GET", request.path == "/events" { return HTTPResponse(events: stream()) }
    if let reply = board.answer(asked, at: Clock.now) { return Self.json(reply) }
    guard request.method == "GET" else { return Self.json(.refused(405, "bad-request")) }
    return file(request.path)
  }

  private static func json(_ reply: BoardReply) -> HTTPResponse {
    HTTPResponse(
      status: reply.status, type: "application/json", reply.json,
      headers: [("Cache-Control", "no-store"), ("X-Content-Type-Options", "nosniff")])
  }

  private func file(_ path: String) -> HTTPResponse {
    let options = board.options
    let inTexts = path.hasPrefix("/texts/")
    let name = path == "/" ? "index.html" : String(path.dropFirst(inTexts ? 7 : 1))
    guard let type = Self.type(ofFile: name),
      let bytes = try? Files.read("\(inTexts ? options.texts : options.pages)/\(name)")
    else { return HTTPResponse(status: 404, type: "text/plain", Array("not found\n".utf8)) }
    return HTTPResponse(
      type: type, bytes,
      headers: [
        ("Cache-Control", "no-cache"), ("Content-Security-Policy", Self.policy),
        ("X-Content-Type-Options", "nosniff"),
      ])
  }

  /// - Returns: nil where the name is not that of a page's file: no folders, no hidden files.
  static func type(ofFile name: String) -> String? {
    let parts = name.split(separator: ".", omittingEmptySubsequences: false)
    let plain = parts.allSatisfy { part in
      !part.isEmpty
        && part.utf8.allSatisfy { byte in
          (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
            || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "-")
        }
    }
    guard plain, parts.count == 2 else { return nil }
    return switch parts[1] {
    case "html": "text/html; charset=utf-8"
    case "js": "text/javascript; charset=utf-8"
    case "css": "text/css; charset=utf-8"
    case "json": "application/json"
    default: nil
    }
  }

  // MARK: Events

  private func stream() -> HTTPStream {
    let stream = HTTPStream()
    stream.onClose = { [weak self, unowned stream] in
      self?.streams.removeAll { $0 === stream }
    }
    streams.append(stream)
    stream.send(Self.event("state", board.stateJSON(at: Clock.now)))
    return stream
  }

  private func tell(_ news: Board.News) {
    switch news {
    case .changed: send(Self.event("state", board.stateJSON(at: Clock.now)))
    case .shown(let point, let outcome):
      send(
        Self.event(
          "show",
          JSONWriter.object {
            $0.field("accessPoint", point)
            $0.members(of: outcome)
            $0.field("at", Clock.now.microseconds)
          }))
    case .outputMoved(let line, let level, let instant):
      send(
        Self.event(
          "output",
          JSONWriter.object {
            $0.field("accessPoint", line.accessPoint)
            $0.field("line", line.description)
            $0.field("level", level)
            $0.field("at", instant.microseconds)
          }))
    }
  }

  private static func event(_ name: String, _ json: [UInt8]) -> [UInt8] {
    Array("event: \(name)\ndata: ".utf8) + json + Array("\n\n".utf8)
  }

  private func send(_ bytes: [UInt8]) {
    for stream in streams {
      if stream.unsent > Self.mostUnsent { stream.finish() } else { stream.send(bytes) }
    }
  }

  private func scheduleBeat() {
    beat = loop.schedule(after: Self.heartbeat) { [unowned self] in
      self.send(Array(": still here\n\n".utf8))
      self.scheduleBeat()
    }
  }
}
