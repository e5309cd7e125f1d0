// Points for goods, and how the books come right when something goes wrong.
import Foundation
import TestBed

extension Chapter {
  static let exchange = Chapter(
    name: "exchange",
    about: "points for goods: bought, jammed, killed and dark while a motor turns",
    hasMachine: true
  ) { telling in
    try telling.tellOfPoints()
    try telling.tellOfFilling()
    try telling.tellOfExchange()
    try telling.tellOfJam()
    try telling.tellOfCrash()
    try telling.tellOfPowerCut()
    try telling.tellOfNoUplink()
  }
}

extension Telling {
  private static let customer = "m-courier"
  /// What the machine's first slot sells, and for how much.
  private static let slot = MachinePlan.goods[0].slot
  private static let price = MachinePlan.prices[0]

  fileprivate func tellOfPoints() throws {
    _ = try system.management.enrol(Self.customer)
    try step("points: 1000 issued, 300 granted to a courier, each with a reason") {
      try system.management.issue(1000, reason: "budget of the year")
      try system.management.grant(300, to: Self.customer, reason: "heat allowance")
      guard try balance() == 300 else { throw TestBedError("not granted") }
    }
  }

  fileprivate func tellOfFilling() throws {
    try step("somebody with the key fills slot \(Self.slot): 5 bottles of water") {
      try fill(5)
      guard try slot()["stock"] as? Int == 5 else { throw TestBedError("not counted") }
    }
  }

  fileprivate func tellOfExchange() throws {
    let fallen = station.fallen
    try step("the courier picks water at the screen and shows a code there") { try buy() }
    try step("the motor turns") { try station.waitForPhase("turning") }
    try step("dropped: \(Self.price) points paid, 280 left, told on the screen") {
      try station.waitForPhase("dispensed")
      guard try station.screenPhase()["balance"] as? Int == 280, station.fallen == fallen + 1 else {
        throw TestBedError("\(try station.screenPhase()), \(station.fallen - fallen) fell")
      }
    }
    try settled(280)
  }

  fileprivate func tellOfJam() throws {
    try step("slot \(Self.slot) jams: nothing falls, nothing is paid, the screen says so") {
      try station.orderMachine("fault \(Self.slot) jam")
      try buy()
      try station.waitForPhase("failed")
      guard try station.screenPhase()["balance"] as? Int == 280 else {
        throw TestBedError("\(try station.screenPhase())")
      }
    }
    try settled(280)
    try waitForAlarm("slot-faulty", stands: true)
    try step("somebody frees it, counts, and takes it into use again") {
      try station.orderMachine("fault \(Self.slot) none")
      try fill(4)
    }
    try waitForAlarm("slot-faulty", stands: false)
  }

  fileprivate func tellOfCrash() throws {
    let fallen = station.fallen
    try step("stationd: SIGKILL while the motor turns") {
      try buy()
      try station.waitForMotor()
      station.kill()
    }
    try step("it is back, asks the machine by the same number: one fell, and one is paid") {
      try station.start()
      try station.waitForPhase("dispensed")
      guard station.fallen == fallen + 1 else { throw TestBedError("\(station.fallen - fallen)") }
    }
    try settled(260)
  }

  fileprivate func tellOfPowerCut() throws {
    try step("power cut while the motor turns: daemon and machine are dark") {
      try buy()
      try station.waitForMotor()
      station.kill()
      try station.orderMachine("power-cut stays")
      // The story's computer keeps running; the station's would have been switched on anew.
      try StoreInspection.forgetSystemBoot(ofStore: station.store)
    }
    try step("back: nobody knows whether it fell, so nobody pays, and the slot waits for a look") {
      try station.start()
      try Deadline.wait(until: "the slot to be closed") {
        try self.slot()["quarantine"] as? String == "interrupted"
      }
    }
    try settled(260)
    try waitForAlarm("slot-faulty", stands: true)
    try step("somebody looks, counts, and takes it into use again") { try fill(3) }
  }

  fileprivate func tellOfNoUplink() throws {
    try step("broker: SIGKILL") { system.broker.kill() }
    try step("without a link nothing is sold, and the screen says why") {
      try Deadline.wait(until: "the screen to say so") {
        try self.station.screenState()["stop"] as? String == "no-uplink"
      }
    }
    try step("broker: back, and the machine sells again") {
      try system.broker.start()
      try Deadline.wait(until: "sales") { try self.station.screenState()["stop"] == nil }
    }
    try step("managementd --check: the books balance") {
      let check = try system.management.check()
      guard check.status == 0 else { throw TestBedError(check.output) }
    }
  }

  // MARK: - What hands do, and what eyes see

  private func buy() throws { try station.buy(slot: Self.slot, member: Self.customer) }
  private func fill(_ stock: Int) throws { try station.fill(slot: Self.slot, stock: stock) }

  private func slot() throws -> [String: Any] {
    let slots = try station.screenState()["slots"] as? [[String: Any]] ?? []
    return slots.first { $0["slot"] as? Int == Self.slot } ?? [:]
  }

  private func balance() throws -> Int? {
    try system.management.api.call("GET", "/members/\(Self.customer)/points?limit=1")
      .object["balance"] as? Int
  }

  /// The service has posted or given back what was set aside.
  private func settled(_ points: Int) throws {
    try step("API: balance \(points), nothing set aside any more") {
      try Deadline.wait(until: "balance \(points)") {
        let holds = try self.system.management.api.call("GET", "/holds").object["holds"] as? [Any]
        return try self.balance() == points && holds?.isEmpty == true
      }
    }
  }
}
