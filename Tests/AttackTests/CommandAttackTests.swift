// Whoever owns the broker tries to give orders: forged, repeated, old, diverted, oversized.
import Foundation
import MemberCode
import StationProtocol
import TestBed
import Testing

@Suite("Orders by whoever owns the broker")
struct CommandAttackTests {
  private static let open = #""op":"open","ap":1"#

  private func bed() throws -> (bed: AttackBed, station: StationUnderTest) {
    let bed = try AttackBed(stations: ["gate-1", "gate-2"])
    let station = try bed.start("gate-1") {
      $0.settings = ["access-point 1": ["access-time": "1 s"]]
    }
    try Deadline.wait(until: "the station's operations") {
      (try bed.management.station("gate-1")["operations"] as? [String])?.contains("open") == true
    }
    return (bed, station)
  }

  /// How often the station has begun to carry out something.
  private func accepted(_ bed: AttackBed) throws -> Int {
    try bed.management.records(of: "gate-1").count {
      ($0["record"] as? [String: Any])?["kind"] as? String == "command-accepted"
    }
  }

  /// How many messages the station has refused on a ground.
  private func refused(_ bed: AttackBed, _ reason: MessageRefusal) throws -> Int {
    try bed.management.records(of: "gate-1").reduce(0) { sum, event in
      let record = event["record"] as? [String: Any]
      guard record?["kind"] as? String == "messages-refused",
        record?["reason"] as? String == reason.rawValue
      else { return sum }
      return sum + (record?["count"] as? Int ?? 0)
    }
  }

  private func waitForRefusal(_ bed: AttackBed, _ reason: MessageRefusal) throws {
    try Deadline.wait(until: "a message refused as \(reason.rawValue)") {
      try refused(bed, reason) > 0
    }
  }

  /// A command that the service really gave, as it went over the broker.
  private func overheard(_ bed: AttackBed, seconds: Int = 30) throws -> [UInt8] {
    try bed.overhear("ws/v1/gate-1/cmd") {
      let id = try bed.management.order("gate-1", Self.open, seconds: seconds)
      let end = try bed.management.waitForEnd(of: id, at: "gate-1")
      #expect(end["state"] as? String == "done")
    }
  }

