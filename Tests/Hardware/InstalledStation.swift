// The installed stationd under systemd, as on a board: its unit, its user, its journal.
import Foundation
import TestBed

/// stationd.service with a configuration of a test. Stopped and forgotten with the object.
final class InstalledStation {
  static let store = "/var/lib/worker-station/station.sqlite"
  private static let unit = "stationd.service"
  private static let configuration = "/etc/worker-station/stationd.conf"
  private static let dropIns = "/run/systemd/system/stationd.service.d"
  private let started: String

  /// Starts it and waits until it says that it is ready.
  /// - Parameters:
  ///   - configuration: sections beside those that every station has.
  ///   - service: more lines of the unit's section Service.
  init(_ configuration: String, service: [String] = []) throws {
    started = try Self.run("date", ["+%Y-%m-%d %H:%M:%S"])
    let text = """
      [station]
      id = hardware
      [clock]
      trust = accept
      [broker]
      port = 1
      [reader none]
      access-point = 1
      device = /dev/worker-station/none

      """
    try FileManager.default.createDirectory(
      atPath: "/etc/worker-station/issuer-keys", withIntermediateDirectories: true)
    try Data((text + configuration).utf8).write(to: URL(fileURLWithPath: Self.configuration))
    try FileManager.default.createDirectory(
      atPath: Self.dropIns, withIntermediateDirectories: true)
    try Data((["[Service]"] + service + [""]).joined(separator: "\n").utf8)
      .write(to: URL(fileURLWithPath: "\(Self.dropIns)/test.conf"))
    try Self.run("systemctl", ["daemon-reload"])
    try start()
  }

  deinit {
    _ = try? Self.run("systemctl", ["stop", Self.unit])
    _ = try? Self.run("systemctl", ["reset-failed", Self.unit])
    for path in [Self.dropIns, Self.configuration, "/var/lib/worker-station"] {
      try? FileManager.default.removeItem(atPath: path)
    }
  }

  func start() throws {
    do {
      try Self.run("systemctl", ["start", Self.unit])
    } catch {
      throw TestBedError("\(error)\n\(log)")
    }
  }

  func stop() throws { try Self.run("systemctl", ["stop", Self.unit]) }

  /// Sends the daemon itself a signal, and nobody else of its unit.
  func signal(_ name: String) throws {
    try Self.run("systemctl", ["kill", "--kill-whom=main", "--signal=\(name)", Self.unit])
  }

  /// A property of the unit, as `systemctl show` says it.
  func property(_ name: String) throws -> String {
    try Self.run("systemctl", ["show", "--value", "--property=\(name)", Self.unit])
  }

  /// What the unit has written since the test began, and systemd about it.
  var log: String {
    (try? Self.run(
      "journalctl", ["--no-pager", "--output=cat", "--unit=\(Self.unit)", "--since=\(started)"]))
      ?? ""
  }

  /// The kinds of the records that are on the disk, the oldest first.
  func records() throws -> [String] {
    let question = "SELECT json_extract(CAST(record AS TEXT), '$.kind') FROM outbox ORDER BY seq"
    return try Self.run("sqlite3", ["-readonly", Self.store, question])
      .split(separator: "\n").map(String.init)
  }

  @discardableResult
  static func run(_ program: String, _ arguments: [String]) throws -> String {
    let ending = try Program.run(program, arguments)
    guard ending.status == 0 else {
      throw TestBedError("\(program) \(arguments.joined(separator: " ")): \(ending.output)")
    }
    return ending.output.trimmingCharacters(in: .whitespacesAndNewlines)
  }
}
