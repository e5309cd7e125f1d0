// The simulated station as it is installed: its unit, its configuration and their places fit.
import Foundation
import TestBed
import Testing

@Suite("The simulated station works as installed")
struct SimulatedStationTests {
  private let folder: WorkFolder
  /// What `make install-files` has laid out.
  private let installed: String

  init() throws {
    folder = try WorkFolder()
    installed = folder.file("installed")
    let ending = try Ending.of(
      "make", ["--no-print-directory", "install-files", "DESTDIR=\(installed)"],
      environment: ["MAKEFLAGS": "", "MAKELEVEL": "", "MFLAGS": ""])
    guard ending.status == 0 else { throw TestBedError("make: \(ending.output)") }
  }

  private func unit(_ name: String) throws -> String {
    try String(
      contentsOfFile: "\(installed)/usr/lib/systemd/system/\(name).service", encoding: .utf8)
  }

  private func runtimeFolder(of name: String) throws -> String {
    let unit = try unit(name)
    return String(try #require(unit.firstMatch(of: #/\nRuntimeDirectory=(.+)\n/#)).1)
  }

  /// The unit's command line, with the installed files and runtime folders of this test.
  private func boardArguments() throws -> [String] {
    let unit = try unit("stationboard").replacingOccurrences(of: "\\\n", with: "")
    let line = try #require(unit.firstMatch(of: #/\nExecStart=\/usr\/bin\/stationboard (.+)\n/#)).1
    return line.split(separator: " ").map { here(String($0)) }
  }

  private func here(_ text: String) -> String {
    text.replacingOccurrences(of: "/usr/share/", with: "\(installed)/usr/share/")
      .replacingOccurrences(of: "/run/", with: "\(folder.path)/run/")
      // Two tests may run at once, and somebody may try the installed one meanwhile.
      .replacingOccurrences(of: "127.0.0.1:8070", with: "127.0.0.1:0")
  }

  private func configuration() throws -> String {
    let path = "\(installed)/usr/share/worker-station/boards/simulated.ini"
    let text = here(try String(contentsOfFile: path, encoding: .utf8))
    return try folder.write(
      """
      \(text)
      [store]
      path = \(folder.file("station.sqlite"))
      [broker]
      login = password
      port = \(try FreePort.find())
      [screen]
      port = 0

      """, to: "stationd.conf")
  }

  @Test("the board is served from a folder that no restart of stationd deletes")
  func places() throws {
    let board = try runtimeFolder(of: "stationboard")
    #expect(try board != runtimeFolder(of: "stationd"))
    let words = try boardArguments()
    let configuration = try String(contentsOfFile: configuration(), encoding: .utf8)
    for (option, key) in [("--socket", "socket"), ("--reader", "device")] {
      let index = try #require(words.firstIndex(of: option))
      let place = words[index + 1]
      #expect(place.hasPrefix("\(folder.path)/run/\(board)/"))
      #expect(configuration.contains("\n\(key) = \(place)\n"))
    }
    for option in ["--pages", "--texts"] {
      let index = try #require(words.firstIndex(of: option))
      #expect(FileManager.default.fileExists(atPath: words[index + 1]), "\(words[index + 1])")
    }
    // The program itself: `make install` would take minutes.
    let dry = try Ending.of(
      "make", ["--no-print-directory", "--dry-run", "install"],
      environment: ["MAKEFLAGS": "", "MAKELEVEL": "", "MFLAGS": ""])
    #expect(dry.output.contains(#/for program in [a-z ]*\bstationboard\b/#))
  }

  @Test("stationd finds its board and its reader, and finds them again after a restart")
  func restart() throws {
    let own = folder.file("run/\(try runtimeFolder(of: "stationd"))")
    for name in [own, folder.file("run/\(try runtimeFolder(of: "stationboard"))")] {
      try FileManager.default.createDirectory(atPath: name, withIntermediateDirectories: true)
    }
    let address = folder.file("address")
    let board = try Program(
      Checkout.program("stationboard"), try boardArguments() + ["--address-file", address],
      log: folder.file("board.log"))
    try Deadline.wait(until: "the board: \(board.log)") {
      FileManager.default.fileExists(atPath: address)
    }
    let configuration = try configuration()
    for turn in 1...2 {
      let station = try Program(
        Checkout.program("stationd"), ["--config", configuration],
        log: folder.file("stationd-\(turn).log"))
      for line in ["the lines of access point 1 are there", "reader front is there"] {
        try Deadline.wait(until: "\(line): \(station.log)") { station.log.contains(line) }
      }
      #expect(try station.stop() == 0)
      // As systemd does when the unit stops.
      try FileManager.default.removeItem(atPath: own)
      try FileManager.default.createDirectory(atPath: own, withIntermediateDirectories: true)
    }
    #expect(board.isRunning)
  }
}
