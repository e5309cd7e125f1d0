// Tests that topics and paths are the inverse of one another.
import StationProtocol
import TestBed
import Testing

@Suite struct TopicTests {
  private static func every(_ station: StationID) -> [Topic] {
    Topic.said(by: station) + Topic.heard(by: station)
  }

  @Test("the path of a topic gives the topic back", arguments: ["a", "gate-7", "0", "-"])
  func there(_ name: String) throws {
    let station = try #require(StationID(name))
    for topic in Self.every(station) {
      #expect(Topic(path: topic.path) == topic)
      #expect(topic.station == (topic == .serviceStatus ? nil : station))
    }
    #expect(Set(Self.every(station).map(\.path)).count == Self.every(station).count)
  }

  @Test(
    "these are the paths of the tree",
    arguments: [
      "ws/v1/gate-7/status", "ws/v1/gate-7/birth", "ws/v1/gate-7/out", "ws/v1/gate-7/ack",
      "ws/v1/gate-7/state/door/1", "ws/v1/gate-7/state/door/4", "ws/v1/gate-7/state/occupancy",
      "ws/v1/gate-7/state/alarms", "ws/v1/service/status", "ws/v1/gate-7/state/vending",
      "ws/v1/gate-7/state/codes", "ws/v1/gate-7/state/climate",
      "ws/v1/gate-7/state/energy", "ws/v1/gate-7/req",
      "ws/v1/gate-7/rep", "ws/v1/gate-7/sample", "ws/v1/gate-7/cmd", "ws/v1/gate-7/cmd/result",
      "ws/v1/gate-7/config/desired", "ws/v1/gate-7/config/reported",
      "ws/v1/gate-7/identity", "ws/v1/gate-7/identity/reply",
    ])
  func back(_ path: String) {
    #expect(Topic(path: path)?.path == path)
  }

  @Test(
    "any other path is no topic",
    arguments: [
      "", "ws", "ws/v1", "ws/v1/gate", "ws/v1/gate/", "ws/v1//status", "/ws/v1/gate/status",
      "ws/v2/gate/status", "WS/v1/gate/status", "ws/v1/gate/status/", "ws/v1/gate/status/x",
      "ws/v1/Gate/status", "ws/v1/ga te/status", "ws/v1/gate/+", "ws/v1/+/status", "ws/v1/#",
      "ws/v1/service/out", "ws/v1/service/birth", "ws/v1/service/state/alarms",
      "ws/v1/gate/state", "ws/v1/gate/state/", "ws/v1/gate/state/door", "ws/v1/gate/state/door/",
      "ws/v1/gate/state/door/0", "ws/v1/gate/state/door/5", "ws/v1/gate/state/door/01",
      "ws/v1/gate/state/door/+", "ws/v1/gate/state/door/1/", "ws/v1/gate/state/door/1/x/y/z",
      "ws/v1/gate/state/mood", "ws/v1/gate/STATUS", "ws/v1/gate/status\u{0}",
      "ws/v1/gate/state/door/１", "ws/v1/gate/req/", "ws/v1/gate/req/a", "ws/v1/gate/rep/a",
      "ws/v1/gate/rep/+", "ws/v1/gate/cmd/a", "ws/v1/gate/cmd/a/result", "ws/v1/gate/cmd/",
      "ws/v1/gate/config", "ws/v1/gate/config/x", "ws/v1/service/req", "ws/v1/service/cmd",
      "ws/v1/gate/identity/", "ws/v1/gate/identity/x", "ws/v1/service/identity",
    ])
  func none(_ path: String) {
    #expect(Topic(path: path) == nil)
  }

  @Test("whatever is accepted as a path is the path of its topic")
  func damaged() {
    var random = SeededGenerator(seed: 31)
    let paths = Self.every(StationID("gate-7")!).map(\.path)
    for _ in 0..<20_000 {
      var bytes = Array(paths.randomElement(using: &random)!.utf8)
      bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(
        in: 32...126, using: &random)
      let path = String(decoding: bytes, as: UTF8.self)
      if let topic = Topic(path: path) { #expect(topic.path == path) }
    }
  }

  @Test("no part of a path but the station is chosen by a client, and each is said by one side")
  func fixed() {
    let gate = StationID("gate-7")!
    let said = Topic.said(by: gate)
    let heard = Topic.heard(by: gate)
    #expect(Set(said).isDisjoint(with: heard))
    #expect(said.count == 2 + StatePart.allCases.count + 6 && heard.count == 6)
    #expect(StatePart.allCases.count == AccessPointID.most + 6)
    #expect(said.filter(\.isRetained).count == 2 + StatePart.allCases.count + 1)
    #expect(
      heard.filter { $0.isHeard(by: gate) }
        == [.ack(gate), .reply(gate), .command(gate), .identityReply(gate)])
    #expect(heard.allSatisfy { !$0.isHeard(by: StationID("gate-8")!) })
  }

  @Test("parts are ordered by their paths")
  func order() {
    let parts: [StatePart] = [
      .occupancy, .door(AccessPointID(2)!), .alarms, .door(AccessPointID(1)!),
    ]
    #expect(parts.sorted().map(\.path) == ["alarms", "door/1", "door/2", "occupancy"])
  }
}
