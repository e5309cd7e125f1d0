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

  init() throws {
    sim = try GPIOSim(lines: 16, label: "header", names: [4: "STRIKE", 6: "CLIMATE"])
    try sim.pull(strike, up: true)
    try sim.pull(lights, up: true)
    try sim.pull(climate, up: false)
    unit = try InstalledStation(
      """
      [access-point 1]
      lock = fail-safe
      egress = button-circuit
      strike-line = STRIKE
      contact-line = header:1
      [relay lights]
      line = header:5
      [relay climate]
      line = header:CLIMATE
      safe-state = on
      """)
  }

  /// Started, the magnet is held, and the room has power: nobody knows yet that it is empty.
  private func start() throws {
    try unit.start()
    try Deadline.wait(60, until: "the magnet to hold and the room to have power (\(unit.log))") {
      let (magnet, room) = (try sim.isHigh(strike), try sim.isHigh(lights))
      return magnet && room && holder(strike) == "stationd strike-1"
    }
  }

  private func holder(_ line: Int) -> String? {
    LinePlace(device: sim.device, offset: UInt32(line)).consumer
  }

  private func waitForSafety(_ seconds: Double = 60) throws {
    try Deadline.wait(seconds, until: "the safe states (\(unit.log))") {
      holder(strike) == "stationd safe strike-1" && holder(climate) == "stationd safe climate"
    }
    // All three are held now; what they read is asserted, not waited for.
    #expect(try !sim.isHigh(strike))
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

/// The unit as it is installed in this guest, with a configuration of the test's.
final class InstalledStation {
  private static let file = "/etc/worker-station/stationd.conf"

  /// - Parameter wires: sections beside those that every station has.
  init(_ wires: String) throws {
    try FileManager.default.createDirectory(
      atPath: "/etc/worker-station", withIntermediateDirectories: true)
    try Self.write(
      """
      [station]
      id = vm
      [reader front]
      device = /dev/no-reader
      [clock]
      trust = accept
      [broker]
      port = 9
      \(wires)

      """)
    // Of the test before this one nothing is to be seen.
    _ = try Program.run("systemctl", ["reset-failed", "stationd"])
    _ = try Program.run("journalctl", ["--rotate"])
    _ = try Program.run("journalctl", ["--vacuum-time=1us"])
  }

  deinit {
    _ = try? Program.run("systemctl", ["stop", "stationd"])
    try? FileManager.default.removeItem(atPath: Self.file)
  }

  private static func write(_ text: String) throws {
    try text.write(toFile: file, atomically: true, encoding: .utf8)
  }

  func spoil(_ more: String) throws {
    try Self.write(String(contentsOfFile: Self.file, encoding: .utf8) + more)
  }

  /// Returns when the daemon has said that it is ready.
  func start() throws { try run("start") }
  func stop() throws { try run("stop") }
  func signal(_ name: String) throws { try run("kill", "--kill-who=main", "--signal=\(name)") }

  private func run(_ words: String...) throws {
    let ending = try Program.run("systemctl", words + ["stationd"], seconds: 120)
    guard ending.status == 0 else {
      throw TestBedError("systemctl \(words): \(ending.output)\n\(log)")
    }
  }

  var state: String { get throws { try property("ActiveState") } }
  var process: String { get throws { try property("MainPID") } }

  private func property(_ name: String) throws -> String {
    try Program.run("systemctl", ["show", "--value", "--property=\(name)", "stationd"]).output
      .trimmingCharacters(in: .whitespacesAndNewlines)
  }

  /// What the daemon, its helper and systemd have said of it.
  var log: String {
    let words = ["--unit=stationd", "--output=cat", "--no-pager"]
    return (try? Program.run("journalctl", words).output) ?? ""
  }
}
