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
      _ = try doorkeeper.actor(of: request)
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
        try Self.check(request.query, [])
        return healthReport()
      } catch {
        return error.response
      }
    }
    on(.get, "/stations", .viewStations) { try $0.listStations($1, $2) }
    on(.get, "/stations/*", .viewStations) { try $0.showStation($1, $2) }
    on(.get, "/stations/*/measurements", .viewStations, query: ["by", "count"]) {
      try $0.listMeasurements($1, $2)
    }
    on(.put, "/stations/*", .nameStations) { try $0.nameStation($1, $2, $3) }
    on(.put, "/stations/*/retirement", .nameStations) { try $0.retireStation($1, $2, $3) }
    on(.get, "/events", .viewStations, query: ["station", "kind", "before", "limit"]) {
      try $0.listEvents($1, $2)
    }
    on(.get, "/events/stream", .viewStations, query: ["lastEventId"]) {
      try $0.streamEvents($1, $3)
    }
    on(.get, "/quarantine", .viewQuarantine, query: ["before", "limit"]) {
      try $0.listQuarantine($1, $2)
    }
    on(.get, "/audit", .viewAudit, query: ["member", "before", "limit"]) {
      try $0.listAudit($1, $2)
    }
    on(.get, "/refused-input", .viewQuarantine) { try $0.listRefusedInput($1, $2) }
    on(.get, "/issuer-keys", .viewStations) { try $0.listIssuerKeys($1, $2) }
    on(.post, "/members", .manageMembers) { try $0.enrolMember($1, $2, $3) }
    on(.get, "/members", .manageMembers, query: ["after", "limit"]) { try $0.listMembers($1, $2) }
    on(.get, "/members/*", .manageMembers) { try $0.showMember($1, $2) }
    on(.patch, "/members/*", .manageMembers) { try $0.changeMember($1, $2, $3) }
    on(.post, "/members/*/codes", .issueCodes) { try $0.issueCode($1, $2, $3) }
    addLedgerRoutes()
  }

  /// A route that asks for a token first, then for the right, and turns problems into answers.
  /// - Parameter query: the parameters that it knows; any other one is a mistake that must not
  ///   look as if it had been understood.
  func on(
    _ method: HTTPMethod, _ path: String, _ operation: Operation, query: Set<String> = [],
    _ body: @escaping (API, HTTPRequest, [String]) throws -> HTTPResponse
  ) {
    on(method, path, operation, query: query) { (api, request, parameters, _) in
      try body(api, request, parameters)
    }
  }

  /// The same for what is written down with the name of who asked for it.
  func on(
    _ method: HTTPMethod, _ path: String, _ operation: Operation, query: Set<String> = [],
    _ body: @escaping (API, HTTPRequest, [String], Actor) throws -> HTTPResponse
  ) {
    router.on(method, "/api/v1\(path)") { [unowned self] request, parameters in
      Self.answer {
        let actor = try doorkeeper.actor(of: request)
        guard actor.role.may(operation) else { return Problem.forbidden.response }
        try Self.check(request.query, query)
        return try body(self, request, parameters, actor)
      }
    }
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
    let later = HTTPLaterAnswer()
    store.ask(question) { result in later.give(Self.answer { try answer(try result.get()) }) }
    return HTTPResponse(200, content: .later(later))
  }

  /// Answers when an order has been carried out.
  func ordering<Value: Sendable>(
    _ order: @escaping @Sendable (any ManagementStore) throws -> Value,
    _ answer: @escaping (Value) throws -> HTTPResponse
  ) -> HTTPResponse {
    let later = HTTPLaterAnswer()
    store.order(order) { result in later.give(Self.answer { try answer(try result.get()) }) }
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

  static func json(_ status: Int = 200, _ body: (inout JSONWriter) -> Void) -> HTTPResponse {
    HTTPResponse(status, type: "application/json", JSONWriter.object(body))
  }

  /// Refuses parameters of the query that are not known, or stand twice.
  private static func check(
    _ query: [(name: String, value: String)], _ known: Set<String>
  ) throws(Problem) {
    var seen: Set<String> = []
    for (name, _) in query {
      guard known.contains(name) else {
        let rest = known.isEmpty ? "none" : known.sorted().joined(separator: ", ")
        throw .badRequest(
          "There is no query parameter \"\(Excerpt(name))\" here; known: \(rest).")
      }
      guard seen.insert(name).inserted else {
        throw .badRequest("The query parameter \"\(name)\" stands twice.")
      }
    }
  }

  /// A number of the query within a range.
  static func number(
    _ name: String, in request: HTTPRequest, _ range: ClosedRange<Int64>
  ) throws(Problem) -> Int64? {
    try request.query(name).map { text throws(Problem) in try number(name, text, range) }
  }

  static func number(
    _ name: String, _ text: String, _ range: ClosedRange<Int64>
  ) throws(Problem) -> Int64 {
    guard let number = RequestNumber.read(text, in: range) else {
      throw .badRequest(
        "\"\(name)\" is a number from \(range.lowerBound) to \(range.upperBound).")
    }
    return number
  }

  static func limit(_ request: HTTPRequest) throws(Problem) -> Int {
    Int(try number("limit", in: request, 1...1000) ?? 100)
  }
}
