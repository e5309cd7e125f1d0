// Tests that topics and paths are the inverse of one another.
import StationProtocol
import Testing

@Suite struct TopicTests {
  private static func every(_ station: StationID) -> [Topic] {
    let parts = (1...AccessPointID.most).map { StatePart.door(AccessPointID($0)!) }
    return [.status(station), .birth(station), .out(station), .ack(station), .serviceStatus]
      + ["a", "0123456789abcdef-7"].flatMap { text -> [Topic] in
        let id = RequestID(text)!
        return [.request(station, id), .reply(station, id)]
      } + (parts + [.occupancy, .vending, .alarms]).map { .state(station, $0) }
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
      "ws/v1/gate-7/req/0123456789abcdef-12", "ws/v1/gate-7/rep/0123456789abcdef-12",
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
      "ws/v1/gate/state/door/１", "ws/v1/gate/req", "ws/v1/gate/req/", "ws/v1/gate/req/A",
      "ws/v1/gate/req/a/b", "ws/v1/gate/rep/+", "ws/v1/service/req/a",
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

  @Test("parts are ordered by their paths")
  func order() {
    let parts: [StatePart] = [
      .occupancy, .door(AccessPointID(2)!), .alarms, .door(AccessPointID(1)!),
    ]
    #expect(parts.sorted().map(\.path) == ["alarms", "door/1", "door/2", "occupancy"])
  }
}
