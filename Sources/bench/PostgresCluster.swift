// A PostgreSQL of this run's own, with the ledger's tables, and the load of pgbench on it.
import Foundation
import Linux
import TestBed

/// Debian's server with its settings as they come, on a socket in a folder of its own; nothing
/// listens on the network. It ends with this value.
final class PostgresCluster {
  private let folder: WorkFolder
  private let programs: String

  init() throws {
    folder = try WorkFolder()
    let found = try Program.run(
      "/bin/sh", ["-c", "ls -d /usr/lib/postgresql/*/bin | sort -V | tail -1"])
    programs = found.output.trimmingCharacters(in: .whitespacesAndNewlines)
    guard !programs.isEmpty else { throw SystemError("find", path: "/usr/lib/postgresql") }
    if geteuid() == 0 { try Self.check("chown", ["postgres", folder.path]) }
    let data = folder.file("data")
    try call(
      "initdb", ["-D", data, "-U", "bench", "-A", "trust", "-E", "UTF8", "--locale", "C"])
    // The server keeps what it inherits, and whoever reads to the end of that waits for it.
    let start = [
      "\(programs)/pg_ctl -D \(data) -w -l \(folder.file("log"))",
      "-o \"-c listen_addresses='' -c unix_socket_directories=\(folder.path)\"",
      "start >\(folder.file("start")) 2>&1 </dev/null",
    ].joined(separator: " ")
    try Self.asServer("/bin/sh", ["-c", start])
    try fill()
  }

  deinit { _ = try? call("pg_ctl", ["-D", folder.file("data"), "-m", "fast", "-w", "stop"]) }

  /// The server refuses to run as root.
  @discardableResult
  private static func asServer(_ program: String, _ words: [String]) throws -> String {
    geteuid() == 0
      ? try check("runuser", ["-u", "postgres", "--", program] + words)
      : try check(program, words)
  }

  @discardableResult
  private func call(_ name: String, _ words: [String]) throws -> String {
    try Self.asServer("\(programs)/\(name)", words)
  }

  @discardableResult
  private static func check(_ program: String, _ words: [String]) throws -> String {
    let told = try Program.run(program, words, seconds: 120)
    guard told.status == 0 else {
      throw SystemError("run", path: program, detail: told.output)
    }
    return told.output
  }

  private func fill() throws {
    let tables = Checkout.file("Sources/bench/reference/ledger.sql")
    try call("psql", client + ["-q", "-v", "ON_ERROR_STOP=1", "-f", tables])
  }

  private var client: [String] { ["-h", folder.path, "-U", "bench", "-d", "postgres"] }

  /// - Returns: exchanges a second, and the 99th percentile of one, in microseconds.
  func run(clients: Int, seconds: Int) throws -> (pace: Double, p99: Double) {
    let script = Checkout.file("Sources/bench/reference/exchange.pgbench")
    let prefix = folder.file("times-\(clients)")
    let output = try call(
      "pgbench",
      [
        "-h", folder.path, "-U", "bench", "-n", "-M", "prepared", "-c", "\(clients)", "-j", "1",
        "-T", "\(seconds)", "-f", script, "--log", "--log-prefix", prefix, "postgres",
      ])
    let pace = output.split(separator: "\n").first { $0.hasPrefix("tps = ") }
      .flatMap { Double($0.dropFirst(6).prefix { $0 != " " }) }
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      .filter { $0.hasPrefix("times-\(clients).") }
    let times = try files.flatMap { name -> [Int64] in
      try String(contentsOfFile: folder.file(name), encoding: .utf8)
        .split(separator: "\n").compactMap { line in
          let words = line.split(separator: " ")
          return words.count > 2 ? Int64(words[2]).map { $0 * 1000 } : nil
        }
    }
    guard let pace, !times.isEmpty else {
      throw SystemError("read what pgbench says", detail: output)
    }
    return (pace, Quantiles(times).p99)
  }
}
