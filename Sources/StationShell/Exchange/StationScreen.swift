// The screen beside the machine over HTTP: its page, a stream of what it shows, and its buttons.
import HTTP
import JSON
import Linux
import StationCore
import StationProtocol
import Time

/// Serves the page to the browser of the screen. `GET /events` sends `state` at once and after each
/// change. A port that is taken keeps nobody from the door: it is tried again.
final class StationScreen {
  var onEvent: (Event) -> Void = { _ in }

  private static let retryInterval: Duration = .seconds(10)
  /// More than the page waits before it takes the daemon for gone.
  private static let heartbeat: Duration = .seconds(5)
  /// A page that does not read is let go when this much waits for it.
  private static let mostUnsent = 131_072
  private static let longestBody = 256
  /// Orders a second; no hand is faster, and every one may become a record.
  private static let mostOrders = 10
  private static let policy =
    "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; "
    + "form-action 'none'"

  private let loop: EventLoop
  private let setting: ScreenSettings
  private let articles: [ArticleID: ArticleSettings]
  private let pages: StaticFiles
  private let texts: StaticFiles
  private var server: HTTPServer?
  private var streams: [HTTPEventStream] = []
  private var beat: Timer?
  private var retry: Timer?
  private var current: VendingScreen?
  /// One that no list names, for the keeper.
  private var card: Card?
  private var second: Instant?
  private var ordersOfSecond = 0
  /// How many requests were refused, by their status.
  private(set) var refusals: [Int: Int] = [:]

  init(loop: EventLoop, _ machine: MachineSettings) {
    self.loop = loop
    setting = machine.screen
    articles = Dictionary(uniqueKeysWithValues: machine.articles.map { ($0.id, $0) })
    pages = StaticFiles(root: setting.pages)
    texts = StaticFiles(root: setting.texts)
  }

  func start() {
    var options = HTTPOptions(address: setting.address, port: setting.port)
    options.mostConnections = 32
    options.mostConnectionsOfPeer = 16
    options.largestBody = Self.longestBody
    do throws(HTTPError) {
      let server = try HTTPServer(loop: loop, options: options) { [unowned self] in answer($0) }
      server.onRefused = { [unowned self] in
        if case .answered(let status) = $0 { count(status) }
      }
      self.server = server
      let address = "\(setting.address):\(server.port)"
      Log.notice("the machine's screen is at http://\(address)/")
      note(address)
      scheduleBeat()
    } catch {
      Log.error("the machine's screen: \(error); it is tried again")
      retry = loop.schedule(after: Self.retryInterval) { [unowned self] in start() }
    }
  }

  func stop() {
    retry?.cancel()
    beat?.cancel()
    server?.stop()
    server = nil
  }

  func show(_ screen: VendingScreen) {
    current = screen
    if let message { send(message) }
  }

  func show(_ card: Card?) {
    self.card = card
    if let message { send(message) }
  }

  private func note(_ address: String) {
    guard let file = setting.addressFile else { return }
    do throws(SystemError) {
      try Files.write(Array("\(address)\n".utf8), to: file)
    } catch {
      Log.error("\(error)")
    }
  }

  // MARK: Requests

  private func answer(_ request: HTTPRequest) -> HTTPResponse {
    guard request.isFromOwnPage else { return Self.json(403, error: "forbidden") }
    if request.method == .post { return obey(request) }
    guard request.method == .get || request.method == .head else {
      return Self.json(405, error: "bad-request")
    }
    if request.path == ["events"] { return stream() }
    // For a maintainer's curl, and for whoever cannot follow a stream.
    if request.path == ["state"], let state {
      return HTTPResponse(200, type: "application/json", state)
        .adding("Cache-Control", "no-store")
    }
    let file =
      request.path.first == "texts"
      ? texts.response(to: request, path: Array(request.path.dropFirst()))
      : pages.response(to: request, path: request.path)
    return (file ?? .text(404, "not found\n"))
      .adding("X-Content-Type-Options", "nosniff")
      .adding("Content-Security-Policy", Self.policy)
  }

  private func obey(_ request: HTTPRequest) -> HTTPResponse {
    guard request.path.count == 1, ScreenOrder.paths.contains(request.path[0]) else {
      return Self.json(404, error: "not-found")
    }
    guard mayOrder(at: Clock.now) else { return Self.json(429, error: "too-many-requests") }
    do throws(JSONError) {
      let order = try ScreenOrder(path: request.path[0], json: request.body)
      guard current?.isInMaintenance == true || !order.isMaintainers else {
        return Self.json(409, error: "key-not-turned")
      }
      onEvent(order.event)
      return Self.json(200)
    } catch {
      return Self.json(400, error: "bad-request")
    }
  }

  private func mayOrder(at now: Instant) -> Bool {
    if second.map({ now - $0 < .seconds(1) }) != true {
      second = now
      ordersOfSecond = 0
    }
    ordersOfSecond += 1
    return ordersOfSecond <= Self.mostOrders
  }

  private func count(_ status: Int) {
    refusals[status, default: 0] += 1
    guard refusals[status] == 1 else { return }
    Log.warning("the machine's screen was asked for what it refuses with \(status)")
  }

  private static func json(_ status: Int, error: String? = nil) -> HTTPResponse {
    let body = JSONWriter.object { if let error { $0.field("error", error) } }
    return HTTPResponse(status, type: "application/json", body)
      .adding("X-Content-Type-Options", "nosniff").adding("Cache-Control", "no-store")
  }

  // MARK: Events

  private func stream() -> HTTPResponse {
    let stream = HTTPEventStream(capacity: Self.mostUnsent)
    stream.onClosed = { [weak self, unowned stream] in
      self?.streams.removeAll { $0 === stream }
    }
    streams.append(stream)
    _ = stream.send(Array("retry: 1000\n\n".utf8))
    if let message { _ = stream.send(message) }
    return .events(stream)
  }

  private var message: [UInt8]? {
    state.map { Array("event: state\ndata: ".utf8) + $0 + Array("\n\n".utf8) }
  }

  private var state: [UInt8]? {
    current.map { ScreenState(screen: $0, articles: articles, card: card).json(at: Clock.now) }
  }

  private func send(_ bytes: [UInt8]) {
    for stream in streams where !stream.send(bytes) { stream.close() }
  }

  private func scheduleBeat() {
    beat = loop.schedule(after: Self.heartbeat) { [unowned self] in
      send(Array("event: beat\ndata: {}\n\n".utf8))
      scheduleBeat()
    }
  }
}

extension HTTPRequest {
  /// Whether it comes from a page of this server, or from no page at all. The screen has no
  /// password: without this a page from elsewhere in the same browser could press its buttons, by a
  /// form or by a name that it points here. So the host has to be a number or `localhost`.
  var isFromOwnPage: Bool {
    guard let host = header("host"), let name = Self.name(of: host),
      name == "localhost" || HTTPOptions.isNumeric(name)
    else { return false }
    if let site = header("sec-fetch-site"), !["same-origin", "none"].contains(site) {
      return false
    }
    if let origin = header("origin"), origin != "http://\(host)" { return false }
    return method != .post
      || header("content-type")?.split(separator: ";").first == "application/json"
  }

  /// The host without its port: `[::1]:8090` is `::1`.
  private static func name(of host: String) -> String? {
    if host.hasPrefix("[") { return host.dropFirst().split(separator: "]").first.map(String.init) }
    return host.split(separator: ":", maxSplits: 1).first.map(String.init)
  }
}
