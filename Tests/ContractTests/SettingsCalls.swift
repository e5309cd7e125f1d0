// Each answer of the calls about settings of stations, for `LiveCallTests`.
import Foundation
import TestBed
import Testing

enum SettingsCalls {
  private static let change =
    #"{"expected":0,"reason":"r","sections":[{"section":"entry","values":{"capacity":"9"}}]}"#

  private static func draft(_ key: String, at station: String, capacity: Int = 9) -> String {
    #"{"key":"\#(key)","reason":"r","stations":["\#(station)"],"#
      + #""sections":[{"section":"entry","values":{"capacity":"\#(capacity)"}}]}"#
  }

  /// Changes settings, compares and rolls out; each is accepted or refused as it should be.
  static func make(_ caller: Caller) throws {
    try call(
      caller,
      [
        ("PUT", "/stations/gate-1/settings", change, 200),
        ("PUT", "/stations/gate-1/settings", change, 409),
        ("PUT", "/stations/nobody/settings", change, 404),
        ("POST", "/stations/gate-1/settings/differences", #"{"sections":[]}"#, 200),
        ("POST", "/stations/nobody/settings/differences", #"{"sections":[]}"#, 404),
        ("POST", "/settings-rollouts", draft("s1", at: "gate-1"), 201),
        ("POST", "/settings-rollouts", draft("s1", at: "gate-1"), 200),
        ("POST", "/settings-rollouts", draft("s1", at: "gate-1", capacity: 8), 409),
        ("POST", "/settings-rollouts", draft("s2", at: "nobody"), 404),
        ("POST", "/settings-rollouts", draft("s3", at: "gate-1"), 201),
      ])
    let drafts = try caller.call("GET", "/api/v1/settings-rollouts?limit=1")
    let list = try JSONSerialization.jsonObject(with: drafts.answerBody) as? [String: Any]
    let id = try #require(list?["rollouts"] as? [[String: Any]]).first?["id"] as? Int ?? 0
    try call(
      caller,
      [
        ("POST", "/settings-rollouts/\(id)/decision", #"{"decision":"pass"}"#, 409),
        ("POST", "/settings-rollouts/\(id)/decision", #"{"decision":"cancel"}"#, 200),
        ("POST", "/settings-rollouts/999/decision", #"{"decision":"send"}"#, 404),
        ("GET", "/settings-rollouts/\(id)", "", 200),
        ("GET", "/settings-rollouts/999", "", 404),
        ("GET", "/stations/gate-1/settings", "", 200),
        ("GET", "/stations/nobody/settings", "", 404),
        ("GET", "/stations/gate-1/settings/revisions", "", 200),
        ("GET", "/stations/nobody/settings/revisions", "", 404),
        ("GET", "/settings-keys", "", 200),
      ])
  }

  /// The same on a store that is broken.
  static func makeBroken(_ caller: Caller) throws {
    try call(
      caller,
      [
        ("PUT", "/stations/gate-1/settings", change, 503),
        ("POST", "/stations/gate-1/settings/differences", #"{"sections":[]}"#, 503),
        ("POST", "/settings-rollouts", draft("s4", at: "gate-1"), 503),
        ("POST", "/settings-rollouts/1/decision", #"{"decision":"send"}"#, 503),
        ("GET", "/settings-rollouts", "", 503),
        ("GET", "/settings-rollouts/1", "", 503),
        ("GET", "/stations/gate-1/settings", "", 503),
        ("GET", "/stations/gate-1/settings/revisions", "", 503),
      ])
  }

  private static func call(
    _ caller: Caller, _ calls: [(method: String, target: String, json: String, status: Int)]
  ) throws {
    for (method, target, json, status) in calls {
      let exchange =
        json.isEmpty
        ? try caller.call(method, "/api/v1\(target)")
        : try caller.call(method, "/api/v1\(target)", json: json)
      #expect(exchange.status == status, "\(exchange.name)")
    }
  }
}
