// A whole system while five hundred slow clients hang on the service: people come in all the same.
import Foundation
import TestBed
import Testing

@Suite struct AbuseSystemTests {
  private static let clients = 500

  @Test(
    "five hundred slow clients delay neither the dashboard's calls nor the door, and are counted")
  func slowClients() throws {
    let system = try WholeSystem(stations: ["abuse-1"], members: ["m-1"], walkStep: 20)
    let station = system.stations[0]
    let port = try #require(Int(system.management.address.split(separator: ":").last ?? ""))
    let slow = try AbuseClients(port: port, token: system.management.token, count: Self.clients)
    var longest = 0.0
    var opened = 0
    var rounds = 0
    // Until every connection that never asks anything whole has been told to go.
    try Deadline.wait(60, until: "the end of patience with the slow clients") {
      rounds += 1
      for path in ["/stations", "/events?limit=50", "/stations/abuse-1", "/refused-input"] {
        let start = Date()
        let answer = try system.management.api.call("GET", path, seconds: 5)
        #expect(answer.status == 200, "\(path)")
        longest = max(longest, Date().timeIntervalSince(start))
      }
      if rounds % 50 == 1 {
        try Self.comeIn(station)
        opened += 1
      }
      return [AbuseClients.Kind.silent, .header, .body].allSatisfy {
        slow.answers(to: $0).allSatisfy { $0.hasEnded && $0.text.hasPrefix("HTTP/1.1 408 ") }
      }
    }
    print("\(rounds) rounds beside slow clients; the longest call took \(longest) s")
    #expect(opened >= 1)
    #expect(longest < 2)
    // Whoever only listens may stay, ten times for one token.
    let readers = slow.answers(to: .reader).map { $0.text.prefix(13) }
    #expect(readers.count { $0 == "HTTP/1.1 200 " } == 10)
    #expect(readers.count { $0 == "HTTP/1.1 429 " } == Self.clients / 4 - 10)
    let refused = try system.management.api.call("GET", "/refused-input").object["refused"]
    let counters = try #require(refused as? [[String: Any]])
    let timedOut = counters.first { $0["kind"] as? String == "timed-out" }
    #expect(timedOut?["count"] as? Int == Self.clients / 4 * 3)
    try Self.comeIn(station)
    slow.stop()
    try system.waitForDelivery(from: station)
    try system.stop()
  }

  /// Somebody shows a good code, and the door opens for it.
  private static func comeIn(_ station: StationUnderTest) throws {
    try station.order("/code", ["kind": "good", "member": "m-1"])
    try Deadline.wait(2, until: "the strike") {
      try station.accessPoint()["strike"] as? Bool == true
    }
    try station.order("/walk", ["action": "in"])
    try Deadline.wait(until: "the strike to be secured again") {
      try station.accessPoint()["strike"] as? Bool == false
    }
  }
}
