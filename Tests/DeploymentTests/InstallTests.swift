// What `make install` puts where. The programs are left out: building them takes minutes, so this
// runs `make install-files`, which is all the rest of `make install`.
import Foundation
import Testing

@Suite("Installation puts every file in its place")
struct InstallTests {
  @Test("the list of installed files is as expected")
  func files() throws {
    let folder = try Folder()
    let ending = try install(into: folder.path)
    #expect(ending.status == 0, "\(ending.output)")
    let share = "usr/share/worker-station"
    var expected = [
      "usr/lib/modules-load.d/worker-station.conf",
      "usr/lib/systemd/system/managementd.service",
      "usr/lib/systemd/system/stationboard.service",
      "usr/lib/systemd/system/stationd.service",
      "usr/lib/systemd/system/worker-station-broker.path",
      "usr/lib/systemd/system/worker-station-broker.service",
      "usr/lib/sysusers.d/worker-station.conf",
      "usr/lib/tmpfiles.d/worker-station.conf",
      "usr/lib/udev/rules.d/60-worker-station.rules",
      "\(share)/boards/raspberry-pi-4-config.txt",
      "\(share)/boards/raspberry-pi-4.ini",
      "\(share)/boards/simulated.ini",
      "\(share)/machines/channel-board.md",
      "\(share)/mosquitto/access.acl",
      "\(share)/mosquitto/worker-station-tls.conf",
      "\(share)/mosquitto/worker-station.conf",
      "\(share)/nginx/worker-station.conf",
      "\(share)/scanners/newland-em-fm.md",
    ]
    // Whatever pages, texts and examples there are, without the names that begin with a point.
    for (source, target) in [
      ("Sources/ManagementShell/Web", "web"), ("Sources/StationShell/Screen", "screen"),
      ("Sources/SimulatedBoard/Page", "board"), ("Sources/Texts", "texts"),
    ] {
      expected += filesUnder("\(root)/\(source)").filter { !$0.hasPrefix(".") }
        .map { "\(share)/\(target)/\($0)" }
    }
    expected += filesUnder("\(root)/firmware-config").filter { $0.hasSuffix(".example") }
      .map { "\(share)/examples/\($0)" }
    #expect(filesUnder(folder.path) == expected.sorted())
  }

  @Test("installed files may be read by everybody and run by nobody")
  func modes() throws {
    let folder = try Folder()
    _ = try install(into: folder.path)
    for file in filesUnder(folder.path) {
      let attributes = try FileManager.default.attributesOfItem(atPath: folder.path(file))
      #expect(attributes[.posixPermissions] as? Int == 0o644, "\(file)")
    }
  }

  @Test("units name the programs where the prefix puts them")
  func prefix() throws {
    let folder = try Folder()
    _ = try install(into: folder.path, "PREFIX=/usr/local")
    let unit = try String(
      contentsOfFile: folder.path("usr/local/lib/systemd/system/stationd.service"), encoding: .utf8)
    #expect(unit.contains("\nExecStart=/usr/local/bin/stationd --config "))
    #expect(!FileManager.default.fileExists(atPath: folder.path("usr/lib")))
  }

  @Test("installing twice is installing once")
  func twice() throws {
    let folder = try Folder()
    _ = try install(into: folder.path)
    let once = filesUnder(folder.path)
    #expect(try install(into: folder.path).status == 0)
    #expect(filesUnder(folder.path) == once)
  }

  @Test("the list of targets names every target that a person may want")
  func help() throws {
    let ending = try Ending.of("make", ["--no-print-directory", "help"])
    let names = [
      "demo", "build", "unit", "test", "lint", "bench", "simulate", "coverage", "install", "clean",
    ]
    for name in names { #expect(ending.output.contains("make \(name) "), "\(name)") }
  }

  private func install(into destination: String, _ more: String...) throws -> Ending {
    // A make around this test hands down its own settings.
    try Ending.of(
      "make", ["--no-print-directory", "install-files", "DESTDIR=\(destination)"] + more,
      environment: ["MAKEFLAGS": "", "MAKELEVEL": "", "MFLAGS": ""])
  }
}
