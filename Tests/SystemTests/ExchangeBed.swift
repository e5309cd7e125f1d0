// A station with an exchange machine, its service and a member with points, as real processes.
import Foundation
import Linux
import MemberCode
import TestBed
import Twins

/// Everything that an exchange needs, and what is killed in the middle of one.
final class ExchangeBed {
  static let price = 30
  static let slot = 3
  static let member = "m-1"

  let folder: WorkFolder
  let broker: Broker
  let management: ManagementUnderTest
  let station: StationUnderTest
  /// The lines of the service and of the station to the broker; good until they are spoilt.
  let lines: [BadLine]
  private let machine: Program
  private let reader: PseudoTerminal
  private var arms = 0
  private let issuer = SigningKey.generate()

  enum Victim: String, CaseIterable {
    case stationd
    case managementd
  }

  /// - Parameters:
  ///   - killPoint: the library that is preloaded into both daemons.
  ///   - exchanges: for how many the member gets points.
  ///   - seed: from which is drawn what becomes of packets once the lines are spoilt.
  init(killPoint: String, exchanges: Int, seed: UInt64) throws {
    folder = try WorkFolder()
    reader = try PseudoTerminal()
    let accounts = ["service": UUID().uuidString, "gate": UUID().uuidString]
    broker = try Broker(folder, accounts: accounts)
    lines = try (0..<2).map { [broker] index in
      try BadLine(to: broker.port, seed: seed &+ index, isBad: false)
    }
    machine = try Program(
      Checkout.program("machineboard"),
      [
        "--line", folder.file("machine"), "--control", folder.file("control"), "--turn", "600",
        "--fell", folder.file("fell"),
      ], log: folder.file("machineboard.log"))
    func preloaded(_ victim: Victim, _ folder: WorkFolder) -> [String: String] {
      ["LD_PRELOAD": killPoint, "KILL_POINT": folder.file("\(victim.rawValue).kill")]
    }
    management = try ManagementUnderTest(
      folder, brokerPort: lines[0].port, password: accounts["service"] ?? "",
      issuerKey: String(decoding: issuer.privatePEM, as: UTF8.self),
      environment: preloaded(.managementd, folder))
    var plan = StationPlan(
      name: "gate", password: accounts["gate"] ?? "", brokerPort: lines[1].port,
      issuerKey: String(decoding: issuer.publicPEM, as: UTF8.self))
    plan.environment = preloaded(.stationd, folder)
    plan.settings = [
      "reader machine": ["serves": "machine", "device": reader.path, "speed": "115200"],
      "machine": ["driver": "channel-board", "device": folder.file("machine")],
      "article water": ["chinese": "水", "english": "Water"],
      "slot \(Self.slot)": ["article": "water", "price": "\(Self.price)", "capacity": "100"],
      "screen": [
        "port": "0", "address-file": folder.file("screen"),
        "pages": Checkout.file("Sources/StationShell/Screen"),
        "texts": Checkout.file("Sources/Texts"),
      ],
    ]
    station = try StationUnderTest(plan, in: folder)
    try give(points: (exchanges * Self.price / 500 + 1) * 500)
  }

  private func give(points: Int) throws {
    _ = try management.enrol(Self.member)
    try management.issue(points, reason: "test")
    for _ in 0..<points / 500 { try management.grant(500, to: Self.member, reason: "test") }
  }

  func stop() throws {
    try station.stop()
    try management.stop()
    try machine.stop()
    try broker.stop()
    for line in lines { line.close() }
  }

  // MARK: - What a worker does and what is to be seen

  var screen: HTTPClient {
    get throws {
      let address = try String(contentsOfFile: folder.file("screen"), encoding: .utf8)
      return HTTPClient(base: "http://" + address.trimmingCharacters(in: .whitespacesAndNewlines))
    }
  }

  /// What the screen shows now; nil while there is nobody to ask.
  var view: [String: Any]? {
    guard let answer = try? screen.call("GET", "/state"), answer.status == 200 else { return nil }
    return answer.object
  }

