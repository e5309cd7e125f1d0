// Real processes killed at random, on bad lines and under load: no journaled record is lost, none
// comes twice.
import Foundation
import TestBed
import Testing

@Suite(.serialized) struct KillTests {
  /// 30 as a rule; `make soak` asks for more.
  private static let kills =
    ProcessInfo.processInfo.environment["SYSTEM_KILLS"].flatMap { Int($0) } ?? 30

  @Test(
    "kills at random, on lines that are late, double, swallow and break, lose and repeat nothing")
  func kills() throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    print("kill test: seed \(seed)")
    var random = SeededGenerator(seed: seed)
    let system = try WholeSystem(
      stations: ["kill-1", "kill-2"], members: ["m-1", "m-2", "m-3"], walkStep: 20,
      badLines: random.next())
    let follower = try StreamFollower(system.management)
    let load = system.stations.map { DoorLoad($0, seed: random.next()) }
    let desk = OrderLoad(system, seed: random.next())
    for one in load { one.start() }
    desk.start()
    var counts = [0, 0, 0]
    for _ in 0..<Self.kills {
      // A little work between two kills; how little is part of the draw.
      try Self.letPass(milliseconds: Int.random(in: 50...600, using: &random))
      let victim = Int.random(in: 0..<3, using: &random)
      counts[victim] += 1
      switch victim {
      case 0:
        let station = system.stations[Int.random(in: 0..<2, using: &random)]
        station.kill()
        try station.start()
      case 1:
        system.management.kill()
        try system.management.start()
        try follower.reconnect()
      default:
        system.broker.kill()
        try system.broker.start()
      }
    }
    for one in load { one.stop() }
    desk.stop()
    try Self.mend(system)
    print("kill test: \(counts[0]) stationd, \(counts[1]) managementd, \(counts[2]) mosquitto")
    try Self.check(system, follower)
    #expect(load.allSatisfy { $0.orders > 100 })
    try desk.check()
    try system.stop()
  }

  private static func check(_ system: WholeSystem, _ follower: StreamFollower) throws {
    var total = 0
    var alarms = 0
    for station in system.stations {
      // The daemon ends in order, so that all it knows is durable; then it delivers the rest.
      try station.stopDaemon()
      try station.start()
      total += try system.waitForDelivery(from: station, seconds: 120)
      alarms += try AlarmBook.check(station.plan.name, system.management)
    }
    try Deadline.wait(60, until: "the event stream to have all \(total) records") {
      follower.records.count >= total
    }
    // Looked at once: a station that has just come up goes on to say more.
    let records = follower.records
    let places = StreamFollower.places(of: records)
    #expect(Set(places).count == places.count, "a record came twice in the event stream")
    let ids = records.compactMap { $0.id.flatMap { Int($0) } }
    #expect(ids == ids.sorted() && ids.count == places.count)
    print(
      "kill test: \(total) records, each in the service and in the event stream once; "
        + "\(alarms) alarms")
    #expect(alarms > 0)
  }

  /// The lines are good from now on; that they were bad is part of the test.
  private static func mend(_ system: WholeSystem) throws {
    var faults: [BadLine.Fault: Int] = [:]
    for line in system.lines {
      line.mend()
      faults.merge(line.tally) { $0 + $1 }
    }
    let told = BadLine.Fault.allCases.map { "\($0.rawValue) \(faults[$0] ?? 0)" }
    print("kill test: the lines were \(told.joined(separator: ", "))")
    #expect(faults[.late] ?? 0 > 0 && faults[.twice] ?? 0 > 0)
  }

  /// Waits for time itself: the kills come at drawn moments, not when something is ready.
  private static func letPass(milliseconds: Int) throws {
    let end = Date().addingTimeInterval(Double(milliseconds) / 1000)
    try Deadline.wait(until: "time to pass") { Date() >= end }
  }
}

/// Workers at one station, as fast as its board takes orders.
private final class DoorLoad: @unchecked Sendable {
  // Sendable because `lock` guards what both threads touch.
  private let station: StationUnderTest
  private let lock = NSLock()
  private let finished = DispatchSemaphore(value: 0)
  private var isRunning = true
  private var done = 0
  private var random: SeededGenerator

  init(_ station: StationUnderTest, seed: UInt64) {
    self.station = station
    random = SeededGenerator(seed: seed)
  }

  var orders: Int { lock.withLock { done } }

  func start() {
    Thread { [self] in
      while lock.withLock({ isRunning }) {
        act()
        lock.withLock { done += 1 }
      }
      finished.signal()
    }.start()
  }

  func stop() {
    lock.withLock { isRunning = false }
    finished.wait()
  }

  /// One thing that people do. A board that refuses (nobody can walk through a shut door) is fine.
  private func act() {
    switch Int.random(in: 0..<7, using: &random) {
    case 0:
      try? station.order(
        "/code", ["kind": "good", "member": "m-\(Int.random(in: 1...3, using: &random))"])
    case 1: try? station.order("/code", ["kind": "same"])
    case 2: try? station.order("/exit", [:])
    case 3: try? station.order("/walk", ["action": "in"])
    case 4: try? station.order("/walk", ["action": "out"])
    case 5:
      let isOn = Bool.random(using: &random)
      try? station.order("/fault", ["action": "tamper", "on": isOn])
    default:
      try? station.order("/beam", ["beam": "outer", "clear": false])
      try? station.order("/beam", ["beam": "outer", "clear": true])
    }
  }
}
