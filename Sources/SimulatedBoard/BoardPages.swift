// The board's page over HTTP: files, orders, and a stream of what happens.

import GPIO
import HTTP
import JSON
import Linux

/// Serves the page on a loopback address and keeps every open page up to date.
///
/// `GET /events` sends four kinds of events: `state` with the whole state, first and after each
/// change; `presented` for each of the last presentations, then for each new one and again when
/// its answer is known; `show` `{accessPoint, outcome, reason?, at}`; `output` `{accessPoint, line,
/// level, at}`. There `at` is microseconds of the monotonic clock.
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
  private let pages: StaticFiles
  private let texts: StaticFiles
  private var server: HTTPServer?
  private var streams: [HTTPEventStream] = []
  private var beat: Timer?

  /// Where the page is, once it is served: `ADDRESS:PORT`.
  private(set) var address = ""

  init(loop: EventLoop, board: Board) throws(HTTPError) {
    self.loop = loop
    self.board = board
    pages = StaticFiles(root: board.options.pages)
    texts = StaticFiles(root: board.options.texts)
    var options = HTTPOptions(address: board.options.host, port: Int(board.options.port))
    options.mostConnections = 64
    options.largestBody = Board.longestBody
    let server = try HTTPServer(loop: loop, options: options) { [unowned self] request in
      self.answer(request)
    }
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
      method: request.method.rawValue, path: "/" + request.path.joined(separator: "/"),
      host: request.header("host"), origin: request.header("origin"),
      fetchSite: request.header("sec-fetch-site"), contentType: request.header("content-type"),
      body: request.body)
    guard Board.isFromHere(asked) else { return Self.json(.refused(403, "forbidden")) }
    if let reply = board.answer(asked, at: Clock.now) { return Self.json(reply) }
    guard request.method == .get else { return Self.json(.refused(405, "bad-request")) }
    if request.path == ["events"] { return stream() }
    let isText = request.path.first == "texts"
    let file =
      isText
      ? texts.response(to: request, path: Array(request.path.dropFirst()))
      : pages.response(to: request, path: request.path)
    guard let file else { return .text(404, "not found\n") }
    return Self.guarded(file).adding("Content-Security-Policy", Self.policy)
  }

  private static func json(_ reply: BoardReply) -> HTTPResponse {
    guarded(HTTPResponse(reply.status, type: "application/json", reply.json))
      .adding("Cache-Control", "no-store")
  }

  private static func guarded(_ response: HTTPResponse) -> HTTPResponse {
    response.adding("X-Content-Type-Options", "nosniff")
  }

  // MARK: Events

  private func stream() -> HTTPResponse {
    let stream = HTTPEventStream(capacity: Self.mostUnsent)
    stream.onClosed = { [weak self, unowned stream] in
      self?.streams.removeAll { $0 === stream }
    }
    streams.append(stream)
    _ = stream.send(Self.event("state", board.stateJSON(at: Clock.now)))
    for entry in board.presentations.entries {
      _ = stream.send(Self.event("presented", entry.json))
    }
    return .events(stream)
  }

  private func tell(_ news: Board.News) {
    switch news {
    case .changed: send(Self.event("state", board.stateJSON(at: Clock.now)))
    case .presented(let entry): send(Self.event("presented", entry.json))
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
            if let point = line.accessPoint { $0.field("accessPoint", point) }
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
    for stream in streams where !stream.send(bytes) { stream.close() }
  }

  private func scheduleBeat() {
    beat = loop.schedule(after: Self.heartbeat) { [unowned self] in
      self.send(Array(": still here\n\n".utf8))
      self.scheduleBeat()
    }
  }
}
