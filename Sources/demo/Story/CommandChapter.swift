// Commands of the service: a door opened from afar, a station that is away, lock-down.
import Foundation
import TestBed

extension Chapter {
  static let commands = Chapter(
    name: "commands", about: "a door opened from afar, a test of all parts, lock-down",
    settings: ["access-point 1": ["access-time": "2 s"]]
  ) { telling in
    try telling.tellOfOpening()
    try telling.tellOfAbsence()
    try telling.tellOfWish()
  }
}

extension Telling {
  private var name: String { station.plan.name }

  /// Gives an order and waits for its end.
  private func order(_ order: String, ends state: String) throws {
    let id = try system.management.order(name, order)
    let command = try system.management.waitForEnd(of: id, at: name)
    guard command["state"] as? String == state else {
      throw TestBedError("\(order): \(command)")
    }
  }

  fileprivate func tellOfOpening() throws {
    try step("the station says which operations it takes") {
      try Deadline.wait(until: "its operations") {
        (try system.management.station(name)["operations"] as? [String])?.contains("open") == true
      }
    }
    try step("somebody at the desk opens the door for a worker without a phone: done, strike on") {
      try order(#""op":"open","ap":1"#, ends: "done")
      try wait("strike", true)
    }
    try step("the door locks again after its time") { try wait("strike", false) }
    try step("a self-test: each part says how it is") {
      try order(#""op":"self-test""#, ends: "done")
    }
  }

  fileprivate func tellOfAbsence() throws {
    try step("the daemon stops; a command waits, and is never said to have come") {
      try station.stopDaemon()
      try Deadline.wait(until: "the station to be away") {
        try system.management.station(name)["online"] as? Bool == false
      }
      let id = try system.management.order(name, #""op":"open","ap":1"#, seconds: 2)
      let command = try system.management.waitForEnd(of: id, at: name)
      guard command["state"] as? String == "expired" else { throw TestBedError("\(command)") }
    }
    try step("the station is back; the door stays shut: the command was too late") {
      try station.start()
      try Deadline.wait(until: "the station") {
        try system.management.station(name)["online"] as? Bool == true
      }
      try wait("strike", false)
    }
  }

  fileprivate func tellOfWish() throws {
    try step("lock-down is wanted, and in force") {
      try system.management.lockDown(name, true)
      try waitForAlarm("lock-down", stands: true)
    }
    try step("a command to open is refused, the exit button is not") {
      try order(#""op":"open","ap":1"#, ends: "failed")
      try station.order("/exit", [:])
      try wait("strike", true)
    }
    try step("lock-down ends") {
      try system.management.lockDown(name, false)
      try waitForAlarm("lock-down", stands: false)
    }
  }
}
