// The routes of the service: what may be asked, by whom, and who answers.
import HTTP
import JSON
import Linux
import ManagementCore
import StationProtocol
import Text
import Time

/// The HTTP API below `/api/v1` and the dashboard's files, on the loop's thread; the contract is
/// `openapi.yaml`. What is asked of the store is read, and made into JSON, on a reader's thread; what
/// is changed there is an order to the writer's; the request rests meanwhile.
final class API {
  let store: StoreDesk
  let desk: CodeDesk?
  let hub: EventHub
  let stationView: (StationID) -> StationView?
  /// All of them as JSON.
  let stationList: () -> [UInt8]
  let now: () -> Now
  let refused: () -> RefusedInput
  /// A station was named; the core is told.
  var onNamed: (StationRegistration) -> Void = { _ in }
  /// Begins a proof of the ledger; the answer comes when it is done.
  var prove: () throws(Problem) -> HTTPLaterAnswer = { () throws(Problem) in
    throw .unavailable("Nobody proves the ledger here.")
  }
  /// A station was taken out of use, or back into it.
  var onRetired: (StationID, Retirement?) -> Void = { _, _ in }
  /// Tells the core of a command.
  var onCommand: (CommandsEvent) -> Void = { _ in }
  /// A roll-out of settings is in another state.
  var onRollout: (SettingsRollout) -> Void = { _ in }
  /// Whether a command to a station can be sent at this moment.
  var reaches: (StationID) -> Bool = { _ in false }
  /// nil where the service certifies no boards.
  var authority: AuthorityDesk?
  /// A board was claimed for a station, which may be a new one.
  var onClaimed: (StationID) -> Void = { _ in }
  /// The life of the store; nil where commands cannot be signed.
  var commandEpoch: StoreEpoch?
  /// What `/health` says: whether the broker and the store are well.
  var health: () -> (broker: Bool, store: Bool) = { (false, false) }
  /// What cannot be used of the service's own files, a sentence each without a secret.
  var notices: () -> [String] = { [] }
  let doorkeeper: Doorkeeper
  /// The most points that one person decides about alone within a day.
  var aloneUpTo: Int64 = 500
  /// How old a hold is that somebody should look at.
  var oldHold: Duration = .seconds(600)
  private let page: PageServer
  private var router = HTTPRouter()

  init(
    store: StoreDesk, desk: CodeDesk?, hub: EventHub, tokens: Tokens,
    pages: String, texts: String, stationView: @escaping (StationID) -> StationView?,
    stationList: @escaping () -> [UInt8], refused: @escaping () -> RefusedInput,
    now: @escaping () -> Now
  ) {
    self.store = store
    self.desk = desk
    self.hub = hub
    doorkeeper = Doorkeeper(tokens, now: now)
    page = PageServer(pages: pages, texts: texts)
    self.stationView = stationView
    self.stationList = stationList
    self.refused = refused
    self.now = now
    router.refusal = { Problem(status: $0).response }
    addRoutes()
  }

  func respond(to request: HTTPRequest) -> HTTPResponse { PageServer.guarded(route(request)) }

  /// Whether the body of a request is waited for: only a call of the API has one, and only of
  /// somebody who shows a token.
  /// - Returns: the answer where it is not.
  func gate(_ request: HTTPRequest) -> HTTPResponse? {
    guard request.path.starts(with: ["api", "v1"]) else { return respond(to: request) }
    do throws(Problem) {
      if Self.isClaim(request) {
        try doorkeeper.admit(request)
      } else {
        _ = try doorkeeper.actor(of: request)
      }
      return nil
    } catch {
      return PageServer.guarded(error.response.adding("Cache-Control", "no-store"))
    }
  }

  /// The answer to what never becomes a request: it looks like every other one.
  static func refusal(_ status: Int) -> HTTPResponse {
    PageServer.guarded(Problem(status: status).response.adding("Cache-Control", "no-store"))
  }

  private func route(_ request: HTTPRequest) -> HTTPResponse {
    if request.path.first == "api" || request.path == ["health"] {
      var response = router.respond(to: request)
      if !response.headers.contains(where: { $0.name == "Cache-Control" }) {
        response = response.adding("Cache-Control", "no-store")
      }
      return response
    }
    guard request.method == .get || request.method == .head else {
      return Problem.methodNotAllowed.response.adding("Allow", "GET, HEAD")
    }
    return page.file(for: request) ?? Problem(status: 404).response
  }

