// systemd's own judgement of the units and of the files beside them.
import Foundation
import Testing

@Suite("systemd accepts what is installed")
struct UnitTests {
  @Test("a unit passes systemd-analyze verify without a word", arguments: daemons)
  func verify(daemon: String) throws {
    let folder = try Folder()
    try folder.write("#!/bin/sh\n", to: daemon, mode: 0o755)
    let unit = try shipped("systemd/\(daemon).service")
    #expect(
      unit.contains("ExecStart=/usr/bin/\(daemon) --config /etc/worker-station/\(daemon).conf"))
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

  @Test("verify would remark a key that systemd does not know")
  func verifyFinds() throws {
    let folder = try Folder()
    let unit = "[Service]\nExecStart=/bin/true\nProtectEverything=yes\n"
    try folder.write(unit, to: "planted.service")
    let ending = try Ending.of(
      "systemd-analyze", ["verify", "--man=no", folder.path("planted.service")])
    #expect(ending.output.contains("ProtectEverything"))
  }

  @Test("a unit exposes at most 2.5 of 10", arguments: daemons)
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
