// Points over HTTP and MQTT, on a real service: from an issue to an exchange to the proof.
import Foundation
import ManagementCore
import StationProtocol
import TestBed
import Testing
import Time

@Suite("Points of a service")
struct LedgerAPITests {
  private let service: LiveManagement

  init() throws { service = try LiveManagement() }

  @discardableResult
  private func post(_ path: String, _ json: String, _ status: Int = 201) throws -> [String: Any] {
    let answer = try service.api.call("POST", path, json: json)
    #expect(answer.status == status, "\(path) \(json): \(answer.text)")
    return answer.object
  }

  private func fund() throws {
    try post("/members", #"{"id":"m-1"}"#)
    try service.management.issue(10_000, reason: "this year")
    try post("/members/m-1/grants", #"{"key":"g-1","amount":100,"reason":"welcome"}"#)
  }

  private func balance() throws -> Int? {
    try service.api.call("GET", "/members/m-1/points").object["balance"] as? Int
  }

  @Test("a station holds, tells the end, and is paid; the check finds the books in order")
  func exchange() throws {
    try fund()
    let station = try service.station()
    let birth = BirthPayload(
      session: SessionID(stream: Sample.stream, boot: 1, connection: 1), version: "1",
      accessPoints: [], floor: 1, ceiling: 0, isClockTrusted: true, at: WallTime(seconds: 1))
    station.publish(.birth(Sample.gate), birth.json)
    let exchange = LedgerSample.exchange(1, in: Sample.stream)
    let code = try service.code(of: exchange.member)
    let reply = try station.ask(.hold(exchange, code: code))
    #expect(reply == .held(balance: 70))
    let holds = try service.api.call("GET", "/holds").object
    #expect(holds["open"] as? Int == 1 && (holds["holds"] as? [Any])?.count == 1)
    let record = Record(
      at: WallTime(seconds: 1), isTrusted: true, body: .exchange(.ended(exchange, .dispensed)))
    station.publish(
      .out(Sample.gate),
      RecordBatch(stream: Sample.stream, first: 1, records: [record.json]).json)
    try Deadline.wait(until: "the exchange to be posted") {
      let takings = try service.api.call("GET", "/stations/gate-1/takings").object
      return (takings["takings"] as? [[String: Any]])?.first?["points"] as? Int == 30
    }
    #expect(
      try station.ask(.hold(exchange, code: code)) == .refused(.settled, balance: 70))
    let lines = try service.api.call("GET", "/members/m-1/points").object
    #expect(
      (lines["movements"] as? [[String: Any]])?.map { $0["kind"] as? String } == ["hold", "grant"])
    let checked = try service.management.check()
    #expect(
      checked.status == 0 && checked.output.contains("the ledger balances"), "\(checked.output)")
    let told = try Program.run(
      "sqlite3",
      [
        service.folder.file("management/management.sqlite"), ".timeout 5000",
        "UPDATE account SET balance = balance + 1 WHERE kind = 'member'",
      ])
    #expect(told.status == 0)
    let found = try service.management.check()
    #expect(found.status == 1 && found.output.contains("wrong: "), "\(found.output)")
    #expect(try service.api.call("GET", "/ledger-proof").object["clean"] as? Bool == false)
  }

  @Test("a key is one order: again it is answered alike, with other contents it is a conflict")
  func keys() throws {
    try fund()
    let first = try post("/members/m-1/grants", #"{"key":"g-2","amount":5,"reason":"r"}"#)
    let again = try post("/members/m-1/grants", #"{"key":"g-2","amount":5,"reason":"r"}"#)
    #expect(first["movement"] as? Int == again["movement"] as? Int)
    try post("/members/m-1/grants", #"{"key":"g-2","amount":6,"reason":"r"}"#, 409)
    try post("/issues", #"{"key":"g-2","amount":5,"reason":"r"}"#, 409)
    #expect(try balance() == 105)
  }

  @Test("amounts that are none are refused with their place, and move nothing")
  func amounts() throws {
    try fund()
    for amount in ["0", "-1", "1000001", "1.5", "\"5\"", "1e2", "null", "true", "[]", "05", "NaN"] {
      let json = "{\"key\":\"x\",\"amount\":\(amount),\"reason\":\"r\"}"
      let answer = try service.api.call("POST", "/members/m-1/grants", json: json)
      #expect(answer.status == 400, "\(amount)")
      #expect((answer.object["detail"] as? String)?.contains("byte ") == true, "\(amount)")
    }
    #expect(try balance() == 100)
  }

  @Test("a large grant waits for another person; reasons for a refusal are words of a list")
  func fourEyes() throws {
    try fund()
    let pending = try post("/members/m-1/grants", #"{"key":"big","amount":501,"reason":"r"}"#)
    let id = try #require(pending["pending"] as? Int)
    #expect(try balance() == 100)
    let refused = try post(
      "/pending-orders/\(id)/decision", #"{"key":"d","decision":"approve"}"#, 409)
    #expect(refused["reason"] as? String == "same-actor")
    let grants = try service.api.call("GET", "/pending-orders").object["orders"] as? [[String: Any]]
    #expect(grants?.map { $0["id"] as? Int } == [id])
    let colleague = service.api(token: service.management.colleagueToken)
    let approved = try colleague.call(
      "POST", "/pending-orders/\(id)/decision", json: #"{"key":"d","decision":"approve"}"#)
    #expect(approved.status == 201, "\(approved.text)")
    #expect(try balance() == 601)
  }

  @Test("rules are set and taken back; a viewer sees them, and no member")
  func rules() throws {
    try fund()
    let price = try service.api.call(
      "PUT", "/stations/gate-9/prices/7", json: #"{"price":30}"#)
    #expect(price.status == 404)
    _ = try service.api.call("PUT", "/stations/gate-1", json: #"{"en":"a","zh":"b"}"#)
    #expect(
      try service.api.call("PUT", "/stations/gate-1/prices/7", json: #"{"price":30}"#).status == 200
    )
    #expect(
      try service.api.call("PUT", "/exchange-limits", json: #"{"perDay":1,"perArticle":null}"#)
        .status == 200)
    let viewer = service.api(token: service.management.viewerToken)
    #expect(try viewer.call("GET", "/exchange-limits").object["perDay"] as? Int == 1)
    let prices = try viewer.call("GET", "/stations/gate-1/prices").object["prices"]
    #expect((prices as? [[String: Any]])?.first?["price"] as? Int == 30)
    for path in [
      "/members/m-1/points", "/holds", "/pending-orders", "/movements", "/discrepancies",
      "/ledger-proof",
    ] {
      #expect(try viewer.call("GET", path).status == 403, "\(path)")
    }
    let none = try service.api.call("PUT", "/stations/gate-1/prices/7", json: #"{"price":null}"#)
    #expect(none.status == 200 && (none.object["prices"] as? [Any])?.isEmpty == true)
  }

  @Test("movements are listed and moved back, once")
  func reversal() throws {
    try fund()
    let all = try service.api.call("GET", "/movements").object["movements"] as? [[String: Any]]
    let id = try #require(all?.first?["id"] as? Int)
    try post("/movements/\(id)/reversal", #"{"key":"r-1","reason":"a mistake"}"#)
    let refused = try post("/movements/\(id)/reversal", #"{"key":"r-2","reason":"again"}"#, 409)
    #expect(refused["reason"] as? String == "reversed-before")
    #expect(try balance() == 0)
  }

  @Test("whoever changes something stands in the audit, by the name that the token has")
  func audit() throws {
    try fund()
    let colleague = service.api(token: service.management.colleagueToken)
    for status in ["suspended", "active"] {
      let changed = try colleague.call("PATCH", "/members/m-1", json: "{\"status\":\"\(status)\"}")
      #expect(changed.status == 200)
    }
    _ = try service.management.code(for: "m-1")
    let lines = try service.api.call("GET", "/audit?member=m-1").object["audit"]
    let own = (lines as? [[String: Any]]) ?? []
    #expect(
      own.map { "\($0["actor"] ?? "") \($0["action"] ?? "")" } == [
        "demo code", "colleague activate", "colleague suspend", "demo grant", "demo enrol",
      ])
    let viewer = service.api(token: service.management.viewerToken)
    #expect(try viewer.call("GET", "/audit").status == 403)
  }
}
