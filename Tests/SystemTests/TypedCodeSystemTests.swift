// A person without a phone, from the answer of the API to the door, with and without a network.
import Foundation
import TestBed
import Testing

@Suite("Typed codes from the API to the keypad", .serialized)
struct TypedCodeSystemTests {
  private static func system() throws -> WholeSystem {
    let system = try WholeSystem(
      stations: ["gate-1"], walkStep: 20, settings: ["access-point 1": ["access-time": "1 s"]])
    try Deadline.wait(until: "the station's operations") {
      (try system.management.station("gate-1")["operations"] as? [String])?
        .contains("set-code") == true
    }
    return system
  }

  private static func waitForLocked(_ system: WholeSystem) throws {
    try Deadline.wait(until: "the door to be locked again") {
      try system.stations[0].accessPoint()["unlocked"] as? Bool == false
    }
  }

  @Test("a one-time code is there once the station says so, opens once, and is gone when removed")
  func life() throws {
    let system = try Self.system()
    let (credential, digits) = try system.management.makeCode(at: "gate-1")
    #expect(digits.utf8.count == 10 && digits.utf8.allSatisfy { (48...57).contains($0) })
    try system.management.waitForCode(credential, at: "gate-1")
    let set = try system.management.code(credential, at: "gate-1")
    #expect(set?["left"] as? Int == 1 && set?["digits"] == nil)
    try system.stations[0].type("\(digits)#", until: "granted")
    try Deadline.wait(until: "the use to be told") {
      try system.management.code(credential, at: "gate-1")?["left"] as? Int == 0
    }
    try Self.waitForLocked(system)
    try system.stations[0].type("\(digits)#", until: "typed-code-used")
    try Deadline.wait(until: "the records of both") {
      let records = try system.management.records(of: "gate-1")
        .compactMap { $0["record"] as? [String: Any] }
      let entries = records.filter { $0["credential"] as? String == credential }
      return entries.map { $0["kind"] as? String } == ["entry-granted", "entry-refused"]
    }
    let removal = try system.management.api.call(
      "DELETE", "/stations/gate-1/codes/\(credential)")
    #expect(removal.status == 202)
    try Deadline.wait(until: "the code to be removed") {
      try system.management.code(credential, at: "gate-1") == nil
    }
    try Deadline.wait(until: "the station to say so") {
      try system.management.foreignCodes(at: "gate-1").isEmpty
    }
    try system.stations[0].type("\(digits)#", until: "wrong-typed-code")
    for log in [system.stations[0].log, try Self.everything(of: system)] {
      #expect(!log.contains(digits))
    }
  }

  /// What is kept and written by station and service, as text.
  private static func everything(of system: WholeSystem) throws -> String {
    let found = try Program.run(
      "/bin/sh", ["-c", "find \(system.folder.path) -type f -exec cat {} + | strings"])
    return found.output
  }

  @Test("without a broker a code opens as often as is left of it, also after a restart")
  func offline() throws {
    let system = try Self.system()
    let (credential, digits) = try system.management.makeCode(at: "gate-1", uses: 2)
    try system.management.waitForCode(credential, at: "gate-1")
    try system.broker.stop()
    try system.stations[0].type("\(digits)#", until: "granted")
    try Self.waitForLocked(system)
    system.stations[0].kill()
    try system.stations[0].start()
    try system.stations[0].type("\(digits)#", until: "granted")
    try Self.waitForLocked(system)
    try system.stations[0].stopDaemon()
    try system.stations[0].start()
    try system.stations[0].type("\(digits)#", until: "typed-code-used")
    try system.broker.start()
    try Deadline.wait(60, until: "the uses to be told") {
      try system.management.code(credential, at: "gate-1")?["left"] as? Int == 0
    }
  }

  @Test("a code for a station that is away is listed as not there, until it is")
  func away() throws {
    let system = try Self.system()
    try system.stations[0].stopDaemon()
    try Deadline.wait(until: "the station to be away") {
      try system.management.station("gate-1")["online"] as? Bool == false
    }
    let (credential, digits) = try system.management.makeCode(at: "gate-1")
    let waiting = try system.management.code(credential, at: "gate-1")
    #expect(waiting?["setThere"] as? Bool == false && waiting?["left"] is NSNull)
    #expect((waiting?["setting"] as? [String: Any])?["state"] as? String == "queued")
    try system.stations[0].start()
    try system.management.waitForCode(credential, at: "gate-1")
    try system.stations[0].type("\(digits)#", until: "granted")
  }
}