  private func addRoutes() {
    router.on(.get, "/health") { [unowned self] request, _ in
      do throws(Problem) {
        try Call.check(request.query, [])
        return healthReport()
      } catch {
        return error.response
      }
    }
    for endpoint in Endpoint.all {
      router.on(endpoint.method, "/api/v1\(endpoint.path)") { [unowned self] request, parameters in
        Self.answer {
          let actor = try actor(of: request, for: endpoint)
          if let right = endpoint.right, !actor.role.may(right) {
            return Problem.forbidden.response
          }
          try Call.check(request.query, endpoint.query)
          return try endpoint.answer(
            self, Call(request: request, parameters: parameters, actor: actor))
        }
      }
    }
  }

  /// The actor of a request. A board has no token; what it may ask for is proved by its body.
  private func actor(of request: HTTPRequest, for endpoint: Endpoint) throws(Problem) -> Actor {
    guard endpoint.right == nil else { return try doorkeeper.actor(of: request) }
    try doorkeeper.admit(request)
    return Actor(name: "board", role: .viewer)
  }

  private static func isClaim(_ request: HTTPRequest) -> Bool {
    request.path == ["api", "v1", "claims"] && request.method == .post
  }

  /// The answer that `body` makes, or that says why it makes none.
  private static func answer(_ body: () throws -> HTTPResponse) -> HTTPResponse {
    do {
      return try body()
    } catch let problem as Problem {
      return problem.response
    } catch let error as JSONError {
      return Problem.badRequest("The body: \(error).").response
    } catch is StoreDesk.Full {
      return Problem.unavailable("Too many others wait for the store. Try again in a moment.")
        .response
    } catch let error as StoreFailure {
      Log.error("the store does not do what the API asks of it: \(error)")
      return Problem.unavailable("The store does not answer.").response
    } catch {
      Log.error("a request to the API cannot be answered: \(error)")
      return Problem.internal.response
    }
  }

  // MARK: - The store

  /// Answers with JSON that a question makes.
  func asking(
    _ question: @escaping @Sendable (any ManagementQueries) throws -> [UInt8]
  ) -> HTTPResponse {
    asking(question) { HTTPResponse(200, type: "application/json", $0) }
  }

  /// Answers with what is made of a question's answer on the loop's thread.
  func asking<Value: Sendable>(
    _ question: @escaping @Sendable (any ManagementQueries) throws -> Value,
    _ answer: @escaping (Value) throws -> HTTPResponse
  ) -> HTTPResponse {
    Self.promise(answer) { store.ask(question, $0) }
  }

  /// Answers when an order has been carried out.
  func ordering<Value: Sendable>(
    _ order: @escaping @Sendable (any ManagementStore) throws -> Value,
    _ answer: @escaping (Value) throws -> HTTPResponse
  ) -> HTTPResponse {
    Self.promise(answer) { store.order(order, $0) }
  }

  /// - Parameter begin: hands over what is called with the outcome.
  private static func promise<Value>(
    _ answer: @escaping (Value) throws -> HTTPResponse,
    _ begin: (@escaping (Result<Value, any Error>) -> Void) -> Void
  ) -> HTTPResponse {
    let later = HTTPLaterAnswer()
    begin { result in later.give(Self.answer { try answer(try result.get()) }) }
    return HTTPResponse(200, content: .later(later))
  }

  private func healthReport() -> HTTPResponse {
    let (broker, store) = health()
    let credentials = notices().isEmpty
    let json = JSONWriter.object {
      $0.field("status", broker && store && credentials ? "ok" : "degraded")
      $0.field("broker", broker)
      $0.field("store", store)
      $0.field("credentials", credentials)
    }
    return HTTPResponse(store ? 200 : 503, type: "application/json", json)
  }

  // MARK: - What the answers share

  /// An object whose only member is a list.
  static func list<Row>(
    _ name: StaticString, _ rows: [Row], _ write: (inout JSONWriter, Row) -> Void
  ) -> [UInt8] {
    JSONWriter.object { writer in
      writer.key(name)
      writer.array(rows, write)
    }
  }

  static func json(_ status: Int = 200, _ body: (inout JSONWriter) -> Void) -> HTTPResponse {
    HTTPResponse(status, type: "application/json", JSONWriter.object(body))
  }
}
