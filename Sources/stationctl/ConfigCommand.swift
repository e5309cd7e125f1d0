// stationctl config: the configuration in force, and where each value comes from.

import Glibc

/// The daemon alone reads its configuration and its store, so this command becomes `stationd`.
enum ConfigCommand {
  private static let usualFile = "/etc/worker-station/stationd.conf"
  private static let daemon = "stationd"

  static let command = Command(
    words: ["config"],
    purpose: "prints the configuration in force, and whether the file or the service says it",
    options: [
      .init(
        name: "--file", value: "PATH", meaning: "the station's file; \(usualFile) if not given")
    ],
    run: run)

  /// - Returns: only where the daemon cannot be run; else its exit status is that of this process.
  @Sendable private static func run(_ values: CommandValues) throws(CommandFailure) -> Int32 {
    // In one word a path is a path, whatever it begins with.
    let file = "--config=\(values.text("--file") ?? usualFile)"
    let program = sibling ?? daemon
    var words: [UnsafeMutablePointer<CChar>?] = []
    defer { for word in words { free(word) } }
    for word in [program, "--print-config", file] { words.append(strdup(word)) }
    words.append(nil)
    execvp(program, words)
    let reason = String(cString: strerror(errno))
    throw CommandFailure("cannot run \(program): \(reason)")
  }

  /// The daemon of the same installation; nil where there is none, and PATH has to find one.
  private static var sibling: String? {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = readlink("/proc/self/exe", &buffer, buffer.count)
    guard count > 0 else { return nil }
    let own = String(decoding: buffer.prefix(count).map(UInt8.init(bitPattern:)), as: UTF8.self)
    guard let slash = own.lastIndex(of: "/") else { return nil }
    let path = "\(own[...slash])\(daemon)"
    return access(path, X_OK) == 0 ? path : nil
  }
}
