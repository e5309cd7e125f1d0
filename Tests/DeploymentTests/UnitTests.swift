// systemd's own judgement of the units and of the files beside them.
import Foundation
import Testing

@Suite("systemd accepts what is installed")
struct UnitTests {
  @Test("a unit passes systemd-analyze verify without a word", arguments: units)
  func verify(daemon: String) throws {
    let folder = try Folder()
    try folder.write("#!/bin/sh\n", to: daemon, mode: 0o755)
    let unit = try shipped("systemd/\(daemon).service")
    let hasFile = unit.contains(" --config /etc/worker-station/\(daemon).conf\n")
    #expect(unit.contains("\nExecStart=/usr/bin/\(daemon) --"))
    #expect(hasFile == daemons.contains(daemon))
    // The program need not be installed for this: one that does nothing stands in for it.
    try folder.write(
      unit.replacingOccurrences(of: "=/usr/bin/", with: "=\(folder.path)/"),
      to: "\(daemon).service")
    let ending = try Ending.of(
      "systemd-analyze", ["verify", "--man=no", folder.path("\(daemon).service")])
    #expect(ending.status == 0)
    // Unknown keys and values are ignored with a remark, and status 0.
    #expect(ending.output == "")
  }

  @Test("the units that serve the broker pass without a word, and may do little as root")
  func brokerUnits() throws {
    let folder = try Folder()
    for kind in ["path", "service"] {
      let name = "worker-station-broker.\(kind)"
      try folder.write(try shipped("systemd/\(name)"), to: name)
    }
    let ending = try Ending.of(
      "systemd-analyze",
      [
        "verify", "--man=no", folder.path("worker-station-broker.path"),
        folder.path("worker-station-broker.service"),
      ])
    #expect(ending.status == 0 && ending.output == "", "\(ending.output)")
    let exposure = try Ending.of(
      "systemd-analyze",
      [
        "security", "--offline=true", "--threshold=40", "--no-pager",
        folder.path("worker-station-broker.service"),
      ])
    #expect(exposure.status == 0, "\(exposure.output)")
  }

  @Test("verify would remark a key that systemd does not know")
  func verifyFinds() throws {
    let folder = try Folder()
    let unit = "[Service]\nExecStart=/bin/true\nProtectEverything=yes\n"
    try folder.write(unit, to: "planted.service")
    let ending = try Ending.of(
      "systemd-analyze", ["verify", "--man=no", folder.path("planted.service")])
    #expect(ending.output.contains("ProtectEverything"))
  }

  @Test("a unit exposes at most 2.5 of 10", arguments: units)
  func exposure(daemon: String) throws {
    let ending = try Ending.of(
      "systemd-analyze",
      [
        "security", "--offline=true", "--threshold=25", "--no-pager",
        "\(root)/systemd/\(daemon).service",
      ])
    #expect(ending.status == 0, "\(ending.output)")
  }

  @Test(
    "a unit is watched, restarts for ever, and gets its secrets as credentials",
    arguments: daemons)
  func promises(daemon: String) throws {
    let unit = try shipped("systemd/\(daemon).service")
    for line in [
      "Type=notify", "Restart=always", "StartLimitIntervalSec=0", "User=\(daemon)",
      "SystemCallErrorNumber=EPERM",
    ] {
      #expect(unit.contains("\n\(line)\n"), "\(line)")
    }
    #expect(unit.contains("\nWatchdogSec="))
    #expect(unit.contains("\nLoadCredential=mqtt-password:/etc/worker-station/credentials/"))
    #expect(unit.contains("\nStateDirectory=worker-station"))
  }

  @Test("whatever ends stationd, its outputs are made safe and held for the pause before the start")
  func safeOutputs() throws {
    let unit = try shipped("systemd/stationd.service")
    let line = try #require(unit.firstMatch(of: #/\nExecStopPost=(.*)\n/#)).1
    // No prefix: it may open no more than the daemon, and its failure is the unit's.
    let words = line.split(separator: " ").map(String.init)
    #expect(
      words == [
        "/usr/bin/stationd", "--make-safe", "--hold", "2s", "--config",
        "/etc/worker-station/stationd.conf",
      ])
    // Two seconds as ever between two starts, nearly all of them with the lines held.
    #expect(unit.contains("\nRestartSec=200ms\n"))
    // The hold, and the three seconds for which lines are asked for that cannot be had.
    let limit = try #require(unit.firstMatch(of: #/\nTimeoutStopSec=([0-9]+)\n/#)).1
    #expect(try #require(Int(limit)) > 2 + 3 + 1)
    // An abort would only reach a stopped process when it is killed for not having heard it.
    #expect(unit.contains("\nWatchdogSignal=SIGKILL\n"))
  }

  @Test("a missing password does not keep a station's door shut")
  func missingPassword() throws {
    // With SetCredential= as its default, a credential that cannot be loaded is no error.
    #expect(try shipped("systemd/stationd.service").contains("\nSetCredential=mqtt-password:\\n\n"))
  }

  @Test("sysusers makes the users that the units run as, and their groups")
  func users() throws {
    let folder = try Folder()
    let ending = try Ending.of(
      "systemd-sysusers",
      ["--dry-run", "--root=\(folder.path)", "\(root)/systemd/worker-station.sysusers.conf"])
    #expect(ending.status == 0, "\(ending.output)")
    for name in ["user 'stationd'", "user 'managementd'", "group 'dialout'", "group 'gpio'"] {
      #expect(ending.output.contains(name), "\(name)")
    }
  }

  @Test("tmpfiles makes the folder of credentials, which root alone may open")
  func folders() throws {
    let folder = try Folder()
    // Only with root's rights can root own the result; the modes are the same for everybody.
    let rules = try shipped("systemd/worker-station.tmpfiles.conf")
    try folder.write(rules.replacingOccurrences(of: "root root", with: "-    -   "), to: "rules")
    let target = try folder.makeFolder("root")
    let ending = try Ending.of(
      "systemd-tmpfiles", ["--create", "--root=\(target)", folder.path("rules")])
    #expect(ending.status == 0, "\(ending.output)")
    let attributes = try FileManager.default.attributesOfItem(
      atPath: "\(target)/etc/worker-station/credentials")
    #expect(attributes[.posixPermissions] as? Int == 0o700)
  }
}

let daemons = ["stationd", "managementd"]
/// All that is installed: the simulated board has neither configuration nor secrets.
private let units = daemons + ["stationboard"]
