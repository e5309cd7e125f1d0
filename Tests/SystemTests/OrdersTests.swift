// Every operation, from the API through broker and station to the board, and how it is told back.
import Foundation
import JSON
import StationProtocol
import TestBed
import Testing
import Time

@Suite("Orders from the API to the board", .serialized)
struct OrdersTests {
  private static let point = AccessPointID(1)!
  private static let slot = SlotID(1)!
  /// A code of which nobody knows the digits.
  private static let typed = TypedCode(
    TypedCodeID("table")!, TypedCodeHash(Array(repeating: 7, count: 32))!,
    from: WallTime(milliseconds: 0), until: WallTime(milliseconds: 86_400_000), uses: 1)

  /// A system with a station that has every part of which something can be ordered.
  private static func system() throws -> WholeSystem {
    try WholeSystem(
      stations: ["gate-1"], members: ["m-1"], walkStep: 20,
      settings: ["relay lights": ["off-after": "10 min"]], hasMachine: true)
  }

  /// An order, what must have been before it, and what shows at the board that it was done.
  private struct Row {
    let order: Order
    var before: (WholeSystem) throws -> Void = { _ in }
    let shows: (WholeSystem) throws -> Bool
  }

  private static func doorMode(_ system: WholeSystem) throws -> String? {
    let doors = try system.management.station("gate-1")["doors"] as? [[String: Any]]
    return doors?.first?["mode"] as? String
  }

  private static func vending(_ system: WholeSystem) throws -> [String: Any] {
    try system.management.station("gate-1")["vending"] as? [String: Any] ?? [:]
  }

  private static func slotState(_ system: WholeSystem) throws -> String? {
    let slots = try vending(system)["slots"] as? [[String: Any]]
    return slots?.first { $0["slot"] as? Int == 1 }?["quarantine"] as? String
  }

  private static func board(_ system: WholeSystem) -> StationUnderTest { system.stations[0] }

  private static func isOn(_ relay: String, _ system: WholeSystem) throws -> Bool {
    let room = try board(system).state["room"] as? [String: Any]
    return (room?["on"] as? [String])?.contains(relay) == true
  }

