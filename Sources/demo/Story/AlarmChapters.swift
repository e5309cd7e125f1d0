// Doors that stand open, a full room, lock-down, fire, emergency: what raises an alarm, and ends it.
import Foundation
import TestBed

extension Chapter {
  private static let hasty = [
    "access-time": "2 s", "held-open-time": "4 s", "held-open-warning": "2 s",
  ]

  static let alarms = Chapter(
    name: "alarms", about: "a door propped and forced, a full room, lock-down",
    settings: ["entry": ["capacity": "2"], "access-point 1": hasty]
  ) { telling in
    // Forced open is told before anyone leaves: for half a minute after the exit button an opening
    // is somebody's who leaves.
    try telling.tellOfDoors()
    try telling.tellOfCapacity()
    try telling.tellOfLockDown()
  }

  static let fire = Chapter(
    name: "fire", about: "fire alarm with a daemon that dies meanwhile, and the emergency button",
    settings: ["access-point 1": hasty, "fire": ["wiring": "two-lines"]]
  ) { telling in
    try telling.tellOfFire()
    try telling.tellOfEmergency()
  }
}

extension Telling {
  fileprivate func tellOfDoors() throws {
    try step("a member is let in, and props the door open") {
      try station.order("/scan", ["text": try freshCode("m-courier")])
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

  fileprivate func tellOfCapacity() throws {
    for member in ["first", "second"] {
      try step("a \(member) member comes in: the room takes two") {
        try letIn(try freshCode("m-\(member)"))
      }
    }
    try waitForAlarm("capacity-full", stands: true)
    try step("a third member: refused, full") {
      try station.order("/scan", ["text": try freshCode("m-third")])
      try waitForRefusal("full")
    }
    try step("one leaves: the exit button opens, the count falls") {
      try station.order("/walk", ["action": "out"])
      try Deadline.wait(until: "one inside") { try self.inside() == 1 }
    }
    try waitForAlarm("capacity-full", stands: false)
  }

  fileprivate func tellOfLockDown() throws {
    try step("lock-down: the button at the station") { try station.turn("lock-down", on: true) }
    try waitForAlarm("lock-down", stands: true)
    try step("a good code: refused, locked down") {
      try station.order("/scan", ["text": try freshCode("m-rider")])
      try waitForRefusal("locked-down")
    }
    try step("whoever is inside can leave all the same: exit, strike on") {
      try station.order("/exit", [:])
      try wait("strike", true)
    }
    try step("lock-down ends") { try station.turn("lock-down", on: false) }
    try waitForAlarm("lock-down", stands: false)
  }

  fileprivate func tellOfFire() throws {
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

  fileprivate func tellOfEmergency() throws {
    try step("the emergency button is pressed") { try station.turn("emergency", on: true) }
    try waitForAlarm("emergency", stands: true)
    try step("someone looks after it, and turns the reset key") {
      try station.turn("emergency", on: false)
      try station.turnReset()
    }
    try waitForAlarm("emergency", stands: false)
  }
}
