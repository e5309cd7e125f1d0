// Settings from the API through the broker to doors and the machine's screen, and back.
import Foundation
import StationProtocol
import TestBed
import Testing

@Suite("Settings from the API to the station", .serialized)
struct SettingsTests {
  private static let station = "gate-1"

  private static func prices(_ system: WholeSystem) throws -> [Int: Int] {
    let slots = try system.stations[0].screenState()["slots"] as? [[String: Any]] ?? []
    return Dictionary(
      slots.compactMap { slot in
        guard let number = slot["slot"] as? Int, let price = slot["price"] as? Int else {
          return nil
        }
        return (number, price)
      }, uniquingKeysWith: max)
  }

  private static func status(_ system: WholeSystem) throws -> [String: Any] {
    try system.management.station(station)["settings"] as? [String: Any] ?? [:]
  }

  private static func capacity(_ system: WholeSystem) throws -> Int? {
    let state = try system.management.station(station)["occupancy"] as? [String: Any]
    return state?["capacity"] as? Int
  }

  /// Sets slots with agreed prices, a notice, and a smaller capacity.
  private static func fill(_ system: WholeSystem) throws {
    let (management, board) = (system.management, system.stations[0])
    for (slot, price) in [(1, 25), (2, 45)] {
      try management.agree(on: price, ofSlot: slot, at: station)
    }
    try management.set(
      """
      [{"section":"slot","name":"1","values":{"article":"water"}},
       {"section":"slot","name":"2","values":{"article":"noodles"}},
       {"section":"screen","values":{"notice-chinese":"周日停水","notice-english":"No water on Sunday"}},
       {"section":"entry","values":{"capacity":"7"}}]
      """, at: station)
    try management.waitForSettings("trial", at: station)
    try Deadline.wait(until: "the agreed prices on the screen") {
      try prices(system) == [1: 25, 2: 45]
    }
    let notice = try board.screenState()["notice"] as? [String: Any]
    #expect(notice?["english"] as? String == "No water on Sunday")
    #expect(try capacity(system) == 7)
  }

  /// Sets a column that the machine does not have: its board says that the spiral is not at home.
  private static func spoil(_ system: WholeSystem) throws {
    let (management, board) = (system.management, system.stations[0])
    try board.orderMachine("fault 44 not-home")
    try management.agree(on: 9, ofSlot: 44, at: station)
    try management.set(
      """
      [{"section":"entry","values":{"free-hours":null}},
       {"section":"slot","name":"44","values":{"article":"gloves"}}]
      """, at: station)
    try Deadline.wait(until: "the wrong slot on the screen") { try prices(system)[44] == 9 }
    try management.waitForSettings("unwell", at: station, seconds: 75)
    #expect(try prices(system) == [1: 30, 2: 45] && capacity(system) == 7)
    let why = try status(system)["reasons"] as? [[String: Any]]
    #expect(why?.map { $0["text"] as? String } == ["the alarm slot-faulty was raised"])
    let records = try management.records(of: station).compactMap {
      $0["record"] as? [String: Any]
    }
    let kinds = Set(records.compactMap { $0["kind"] as? String })
    #expect(
      kinds.isSuperset(of: ["settings-taken", "settings-confirmed", "settings-set-back"]))
  }

  @Test("settings hold at the door and on the screen, survive a kill, and bad ones are given up")
  func life() throws {
    let system = try WholeSystem(stations: [Self.station], members: ["m-1"], hasMachine: true)
    let (management, board) = (system.management, system.stations[0])
    try Deadline.wait(until: "the station to be there") {
      try management.station(Self.station)["online"] as? Bool == true
    }
    #expect(try Self.prices(system)[1] == MachinePlan.prices[0])

    try Self.fill(system)

    // Another price is agreed on: it holds at the machine as well.
    try management.agree(on: 30, ofSlot: 1, at: Self.station)
    try Deadline.wait(until: "the new price on the screen") { try Self.prices(system)[1] == 30 }
    try management.waitForSettings("in-force", at: Self.station, seconds: 75)

    // Refused whole, with every reason; what holds goes on.
    try management.set(
      #"[{"section":"entry","values":{"free-hours":"12:00-13:00","capacity":"3"}}]"#,
      at: Self.station)
    try management.waitForSettings("refused", at: Self.station)
    let reasons = try Self.status(system)["reasons"] as? [[String: Any]]
    #expect(reasons?.map { $0["key"] as? String } == ["free-hours"])
    #expect(try Self.capacity(system) == 7)

    // A kill changes nothing of what holds.
    board.kill()
    try board.start()
    try Deadline.wait(until: "the prices after a kill") {
      try Self.prices(system) == [1: 30, 2: 45]
    }

    try Self.spoil(system)
    try system.stop()
  }
}
