// stationd without what it can do without: the door comes first.
import Foundation
import GPIO
import Linux
import TestBed
import Testing
import Time

@testable import StationShell

@Suite("The door comes first")
struct DoorFirstTests {
  /// Lines that are there, and remember what they were told.
  private final class Lines: StationLines {
    var onLevel: (BoardLine, Bool, Instant) -> Void = { _, _, _ in }
    var onReadable: (Int?, Bool, String) -> Void = { _, _, _ in }
    var onChatter: (BoardLine, Bool) -> Void = { _, _ in }
    var onShown: (Int, BoardCredential) -> Void = { _, _ in }
    func start() { onReadable(1, true, "") }
    func set(_ line: BoardLine, to level: Bool) {}
    func show(accessPoint: Int, _ outcome: ReaderAnswer) {}
    func stop() {}
  }

  @Test("with the empty password that its unit places where none is set, stationd runs")
  func emptyPassword() throws {
    let folder = try WorkFolder()
    try folder.write("\n", to: "credentials/mqtt-password")
    let settings = try StationSettings.read(
      Array(
        """
        [station]
        id = one
        [access-point 1]
        [reader front]
        device = \(folder.file("reader"))
        [board]
        kind = simulated
        socket = \(folder.file("board"))
        [broker]
        login = password
        port = 1
        credentials-directory = \(folder.file("credentials"))
        [store]
        path = \(folder.file("station.sqlite"))
        """.utf8), version: "test")
    let daemon = try StationDaemon(settings) { _ in Lines() }
    _ = daemon
  }

  @Test("a wrong configuration ends with the status after which the unit does not start it again")
  func wrongConfiguration() throws {
    let folder = try WorkFolder()
    let path = try folder.write("[station]\nid = A\n", to: "stationd.conf")
    let status = StationCommand.main(["--config", path])
    let unit = try String(
      contentsOfFile: Checkout.file("systemd/stationd.service"), encoding: .utf8)
    #expect(unit.contains("\nRestartPreventExitStatus=\(status)\n"))
  }
}
