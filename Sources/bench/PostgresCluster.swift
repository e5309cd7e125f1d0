// A PostgreSQL of this run's own, with the ledger's tables, and the load of pgbench on it.
import Glibc
import Linux
import TestBed

/// Debian's server with its settings as they come, on a socket in a folder of its own; nothing
/// listens on the network. It ends with this value.
final class PostgresCluster {
  private let folder: WorkFolder
  private let programs: String
  private let server: Program

  init() throws {
    folder = try WorkFolder()
    let found = try Self.check(
      "/bin/sh", ["-c", "ls -d /usr/lib/postgresql/*/bin | sort -V | tail -1 | tr -d '\\n'"])
    guard !found.isEmpty else { throw SystemError("find", path: "/usr/lib/postgresql") }
    programs = found
    let data = folder.file("data")
    if geteuid() == 0 { try Self.check("chown", ["postgres", folder.path]) }
    let initialise = [
      "\(found)/initdb", "-D", data, "-U", "bench", "-A", "trust", "-E", "UTF8", "--locale", "C",
    ]
    let serve = [
      "\(found)/postgres", "-D", data, "-c", "listen_addresses=", "-c",
      "unix_socket_directories=\(folder.path)",
    ]
    try Self.check("env", Self.unprivileged + initialise)
    server = try Program("/usr/bin/env", Self.unprivileged + serve, log: folder.file("log"))
    try Deadline.wait(until: "PostgreSQL to answer") {
      try Program.run("\(found)/pg_isready", ["-q", "-h", self.folder.path]).status == 0
    }
    let tables = Checkout.file("Sources/bench/reference/ledger.sql")
    try call("psql", ["-q", "-v", "ON_ERROR_STOP=1", "-f", tables, "-d", "postgres"])
  }

  deinit { server.kill() }

  /// The server refuses to run as root.
  private static var unprivileged: [String] {
    geteuid() == 0
      ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] : []
  }

  @discardableResult
  private func call(_ name: String, _ words: [String]) throws -> String {
    try Self.check("\(programs)/\(name)", ["-h", folder.path, "-U", "bench"] + words)
  }

  @discardableResult
  private static func check(_ program: String, _ words: [String]) throws -> String {
    let told = try Program.run(program, words, seconds: 120)
    guard told.status == 0 else {
      throw SystemError("run", path: program, detail: told.output)
    }
    return told.output
  }

  /// - Returns: exchanges a second, and the 99th percentile of one, in microseconds.
  func run(clients: Int, seconds: Int) throws -> (pace: Double, p99: Double) {
    let script = Checkout.file("Sources/bench/reference/exchange.pgbench")
    let times = folder.file("times-\(clients)")
    let output = try call(
      "pgbench",
      [
        "-n", "-M", "prepared", "-c", "\(clients)", "-j", "1", "-T", "\(seconds)", "-f", script,
        "--log", "--log-prefix", times, "postgres",
      ])
    let pace = output.split(separator: "\n").first { $0.hasPrefix("tps = ") }
      .flatMap { Double($0.dropFirst(6).prefix { $0 != " " }) }
    // A line each: client, number, microseconds, and more.
    let logged = try Self.check("/bin/sh", ["-c", "cut -d ' ' -f 3 \(times).*"])
    let nanoseconds = logged.split(separator: "\n").compactMap { Int64($0).map { $0 * 1000 } }
    guard let pace, !nanoseconds.isEmpty else {
      throw SystemError("read what pgbench says", detail: output)
    }
    return (pace, Quantiles(nanoseconds).p99)
  }
}
