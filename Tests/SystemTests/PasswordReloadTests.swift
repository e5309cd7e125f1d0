// Passwords at the broker that are changed while the programs run.
import Foundation
import TestBed
import Testing

@Suite("Passwords are read again") struct PasswordReloadTests {
  @Test("service and station take another password on a signal, and no door shuts meanwhile")
  func changed() throws {
    let system = try WholeSystem(stations: ["gate-1"])
    let station = system.stations[0]
    func isOnline() throws -> Bool {
      try system.management.station("gate-1")["online"] as? Bool == true
    }
    try Deadline.wait(until: "the station") { try isOnline() }
    let identifiers = (system.management.identifier, station.identifier)
    let passwords = ["service": UUID().uuidString, "gate-1": UUID().uuidString]
    try system.broker.change(passwords)
    try Deadline.wait(until: "both to be refused") {
      system.management.log.contains("uthor") && station.log.contains("uthor")
    }
    for (file, account) in [("management", "service"), ("gate-1", "gate-1")] {
      try system.folder.write(
        "\(passwords[account] ?? "")\n", to: "\(file)/credentials/mqtt-password")
    }
    for identifier in [identifiers.0, identifiers.1] { _ = kill(identifier, SIGHUP) }
    try Deadline.wait(until: "the station (\(station.log))") { try isOnline() }
    #expect(system.management.log.contains("mqtt-password was read again"))
    #expect(station.log.contains("mqtt-password was read again"))
    // A file that is gone leaves the password that is known.
    try FileManager.default.removeItem(
      atPath: system.folder.file("gate-1/credentials/mqtt-password"))
    _ = kill(station.identifier, SIGHUP)
    try Deadline.wait(until: "the missing file to be told") {
      station.log.contains("the previous password remains in force")
    }
    system.broker.kill()
    try system.broker.start()
    try Deadline.wait(until: "the station once more (\(station.log))") { try isOnline() }
    #expect(identifiers == (system.management.identifier, station.identifier))
    try system.stop()
  }
}
