// A manager's stolen token, and what it gets out of the ledger alone.
import Foundation
import TestBed
import Testing

@Suite struct FourEyesTests {
  private let bed: AttackBed
  private let thief: HTTPClient

  init() throws {
    bed = try AttackBed(stations: ["gate-1"])
    thief = bed.management.api
    for number in 1...20 { _ = try bed.management.enrol("m-\(number)") }
    try bed.management.issue(100_000, reason: "the year")
  }

  private func post(_ path: String, _ json: String) throws -> [String: Any] {
    let answer = try thief.call("POST", path, json: json)
    guard answer.status == 201 else {
      throw TestBedError("POST \(path): \(answer.status) \(answer.text)")
    }
    return answer.object
  }

  private func isMoved(_ receipt: [String: Any]) -> Bool { receipt["movement"] is Int }

  @Test("one token gets no more out by twenty grants of five hundred than by one")
  func manyGrants() throws {
    var moved = 0
    for number in 1...20 {
      let path = "/members/m-\(number)/grants"
      let json = #"{"key":"g-\#(number)","amount":500,"reason":"helped"}"#
      if isMoved(try post(path, json)) { moved += 1 }
    }
    #expect(moved == 1)
    let waiting = try thief.call("GET", "/pending-orders").object["orders"] as? [[String: Any]]
    let own = try #require(waiting?.compactMap { $0["id"] as? Int })
    #expect(own.count == 19)
    // Nor does it agree with itself.
    for id in own.prefix(3) {
      let answer = try thief.call(
        "POST", "/pending-orders/\(id)/decision", json: #"{"key":"a-\#(id)","decision":"approve"}"#)
      #expect(answer.status == 409 && answer.object["reason"] as? String == "same-actor")
    }
  }

  @Test("issues and looser rules of one token wait, and small ones add up")
  func issuesAndRules() throws {
    #expect(!isMoved(try post("/issues", #"{"key":"i-1","amount":501,"reason":"more"}"#)))
    var moved = 0
    for number in 1...20 {
      let json = #"{"key":"s-\#(number)","amount":100,"reason":"more"}"#
      if isMoved(try post("/issues", json)) { moved += 1 }
    }
    #expect(moved == 5)
    func put(_ path: String, _ json: String) throws -> Int {
      try thief.call("PUT", path, json: json).status
    }
    #expect(try put("/exchange-limits", #"{"perDay":1,"perArticle":1}"#) == 200)
    #expect(try put("/exchange-limits", #"{"perDay":null,"perArticle":null}"#) == 202)
    #expect(try put("/stations/gate-1", #"{"en":"Gate","zh":"门"}"#) == 200)
    #expect(try put("/stations/gate-1/prices/7", #"{"price":1}"#) == 202)
    #expect(try thief.call("GET", "/exchange-limits").object["perDay"] as? Int == 1)
  }
}
