// The API of a running service: who may ask, what is refused, what is answered.
import Foundation
import Linux
import MemberCode
import StationProtocol
import TestBed
import Testing

@Suite("API")
struct APITests {
  /// The `code` of a problem, after checking that it is one.
  private static func problem(_ answer: HTTPClient.Answer) -> String {
    #expect(answer.headers["content-type"] == "application/problem+json")
    #expect(answer.object["status"] as? Int == answer.status)
    #expect(answer.object["detail"] as? String != nil && answer.object["title"] as? String != nil)
    return answer.object["code"] as? String ?? ""
  }

  @Test("every call needs a known token, and every change a manager's")
  func authorization() throws {
    let service = try LiveManagement()
    let token = service.management.token
    let paths = [
      "/stations", "/stations/x", "/events", "/events/stream", "/members", "/members/x",
      "/issuer-keys", "/quarantine", "/refused-input",
    ]
    for path in paths {
      let answer = try service.plain.call("GET", "/api/v1\(path)")
      #expect(answer.status == 401 && Self.problem(answer) == "unauthorized", "\(path)")
      #expect(answer.headers["www-authenticate"] == "Bearer realm=\"worker-station\"")
    }
    for header in [
      "", "Bearer", "Bearer ", "Bearer \(token)x", "Bearer \(token.dropLast())",
      "Basic \(token)", "Bearer " + String(repeating: "y", count: 5000), token,
    ] {
      let answer = try service.plain.call(
        "GET", "/api/v1/stations", headers: ["Authorization": header])
      #expect(answer.status == 401, "\(header.prefix(20))")
    }
    #expect(
      try service.plain.call(
        "GET", "/api/v1/stations", headers: ["Authorization": "bearer \(token)"]
      ).status == 200)
    let viewer = service.api(token: service.management.viewerToken)
    for (method, path) in [("GET", "/stations"), ("GET", "/events"), ("GET", "/issuer-keys")] {
      #expect(try viewer.call(method, path).status == 200, "\(method) \(path)")
    }
    for (method, path) in [
      ("GET", "/members"), ("POST", "/members"), ("GET", "/members/x"), ("PATCH", "/members/x"),
      ("GET", "/members/x/events"), ("POST", "/members/x/codes"), ("PUT", "/stations/x"),
      ("GET", "/quarantine"),
      ("GET", "/refused-input"),
    ] {
      let answer = try viewer.call(method, path, json: method == "GET" ? nil : "{}")
      #expect(answer.status == 403 && Self.problem(answer) == "forbidden", "\(method) \(path)")
    }
  }

  @Test("what is not there, not offered, too large or not JSON is refused by name")
  func refusals() throws {
    let service = try LiveManagement()
    #expect(Self.problem(try service.api.call("GET", "/nothing")) == "not-found")
    #expect(Self.problem(try service.api.call("GET", "/stations/nobody")) == "not-found")
    let other = try service.api.call("DELETE", "/members/x")
    #expect(other.status == 405 && Self.problem(other) == "method-not-allowed")
    #expect(other.headers["allow"] == "GET, HEAD, PATCH")
    let large = "{\"label\":\"\(String(repeating: "x", count: 70_000))\"}"
    let answer = try service.api.call("POST", "/members", json: large)
    #expect(answer.status == 413 && Self.problem(answer) == "too-large")
    for body in [
      "", "[]", "{", "{\"id\":7}", "{\"id\":\"a b\"}", "{\"id\":\"\"}", "{\"name\":\"x\"}",
      "{\"id\":\"a\",\"id\":\"b\"}", "{\"label\":\"\"}", "{\"label\":\"a\\u0007\"}",
      "{\"label\":\"\(String(repeating: "字", count: 65))\"}",
    ] {
      let answer = try service.api.call("POST", "/members", json: body)
      #expect(answer.status == 400 && Self.problem(answer) == "bad-request", "\(body.prefix(30))")
    }
    for query in [
      "limit=0", "limit=1001", "limit=x", "before=0", "before=-1", "kind=party", "station=A+B",
    ] {
      #expect(try service.api.call("GET", "/events?\(query)").status == 400, "\(query)")
    }
    for id in ["x", "-1", "1.5", "99999999999999999999"] {
      let answer = try service.api.call(
        "GET", "/events/stream", headers: ["Last-Event-ID": id])
      #expect(answer.status == 400, "\(id)")
    }
  }

  @Test("a member is enrolled, gets codes that stations believe, and none while suspended")
  func membersAndCodes() throws {
    let service = try LiveManagement()
    let made = try service.api.call("POST", "/members", json: "{\"label\":\"环卫 三班\"}")
    #expect(made.status == 201)
    let id = try #require(made.object["id"] as? String)
    #expect(made.headers["location"] == "/api/v1/members/\(id)")
    #expect(made.object["label"] as? String == "环卫 三班")
    #expect(try service.management.enrol("m-own") == "m-own")
    let twice = try service.api.call("POST", "/members", json: "{\"id\":\"m-own\"}")
    #expect(twice.status == 409 && Self.problem(twice) == "conflict")
    let page = try service.api.call("GET", "/members?limit=1").object["members"] as? [[String: Any]]
    let first = try #require(page?.first?["id"] as? String)
    let rest = try service.api.call("GET", "/members?after=\(first)")
    #expect((rest.object["members"] as? [Any])?.count == 1)
    let found = try service.api.call("GET", "/members?search=%E4%B8%89%E7%8F%AD").object["members"]
    #expect((found as? [[String: Any]])?.map { $0["id"] as? String } == [id])

    let issued = try service.api.call("POST", "/members/\(id)/codes", json: "{}")
    let payload = try #require(issued.object["payload"] as? String)
    let verifier = CodeVerifier(try KeySet([service.issuer.verificationKey]))
    guard case .genuine(let code) = verifier.authenticate(Array(payload.utf8)) else {
      Issue.record("the code is not genuine")
      return
    }
    #expect(try CodePolicy().judge(code.claims, at: Clock.wall).get().text == id)
    #expect(code.claims.issued?.milliseconds == (issued.object["issuedAt"] as? Int).map(Int64.init))
    #expect(
      code.claims.expires?.milliseconds == (issued.object["expiresAt"] as? Int).map(Int64.init))

    let suspended = try service.api.call(
      "PATCH", "/members/\(id)", json: "{\"status\":\"suspended\"}")
    #expect(suspended.object["status"] as? String == "suspended")
    let refused = try service.api.call("POST", "/members/\(id)/codes", json: "{}")
    #expect(refused.status == 409 && Self.problem(refused) == "conflict")
    _ = try service.api.call("PATCH", "/members/\(id)", json: "{\"status\":\"active\"}")
    #expect(try service.api.call("POST", "/members/\(id)/codes").status == 200)
    #expect(try service.api.call("PATCH", "/members/\(id)", json: "{}").status == 400)
    #expect(try service.api.call("POST", "/members/nobody/codes", json: "{}").status == 404)
  }

  @Test("a code comes as a picture where one is accepted, and not without end")
  func pictures() throws {
    let service = try LiveManagement()
    _ = try service.management.enrol("m-1")
    let png = try service.api.call(
      "POST", "/members/m-1/codes", headers: ["Accept": "image/png"])
    #expect(png.headers["content-type"] == "image/png")
    #expect(png.body.prefix(4) == Data([0x89, 0x50, 0x4E, 0x47]))
    let svg = try service.api.call(
      "POST", "/members/m-1/codes", headers: ["Accept": "image/svg+xml"])
    #expect(svg.headers["content-type"] == "image/svg+xml" && svg.text.contains("<svg"))
    let statuses = try (0..<40).map { _ in
      try service.api.call("POST", "/members/m-1/codes", json: "{}").status
    }
    #expect(statuses.last == 429)
    #expect(statuses.allSatisfy { $0 == 200 || $0 == 429 })
    _ = try service.management.enrol("m-2")
    #expect(try service.api.call("POST", "/members/m-2/codes", json: "{}").status == 200)
  }

  @Test("the public keys that stations need are handed out, the private one is not")
  func issuerKeys() throws {
    let service = try LiveManagement()
    let answer = try service.api.call("GET", "/issuer-keys")
    let keys = try #require(answer.object["keys"] as? [[String: Any]])
    #expect(keys.count == 1)
    #expect(keys[0]["id"] as? String == "\(service.issuer.id)")
    let key = try VerificationKey(pem: Array((keys[0]["pem"] as? String ?? "").utf8))
    #expect(key.id == service.issuer.id)
    #expect(!answer.text.contains("PRIVATE"))
  }

  @Test("a station can be named before it speaks, and the name reaches those who watch")
  func naming() throws {
    let service = try LiveManagement()
    let watcher = try EventStream(service.api, "/events/stream")
    let body = "{\"en\":\"North gate\",\"zh\":\"北门驿站\"}"
    let answer = try service.api.call("PUT", "/stations/gate-1", json: body)
    #expect(answer.status == 200)
    #expect((answer.object["names"] as? [String: Any])?["zh"] as? String == "北门驿站")
    try Deadline.wait(until: "the name in the stream") {
      watcher.events.contains {
        $0.name == "station" && $0.id == nil
          && ($0.object["names"] as? [String: Any])?["en"] as? String == "North gate"
      }
    }
    service.management.kill()
    try service.management.start()
    let all = try service.api.call("GET", "/stations").object["stations"] as? [[String: Any]]
    #expect(all?.count == 1)
    #expect((all?.first?["names"] as? [String: Any])?["en"] as? String == "North gate")
    #expect(all?.first?["online"] is NSNull)
    // A new watcher is told of every station first.
    let late = try EventStream(service.api, "/events/stream")
    try Deadline.wait(until: "the station") {
      late.events.first?.object["id"] as? String == "gate-1"
    }
    for (path, body) in [
      ("service", body), ("A", body), ("gate-1", "{\"en\":\"x\"}"),
      ("gate-1", "{\"en\":\"\",\"zh\":\"x\"}"),
      ("gate-1", "{\"en\":\"\(String(repeating: "x", count: 121))\",\"zh\":\"x\"}"),
    ] {
      #expect(try service.api.call("PUT", "/stations/\(path)", json: body).status == 400)
    }
  }

  @Test("events are listed newest first, by station and kind, in pages")
  func events() throws {
    let service = try LiveManagement()
    let gate = try service.station()
    let door = StoreContractTests.door()
    let closing = Record(at: Clock.wall, isTrusted: true, body: .door(.closed(door)))
    for round in 0..<4 {
      gate.send(Sample.batch(UInt64(2 * round + 1), [closing, Sample.passage(1)]))
    }
    try gate.waitForAcknowledgement(8, of: Sample.stream)
    func list(_ query: String) throws -> [Int] {
      let answer = try service.api.call("GET", "/events\(query)")
      return (answer.object["events"] as? [[String: Any]] ?? []).compactMap { $0["seq"] as? Int }
    }
    #expect(try list("") == [8, 7, 6, 5, 4, 3, 2, 1])
    #expect(try list("?kind=passage&limit=2") == [8, 6])
    #expect(try list("?station=gate-1&kind=door-closed") == [7, 5, 3, 1])
    #expect(try list("?station=hall-2") == [])
    #expect(try list("?before=4") == [3, 2, 1])

    let member = StoreContractTests.member("m-1")
    let granted = Record(
      at: Clock.wall, isTrusted: true,
      body: .entry(.granted(door, member: member, .code(CodeDigest(high: 1, low: 1)))))
    gate.send(Sample.batch(9, [granted, closing, granted]))
    try gate.waitForAcknowledgement(11, of: Sample.stream)
    let own = try service.api.call("GET", "/members/m-1/events?limit=1").object["events"]
    #expect((own as? [[String: Any]])?.map { $0["seq"] as? Int } == [11])
    let id = try #require((own as? [[String: Any]])?.first?["id"] as? Int)
    let before = try service.api.call("GET", "/members/m-1/events?before=\(id)").object["events"]
    #expect((before as? [[String: Any]])?.map { $0["seq"] as? Int } == [9])
  }

  @Test("pages and texts are served with their protection, and nothing from outside")
  func pages() throws {
    let service = try LiveManagement()
    let page = try service.plain.call("GET", "/")
    #expect(page.status == 200 && page.text.contains("<html"))
    #expect(page.headers["content-security-policy"]?.hasPrefix("default-src 'self';") == true)
    #expect(page.headers["x-content-type-options"] == "nosniff")
    for name in ["en", "zh"] {
      let texts = try service.plain.call("GET", "/texts/\(name).json")
      #expect(texts.object["dashboard.title"] as? String != nil)
    }
    let tag = try #require(page.headers["etag"])
    #expect(try service.plain.call("GET", "/", headers: ["If-None-Match": tag]).status == 304)
    for path in [
      "/nothing.html", "/texts/xx.json", "/%2e%2e/ManagementDaemon.swift", "/texts/..%2fen.json",
      "/.keep", "/texts", "/api",
    ] {
      #expect(try service.plain.call("GET", path).status == 404, "\(path)")
    }
    #expect(try service.plain.call("POST", "/", json: "{}").status == 405)
    #expect(try service.plain.call("HEAD", "/api/v1/events/stream").status == 401)
    #expect(try service.api.call("HEAD", "/events/stream").status == 200)
  }
}
