// A stolen login that says once what cannot be: it costs the real station nothing, and is told.
import Foundation
import Linux
import StationProtocol
import TestBed
import Testing

@Suite struct BelievedForEverTests {
  @Test("a floor of 2^53 said by a thief loses no record of the station, and is told")
  func floor() throws {
    let bed = try AttackBed(stations: ["gate-1"])
    let station = try bed.start("gate-1")
    let session = try session(of: "gate-1", in: bed)
    try press(station, 1, in: bed)
    for (floor, ceiling) in [(UInt64(1) << 53, UInt64(1)), (1 << 53, (1 << 53) - 1)] {
      let birth = BirthPayload(
        session: session, version: "0", accessPoints: [], floor: floor, ceiling: ceiling,
        isClockTrusted: true, at: Clock.wall)
      let thief = try bed.steal("gate-1")
      thief.publish(.birth(thief.station), birth.json, isRetained: true)
      try Deadline.wait(until: "the alarm") {
        try bed.alarms(of: "gate-1").contains("claims-implausible")
      }
      thief.vanish()
    }
    // The station takes its session back, and everything goes on.
    try press(station, 2, in: bed)
  }

  @Test("a session of the distant future does not make a dead station look alive")
  func session() throws {
    let bed = try AttackBed(stations: ["gate-1"])
    let station = try bed.start("gate-1")
    var session = try session(of: "gate-1", in: bed)
    session.boot = 1 << 53
    let thief = try bed.steal("gate-1")
    thief.say(session, isOnline: true)
    try Deadline.wait(until: "the alarms") {
      try Set(["claims-implausible", "name-shared"]).isSubset(of: bed.alarms(of: "gate-1"))
    }
    thief.vanish()
    try Deadline.wait(70, until: "the station to be back") {
      try bed.management.station("gate-1")["online"] as? Bool == true
    }
    station.kill()
    try Deadline.wait(40, until: "the station to be shown as gone") {
      try bed.management.station("gate-1")["online"] as? Bool == false
    }
  }

  @Test("two machines that share a name raise an alarm, and the records of both are counted")
  func sharedName() throws {
    let bed = try AttackBed(stations: ["gate-1"])
    let station = try bed.start("gate-1")
    try press(station, 1, in: bed)
    let twin = try bed.start("gate-1", in: WorkFolder())
    try Deadline.wait(70, until: "the service to have found it") {
      try bed.alarms(of: "gate-1").contains("name-shared")
    }
    try press(twin, 2, in: bed)
    try press(station, 3, in: bed)
    // The twin goes, and the link is steady again.
    try twin.stop()
    try press(station, 4, in: bed)
  }

  private func session(of name: String, in bed: AttackBed) throws -> SessionID {
    let first = try Deadline.wait(for: "a record of \(name)") {
      try bed.management.records(of: name).first
    }
    let stream = try #require((first["stream"] as? String).flatMap { StreamID($0) })
    return SessionID(stream: stream, boot: 1, connection: 1)
  }

  /// Somebody presses the exit button, and the record of the n-th time is in the service.
  private func press(_ station: StationUnderTest, _ count: Int, in bed: AttackBed) throws {
    try station.pressExit()
    try Deadline.wait(90, until: "\(count) records of the exit button") {
      try bed.management.records(of: "gate-1").count { record in
        (record["record"] as? [String: Any])?["kind"] as? String == "exit-requested"
      } == count
    }
  }
}
