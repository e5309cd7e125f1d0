// Settings for many stations at once: waves that wait for one another, and stop.
import Foundation
import TestBed
import Testing

@Suite("Settings for many stations")
struct RolloutTests {
  /// Drafts a change for both stations and sends it.
  /// - Returns: its path below the API.
  private static func send(
    _ sections: String, as key: String, to management: ManagementUnderTest
  ) throws -> String {
    let body =
      #"{"key":"\#(key)","reason":"test","stations":["gate-1","hall-2"],"sections":\#(sections)}"#
    let draft = try management.api.call("POST", "/settings-rollouts", json: body)
    guard draft.status == 201, let id = draft.object["id"] as? Int else {
      throw TestBedError("POST /settings-rollouts: \(draft.status) \(draft.text)")
    }
    let path = "/settings-rollouts/\(id)"
    let sent = try management.api.call(
      "POST", "\(path)/decision", json: #"{"decision":"send"}"#)
    guard sent.status == 200 else { throw TestBedError("\(sent.status) \(sent.text)") }
    return path
  }

  private static func wait(
    for state: String, of path: String, at management: ManagementUnderTest, seconds: Double = 20
  ) throws -> [String: Any] {
    try Deadline.wait(seconds, for: "\(path) to be \(state)") {
      let rollout = try management.api.call("GET", path).object
      return rollout["state"] as? String == state ? rollout : nil
    }
  }

  private static func standing(
    of station: String, at management: ManagementUnderTest
  ) throws -> String? {
    (try management.station(station)["settings"] as? [String: Any])?["standing"] as? String
  }

  @Test("a wave that is refused stops the rest; a good one goes on over a restart of the service")
  func waves() throws {
    let system = try WholeSystem(stations: ["gate-1", "hall-2"])
    let management = system.management
    for station in ["gate-1", "hall-2"] {
      try Deadline.wait(until: "\(station) to be there") {
        try management.station(station)["online"] as? Bool == true
      }
    }
    // No door goes by free hours: the station refuses them, and the second hears nothing of them.
    let bad = try Self.send(
      #"[{"section":"entry","values":{"free-hours":"12:00-13:00"}}]"#, as: "bad", to: management)
    let stopped = try Self.wait(for: "stopped", of: bad, at: management)
    let halt = stopped["halt"] as? [String: Any]
    #expect(halt?["station"] as? String == "gate-1" && halt?["text"] as? String == "refused")
    #expect(try Self.standing(of: "gate-1", at: management) == "refused")
    #expect(try Self.standing(of: "hall-2", at: management) == "none")

    let good = try Self.send(
      #"[{"section":"entry","values":{"free-hours":null,"capacity":"9"}}]"#, as: "good",
      to: management)
    try management.waitForSettings("trial", at: "gate-1")
    management.kill()
    try management.start()
    try Deadline.wait(30, until: "the service to know the first station again") {
      try Self.standing(of: "gate-1", at: management) == "trial"
        || Self.standing(of: "gate-1", at: management) == "in-force"
    }
    #expect(try Self.standing(of: "hall-2", at: management) == "none")
    // The first is well after a minute; then the second hears of it.
    try management.waitForSettings("trial", at: "hall-2", seconds: 90)
    #expect(try Self.standing(of: "gate-1", at: management) == "in-force")
    let running = try Self.wait(for: "running", of: good, at: management)
    #expect(running["sentWaves"] as? Int == 2)
    try system.stop()
  }
}
