// Every operation of the API with every answer that it can give, held against openapi.yaml.
import Foundation
import MemberCode
import StationProtocol
import TestBed
import Testing

@Suite("Calls of a living system")
struct LiveCallTests {
  @Test("every operation gives each of its answers, and each is as openapi.yaml says")
  func everyAnswer() throws {
    let service = try FilledManagement()
    try service.fill()
    let caller = service.caller
    try Self.read(caller)
    try Self.write(caller)
    let board = try BoardClaim.body(for: "gate-8", at: service.management)
    let claimed = try caller.call("POST", "/api/v1/claims", board, token: .none)
    #expect(claimed.status == 200, "\(claimed.name)")
    try Self.typeCodes(caller)
    try Self.movePoints(caller)
    try SettingsCalls.make(caller)
    try Self.refuse(caller)
    try Self.exhaust(caller)
    try Self.guess(caller)
    try Self.offerNothingElse(caller)
    let keyless = try LoneManagement(issuerKey: "", hasAuthority: false)
    try keyless.prepare()
    _ = try keyless.caller.call("POST", "/api/v1/stations/gate-1/claim-codes", json: "{}")
    _ = try keyless.caller.call(
      "POST", "/api/v1/stations/gate-1/certificate-renewals", json: "{}")
    _ = try keyless.caller.call("POST", "/api/v1/claims", json: Self.wrongClaim)
    try keyless.caller.call("POST", "/api/v1/members/m-1/codes")
    try keyless.caller.call("GET", "/api/v1/issuer-keys")
    try service.breakStore()
    try Self.readBroken(caller)
    try SettingsCalls.makeBroken(caller)
    try Self.judge(caller.exchanges + keyless.caller.exchanges)
  }

