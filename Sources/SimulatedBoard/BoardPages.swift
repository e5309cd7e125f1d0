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

  private let board: Board
  private let page: PageServer
  private let events: EventBroadcast
  private var server: HTTPServer?

  /// The address of the page, once it is served: `ADDRESS:PORT`.
  private(set) var address = ""

  init(loop: EventLoop, board: Board) throws(HTTPError) {
    self.board = board
    page = PageServer(pages: board.options.pages, texts: board.options.texts)
    events = EventBroadcast(loop: loop, capacity: Self.mostUnsent, every: Self.heartbeat)
    var options = HTTPOptions(address: BoardOptions.host, port: Int(board.options.port))
    options.mostConnections = 64
    options.largestBody = Board.longestBody
    let server = try HTTPServer(loop: loop, options: options) { [unowned self] request in
      PageServer.guarded(self.answer(request))
    }
    self.server = server
    address = "\(BoardOptions.host):\(server.port)"
    board.onNews = { [unowned self] news in self.tell(news) }
    events.start()
  }

  func close() {
    events.stop()
    board.onNews = { _ in }
    server?.stop()
    server = nil
  }

  // MARK: Requests

  private func answer(_ request: HTTPRequest) -> HTTPResponse {
    guard request.isFromOwnPage else { return Self.json(.refused(403, "forbidden")) }
    let asked = BoardRequest(
      method: request.method.rawValue, path: "/" + request.path.joined(separator: "/"),
      body: request.body)
    if let reply = board.answer(asked, at: Clock.now) { return Self.json(reply) }
    guard request.method == .get else { return Self.json(.refused(405, "bad-request")) }
    if request.path == ["events"] { return stream() }
    return page.file(for: request) ?? .text(404, "not found\n")
  }

  private static func json(_ reply: BoardReply) -> HTTPResponse {
    HTTPResponse(reply.status, type: "application/json", reply.json)
      .adding("Cache-Control", "no-store")
  }

  // MARK: Events

  private func stream() -> HTTPResponse {
    events.open(
      [ServerSentEvent.bytes("state", board.stateJSON(at: Clock.now))]
        + board.presentations.entries.map { ServerSentEvent.bytes("presented", $0.json) })
  }

  private func tell(_ news: Board.News) {
    switch news {
    case .changed: events.send(ServerSentEvent.bytes("state", board.stateJSON(at: Clock.now)))
    case .presented(let entry): events.send(ServerSentEvent.bytes("presented", entry.json))
    case .shown(let point, let outcome):
      events.send(
        ServerSentEvent.bytes(
          "show",
          JSONWriter.object {
            $0.field("accessPoint", point)
            $0.members(of: outcome)
            $0.field("at", Clock.now.microseconds)
          }))
    case .outputMoved(let line, let level, let instant):
      events.send(
        ServerSentEvent.bytes(
          "output",
          JSONWriter.object {
            if let point = line.accessPoint { $0.field("accessPoint", point) }
            $0.field("line", line.description)
            $0.field("level", level)
            $0.field("at", instant.microseconds)
          }))
    }
  }
}
