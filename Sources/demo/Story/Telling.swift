// The part that all chapters of the story share: steps with their times, hands and eyes.
import Foundation
import TestBed

/// The steps of one chapter, as they happen.
class Steps {
  private let chapter: String
  /// The start of the whole story: what happens at the same time has the same time.
  private static let start = Date()
  private(set) var steps = 0

  init(of chapter: Chapter) {
    _ = Self.start
    self.chapter = chapter.name
  }

  /// Does one thing and waits for what comes of it; then says so.
  @discardableResult
  func step<Value>(_ what: String, _ body: () throws -> Value) throws -> Value {
    let value: Value
    do {
      value = try body()
    } catch {
      say("FAILED", what)
      throw error
    }
    steps += 1
    say(String(format: "%.3f s", Date().timeIntervalSince(Self.start)), what)
    return value
  }

  private func say(_ time: String, _ what: String) {
    let space = { (text: String, width: Int) in
      String(repeating: " ", count: max(0, width - text.utf8.count))
    }
    Demo.say("\(space(time, 10))\(time)  \(chapter)\(space(chapter, Chapter.widest))  \(what)")
  }
}

/// The telling of one chapter, with real programs only, on a broker, a service and stations of its
/// own.
final class Telling: Steps {
  let system: WholeSystem
  /// The station at which the chapter takes place.
  let station: StationUnderTest

  init(_ chapter: Chapter) throws {
    system = try WholeSystem(
      stations: Demo.stations.prefix(chapter.stations).map(\.id), members: Demo.members,
      walkStep: 150, settings: chapter.settings, memberList: MemberListText.demo(),
      hasMachine: chapter.hasMachine)
    station = system.stations[0]
    super.init(of: chapter)
  }
}

// MARK: - What hands do

extension Telling {
  /// A code of a member who was not there before.
  func freshCode(_ member: String) throws -> String {
    try system.management.code(for: try system.management.enrol(member))
  }

  /// Somebody comes in by a code, and the door is shut behind them.
  func letIn(_ code: String) throws {
    try station.order("/scan", ["text": code])
    try wait("strike", true)
    try station.order("/walk", ["action": "in"])
    try wait("leaf", "open")
    try wait("leaf", "closed")
  }
}

// MARK: - What eyes see

extension Telling {
  func inside() throws -> Int? {
    let occupancy = try system.management.station(station.plan.name)["occupancy"]
    return (occupancy as? [String: Any])?["inside"] as? Int
  }

  func wait<Value: Equatable>(_ key: String, _ value: Value) throws {
    try Deadline.wait(until: "\(key) to be \(value) at \(station.plan.name)") {
      try station.accessPoint()[key] as? Value == value
    }
  }

  func waitForRefusal(_ reason: String) throws {
    try Deadline.wait(until: "the refusal \(reason) at the door") {
      let shown = try station.accessPoint()["shown"] as? [String: Any]
      return shown?["outcome"] as? String == "refused" && shown?["reason"] as? String == reason
    }
    try Deadline.wait(until: "the refusal \(reason) in the service") {
      try system.management.records(of: station.plan.name).contains {
        let record = $0["record"] as? [String: Any]
        return record?["kind"] as? String == "entry-refused"
          && record?["reason"] as? String == reason
      }
    }
  }

  func waitForAlarm(_ name: String, stands: Bool) throws {
    try step("dashboard: the alarm \(name) \(stands ? "stands" : "is over")") {
      try Deadline.wait(until: "the alarm \(name) to \(stands ? "stand" : "end")") {
        let alarms = try self.system.management.station(self.station.plan.name)["alarms"]
        let names = (alarms as? [[String: Any]] ?? []).compactMap { $0["alarm"] as? String }
        return names.contains(name) == stands
      }
    }
  }
}
