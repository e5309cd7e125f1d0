// The second part of the story: a full room, doors that stand open, lock-down, fire, emergency.
import Foundation
import TestBed

extension Story {
  /// What the story's station is told beyond the defaults, so that nobody waits half a minute.
  static let settings = [
    "entry": ["capacity": "3"],
    "access-point 1": [
      "access-time": "2 s", "held-open-time": "4 s", "held-open-warning": "2 s",
    ],
    "fire": ["wiring": "two-lines"],
  ]

  func tellOfAlarms() throws {
    // Forced open is told before anyone leaves: for half a minute after the exit button an opening
    // is somebody's who leaves.
    try tellOfDoors()
    try tellOfCapacity()
    try tellOfLockDown()
    try tellOfFire()
    try tellOfEmergency()
  }

  /// Two are inside by now, and the room takes three.
  private func tellOfCapacity() throws {
    try step("a third member comes in") {
      try station.order("/scan", ["text": try freshCode("m-story-5")])
      try wait("strike", true)
      try station.order("/walk", ["action": "in"])
      try wait("leaf", "open")
      try wait("leaf", "closed")
    }
    try waitForAlarm("capacity-full", stands: true)
    try step("a fourth member: refused, full") {
      try station.order("/scan", ["text": try freshCode("m-story-6")])
      try waitForRefusal("full")
    }
    try step("one leaves: the exit button opens, the count falls") {
      try station.order("/walk", ["action": "out"])
      try Deadline.wait(until: "two inside") { try self.inside() == 2 }
    }
    try waitForAlarm("capacity-full", stands: false)
  }

  private func tellOfDoors() throws {
    try step("a member is let in, and props the door open") {
      try station.order("/scan", ["text": try freshCode("m-story-3")])
      try wait("strike", true)
      try station.order("/door", ["action": "prop"])
    }
    try waitForAlarm("held-open-warning", stands: true)
    try waitForAlarm("held-open", stands: true)
    try step("someone shuts the door") { try station.order("/door", ["action": "close"]) }
    try waitForAlarm("held-open", stands: false)
    try wait("strike", false)
    try step("someone forces the door") { try station.order("/door", ["action": "force"]) }
    try waitForAlarm("forced-open", stands: true)
    try step("someone shuts the door") { try station.order("/door", ["action": "close"]) }
    try waitForAlarm("forced-open", stands: false)
  }

  private func tellOfLockDown() throws {
    try step("lock-down: the button at the station") { try station.turn("lock-down", on: true) }
    try waitForAlarm("lock-down", stands: true)
    try step("a good code: refused, locked down") {
      try station.order("/scan", ["text": try freshCode("m-story-7")])
      try waitForRefusal("locked-down")
    }
    try step("whoever is inside can leave all the same: exit, strike on") {
      try station.order("/exit", [:])
      try wait("strike", true)
    }
    try step("lock-down ends") { try station.turn("lock-down", on: false) }
    try waitForAlarm("lock-down", stands: false)
  }

  private func tellOfFire() throws {
    try step("fire: the signal of the fire alarm") { try station.turn("fire", on: true) }
    try step("strike on: the door is open to leave") { try wait("strike", true) }
    try waitForAlarm("fire", stands: true)
    try step("the signal ends, the daemon is killed and started: the door stays released") {
      try station.turn("fire", on: false)
      station.kill()
      try station.start()
      try wait("strike", true)
    }
    try step("the reset key at the station: strike off") {
      try station.turnReset()
      try wait("strike", false)
    }
    try waitForAlarm("fire", stands: false)
  }

  private func tellOfEmergency() throws {
    try step("the emergency button is pressed") { try station.turn("emergency", on: true) }
    try waitForAlarm("emergency", stands: true)
    try step("someone looks after it, and turns the reset key") {
      try station.turn("emergency", on: false)
      try station.turnReset()
    }
    try waitForAlarm("emergency", stands: false)
  }

  private func freshCode(_ member: String) throws -> String {
    try system.management.code(for: try system.management.enrol(member))
  }

  func waitForAlarm(_ name: String, stands: Bool) throws {
    try step("dashboard: the alarm \(name) \(stands ? "stands" : "is over")") {
      try Deadline.wait(until: "the alarm \(name) to \(stands ? "stand" : "end")") {
        let alarms = try self.system.management.station(self.station.plan.name)["alarms"]
        let names = (alarms as? [[String: Any]] ?? []).compactMap { $0["alarm"] as? String }
        return names.contains(name) == stands
      }
    }
  }
}