  private static var table: [Row] {
    [
      Row(order: .door(.open(point))) { try released($0) },
      Row(order: .door(.openExtended(point))) { try released($0) },
      Row(order: .door(.beginFreeAccess(point, seconds: 600))) {
        try doorMode($0) == "free-access" && released($0)
      },
      Row(order: .door(.endFreeAccess(point))) { try doorMode($0) == "code-only" },
      Row(order: .entry(.holdReader(point))) { try stands("reader-held", $0) },
      Row(order: .entry(.releaseReader(point))) { try !stands("reader-held", $0) },
      Row(order: .entry(.setCode(point, typed))) {
        try $0.management.foreignCodes(at: "gate-1") == [typed.id.text]
      },
      Row(order: .entry(.removeCode(point, typed.id))) {
        try $0.management.foreignCodes(at: "gate-1").isEmpty
      },
      Row(order: .occupancy(.correct(inside: 7))) {
        let state = try $0.management.station("gate-1")["occupancy"] as? [String: Any]
        return state?["inside"] as? Int == 7
      },
      Row(order: .climate(.setRelay(.lights, .stayOff))) { try !isOn("lights", $0) },
      Row(order: .exchange(.beginRestock(seconds: 600))) {
        try vending($0)["stop"] as? String == "maintenance"
      },
      Row(order: .exchange(.endRestock)) { try vending($0)["stop"] is NSNull },
      Row(order: .exchange(.withdrawSlot(slot))) { try slotState($0) == "withdrawn" },
      Row(order: .exchange(.returnSlot(slot))) { try slotState($0) == nil },
      Row(order: .alarm(.reset(.wrongTries, point))) {
        for _ in 1...5 { try board($0).order("/code", ["kind": "foreign"]) }
        try wait("the alarm about wrong tries", $0) { try stands("wrong-tries", $0) }
      } shows: {
        try !stands("wrong-tries", $0)
      },
      Row(order: .station(.identify)) {
        let shown = try board($0).accessPoint()["shown"] as? [String: Any]
        return shown?["reason"] as? String == "identify"
      },
      Row(order: .station(.selfTest)) { try tested($0).contains("store") },
      Row(order: .station(.setLogLevel(.warning))) {
        board($0).log.contains("the log says warning and worse")
      },
      Row(order: .station(.collectSupport)) {
        let path = $0.folder.file("gate-1/support.json")
        let bundle =
          try JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: path)))
          as? [String: Any]
        let states = (bundle?["station"] as? [String: Any])?["states"] as? [String: Any]
        return states?["door/1"] != nil && bundle?["board"] != nil
      },
      Row(order: .station(.restart)) { !board($0).isRunning },
    ]
  }

  private static func wait(
    _ what: String, _ system: WholeSystem, until isSo: (WholeSystem) throws -> Bool
  ) throws {
    try Deadline.wait(until: what) { try isSo(system) }
  }

  private static func released(_ system: WholeSystem) throws -> Bool {
    try board(system).accessPoint()["unlocked"] as? Bool == true
  }

  private static func stands(_ alarm: String, _ system: WholeSystem) throws -> Bool {
    let alarms = try system.management.station("gate-1")["alarms"] as? [[String: Any]]
    return alarms?.contains { $0["alarm"] as? String == alarm } == true
  }

  /// The parts of the last self-test.
  private static func tested(_ system: WholeSystem) throws -> [String] {
    let commands = try system.management.api.call("GET", "/stations/gate-1/commands").object
    let last = (commands["commands"] as? [[String: Any]])?.first
    return (last?["parts"] as? [[String: Any]] ?? []).compactMap { $0["part"] as? String }
  }

  /// The members of an order, without the braces around them.
  private static func text(_ order: Order) -> String {
    let json = JSONWriter.object { order.writeMembers(to: &$0) }
    return String(decoding: json.dropFirst().dropLast(), as: UTF8.self)
  }

  @Test("each operation of the table is done at the board, and the API says so; none is missing")
  func operations() throws {
    #expect(Set(Self.table.map(\.order.kind)) == Set(Order.Kind.allCases))
    #expect(Self.table.count == Order.Kind.allCases.count)
    let system = try Self.system()
    try Self.wait("the station's operations", system) {
      (try $0.management.station("gate-1")["operations"] as? [String])?.count
        == Order.Kind.allCases.count
    }
    // Full, so that the machine sells.
    try Self.board(system).fill(slot: 1, stock: 3)
    for row in Self.table {
      try row.before(system)
      let id = try system.management.order("gate-1", Self.text(row.order))
      let command = try system.management.waitForEnd(of: id, at: "gate-1")
      #expect(command["state"] as? String == "done", "\(row.order): \(command)")
      for time in ["orderedAt", "sentAt", "receivedAt", "endedAt"] {
        #expect(command[time] is Int, "\(row.order): \(time)")
      }
      try Self.wait("the effect of \(row.order)", system, until: row.shows)
    }
    // The records say the same, once each.
    try Self.board(system).start()
    try system.waitForDelivery(from: Self.board(system))
    let records = try system.management.records(of: "gate-1")
      .compactMap { $0["record"] as? [String: Any] }
    for kind in Order.Kind.allCases {
      let ends = records.filter {
        $0["kind"] as? String == "command-ended" && $0["op"] as? String == kind.rawValue
      }
      #expect(ends.map { $0["outcome"] as? String } == ["done"], "\(kind.rawValue)")
    }
  }

  @Test(
    "a station that is away is never said to have a command; one that comes back gets it in time")
  func away() throws {
    let system = try Self.system()
    try Self.wait("the station", system) { try Self.doorMode($0) != nil }
    try Self.board(system).stopDaemon()
    try Self.wait("the station to be away", system) {
      try $0.management.station("gate-1")["online"] as? Bool == false
    }
    let late = try system.management.order("gate-1", #""op":"open","ap":1"#, seconds: 2)
    let early = try system.management.order("gate-1", #""op":"identify""#, seconds: 60)
    #expect(try system.management.command(late, of: "gate-1")["state"] as? String == "queued")
    let expired = try system.management.waitForEnd(of: late, at: "gate-1")
    #expect(expired["state"] as? String == "expired" && expired["sentAt"] is NSNull)
    #expect(try system.management.command(early, of: "gate-1")["state"] as? String == "queued")
    try Self.board(system).start()
    let done = try system.management.waitForEnd(of: early, at: "gate-1")
    #expect(done["state"] as? String == "done")
    #expect(try !Self.released(system))
  }

  @Test("lock-down holds across restarts of both, and leaving is free meanwhile")
  func lockDown() throws {
    let system = try Self.system()
    let station = Self.board(system)
    try Self.wait("the station", system) { try Self.doorMode($0) != nil }
    try system.management.lockDown("gate-1", true)
    try Self.wait("lock-down", system) { try Self.doorMode($0) == "lock-down" }
    try station.order("/code", ["kind": "good", "member": "m-1"])
    try Self.wait("the refusal", system) { _ in
      let shown = try station.accessPoint()["shown"] as? [String: Any]
      return shown?["reason"] as? String == "locked-down"
    }
    try station.pressExit()
    try Self.wait("the way out", system) { try Self.released($0) }
    station.kill()
    try station.waitForReleasedExit()
    try station.start()
    system.management.kill()
    try system.management.start()
    try Self.wait("lock-down after both came back", system) {
      try Self.doorMode($0) == "lock-down"
        && ($0.management.station("gate-1")["lockDown"] as? [String: Any])?["inForce"] as? Bool
          == true
    }
    let refused = try system.management.order("gate-1", #""op":"open","ap":1"#)
    let end = try system.management.waitForEnd(of: refused, at: "gate-1")
    #expect(end["state"] as? String == "failed" && end["fault"] as? String == "locked-down")
    try system.management.lockDown("gate-1", false)
    try Self.wait("the end of lock-down", system) { try Self.doorMode($0) == "code-only" }
  }

  @Test("a rotated key is obeyed, the earlier one no longer, and lock-down outlives the change")
  func rotatedKey() throws {
    let system = try Self.system()
    let station = Self.board(system)
    try Self.wait("the station", system) { try Self.doorMode($0) != nil }
    try system.management.lockDown("gate-1", true)
    try Self.wait("lock-down", system) { try Self.doorMode($0) == "lock-down" }
    let earlier = system.management.commandKey
    try system.management.replaceCommandKey()
    try system.management.stop()
    try system.management.start()
    try Self.wait("the station's next state", system) { try Self.doorMode($0) == "lock-down" }
    // The station does not know the new key yet: it answers nothing, and nobody may say it did.
    let early = try system.management.order("gate-1", #""op":"identify""#, seconds: 2)
    #expect(
      try system.management.waitForEnd(of: early, at: "gate-1")["state"] as? String == "unknown")
    #expect(earlier != system.management.commandKey)
    try station.obey(system.management.commandKey)
    try station.stopDaemon()
    try station.start()
    let late = try system.management.order("gate-1", #""op":"identify""#)
    #expect(try system.management.waitForEnd(of: late, at: "gate-1")["state"] as? String == "done")
    #expect(try Self.doorMode(system) == "lock-down")
    try system.management.lockDown("gate-1", false)
    try Self.wait("the end of lock-down", system) { try Self.doorMode($0) == "code-only" }
  }
}
