// The exchange machine of a station of a run: its goods, its screen, and what is done to it.
import Foundation

/// What every machine of a run holds, and where its parts are below its station's folder.
package enum MachinePlan {
  /// Slot, article, its names, price and capacity.
  package static let goods: [(slot: Int, article: String, chinese: String, english: String)] = [
    (1, "water", "矿泉水", "Water"), (2, "noodles", "方便面", "Noodles"),
    (3, "gloves", "劳保手套", "Work gloves"), (4, "raincoat", "雨衣", "Raincoat"),
  ]
  package static let prices = [20, 40, 60, 150]

  static func boardOptions(_ folder: String) -> [String] {
    [
      "--machine", "\(folder)/machine", "--machine-reader", "\(folder)/reader-machine",
      "--machine-fell", "\(folder)/fell", "--screen", "\(folder)/screen.address",
    ]
  }

  static func sections(_ folder: String) throws -> [(String, [String: String])] {
    // One port for all starts of the daemon: the page comes back to where it was.
    let port = try FreePort.find()
    return [
      (
        "reader machine",
        ["serves": "machine", "device": "\(folder)/reader-machine", "speed": "115200"]
      ),
      ("machine", ["driver": "channel-board", "device": "\(folder)/machine"]),
      (
        "screen",
        [
          "port": "\(port)", "address-file": "\(folder)/screen.address",
          "pages": Checkout.file("Sources/StationShell/Screen"),
          "texts": Checkout.file("Sources/Texts"),
        ]
      ),
    ]
      + goods.map { ("article \($0.article)", ["chinese": $0.chinese, "english": $0.english]) }
      + zip(goods, prices).map { good, price in
        ("slot \(good.slot)", ["article": good.article, "price": "\(price)"])
      }
  }
}

extension StationUnderTest {
  /// The screen beside the machine; the daemon has to have been started.
  package var screen: HTTPClient {
    get throws {
      let file = folder.file("\(plan.name)/screen.address")
      let address = try Deadline.wait(for: "the machine's screen to be served") {
        let text = (try? String(contentsOfFile: file, encoding: .utf8)) ?? ""
        return text.isEmpty ? nil : text.trimmingCharacters(in: .whitespacesAndNewlines)
      }
      return HTTPClient(base: "http://\(address)")
    }
  }

  /// The machine as its board has it: `turning`, `turns`, `columns` and so on.
  package var machine: [String: Any] {
    get throws { try state["machine"] as? [String: Any] ?? [:] }
  }

  /// A line to the simulated machine, such as `fault 3 jam`; `machineboard --help` has them all.
  package func orderMachine(_ line: String) throws { try post("/machine", ["order": line]) }

  /// Shows a code to the reader beside the machine.
  package func showAtMachine(_ kind: String = "good", member: String? = nil) throws {
    var body = ["kind": kind]
    if let member { body["member"] = member }
    try post("/machine-code", body)
  }

  /// How many articles have fallen since the run began, as the machine wrote them down itself.
  package var fallen: Int {
    let file = folder.file("\(plan.name)/fell")
    return ((try? String(contentsOfFile: file, encoding: .utf8)) ?? "").filter { $0 == "\n" }.count
  }

  /// What the screen shows now.
  package func screenState() throws -> [String: Any] {
    try screen.call("GET", "/state").object
  }

  package func screenPhase() throws -> [String: Any] {
    try screenState()["phase"] as? [String: Any] ?? [:]
  }

  package func waitForPhase(_ kind: String) throws {
    // All that was on the screen meanwhile: an outcome gives way to the next customer.
    var said: [String] = []
    do {
      try Deadline.wait(until: "the screen of \(plan.name) to say \(kind)") {
        let phase = try self.screenPhase()
        let words = phase.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
          .joined(separator: ", ")
        if said.last != words { said.append(words) }
        return phase["kind"] as? String == kind
      }
    } catch let error as TestBedError {
      throw TestBedError("\(error.description); it said \(said.joined(separator: "; then "))")
    }
  }

  /// Waits for the machine itself: the screen says so from the moment the order is written down.
  package func waitForMotor() throws {
    try Deadline.wait(until: "the motor of \(plan.name) to turn") {
      try self.machine["turning"] is Int
    }
  }

  /// Picks what is in the slot, and shows the machine's reader a code of the member.
  package func buy(slot: Int, member: String) throws {
    try Deadline.wait(until: "the machine of \(plan.name) to sell") {
      let state = try self.screenState()
      return state["stop"] == nil && state["phase"] != nil
    }
    try press("/select", #"{"slot":\#(slot)}"#)
    try waitForPhase("chosen")
    try showAtMachine(member: member)
  }

  /// Somebody turns the key, tells the screen what is in the slot, and turns it back.
  package func fill(slot: Int, stock: Int) throws {
    try turn("maintenance", on: true)
    try waitForMaintenance(true)
    try press("/count", #"{"slot":\#(slot),"stock":\#(stock)}"#)
    try turn("maintenance", on: false)
    try waitForMaintenance(false)
  }

  private func waitForMaintenance(_ isOn: Bool) throws {
    try Deadline.wait(until: "maintenance of \(plan.name) to be \(isOn)") {
      try self.screenState()["maintenance"] as? Bool == isOn
    }
  }

  private func press(_ path: String, _ json: String) throws {
    let answer = try screen.call("POST", path, json: json)
    guard answer.status == 200 else {
      throw TestBedError("\(plan.name) \(path): \(answer.status) \(answer.text)")
    }
  }
}
