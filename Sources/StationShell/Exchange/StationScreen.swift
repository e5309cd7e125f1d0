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

  private let loop: EventLoop
  private let setting: ScreenSettings
  private let page: PageServer
  private let events: EventBroadcast
  private var server: HTTPServer?
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
    page = PageServer(pages: setting.pages, texts: setting.texts)
    events = EventBroadcast(
      loop: loop, capacity: Self.mostUnsent, every: Self.heartbeat,
      sign: ServerSentEvent.bytes("beat", Array("{}".utf8)))
  }

  func start() {
    var options = HTTPOptions(address: setting.address, port: setting.port)
    options.mostConnections = 32
    options.mostConnectionsOfPeer = 16
    options.largestBody = Self.longestBody
    do throws(HTTPError) {
      let server = try HTTPServer(loop: loop, options: options) { [unowned self] in
        PageServer.guarded(answer($0))
      }
      server.onRefused = { [unowned self] in
        if case .answered(let status) = $0 { count(status) }
      }
      self.server = server
      let address = "\(setting.address):\(server.port)"
      Log.notice("the machine's screen is at http://\(address)/")
      note(address)
      events.start()
    } catch {
      Log.error("the machine's screen: \(error); it is tried again")
      retry = loop.schedule(after: Self.retryInterval) { [unowned self] in start() }
    }
  }

  func stop() {
    retry?.cancel()
    events.stop()
    server?.stop()
    server = nil
  }

  func show(_ screen: VendingScreen) {
    current = screen
    if let message { events.send(message) }
  }

  func show(_ card: Card?) {
    self.card = card
    if let message { events.send(message) }
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
    if request.path == ["events"] {
      return events.open([Array("retry: 1000\n\n".utf8)] + (message.map { [$0] } ?? []))
    }
    // For a maintainer's curl, and for whoever cannot follow a stream.
    if request.path == ["state"], let state {
      return HTTPResponse(200, type: "application/json", state)
        .adding("Cache-Control", "no-store")
    }
    return page.file(for: request) ?? .text(404, "not found\n")
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
      .adding("Cache-Control", "no-store")
  }

  // MARK: Events

  private var message: [UInt8]? {
    state.map { ServerSentEvent.bytes("state", $0) }
  }

  private var state: [UInt8]? {
    current.map { ScreenState(screen: $0, card: card).json(at: Clock.now) }
  }
}
