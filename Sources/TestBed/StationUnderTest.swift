// One whole station: the simulated board and the daemon, as two real processes.
import Foundation

/// What a station of a run is called and what it needs of the others.
package struct StationPlan: Sendable {
  package var name: String
  package var password: String
  package var brokerPort: Int
  /// PEM of the issuer's public key.
  package var issuerKey: String
  /// PEM of the key of the service that the station obeys; nil for none.
  package var serviceKey: String?
  /// A private key with which the board's page issues codes; nil where it shall not.
  package var demoIssuer: String?
  package var members: [String] = []
  package var accessPoints = 1
  /// What the station knows of single members, as a member list; nil for nothing.
  package var memberList: String?
  /// Whether the room has a thermometer and an energy meter.
  package var hasDevices = false
  /// Whether it has an exchange machine, with the goods of `MachinePlan`.
  package var hasMachine = false
  /// More lines of stationd's configuration, by section.
  package var settings: [String: [String: String]] = [:]
  /// More of the daemon's environment.
  package var environment: [String: String] = [:]
  /// Milliseconds between the steps of a walk on the board.
  package var walkStep = 400

  package init(name: String, password: String, brokerPort: Int, issuerKey: String) {
    self.name = name
    self.password = password
    self.brokerPort = brokerPort
    self.issuerKey = issuerKey
  }
}

