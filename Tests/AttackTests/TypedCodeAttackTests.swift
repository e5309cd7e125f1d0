// Whoever guesses at typed codes, and whoever owns the broker and says an old order again.
import Foundation
import StationProtocol
import TestBed
import Testing

@Suite("Typed codes and people who mean harm")
struct TypedCodeAttackTests {
  private func bed() throws -> (bed: AttackBed, station: StationUnderTest) {
    let bed = try AttackBed(stations: ["gate-1"])
    let station = try bed.start("gate-1") {
      $0.settings = ["access-point 1": ["access-time": "1 s"]]
    }
    try Deadline.wait(until: "the station's operations") {
      (try bed.management.station("gate-1")["operations"] as? [String])?.contains("set-code")
        == true
    }
    return (bed, station)
  }

  @Test("guesses are counted, alarmed and held, and then the right digits wait as well")
  func guesses() throws {
    let (bed, station) = try bed()
    let (credential, digits) = try bed.management.makeCode(at: "gate-1", uses: 100)
    try bed.management.waitForCode(credential, at: "gate-1")
    for number in 1...5 {
      let guess = String((0..<10).map { "\((number + $0) % 10)" }.joined())
      try station.type(guess == digits ? "0000000000" : guess, until: "wrong-typed-code")
    }
    try Deadline.wait(until: "the alarm") {
      try bed.alarms(of: "gate-1").contains("wrong-tries")
    }
    try station.type(digits, until: "paused")
    #expect(try bed.management.code(credential, at: "gate-1")?["left"] as? Int == 100)
    #expect(!station.log.contains(digits))
  }

  @Test("an order that is overheard has no digits, and said again gives no use back")
  func repeated() throws {
    let (bed, station) = try bed()
    var made: (credential: String, digits: String)?
    let overheard = try bed.overhear("ws/v1/gate-1/cmd") {
      made = try bed.management.makeCode(at: "gate-1")
    }
    let (credential, digits) = try #require(made)
    #expect(!String(decoding: overheard, as: UTF8.self).contains(digits))
    try bed.management.waitForCode(credential, at: "gate-1")
    try station.type(digits, until: "granted")
    try Deadline.wait(until: "the door to be locked again") {
      try station.accessPoint()["unlocked"] as? Bool == false
    }
    try bed.publish("ws/v1/gate-1/cmd", overheard)
    try station.type(digits, until: "typed-code-used")
    station.kill()
    try station.start()
    try bed.publish("ws/v1/gate-1/cmd", overheard)
    try bed.publish("ws/v1/gate-1/cmd", overheard, isRetained: true)
    // The station obeys the service again, and nothing that was said before it.
    let id = try bed.management.order("gate-1", #""op":"identify""#)
    try bed.management.waitForEnd(of: id, at: "gate-1")
    try station.type(digits, until: "typed-code-used")
  }
}