  var phase: String? { (view?["phase"] as? [String: Any])?["kind"] as? String }

  func waitUntilItSells() throws {
    try Deadline.wait(30, until: "the machine to sell") {
      guard let view else { return false }
      return view["stop"] == nil && view["phase"] != nil
    }
  }

  /// Picks the article and holds a fresh code to the reader, which reads it every half second,
  /// until the machine reacts or whoever should is dead.
  func buy() throws {
    let answer = try screen.call("POST", "/select", json: #"{"slot":\#(Self.slot)}"#)
    guard answer.status == 200 else {
      throw TestBedError("POST /select: \(answer.status) \(answer.text)")
    }
    try Deadline.wait(until: "the choice to stand") { phase == "chosen" }
    let text = Array((try management.code(for: Self.member) + "\r").utf8)
    var next = Date()
    try Deadline.wait(30, until: "a reaction to the code") {
      if Date() >= next {
        guard reader.write(text) == text.count else { throw TestBedError("the reader is full") }
        next = Date().addingTimeInterval(0.5)
      }
      return phase != "chosen" || !station.isRunning || !management.isRunning
    }
  }

  /// Somebody turns the key, looks into the slot and releases it.
  func release() throws {
    try station.turn("maintenance", on: true)
    try Deadline.wait(until: "maintenance") { view?["maintenance"] as? Bool == true }
    _ = try screen.call("POST", "/release", json: #"{"slot":\#(Self.slot)}"#)
    try station.turn("maintenance", on: false)
    try Deadline.wait(until: "the end of maintenance") { view?["maintenance"] as? Bool == false }
  }

  var isInQuarantine: Bool {
    (view?["slots"] as? [[String: Any]])?.first?["quarantine"] is String
  }

  func balance() throws -> Int {
    let answer = try management.api.call("GET", "/members/\(Self.member)/points?limit=1")
    guard let balance = answer.object["balance"] as? Int else {
      throw TestBedError("GET points: \(answer.status) \(answer.text)")
    }
    return balance
  }

  func openHolds() throws -> Int {
    let answer = try management.api.call("GET", "/holds")
    guard let holds = answer.object["holds"] as? [Any] else {
      throw TestBedError("GET /holds: \(answer.status) \(answer.text)")
    }
    return holds.count
  }

  /// Whether the service has the last record that the station made durable.
  func isDelivered() throws -> Bool {
    guard let last = StoreInspection.lastRecord(ofStore: station.store) else { return false }
    let answer = try management.api.call("GET", "/events?station=gate&limit=1")
    guard let newest = (answer.object["events"] as? [[String: Any]])?.first else { return false }
    return newest["stream"] as? String == last.stream && newest["seq"] as? Int == last.seq
  }

  /// Articles that really fell, by the machine's own book.
  func fallen() -> Int {
    guard let text = try? String(contentsOfFile: folder.file("fell"), encoding: .utf8) else {
      return 0
    }
    return text.split(separator: "\n").count
  }

  // MARK: - Kills

  /// From now on the victim's calls are counted, and it dies at the n-th.
  func arm(_ victim: Victim, at call: Int, _ moment: String) throws {
    arms += 1
    try folder.write("\(call) \(moment) \(arms)\n", to: "\(victim.rawValue).kill")
  }

  /// - Returns: a letter for each call that was counted.
  @discardableResult
  func disarm(_ victim: Victim) -> String {
    let path = folder.file("\(victim.rawValue).kill")
    let calls = (try? String(contentsOfFile: path + ".calls", encoding: .utf8)) ?? ""
    try? FileManager.default.removeItem(atPath: path)
    try? FileManager.default.removeItem(atPath: path + ".calls")
    return calls
  }

  func isRunning(_ victim: Victim) -> Bool {
    switch victim {
    case .stationd: station.isRunning
    case .managementd: management.isRunning
    }
  }

  /// Starts whoever has died.
  func revive() throws {
    if !management.isRunning { try management.start() }
    if !station.isRunning {
      try? FileManager.default.removeItem(atPath: folder.file("screen"))
      try station.start()
    }
  }
}
