// A PostgreSQL of a run's own, on a socket in a folder of its own.
import Glibc
import Linux

/// Debian's server with its settings as they come; nothing listens on the network. It ends with this
/// value.
package final class PostgresServer {
  package let folder: WorkFolder
  private let programs: String
  private let server: Program

  package init() throws {
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
  }

  /// Killed, it would leave its shared memory behind.
  deinit { _ = try? server.stop() }

  /// The server refuses to run as root.
  private static var unprivileged: [String] {
    geteuid() == 0
      ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] : []
  }

  /// Runs one of PostgreSQL's own programs against this server.
  @discardableResult
  package func call(_ name: String, _ words: [String]) throws -> String {
    try Self.check("\(programs)/\(name)", ["-h", folder.path, "-U", "bench"] + words)
  }

  /// The major version, such as 15.
  package func majorVersion() throws -> Int {
    let number = try call("psql", ["-Atq", "-d", "postgres", "-c", "SHOW server_version_num"])
    return (Int(number.filter(\.isNumber)) ?? 0) / 10_000
  }

  /// Runs statements, each for itself.
  /// - Returns: what the server says against them, by the line of the file; empty where nothing.
  package func complaints(about sql: String) throws -> String {
    let file = folder.file("statements.sql")
    try Files.write(Array(sql.utf8), to: file)
    return try Program.run(
      "\(programs)/psql",
      ["-h", folder.path, "-U", "bench", "-q", "-d", "postgres", "-f", file], seconds: 120
    ).output
  }

  @discardableResult
  package static func check(_ program: String, _ words: [String]) throws -> String {
    let told = try Program.run(program, words, seconds: 120)
    guard told.status == 0 else {
      throw SystemError("run", path: program, detail: told.output)
    }
    return told.output
  }
}
