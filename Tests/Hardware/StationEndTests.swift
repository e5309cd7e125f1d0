// Outputs of an installed stationd when it ends in any way, looked at on the chip itself.
import Foundation
import GPIO
import Linux
import TestBed
import Testing

/// Every output is pulled to the level that is not safe, and a freed line of this chip falls to its
/// pull: one that reads safe was driven so, and is held.
@Suite("Outputs of a stationd that has ended", .serialized)
final class StationEndTests {
  private let sim: GPIOSim
  private let unit: InstalledStation
  private let strike = 4
  private let lights = 5
  private let climate = 6
  private let freeDoor = 7

  init() throws {
    sim = try GPIOSim(lines: 16, label: "header", names: [4: "STRIKE", 6: "CLIMATE"])
    try sim.pull(strike, up: true)
    try sim.pull(lights, up: true)
    try sim.pull(climate, up: false)
    try sim.pull(freeDoor, up: true)
    unit = try InstalledStation(
      """
      [access-point 1]
      lock = fail-safe
      egress = button-circuit
      strike-line = STRIKE
      contact-line = header:1
      [access-point 2]
      program = free
      strike-line = header:7
      contact-line = header:8
      [relay lights]
      line = header:5
      [relay climate]
      line = header:CLIMATE
      safe-state = on
      """)
  }

  /// Started, the magnet is held, the other door's strike stands open under current, and the room
  /// has power: nobody knows yet that it is empty.
  private func start() throws {
    try unit.start()
    try Deadline.wait(60, until: "the outputs to have power (\(unit.log))") {
      try [strike, lights, freeDoor].allSatisfy { try sim.isHigh($0) }
        && holder(strike) == "stationd strike-1"
    }
  }

  private func holder(_ line: Int) -> String? {
    LinePlace(device: sim.device, offset: UInt32(line)).consumer
  }

  private func waitForSafety(_ seconds: Double = 60) throws {
    let held = [strike: "strike-1", freeDoor: "strike-2", lights: "lights", climate: "climate"]
    try Deadline.wait(seconds, until: "the safe states (\(unit.log))") {
      held.allSatisfy { holder($0.key) == "stationd safe \($0.value)" }
    }
    // All are held now; what they read is asserted, not waited for.
    #expect(try !sim.isHigh(strike))
    #expect(try !sim.isHigh(freeDoor))
    #expect(try !sim.isHigh(lights))
    #expect(try sim.isHigh(climate))
    #expect(holder(strike) == "stationd safe strike-1", "the helper let go while it was looked at")
  }

  @Test(
    "after a SIGKILL they are written and held until the daemon is back", .timeLimit(.minutes(5)))
  func kill() throws {
    try start()
    let before = try unit.process
    try unit.signal("KILL")
    try waitForSafety()
    try Deadline.wait(60, until: "the daemon to be back") {
      try sim.isHigh(strike) && holder(strike) == "stationd strike-1"
    }
    #expect(try unit.process != before)
    let log = unit.log
    #expect(log.contains("strike-1 is safe: line STRIKE is driven off and reads so"), "\(log)")
    #expect(log.contains("lights is safe: line 5 of the chip \"header\" is driven off"), "\(log)")
    #expect(log.contains("climate is safe: line CLIMATE of the chip \"header\" is driven on"))
  }

  @Test("after an abort", .timeLimit(.minutes(5)))
  func abort() throws {
    try start()
    try unit.signal("ABRT")
    try waitForSafety()
  }

  @Test("after its loop has stood still until the watchdog ended it", .timeLimit(.minutes(5)))
  func stopped() throws {
    try start()
    try unit.signal("STOP")
    try waitForSafety(120)
    #expect(unit.log.contains("atchdog"))
  }

  @Test("after a configuration that was spoilt and refused, of which the outputs can be read")
  func refused() throws {
    try start()
    try unit.spoil("[broker]\nport = none\n")
    try unit.signal("KILL")
    try waitForSafety()
    // The daemon is started on it, refuses it, and the helper comes once more; then no other start.
    try Deadline.wait(60, until: "the unit to have failed") { try unit.state == "failed" }
    let log = unit.log
    #expect(log.contains("\"port\" expects"), "\(log)")
    #expect(log.contains("is refused; what it says of outputs is used"), "\(log)")
  }

  @Test("after an orderly stop, which nothing is held up by", .timeLimit(.minutes(5)))
  func orderly() throws {
    try start()
    try unit.stop()
    #expect(try unit.state == "inactive")
    #expect(unit.log.contains("strike-1 is safe"))
    // Nobody holds them any more, and they are the chip's.
    #expect(holder(strike) == nil)
  }

  @Test(
    "a line that somebody else has is named, tried for, and fails the unit", .timeLimit(.minutes(5))
  )
  func taken() throws {
    let wiring = try #require(LineWiring(text: "header:CLIMATE"))
    let visitor = try ChipLine(wiring, .input(settling: .zero), consumer: "visitor")
    try unit.start()
    try unit.stop()
    #expect(try unit.state == "failed")
    let log = unit.log
    #expect(
      log.contains(
        "climate is not known to be safe: cannot request line 6 (CLIMATE) of \(sim.device): it is "
          + "used by \"visitor\"; stop that program"), "\(log)")
    #expect(log.contains("strike-1 is safe"))
    #expect(visitor.chip == sim.device)
  }
}
