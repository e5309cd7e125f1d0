// Settings of the service: a price that appears on the machine's screen, and a slot that is not there.
import Foundation
import TestBed

extension Chapter {
  static let settings = Chapter(
    name: "settings",
    about: "a price changed at the service, settings refused, and wrong ones given up",
    hasMachine: true
  ) { telling in
    try telling.tellOfPrice()
    try telling.tellOfRefusal()
    try telling.tellOfWrongSlot()
  }
}

extension Telling {
  /// A column that the machine does not have.
  private static let missing = 44

  fileprivate func tellOfPrice() throws {
    try step("two slots with agreed prices are set at the service, and 7 people at most") {
      for (slot, price) in [(1, 25), (2, 45)] {
        try system.management.agree(on: price, ofSlot: slot, at: station.plan.name)
      }
      try system.management.set(
        """
        [{"section":"slot","name":"1","values":{"article":"water"}},
         {"section":"slot","name":"2","values":{"article":"noodles"}},
         {"section":"entry","values":{"capacity":"7"}}]
        """, at: station.plan.name)
    }
    try step("the screen shows them: 25 and 45 points") { try waitForPrices([1: 25, 2: 45]) }
    try step("another price is agreed on: 30 points, on the screen as well") {
      try system.management.agree(on: 30, ofSlot: 1, at: station.plan.name)
      try waitForPrices([1: 30, 2: 45])
    }
  }

  fileprivate func tellOfRefusal() throws {
    try step("free hours that no door goes by: refused by the station, with the reason") {
      try system.management.set(
        #"[{"section":"entry","values":{"free-hours":"12:00-13:00"}}]"#, at: station.plan.name)
      try system.management.waitForSettings("refused", at: station.plan.name)
    }
    try waitForAlarm("settings-refused", stands: true)
  }

  fileprivate func tellOfWrongSlot() throws {
    try step("a slot that the machine does not have is set: taken, on trial") {
      try station.orderMachine("fault \(Self.missing) not-home")
      try system.management.agree(on: 9, ofSlot: Self.missing, at: station.plan.name)
      try system.management.set(
        """
        [{"section":"entry","values":{"free-hours":null}},
         {"section":"slot","name":"\(Self.missing)","values":{"article":"gloves"}}]
        """, at: station.plan.name)
      try waitForPrices([1: 30, 2: 45, Self.missing: 9])
    }
    let ownPrices = Dictionary(
      zip(MachinePlan.goods.map(\.slot), MachinePlan.prices), uniquingKeysWith: max)
    try step("the machine has no such column: given up after a minute, the board's own prices hold")
    {
      try system.management.waitForSettings("unwell", at: station.plan.name, seconds: 90)
      try waitForPrices(ownPrices)
    }
  }

  private func waitForPrices(_ prices: [Int: Int]) throws {
    try Deadline.wait(until: "\(prices) on the screen") {
      let slots = try self.station.screenState()["slots"] as? [[String: Any]] ?? []
      let shown = slots.compactMap { slot in
        (slot["slot"] as? Int).flatMap { number in (slot["price"] as? Int).map { (number, $0) } }
      }
      return Dictionary(shown, uniquingKeysWith: max) == prices
    }
  }
}
