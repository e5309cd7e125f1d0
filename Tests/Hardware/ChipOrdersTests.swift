// Orders of the API to an installed stationd, looked at on the wires of the kernel's chip.
import Foundation
import GPIO
import MemberCode
import TestBed
import Testing

/// Broker and service of this tree run beside the installed daemon, whose strike and relay hang on a
/// simulated chip.
@Suite("Orders on the chip", .serialized)
final class ChipOrdersTests {
  private let sim: GPIOSim
  private let folder: WorkFolder
  private let broker: Broker
  private let management: ManagementUnderTest
  private let unit: InstalledStation
  private static let strike = 4
  private static let lights = 5
  private static let exit = 2

  init() throws {
    sim = try GPIOSim(lines: 16, label: "header")
    // A button that is not pressed, and a shut door.
    try sim.pull(Self.exit, up: true)
    try sim.pull(1, up: true)
    folder = try WorkFolder()
    let accounts = ["service": UUID().uuidString, "vm": UUID().uuidString]
    broker = try Broker(folder, accounts: accounts)
    management = try ManagementUnderTest(
      folder, brokerPort: broker.port, password: accounts["service"] ?? "",
      issuerKey: String(decoding: SigningKey.generate().privatePEM, as: UTF8.self))
    unit = try InstalledStation(
      """
      [service-key current]
      key = /etc/worker-station/service-keys/current.pem
      [access-point 1]
      strike-line = header:\(Self.strike)
      contact-line = header:1
      exit-line = header:\(Self.exit) active-low pull-up
      [relay lights]
      line = header:\(Self.lights)
      """, brokerPort: broker.port)
    try InstalledStation.install(
      management.commandKey, as: "service-keys/current.pem")
    try InstalledStation.install(accounts["vm"] ?? "", as: "credentials/mqtt-password")
    try unit.start()
    try Deadline.wait(120, until: "the station's operations (\(unit.log))") {
      (try management.station("vm")["operations"] as? [String])?.contains("open") == true
    }
  }

  deinit {
    management.kill()
    broker.kill()
  }

  /// Gives an order, and waits for its end.
  private func done(_ order: String) throws {
    let id = try management.order("vm", order, seconds: 120)
    let command = try management.waitForEnd(of: id, at: "vm", seconds: 180)
    #expect(command["state"] as? String == "done", "\(order): \(command) \(unit.log)")
  }

  private func wait(_ what: String, _ line: Int, isHigh: Bool) throws {
    try Deadline.wait(120, until: "\(what) (\(unit.log))") { try sim.isHigh(line) == isHigh }
  }

  @Test("doors and relays do on the wire what the API orders, and it is told so")
  func orders() throws {
    try wait("the secured strike", Self.strike, isHigh: false)
    try done(#""op":"open","ap":1"#)
    try wait("the end of the opening", Self.strike, isHigh: false)
    try done(#""op":"open-extended","ap":1"#)
    try wait("the end of the longer opening", Self.strike, isHigh: false)
    try done(#""op":"begin-free-access","ap":1,"seconds":3600"#)
    #expect(try sim.isHigh(Self.strike))
    try done(#""op":"end-free-access","ap":1"#)
    try wait("the end of free access", Self.strike, isHigh: false)
    try done(#""op":"set-relay","relay":"lights","hold":"stay-off""#)
    #expect(try !sim.isHigh(Self.lights))
    try done(#""op":"set-relay","relay":"lights","hold":"stay-on""#)
    #expect(try sim.isHigh(Self.lights))
    try management.lockDown("vm", true)
    try Deadline.wait(120, until: "lock-down in force") {
      (try management.station("vm")["lockDown"] as? [String: Any])?["inForce"] as? Bool == true
    }
    // Whatever the service wants, the button lets people out.
    try sim.pull(Self.exit, up: false)
    try wait("the way out", Self.strike, isHigh: true)
    try sim.pull(Self.exit, up: true)
    let kinds = try unit.records()
    #expect(kinds.filter { $0 == "command-ended" }.count <= 6)
  }
}
