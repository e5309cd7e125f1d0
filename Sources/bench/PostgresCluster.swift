// The ledger's tables in a PostgreSQL of this run's own, and the load of pgbench on it.
import Linux
import TestBed

final class PostgresCluster {
  private let server: PostgresServer

  init() throws {
    server = try PostgresServer()
    let tables = Checkout.file("Sources/bench/reference/ledger.sql")
    try server.call("psql", ["-q", "-v", "ON_ERROR_STOP=1", "-f", tables, "-d", "postgres"])
  }

  /// - Returns: exchanges a second, and the 99th percentile of one, in microseconds.
  func run(clients: Int, seconds: Int) throws -> (pace: Double, p99: Double) {
    let script = Checkout.file("Sources/bench/reference/exchange.pgbench")
    let times = server.folder.file("times-\(clients)")
    let output = try server.call(
      "pgbench",
      [
        "-n", "-M", "prepared", "-c", "\(clients)", "-j", "1", "-T", "\(seconds)", "-f", script,
        "--log", "--log-prefix", times, "postgres",
      ])
    let pace = output.split(separator: "\n").first { $0.hasPrefix("tps = ") }
      .flatMap { Double($0.dropFirst(6).prefix { $0 != " " }) }
    // A line each: client, number, microseconds, and more.
    let logged = try PostgresServer.check("/bin/sh", ["-c", "cut -d ' ' -f 3 \(times).*"])
    let nanoseconds = logged.split(separator: "\n").compactMap { Int64($0).map { $0 * 1000 } }
    guard let pace, !nanoseconds.isEmpty else {
      throw SystemError("the output of pgbench has no figures", detail: output)
    }
    return (pace, Quantiles(nanoseconds).p99)
  }
}
