// The configuration files that are shipped are those that the daemons understand.
import Foundation
import TestBed
import Testing

@Suite("Shipped configuration is what the daemons accept")
struct ConfigurationFileTests {
  @Test("each example is what the daemon prints", arguments: ["stationd", "managementd"])
  func example(daemon: String) throws {
    let printed = try Program.run(Checkout.program(daemon), ["--print-default-config"])
    let path = Checkout.file("firmware-config/\(daemon).conf.example")
    let file = try String(contentsOfFile: path, encoding: .utf8)
    #expect(printed.status == 0)
    #expect(file == printed.output, "make it again: \(daemon) --print-default-config")
  }

  @Test("each board's file is accepted", arguments: ["simulated", "raspberry-pi-4"])
  func board(name: String) throws {
    let checked = try Program.run(
      Checkout.program("stationd"),
      ["--config", Checkout.file("firmware-config/boards/\(name).ini"), "--check-config"])
    #expect(checked.status == 0, "\(checked.output)")
  }

  @Test("each example is accepted as it stands", arguments: ["stationd", "managementd"])
  func accepted(daemon: String) throws {
    let checked = try Program.run(
      Checkout.program(daemon),
      ["--config", Checkout.file("firmware-config/\(daemon).conf.example"), "--check-config"])
    #expect(checked.status == 0, "\(checked.output)")
  }
}
