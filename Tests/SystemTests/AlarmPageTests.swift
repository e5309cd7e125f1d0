// Every alarm that can be brought about by hand, on the dashboard when it is raised and when it ends.
import Foundation
import StationProtocol
import TestBed
import Testing

@Suite(.serialized) struct AlarmPageTests {
  /// What brings an alarm about at a real station, and what ends it.
  struct Cause {
    var alarm: Alarm
    var raise: (Bench) throws -> Void
    var end: (Bench) throws -> Void

    init(
      _ alarm: Alarm, _ raise: @escaping (Bench) throws -> Void,
      end: @escaping (Bench) throws -> Void
    ) {
      self.alarm = alarm
      self.raise = raise
      self.end = end
    }
  }

  /// The whole system, with one station under the hands of the test.
  final class Bench {
    let system: WholeSystem
    var station: StationUnderTest { system.stations[0] }

    init() throws {
      system = try WholeSystem(
        stations: ["alarms-1"], members: ["m-1", "m-2", "m-3", "m-4"], walkStep: 20,
        settings: [
          "access-point 1": [
            "access-time": "1500 ms", "held-open-time": "2 s", "held-open-warning": "1 s",
            "contact-fault-after": "2",
          ],
          "entry": ["capacity": "4", "capacity-first": "50", "capacity-second": "75"],
          "fire": ["wiring": "two-lines"], "occupancy": ["beam-blocked-after": "10 s"],
        ], memberList: MemberListText.demo())
    }

    func show(_ kind: String) throws {
      try station.order("/code", ["kind": kind, "member": "m-1"])
    }

    /// A code of a member that is used for nothing else.
    func letIn() throws {
      let member = try system.management.enrol("m-\(UUID().uuidString.prefix(8))")
      try station.order("/scan", ["text": try system.management.code(for: member)])
      try wait("strike", true)
    }

    func walkIn(_ count: Int) throws {
      for _ in 0..<count {
        let before = try inside()
        try letIn()
        try station.order("/walk", ["action": "in"])
        try Deadline.wait(until: "one more inside") { try self.inside() == before + 1 }
        try wait("leaf", "closed")
      }
    }

    func walkOut(_ count: Int) throws {
      for _ in 0..<count {
        let before = try inside()
        try station.order("/walk", ["action": "out"])
        try Deadline.wait(until: "one less inside") { try self.inside() == before - 1 }
        try wait("leaf", "closed")
      }
    }

    func wait<Value: Equatable>(_ key: String, _ value: Value) throws {
      try Deadline.wait(until: "\(key) to be \(value)") {
        try self.station.accessPoint()[key] as? Value == value
      }
    }

    func type(_ keys: String) throws { try station.order("/keys", ["keys": keys]) }

    func hold(_ card: String) throws { try station.order("/card", ["card": card]) }

    func beam(isClear: Bool) throws {
      try station.order("/beam", ["beam": "outer", "clear": isClear])
    }

    func door(_ action: String) throws { try station.order("/door", ["action": action]) }

    func fault(_ name: String, _ isOn: Bool) throws {
      try station.order("/fault", ["action": name, "on": isOn])
    }

    func inside() throws -> Int {
      let occupancy = try system.management.station("alarms-1")["occupancy"]
      return (occupancy as? [String: Any])?["inside"] as? Int ?? -1
    }
  }

