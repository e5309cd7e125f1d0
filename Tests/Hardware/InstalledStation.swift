// The installed stationd under systemd, as on a board: its unit, its user, its journal.
import Foundation
import TestBed

/// stationd.service of this guest with a configuration of the test's. Stopped with the object.
final class InstalledStation {
  static let store = "/var/lib/worker-station/station.sqlite"
  private static let file = "/etc/worker-station/stationd.conf"
  private static let dropIns = "/run/systemd/system/stationd.service.d"

  /// - Parameters:
  ///   - wires: sections beside those that every station has.
  ///   - service: more lines of the unit's section Service.
  ///   - brokerPort: of a broker on this machine; nobody listens on the one that is usual here.
  init(_ wires: String, service: [String] = [], brokerPort: Int = 9) throws {
    for folder in ["/etc/worker-station/issuer-keys", Self.dropIns] {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }
    try Self.write(
      """
      [station]
      id = vm
      [reader front]
      device = /dev/no-reader
      [issuer hardware]
      key = /etc/worker-station/issuer-keys/hardware.pem
      [clock]
      trust = accept
      [broker]
      login = password
      port = \(brokerPort)
      \(wires)

      """)
    try (["[Service]"] + service + [""]).joined(separator: "\n")
      .write(toFile: "\(Self.dropIns)/test.conf", atomically: true, encoding: .utf8)
    try run("systemctl", "daemon-reload")
    // Of the test before this one nothing is to be seen; the unit may not have been loaded yet.
    _ = try Program.run("systemctl", ["reset-failed", "stationd"])
    try run("journalctl", "--rotate")
    try run("journalctl", "--vacuum-time=1us")
  }

  deinit {
    _ = try? Program.run("systemctl", ["stop", "stationd"])
    for path in [Self.file, Self.dropIns, "/var/lib/worker-station"] {
      try? FileManager.default.removeItem(atPath: path)
    }
  }

  private static func write(_ text: String) throws {
    try text.write(toFile: file, atomically: true, encoding: .utf8)
  }

  /// Puts a file below /etc/worker-station that the daemon may read.
  static func install(_ text: String, as name: String) throws {
    let file = URL(fileURLWithPath: "/etc/worker-station/\(name)")
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: file)
  }

  func spoil(_ more: String) throws {
    try Self.write(String(contentsOfFile: Self.file, encoding: .utf8) + more)
  }

  /// Returns when the daemon has said that it is ready.
  func start() throws { try run("systemctl", "start", "stationd") }
  func stop() throws { try run("systemctl", "stop", "stationd") }

  /// Sends the daemon itself a signal, and nobody else of its unit.
  func signal(_ name: String) throws {
    try run("systemctl", "kill", "--kill-whom=main", "--signal=\(name)", "stationd")
  }

  var state: String { get throws { try property("ActiveState") } }
  var process: String { get throws { try property("MainPID") } }

  private func property(_ name: String) throws -> String {
    try run("systemctl", "show", "--value", "--property=\(name)", "stationd")
  }

  /// What the daemon, its helper and systemd have said of it.
  var log: String {
    let words = ["--unit=stationd", "--output=cat", "--no-pager"]
    return (try? Program.run("journalctl", words).output) ?? ""
  }

  /// The kinds of the records that are on the disk, the oldest first.
  func records() throws -> [String] { try ask("json_extract(text, '$.kind')", "1") }

  /// Which way people went and how many were inside then, the oldest first.
  func passages() throws -> [String] {
    try ask(
      "json_extract(text, '$.direction') || ' ' || json_extract(text, '$.inside')",
      "json_extract(text, '$.kind') = 'passage'")
  }

  private func ask(_ column: String, _ condition: String) throws -> [String] {
    let question = """
      SELECT \(column) FROM (SELECT seq, CAST(record AS TEXT) AS text FROM outbox)
      WHERE \(condition) ORDER BY seq
      """
    return try run("sqlite3", "-readonly", Self.store, question)
      .split(separator: "\n").map(String.init)
  }

  @discardableResult
  private func run(_ words: String...) throws -> String {
    let ending = try Program.run(words[0], Array(words.dropFirst()), seconds: 120)
    guard ending.status == 0 else {
      throw TestBedError("\(words.joined(separator: " ")): \(ending.output)\n\(log)")
    }
    return ending.output.trimmingCharacters(in: .whitespacesAndNewlines)
  }
}