  @Test("a command that another key has signed, or none, opens nothing and is counted")
  func forged() throws {
    let (bed, station) = try bed()
    let genuine = try SealedMessage(json: try overheard(bed))
    let thief = SigningKey.generate()
    let station1 = try #require(StationID("gate-1"))
    let topic = Topic.command(station1)
    var named = thief.seal(genuine.body.json, for: topic)
    named.key = genuine.key
    var changed = genuine
    changed.body = SealedBody(
      Array(genuine.body.text.replacing(#""ap":1"#, with: #""ap":2"#).utf8))
    var spoilt = genuine
    spoilt.signature = try #require(
      Signature([genuine.signature.bytes[0] ^ 1] + genuine.signature.bytes.dropFirst()))
    for message in [thief.seal(genuine.body.json, for: topic), named, changed, spoilt] {
      try bed.publish(topic.path, message.json)
    }
    try waitForRefusal(bed, .unsigned)
    try bed.publish(topic.path, genuine.body.json)
    try bed.publish(topic.path, Array(repeating: UInt8(ascii: "x"), count: 5000))
    try waitForRefusal(bed, .unreadable)
    try bed.publish(topic.path, genuine.json, isRetained: true)
    // The station still obeys the service, once, and nobody else.
    let id = try bed.management.order("gate-1", #""op":"identify""#)
    try bed.management.waitForEnd(of: id, at: "gate-1")
    try Deadline.wait(until: "both commands of the service") { try accepted(bed) == 2 }
    #expect(try station.accessPoint()["strike"] as? Bool == false)
  }

  @Test("a command that was overheard opens once, however often and wherever it is said again")
  func replayed() throws {
    let (bed, station) = try bed()
    let genuine = try overheard(bed, seconds: 5)
    try Deadline.wait(until: "the door to be shut") {
      try station.accessPoint()["strike"] as? Bool == false
    }
    for _ in 0..<5 { try bed.publish("ws/v1/gate-1/cmd", genuine) }
    #expect(try station.accessPoint()["strike"] as? Bool == false)
    // The daemon starts again, and knows neither the command nor the nonce.
    try station.stopDaemon()
    try station.start()
    try Deadline.wait(until: "the command to be of another start") {
      try bed.publish("ws/v1/gate-1/cmd", genuine)
      return try refused(bed, .stale) > 0
    }
    let id = try bed.management.order("gate-1", #""op":"identify""#)
    try bed.management.waitForEnd(of: id, at: "gate-1")
    try Deadline.wait(until: "the two commands of the service") { try accepted(bed) == 2 }
    #expect(try station.accessPoint()["strike"] as? Bool == false)
  }

  @Test("a command for one station is none for another, and a wish is no command")
  func diverted() throws {
    let (bed, _) = try bed()
    let other = try bed.start("gate-2")
    let genuine = try overheard(bed)
    let wish = try bed.overhear("ws/v1/gate-1/config/desired") {
      try bed.management.lockDown("gate-1", true)
    }
    for payload in [genuine, wish] {
      for topic in ["ws/v1/gate-2/cmd", "ws/v1/gate-2/config/desired", "ws/v1/gate-1/cmd"] {
        if payload == genuine, topic.contains("gate-1") { continue }
        try bed.publish(topic, payload)
      }
    }
    try waitForRefusal(bed, .unsigned)
    let id = try bed.management.order("gate-2", #""op":"identify""#)
    try bed.management.waitForEnd(of: id, at: "gate-2")
    let modes = try bed.management.station("gate-2")["doors"] as? [[String: Any]]
    #expect(modes?.first?["mode"] as? String == "code-only")
    #expect(try other.accessPoint()["strike"] as? Bool == false)
    let records = try bed.management.records(of: "gate-2").count {
      ($0["record"] as? [String: Any])?["kind"] as? String == "command-accepted"
    }
    #expect(records == 1)
  }

  @Test("an earlier wish brings no lock-down back and ends none, also after a restart")
  func earlierWish() throws {
    let (bed, station) = try bed()
    let topic = "ws/v1/gate-1/config/desired"
    let off = try bed.overhear(topic) { try bed.management.lockDown("gate-1", false) }
    try bed.management.lockDown("gate-1", true)
    func isInForce() throws -> Bool {
      let doors = try bed.management.station("gate-1")["doors"] as? [[String: Any]]
      return doors?.first?["mode"] as? String == "lock-down"
    }
    try Deadline.wait(until: "lock-down") { try isInForce() }
    try bed.publish(topic, off, isRetained: true)
    try Deadline.wait(until: "the refusal of the earlier wish") {
      let state = try bed.management.station("gate-1")["lockDown"] as? [String: Any]
      return state?["refusal"] as? String == "older"
    }
    try station.stopDaemon()
    try station.start()
    try Deadline.wait(until: "the refusal after the restart") {
      let isThere = try bed.management.station("gate-1")["online"] as? Bool
      return isThere == true && station.log.contains("is ready")
    }
    #expect(try isInForce())
  }

  @Test("earlier settings, those of another key and those of another station are refused")
  func earlierSettings() throws {
    let (bed, station) = try bed()
    let topic = "ws/v1/gate-1/config/desired"
    func set(_ capacity: Int) throws {
      try bed.management.set(
        #"[{"section":"entry","values":{"capacity":"\#(capacity)"}}]"#, at: "gate-1")
    }
    func capacity() throws -> Int? {
      let state = try bed.management.station("gate-1")["occupancy"] as? [String: Any]
      return state?["capacity"] as? Int
    }
    let many = try bed.overhear(topic) { try set(900) }
    try set(9)
    try Deadline.wait(until: "the newer settings") { try capacity() == 9 }
    try bed.publish(topic, many, isRetained: true)
    try Deadline.wait(until: "the refusal of earlier settings") {
      let state = try bed.management.station("gate-1")["lockDown"] as? [String: Any]
      return state?["refusal"] as? String == "older"
    }
    let sealed = try SealedMessage(json: many)
    let desired = try DesiredConfiguration(json: sealed.body.json)
    let later = DesiredConfiguration(
      revision: 99, isLockedDown: false,
      settings: WantedSettings(
        revision: 99, digest: PayloadDigest(high: 0, low: 0),
        sections: desired.settings?.sections ?? []))
    let address = Topic.desiredConfiguration(StationID("gate-1")!)
    try bed.publish(topic, SigningKey.generate().seal(later.json, for: address).json)
    try waitForRefusal(bed, .unsigned)
    try bed.publish("ws/v1/gate-2/config/desired", many)
    try station.stopDaemon()
    try station.start()
    try Deadline.wait(until: "the station after a restart") {
      let isThere = try bed.management.station("gate-1")["online"] as? Bool
      return isThere == true && station.log.contains("is ready")
    }
    #expect(try capacity() == 9)
  }

  @Test("a stolen login of a station orders nothing, and answers for no other")
  func stolenLogin() throws {
    let (bed, station) = try bed()
    let genuine = try overheard(bed)
    let thief = try bed.steal("gate-2")
    for path in ["ws/v1/gate-1/cmd", "ws/v1/gate-1/cmd/result", "ws/v1/gate-2/cmd"] {
      thief.publish(path: path, genuine)
    }
    let id = try bed.management.order("gate-1", #""op":"self-test""#)
    let forged = CommandResult(try #require(CommandID(id)), .failed, .busy)
    thief.publish(path: "ws/v1/gate-2/cmd/result", forged.json)
    let end = try bed.management.waitForEnd(of: id, at: "gate-1")
    #expect(end["state"] as? String == "done")
    try Deadline.wait(until: "both commands of the service") { try accepted(bed) == 2 }
    #expect(try station.accessPoint()["strike"] as? Bool == false)
  }
}