  /// In an order in which none gets in another one's way: for half a minute after the exit button
  /// an opening is somebody's who leaves, and the lock may stand open by its own circuit.
  static var causes: [Cause] {
    [
      Cause(.forcedOpen, { try $0.door("force") }, end: { try $0.door("close") }),
      Cause(
        .heldOpen,
        {
          try $0.letIn(); try $0.door("prop")
        }, end: { try $0.door("close") }),
      Cause(.tamper, { try $0.fault("tamper", true) }, end: { try $0.fault("tamper", false) }),
      Cause(
        .strikeFault,
        {
          try $0.fault("jam", true)
          try $0.letIn()
        },
        end: {
          try $0.fault("jam", false)
          try $0.wait("strike", false)
          try $0.letIn()
        }),
      Cause(
        .contactFault,
        {
          try $0.wait("strike", false)
          try $0.fault("stuck", true)
          for _ in 0..<2 {
            try $0.letIn()
            try $0.wait("strike", false)
          }
        },
        end: {
          try $0.fault("stuck", false)
          try $0.letIn()
          try $0.door("open")
          try $0.door("close")
        }),
      Cause(
        .duress, { try $0.type(MemberListText.duressKeys) },
        end: { try $0.hold(MemberListText.keeperCard) }),
      Cause(
        .wrongTries,
        { for kind in ["noise", "foreign", "tampered", "ticket", "bare"] { try $0.show(kind) } },
        end: {
          try $0.letIn(); try $0.wait("strike", false)
        }),
      Cause(
        .lockDown, { try $0.station.turn("lock-down", on: true) },
        end: { try $0.station.turn("lock-down", on: false) }),
      Cause(
        .fireLineOpen, { try $0.station.turn("cut", on: true) },
        end: { try $0.station.turn("cut", on: false) }),
      Cause(
        .fireLineShort, { try $0.station.turn("short", on: true) },
        end: { try $0.station.turn("short", on: false) }),
      Cause(
        .fire, { try $0.station.turn("fire", on: true) },
        end: {
          try $0.station.turn("fire", on: false)
          try $0.station.turnReset()
        }),
      Cause(
        .emergency, { try $0.station.turn("emergency", on: true) },
        end: {
          try $0.station.turn("emergency", on: false)
          try $0.station.turnReset()
        }),
      Cause(
        .inputChatter, { try $0.fault("chatter", true) }, end: { try $0.fault("chatter", false) }),
      Cause(
        .beamBlocked, { try $0.beam(isClear: false) }, end: { try $0.beam(isClear: true) }),
      Cause(.capacityFirst, { try $0.walkIn(2) }, end: { try $0.walkOut(2) }),
      Cause(.capacitySecond, { try $0.walkIn(3) }, end: { try $0.walkOut(3) }),
      Cause(.capacityFull, { try $0.walkIn(4) }, end: { try $0.walkOut(4) }),
    ]
  }

  @Test("each alarm that a hand can bring about comes and goes on the dashboard")
  func comeAndGo() throws {
    let bench = try Bench()
    let words = try Self.catalogue("en")
    let browser = try Browser(bench.system.folder, language: "en")
    let management = bench.system.management
    try browser.open("http://\(management.address)/#token=\(management.token)")
    for cause in Self.causes {
      let word = try #require(words["alarm.\(cause.alarm.rawValue)"])
      do {
        try cause.raise(bench)
      } catch {
        throw TestBedError("\(cause.alarm): \(error): \(try bench.station.state)")
      }
      try browser.wait(
        until: "\(word) on the page",
        "return document.getElementById('alarms').innerText.includes(arguments[0]);", [word])
      try cause.end(bench)
      try browser.wait(
        until: "\(word) to be gone",
        "return ![...document.querySelectorAll('#alarms strong')]"
          + ".some((name) => name.innerText === arguments[0]);", [word])
    }
    try bench.system.stop()
  }

  @Test("an alarm is in the service within two seconds")
  func inTime() throws {
    let bench = try Bench()
    for _ in 0..<5 {
      for (action, stands) in [("force", true), ("close", false)] {
        try bench.door(action)
        try Deadline.wait(2, until: "the alarm to \(stands ? "stand" : "end") (GB 50396: 2 s)") {
          let alarms = try bench.system.management.station("alarms-1")["alarms"]
          let names = (alarms as? [[String: Any]] ?? []).compactMap { $0["alarm"] as? String }
          return names.contains("forced-open") == stands
        }
      }
    }
    try bench.system.stop()
  }

  private static func catalogue(_ language: String) throws -> [String: String] {
    let data = try Data(
      contentsOf: URL(fileURLWithPath: Checkout.file("Sources/Texts/\(language).json")))
    return try JSONDecoder().decode([String: String].self, from: data)
  }
}
