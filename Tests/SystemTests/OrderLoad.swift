// Commands given while everything around them is killed, and what became of each.
import Foundation
import TestBed
import Testing

/// Somebody who gives one command after the other, to stations that are there or not.
final class OrderLoad: @unchecked Sendable {
  // Sendable because `lock` guards what both threads touch.
  private let system: WholeSystem
  private let lock = NSLock()
  private let finished = DispatchSemaphore(value: 0)
  private var isRunning = true
  private var random: SeededGenerator
  private var keys: [(station: String, key: String, order: String)] = []

  init(_ system: WholeSystem, seed: UInt64) {
    self.system = system
    random = SeededGenerator(seed: seed)
  }

  func start() {
    Thread { [self] in
      while lock.withLock({ isRunning }) { give() }
      finished.signal()
    }.start()
  }

  func stop() {
    lock.withLock { isRunning = false }
    finished.wait()
  }

  /// A service that is being killed answers nothing; whether it has the command only its list says.
  private func give() {
    let station = system.stations[Int.random(in: 0..<system.stations.count, using: &random)]
    let orders = [
      #""op":"open","ap":1"#, #""op":"identify""#, #""op":"correct-occupancy","inside":2"#,
    ]
    let order = orders[Int.random(in: 0..<orders.count, using: &random)]
    let key = "order-\(keys.count)"
    keys.append((station.plan.name, key, order))
    _ = try? system.management.order(
      station.plan.name, order, seconds: Int.random(in: 1...4, using: &random), key: key)
  }

  /// Holds what the API says against what stations wrote down.
  func check() throws {
    var states: [String: Int] = [:]
    for station in system.stations.map(\.plan.name) {
      let commands = try Deadline.wait(60, for: "the end of every command to \(station)") {
        let all = try self.commands(of: station)
        return all.allSatisfy { $0["endedAt"] is Int } ? all : nil
      }
      var done: Set<String> = []
      var ended: [String: Int] = [:]
      var accepted: [String: Int] = [:]
      for event in try system.management.records(of: station) {
        guard let record = event["record"] as? [String: Any], let id = record["id"] as? String
        else { continue }
        switch record["kind"] as? String {
        case "command-accepted": accepted[id, default: 0] += 1
        case "command-ended":
          ended[id, default: 0] += 1
          if record["outcome"] as? String == "done" {
            done.insert(id)
            let command = commands.first { $0["id"] as? String == id }
            let at = record["at"] as? Int ?? .max
            #expect(at <= command?["expires"] as? Int ?? 0, "\(id) was carried out too late")
          }
        default: break
        }
      }
      #expect(accepted.values.allSatisfy { $0 == 1 }, "a command was begun twice at \(station)")
      #expect(ended.values.allSatisfy { $0 == 1 }, "a command ended twice at \(station)")
      for command in commands {
        guard let id = command["id"] as? String, let state = command["state"] as? String else {
          continue
        }
        states[state, default: 0] += 1
        #expect((state == "done") == done.contains(id), "\(id) is \(state)")
        if ["queued", "sent", "received", "running"].contains(state) {
          Issue.record("\(id) is still \(state)")
        }
      }
      // The same key gives the same command, and nothing is done a second time.
      #expect(Set(commands.compactMap { $0["id"] as? String }).count == commands.count)
    }
    let told = states.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
    print("kill test: commands: \(told.joined(separator: ", "))")
    #expect(states["done", default: 0] > 5)
  }

  private func commands(of station: String) throws -> [[String: Any]] {
    var all: [[String: Any]] = []
    while true {
      let before = (all.last?["id"] as? String).map { "&before=\($0)" } ?? ""
      let answer = try system.management.api.call(
        "GET", "/stations/\(station)/commands?limit=500\(before)")
      guard let page = answer.object["commands"] as? [[String: Any]] else {
        throw TestBedError("GET commands: \(answer.status)")
      }
      all += page
      if page.count < 500 { return all }
    }
  }
}