  private static func judge(_ exchanges: [Exchange]) throws {
    var seen: Set<String> = []
    for (exchange, verdict) in zip(exchanges, try Exchange.verdicts(exchanges)) {
      #expect(verdict.response == nil, "\(exchange.name)")
      if exchange.status < 400 { #expect(verdict.request == nil, "\(exchange.name)") }
      if exchange.status == 400 { #expect(verdict.request != nil, "\(exchange.name)") }
      if let operation = verdict.operation { seen.insert("\(operation) \(exchange.status)") }
    }
    let described = try CallOperation.all().flatMap { operation in
      operation.statuses.map { "\(operation.operation) \($0)" }
    }
    // A stream is refused where 500 are open, which `ResumePlaceTests` shows of the hub: a stream
    // needs no store to begin.
    #expect(Set(described).subtracting(seen) == ["streamEvents 503"])
  }

  /// The answers that hold something: every kind of record, what nobody could read.
  private static func read(_ caller: Caller) throws {
    for method in ["GET", "HEAD"] {
      for target in [
        "/health", "/api/v1/stations", "/api/v1/stations/gate-1", "/api/v1/events?limit=1000",
        "/api/v1/quarantine?limit=1000", "/api/v1/members", "/api/v1/members/m-1",
        "/api/v1/issuer-keys", "/api/v1/refused-input", "/api/v1/stations/gate-1/measurements",
        "/api/v1/stations/gate-1/measurements?by=day&count=31", "/api/v1/members/m-1/points",
        "/api/v1/members/m-1/events", "/api/v1/members?search=m-",
        "/api/v1/stations/gate-1/visits", "/api/v1/stations/gate-1/visits?by=day&count=366",
        "/api/v1/stations/gate-1/exchanges", "/api/v1/stations/gate-1/exchanges?by=day&count=366",
        "/api/v1/pending-orders", "/api/v1/movements", "/api/v1/holds", "/api/v1/discrepancies",
        "/api/v1/unproven",
        "/api/v1/exchange-limits", "/api/v1/stations/gate-1/prices",
        "/api/v1/stations/gate-1/takings", "/api/v1/ledger-proof", "/api/v1/audit",
        "/api/v1/stations/gate-1/commands", "/api/v1/stations/gate-1/certificates",
        "/api/v1/stations/gate-1/commands/000000000000000e-1",
      ] {
        let exchange = try caller.call(method, target)
        #expect(exchange.status == 200, "\(exchange.name)")
      }
    }
    let events = try caller.call("GET", "/api/v1/events?limit=1000")
    let text = String(decoding: events.answerBody, as: UTF8.self)
    for kind in Record.Kind.allCases where kind.isEvent {
      #expect(text.contains("\"kind\":\"\(kind.rawValue)\""), "\(kind.rawValue)")
    }
    let quarantine = try caller.call("GET", "/api/v1/quarantine?limit=1000")
    #expect(quarantine.answerBody.count > 10_000)
    try caller.call("HEAD", "/api/v1/events/stream")
  }

  /// Well formed, and of nobody.
  private static let wrongClaim =
    #"{"claim":"00000","request":"","proof":"\#(String(repeating: "0", count: 64))"}"#

  private static func write(_ caller: Caller) throws {
    let names = "{\"en\":\"North gate\",\"zh\":\"北门驿站\"}"
    let label = "{\"id\":\"m-7\",\"label\":\"环卫 三班\"}"
    for (method, target, json, status) in [
      ("PUT", "/stations/gate-1", names, 200), ("POST", "/members", label, 201),
      ("POST", "/members", "{}", 201), ("POST", "/members", label, 409),
      ("PATCH", "/members/m-7", "{\"status\":\"suspended\"}", 200),
      ("POST", "/members/m-7/codes", "{}", 409),
      ("PATCH", "/members/m-7", "{\"status\":\"active\"}", 200),
      ("PATCH", "/members/nobody", "{\"status\":\"active\"}", 404),
      ("PUT", "/stations/gate-1/retirement", #"{"retired":true,"reason":"moved"}"#, 200),
      ("PUT", "/stations/gate-1/retirement", #"{"retired":false,"reason":"back"}"#, 200),
      ("PUT", "/stations/nobody/retirement", #"{"retired":true,"reason":"moved"}"#, 404),
      ("POST", "/stations/gate-1/commands", #"{"key":"c1","op":"open","ap":1}"#, 202),
      ("POST", "/stations/gate-1/commands", #"{"key":"c1","op":"open","ap":1}"#, 200),
      ("POST", "/stations/gate-1/commands", #"{"key":"c1","op":"open","ap":2}"#, 409),
      ("POST", "/stations/nobody/commands", #"{"key":"c2","op":"open","ap":1}"#, 404),
      ("PUT", "/stations/gate-1/lock-down", #"{"lockDown":true,"reason":"r"}"#, 200),
      ("PUT", "/stations/nobody/lock-down", #"{"lockDown":true,"reason":"r"}"#, 404),
      ("POST", "/stations/gate-9/claim-codes", "{}", 201), ("POST", "/claims", wrongClaim, 404),
      ("POST", "/stations/no%20body/claim-codes", "{}", 400),
      ("POST", "/stations/gate-1/certificate-renewals", "{}", 202),
      ("POST", "/stations/nobody/certificate-renewals", "{}", 404),
      ("POST", "/stations/gate-1/lock-out", #"{"reason":"stolen"}"#, 200),
      ("POST", "/stations/nobody/lock-out", #"{"reason":"stolen"}"#, 404),
      ("POST", "/members/nobody/codes", "{}", 404), ("POST", "/members/m-7/codes", "{}", 200),
    ] {
      let exchange = try caller.call(method, "/api/v1\(target)", json: json)
      #expect(exchange.status == status, "\(exchange.name)")
    }
    for kind in ["image/png", "image/svg+xml"] {
      let symbol = try caller.call(
        "POST", "/api/v1/members/m-7/codes", headers: ["Accept": kind])
      #expect(symbol.status == 200 && symbol.answerHeaders["content-type"] == kind)
    }
    for target in [
      "/stations/nobody", "/stations/nobody/measurements",
      "/stations/nobody/visits", "/stations/nobody/exchanges", "/members/nobody", "/nothing", "",
      "/members/nobody/points", "/members/a%20b/events", "/stations/nobody/prices",
      "/stations/nobody/takings", "/stations/no%20body/commands", "/stations/nobody/certificates",
      "/stations/gate-1/commands/nothing",
    ] {
      #expect(try caller.call("GET", "/api/v1\(target)").status == 404, "\(target)")
    }
  }

  private static let code =
    #"{"key":"t1","ap":1,"from":4102444800000,"until":4105123200000,"uses":1}"#

  /// Typed codes at a station that knows no such operation, at one that is not there, and at one of
  /// which nothing was heard yet.
  private static func typeCodes(_ caller: Caller) throws {
    let named = try caller.call(
      "PUT", "/api/v1/stations/gate-2", json: #"{"en":"South","zh":"南门"}"#)
    #expect(named.status == 200, "\(named.name)")
    for (station, status) in [("gate-1", 409), ("nobody", 404), ("gate-2", 202), ("gate-2", 200)] {
      let made = try caller.call("POST", "/api/v1/stations/\(station)/codes", json: code)
      #expect(made.status == status, "\(made.name)")
    }
    for (station, status) in [("nobody", 404), ("gate-1", 200), ("gate-2", 200)] {
      let listed = try caller.call("GET", "/api/v1/stations/\(station)/codes")
      #expect(listed.status == status, "\(listed.name)")
    }
    let listed = try caller.call("GET", "/api/v1/stations/gate-2/codes")
    let text = String(decoding: listed.answerBody, as: UTF8.self)
    let name = try #require(text.firstMatch(of: /"credential":"([0-9a-f]{16})"/)).1
    for (place, status) in [
      ("gate-1/codes/c-kept", 409), ("gate-2/codes/c-nobody", 404), ("gate-2/codes/\(name)", 202),
      ("gate-2/codes/\(name)", 200),
    ] {
      let removed = try caller.call("DELETE", "/api/v1/stations/\(place)")
      #expect(removed.status == status, "\(removed.name)")
    }
  }

  /// Every order, done, refused and asked of what is not there; then every rule.
  private static func movePoints(_ caller: Caller) throws {
    let hold = "/holds/\(LedgerContents.stream)-1/resolution"
    for (target, json, status) in [
      ("/issues", #"{"key":"1","amount":9000,"reason":"r"}"#, 201),
      ("/issues", #"{"key":"1","amount":9001,"reason":"r"}"#, 409),
      ("/members/m-1/grants", #"{"key":"2","amount":5,"reason":"r"}"#, 201),
      ("/members/m-1/grants", #"{"key":"2","amount":6,"reason":"r"}"#, 409),
      ("/members/nobody/grants", #"{"key":"3","amount":6,"reason":"r"}"#, 404),
      ("/pending-orders/1/decision", #"{"key":"4","decision":"approve"}"#, 201),
      ("/pending-orders/1/decision", #"{"key":"5","decision":"approve"}"#, 409),
      ("/pending-orders/9/decision", #"{"key":"5","decision":"approve"}"#, 404),
      ("/movements/2/reversal", #"{"key":"6","reason":"r"}"#, 201),
      ("/movements/2/reversal", #"{"key":"7","reason":"r"}"#, 409),
      ("/movements/99/reversal", #"{"key":"7","reason":"r"}"#, 404),
      (hold, #"{"key":"8","decision":"void","reason":"r"}"#, 201),
      (hold, #"{"key":"9","decision":"void","reason":"r"}"#, 409),
      (hold.replacing("-1/", with: "-9/"), #"{"key":"9","decision":"void","reason":"r"}"#, 404),
      ("/stations/gate-1/dismissal", #"{"key":"10","through":3,"reason":"r"}"#, 201),
      ("/stations/gate-1/dismissal", #"{"key":"11","through":3,"reason":"r"}"#, 409),
      ("/stations/nobody/dismissal", #"{"key":"11","through":3,"reason":"r"}"#, 404),
    ] {
      let exchange = try caller.call("POST", "/api/v1\(target)", json: json)
      #expect(exchange.status == status, "\(exchange.name)")
    }
    for (target, json, status) in [
      ("/exchange-limits", #"{"perDay":3,"perArticle":null}"#, 200),
      ("/exchange-limits", #"{"perDay":null,"perArticle":null}"#, 202),
      ("/exchange-limits", #"{"key":"1","perDay":3,"perArticle":null}"#, 409),
      ("/stations/gate-1/prices/7", #"{"price":30}"#, 200),
      ("/stations/gate-1/prices/7", #"{"price":3000}"#, 202),
      ("/stations/gate-1/prices/7", #"{"key":"1","price":30}"#, 409),
      ("/stations/nobody/prices/7", #"{"price":30}"#, 404),
    ] {
      let exchange = try caller.call("PUT", "/api/v1\(target)", json: json)
      #expect(exchange.status == status, "\(exchange.name)")
    }
  }

  /// What every operation refuses: too many members, no token, a token of too small a role.
  private static func refuse(_ caller: Caller) throws {
    let large = Data(repeating: UInt8(ascii: " "), count: 65_537)
    for operation in try CallOperation.all() {
      let target = operation.target
      let hasBody = ["PUT", "POST", "PATCH"].contains(operation.method)
      let body = Data((hasBody ? "{}" : "").utf8)
      let wrong = try caller.call(operation.method, "\(target)?colour=red", body)
      #expect(wrong.status == 400, "\(wrong.name)")
      if operation.statuses.contains(401) {
        let stranger = try caller.call(operation.method, target, body, token: .none)
        #expect(stranger.status == 401, "\(stranger.name)")
      }
      if operation.statuses.contains(403) {
        let viewer = try caller.call(operation.method, target, body, token: .viewer)
        #expect(viewer.status == 403, "\(viewer.name)")
      }
      if hasBody {
        let refused = try caller.call(operation.method, target, large)
        #expect(refused.status == 413, "\(refused.name)")
      }
    }
  }

  /// Asks for codes until there are no more.
  private static func exhaust(_ caller: Caller) throws {
    for _ in 0...30 {
      if try caller.call("POST", "/api/v1/members/m-1/codes").status == 429 { return }
    }
    Issue.record("no 429 after 31 codes")
  }

  /// Offers wrong tokens, to every operation at last.
  private static func guess(_ caller: Caller) throws {
    let wrong = ["Authorization": "Bearer 0123456789abcdef"]
    for _ in 1...10 {
      try caller.call("GET", "/api/v1/stations", token: .none, headers: wrong)
    }
    #expect(try caller.call("POST", "/api/v1/claims", json: wrongClaim).status == 429)
    for operation in try CallOperation.all() where operation.statuses.contains(401) {
      let told = try caller.call(operation.method, operation.target, token: .none, headers: wrong)
      #expect(told.status == 429, "\(told.name)")
    }
  }

  /// Every method that an address does not offer.
  private static func offerNothingElse(_ caller: Caller) throws {
    let operations = try CallOperation.all()
    for path in Set(operations.map(\.path)).sorted() {
      let here = operations.filter { $0.path == path }
      var offered = here.map(\.method)
      if offered.contains("GET") { offered.append("HEAD") }
      let methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"]
      for method in methods where !offered.contains(method) {
        let exchange = try caller.call(method, here[0].target)
        #expect(exchange.status == 405, "\(exchange.name)")
        let allowed = exchange.answerHeaders["allow"]
        #expect(allowed == offered.sorted().joined(separator: ", "), "\(exchange.name)")
      }
    }
  }

  /// The store's tables are gone: whatever needs them says that it cannot.
  private static func readBroken(_ caller: Caller) throws {
    for target in [
      "/stations/gate-1/measurements", "/stations/gate-1/visits",
      "/stations/gate-1/exchanges", "/events", "/members",
      "/members/m-1", "/quarantine", "/members/m-1/points",
      "/members/m-1/events", "/members?search=m", "/pending-orders", "/movements",
      "/holds",
      "/unproven", "/discrepancies",
      "/exchange-limits", "/stations/gate-1/prices", "/stations/gate-1/takings", "/ledger-proof",
      "/audit", "/stations/gate-1/commands", "/stations/gate-1/certificates",
      "/stations/gate-1/commands/000000000000000e-1", "/stations/gate-1/codes",
    ] {
      let exchange = try caller.call("GET", "/api/v1\(target)")
      #expect(exchange.status == 503, "\(exchange.name)")
    }
    for (method, target, json) in [
      ("PUT", "/stations/gate-1", "{\"en\":\"x\",\"zh\":\"x\"}"), ("POST", "/members", "{}"),
      ("PUT", "/stations/gate-1/retirement", #"{"retired":true,"reason":"moved"}"#),
      ("POST", "/stations/gate-1/commands", #"{"key":"b","op":"identify"}"#),
      ("PUT", "/stations/gate-1/lock-down", #"{"lockDown":true,"reason":"r"}"#),
      ("POST", "/stations/gate-1/lock-out", #"{"reason":"stolen"}"#),
      ("PATCH", "/members/m-1", "{\"status\":\"active\"}"),
      ("POST", "/issues", #"{"key":"b","amount":1,"reason":"r"}"#),
      ("POST", "/members/m-1/grants", #"{"key":"b","amount":1,"reason":"r"}"#),
      ("POST", "/pending-orders/1/decision", #"{"key":"b","decision":"approve"}"#),
      ("POST", "/movements/1/reversal", #"{"key":"b","reason":"r"}"#),
      (
        "POST", "/holds/\(LedgerContents.stream)-1/resolution",
        #"{"key":"b","decision":"void","reason":"r"}"#
      ),
      ("POST", "/stations/gate-1/dismissal", #"{"key":"b","through":3,"reason":"r"}"#),
      ("PUT", "/exchange-limits", #"{"perDay":3,"perArticle":null}"#),
      ("PUT", "/stations/gate-1/prices/7", #"{"price":30}"#),
      ("POST", "/stations/gate-2/codes", code), ("DELETE", "/stations/gate-2/codes/c-kept", ""),
    ] {
      let exchange = try caller.call(method, "/api/v1\(target)", json: json)
      #expect(exchange.status == 503, "\(exchange.name)")
    }
    try Deadline.wait(until: "the service to say that its store is not well") {
      try caller.call("GET", "/health").status == 503
    }
  }

  @Test("the event stream has the frames that openapi.yaml says, of every kind of record")
  func frames() throws {
    let service = try FilledManagement()
    try service.fill()
    let stream = try service.caller.follow("/api/v1/events/stream")
    defer { stream.kill() }
    try Deadline.wait(until: "every kind of record in the event stream") {
      Record.Kind.allCases.filter(\.isEvent).allSatisfy {
        stream.log.contains("\"kind\":\"\($0.rawValue)\"")
      }
    }
    _ = try service.caller.call(
      "PUT", "/api/v1/stations/gate-1", json: "{\"en\":\"North\",\"zh\":\"北门\"}")
    try Deadline.wait(until: "the station's new name") { stream.log.contains("北门") }
    try Deadline.wait(until: "the comment that shows life") { stream.log.contains("\n: ") }
    let answers = try Checker.ask("frames", Contract.calls.path, input: stream.log)
    var kinds: [String: Int] = [:]
    for line in answers {
      let frame = try JSONDecoder().decode(Frame.self, from: Data(line.utf8))
      kinds[frame.kind, default: 0] += 1
      #expect(frame.fault == nil, "\(frame.kind)")
    }
    #expect(kinds["opening"] == 1)
    #expect(kinds.keys.sorted() == ["comment", "opening", "record", "station"])
    let count = try service.stored("events")
    #expect(kinds["record"] == count)
  }

  private struct Frame: Decodable {
    var kind: String
    var fault: String?
  }
}

extension CallOperation {
  /// An address of it, with names that the service knows.
  var target: String {
    path.replacing("{station}", with: "gate-1").replacing("{member}", with: "m-1")
      .replacing("{credential}", with: "c-kept")
  }
}