/// A running station. The board outlives the daemon, as hardware does.
package final class StationUnderTest {
  package let plan: StationPlan
  package let board: HTTPClient
  package let store: String
  let folder: WorkFolder
  private let hardware: Program
  private var daemon: Program?

  package init(_ plan: StationPlan, in folder: WorkFolder) throws {
    self.plan = plan
    self.folder = folder
    let place = plan.name
    store = folder.file("\(place)/station.sqlite")
    try folder.write(plan.password + "\n", to: "\(place)/credentials/mqtt-password")
    try folder.write(plan.issuerKey, to: "\(place)/keys/issuer.pem")
    if let key = plan.serviceKey { try folder.write(key, to: "\(place)/keys/service.pem") }
    if let list = plan.memberList { try folder.write(list, to: "\(place)/members.ini") }
    try folder.write(try Self.configuration(plan, folder), to: "\(place)/stationd.conf")
    var words = [
      "--socket", folder.file("\(place)/board.socket"), "--pages",
      Checkout.file("Sources/SimulatedBoard/Page"), "--texts", Checkout.file("Sources/Texts"),
      "--address-file", folder.file("\(place)/board.address"), "--access-points",
      "\(plan.accessPoints)", "--name", place, "--step", "\(plan.walkStep)",
    ]
    if plan.hasDevices { words += ["--devices", folder.file("\(place)/devices")] }
    if plan.hasMachine { words += MachinePlan.boardOptions(folder.file(place)) }
    for point in 1...plan.accessPoints {
      words += ["--reader", "\(folder.file("\(place)/reader-\(point)"))=\(point)"]
    }
    if let issuer = plan.demoIssuer {
      words += ["--demo-issuer", try folder.write(issuer, to: "\(place)/demo-issuer.pem")]
      for member in plan.members { words += ["--member", member] }
    }
    hardware = try Program(
      Checkout.program("stationboard"), words, log: folder.file("\(place)/board.log"))
    let address = try addressFile(
      folder.file("\(place)/board.address"), of: hardware)
    board = HTTPClient(base: "http://\(address)")
    try start()
  }

  /// Starts the daemon and waits until it says that it is ready.
  package func start() throws {
    let log = folder.file("\(plan.name)/stationd.log")
    let before = ((try? String(contentsOfFile: log, encoding: .utf8)) ?? "").count
    let daemon = try Program(
      Checkout.program("stationd"),
      ["--config", folder.file("\(plan.name)/stationd.conf")], log: log,
      environment: plan.environment)
    self.daemon = daemon
    try Deadline.wait(until: "stationd to be ready (see \(log))") {
      guard daemon.isRunning else { throw TestBedError("stationd ended: \(daemon.log)") }
      return daemon.log.dropFirst(before).contains("is ready")
    }
    try Deadline.wait(until: "stationd to reach its board") { try state["daemon"] as? Bool == true }
  }

  /// Replaces the key of the service that it obeys, in the file that its configuration names.
  package func obey(_ key: String) throws {
    try folder.write(key, to: "\(plan.name)/keys/service.pem")
  }

  package func kill() { daemon?.kill() }
  package var isRunning: Bool { daemon?.isRunning ?? false }
  package var log: String { daemon?.log ?? "" }
  /// The number of the daemon's process; 0 while there is none.
  package var identifier: Int32 { daemon?.identifier ?? 0 }
  @discardableResult
  package func stopDaemon() throws -> Int32 { try daemon?.stop() ?? 0 }

  package func stop() throws {
    try daemon?.stop()
    try hardware.stop()
  }

  /// The board's whole state.
  package var state: [String: Any] {
    get throws { try board.call("GET", "/state").object }
  }

  package func accessPoint(_ number: Int = 1) throws -> [String: Any] {
    let points = try state["accessPoints"] as? [[String: Any]] ?? []
    guard number <= points.count else { throw TestBedError("no access point \(number)") }
    return points[number - 1]
  }

  /// Gives the board an order, such as `/walk` with `{"accessPoint":1,"action":"in"}`.
  package func order(_ path: String, _ fields: [String: Any], accessPoint: Int = 1) throws {
    try post(path, fields.merging(["accessPoint": accessPoint]) { $1 })
  }

  /// Types at the keypad and waits for the answer to it: `granted`, or the reason of a refusal.
  /// The same keys within three seconds are one try, so they are typed again while nobody answers.
  package func type(
    _ keys: String, accessPoint: Int = 1, until answer: String
  ) throws {
    let begun = Date()
    var typed = Date.distantPast
    var last = ""
    try Deadline.wait(until: "the door to say \(answer), not \(last)") {
      if Date().timeIntervalSince(typed) > 4 {
        typed = Date()
        try order("/keys", ["keys": keys], accessPoint: accessPoint)
      }
      guard let shown = try self.accessPoint(accessPoint)["shown"] as? [String: Any],
        let age = shown["age"] as? Int, Double(age) / 1000 < Date().timeIntervalSince(begun)
      else { return false }
      last = (shown["reason"] ?? shown["outcome"]) as? String ?? ""
      return last == answer
    }
  }

  /// Presses the exit button once it is let go.
  package func pressExit() throws {
    try waitForReleasedExit()
    try order("/exit", [:])
  }

  /// A daemon that starts while the exit button is pressed takes that as a wish of its own.
  package func waitForReleasedExit() throws {
    try Deadline.wait(until: "the exit button to be let go") {
      try accessPoint()["exit"] as? Bool == false
    }
  }

  /// Turns something of the room on or off: `fire`, `lock-down`, `emergency` and their like.
  package func turn(_ name: String, on isOn: Bool) throws {
    try post("/room", ["switch": name, "on": isOn])
  }

  /// Turns the key that ends fire and emergency, and waits until it has sprung back.
  package func turnReset() throws {
    try turn("fire-reset", on: true)
    try Deadline.wait(until: "the key to spring back") {
      (try state["room"] as? [String: Any])?["reset"] as? Bool == false
    }
  }

  func post(_ path: String, _ body: [String: Any]) throws {
    let json = String(
      decoding: try JSONSerialization.data(withJSONObject: body), as: UTF8.self)
    let answer = try board.call("POST", path, json: json)
    guard answer.status == 200 else {
      throw TestBedError("\(plan.name) \(path) \(json): \(answer.status) \(answer.text)")
    }
  }

  /// The thermometer and the meter of the board's room.
  private static func devices(_ folder: String) -> [(String, [String: String])] {
    [
      ("measurements", ["sysfs": "\(folder)/sys"]),
      (
        "thermometer room",
        [
          "kind": "iio", "device": "simulated-air", "humidity": "yes",
          "carbon-dioxide": "yes", "interval": "2 s", "too-cold": "5", "too-hot": "35",
          "stale-air": "1500", "fine-dust": "yes", "dusty-air": "75",
        ]
      ),
      ("energy-meter mains", ["device": "\(folder)/meter", "interval": "5 s"]),
    ]
  }

  private static func configuration(_ plan: StationPlan, _ folder: WorkFolder) throws -> String {
    var sections: [(String, [String: String])] = [
      ("station", ["id": plan.name]),
      (
        "board", ["kind": "simulated", "socket": folder.file("\(plan.name)/board.socket")]
      ),
      (
        "issuer union",
        [
          "key": folder.file("\(plan.name)/keys/issuer.pem"),
          "traits": "maintainer extended duress",
        ]
      ),
      // No clock of these machines is synchronised; the policy is set openly.
      ("clock", ["trust": "accept"]),
      (
        "broker",
        [
          "login": "password", "port": "\(plan.brokerPort)", "longest-pause": "2 s",
          "credentials-directory": folder.file("\(plan.name)/credentials"),
        ]
      ),
      ("store", ["path": folder.file("\(plan.name)/station.sqlite")]),
    ]
    sections.append(("commands", ["support-file": folder.file("\(plan.name)/support.json")]))
    if plan.serviceKey != nil {
      sections.append(
        ("service-key current", ["key": folder.file("\(plan.name)/keys/service.pem")]))
    }
    if plan.hasDevices { sections += devices(folder.file("\(plan.name)/devices")) }
    if plan.hasMachine { sections += try MachinePlan.sections(folder.file(plan.name)) }
    if plan.memberList != nil {
      sections.append(("members", ["list": folder.file("\(plan.name)/members.ini")]))
    }
    for point in 1...plan.accessPoints {
      sections.append(("access-point \(point)", [:]))
      sections.append(
        (
          "reader door-\(point)",
          [
            "access-point": "\(point)", "device": folder.file("\(plan.name)/reader-\(point)"),
            "speed": "115200",
          ]
        ))
    }
    let known = sections.map(\.0)
    for name in plan.settings.keys.sorted() where !known.contains(name) {
      sections.append((name, [:]))
    }
    return sections.map { name, keys in
      let all = keys.merging(plan.settings[name] ?? [:]) { $1 }.sorted { $0.key < $1.key }
      return "[\(name)]\n" + all.map { "\($0.key) = \($0.value)\n" }.joined()
    }.joined(separator: "\n")
  }
}

/// The address that a server wrote down when it began to listen.
func addressFile(_ path: String, of program: Program) throws -> String {
  try Deadline.wait(for: "\(program.name) to listen (see \(program.logPath))") {
    guard program.isRunning else { throw TestBedError("\(program.name) ended: \(program.log)") }
    let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
    let address = text.trimmingCharacters(in: .whitespacesAndNewlines)
    return address.isEmpty ? nil : address
  }
}
