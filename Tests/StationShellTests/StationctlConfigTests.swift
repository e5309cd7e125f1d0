// `stationd --print-config` and `stationctl config` as processes, beside a daemon that runs.
import Foundation
import StationCore
import StationProtocol
import TestBed
import Testing

@testable import StationShell

@Suite("stationctl config")
struct StationctlConfigTests {
  private let bench: DaemonBench
  private let tool = Checkout.program("stationctl")

  init() throws { bench = try DaemonBench() }

  @Test("a running daemon's settings are shown, the text is accepted, and the daemon goes on")
  func beside() throws {
    let daemon = try bench.start()
    let settings = WantedSettings(
      revision: 7, digest: PayloadDigest(high: 7, low: 7),
      sections: [
        SettingsSection(
          SettingsWord("entry")!, nil, [SettingsSection.Value(SettingsWord("capacity")!, "40")])
      ])
    let json = String(decoding: KeptSettings(inForce: settings).json, as: UTF8.self)
    let kept = try Program.run(
      "sqlite3",
      ["-cmd", ".timeout 10000", bench.store, "INSERT INTO settings VALUES (1, '\(json)')"])
    try #require(kept.status == 0, "\(kept.output)")
    let file = bench.folder.file("stationd.conf")
    let (status, text) = try bench.run("--config", file, "--print-config")
    #expect(status == 0)
    #expect(text.contains("\n# the service, revision 7\ncapacity = 40\n"))
    #expect(text.contains("\n# the file, line 2\nid = one\n"))
    #expect(try Program.run(tool, ["config", "--file", file]) == (0, text))
    let copy = try bench.folder.write(text, to: "copy.conf")
    #expect(try bench.run("--config", copy, "--check-config") == (0, "\(copy): no errors\n"))
    #expect(daemon.isRunning)
    #expect(try daemon.stop() == 0)
    // The daemon has ended and removed its write-ahead log; its store is read all the same.
    #expect(try Program.run(tool, ["config", "--file", file]) == (0, text))
    let again = try bench.start()
    #expect(try again.stop() == 0)
  }

  @Test(
    "the exit status and the words are stationd's: a wrong file, a missing one, a damaged store")
  func faults() throws {
    let bad = try bench.folder.write("[station]\nid = A\n", to: "bad.conf")
    let wrong = try bench.run("--config", bad, "--print-config")
    #expect(wrong.status == 78 && wrong.output.hasPrefix("\(bad): line 2: \"id\" expects"))
    #expect(try Program.run(tool, ["config", "--file", bad]) == wrong)
    let missing = try Program.run(tool, ["config", "--file=\(bench.folder.file("none"))"])
    #expect(missing.status == 1 && missing.output.contains("No such file"))
    let file = try bench.folder.write(bench.configuration, to: "stationd.conf")
    try bench.folder.write("no database at all", to: "station.sqlite")
    let damaged = try Program.run(tool, ["config", "--file", file])
    #expect(damaged.status == 1)
    #expect(damaged.output.contains("\n# the file, line 2\nid = one\n"))
    let words = "\nstationd: the service's settings are not known: \(bench.store): "
    #expect(damaged.output.contains(words))
    let both = try bench.run("--config", file, "--print-config", "--check-config")
    #expect(both.status == 2)
    #expect(
      both.output.hasPrefix(
        """
        stationd: --check-config and --print-config exclude each other
        usage: stationd --config FILE [--check-config | --print-config]

        """))
  }

  @Test(
    "without a stationd beside it, the one on PATH is taken, and the path of the file is one word")
  func onPath() throws {
    let alone = bench.folder.file("stationctl")
    try FileManager.default.copyItem(atPath: tool, toPath: alone)
    let none = ["PATH": bench.folder.file("nowhere")]
    let refused = try Program.run(alone, ["config"], environment: none)
    #expect(refused == (2, "stationctl: cannot run stationd: No such file or directory\n"))
    let daemon = try bench.folder.write(
      "#!/bin/sh\nprintf '<%s>' \"$@\"\nexit 5\n", to: "bin/stationd")
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: daemon)
    let path = ["PATH": bench.folder.file("bin")]
    #expect(
      try Program.run(alone, ["config"], environment: path)
        == (5, "<--print-config><--config=/etc/worker-station/stationd.conf>"))
    #expect(
      try Program.run(alone, ["config", "--file=--a b"], environment: path)
        == (5, "<--print-config><--config=--a b>"))
  }
}
