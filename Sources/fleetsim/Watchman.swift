// Runs the simulator in a process of its own, so that a trap there ends in a report and not in nothing.
import FleetSimulator
import Glibc
import Linux

/// Starts this program again, waits for it, and tells how it ended. Where it trapped, the seed is run
/// once more up to the line after which it did, and tells what came before.
struct Watchman {
  /// The first argument of the process that is watched; then come a number of lines or `-`.
  static let mark = "--watched"
  /// The descriptor at which the watched process finds the memory that it shares with this one.
  static let descriptor: Int32 = 3
  /// Without another line for so long, on whatever computer, a run never ends.
  private static let patience = 300

  private let words: UnsafeMutablePointer<UInt64>
  private let shared: Int32

  init() throws(SystemError) {
    var name = Array("/tmp/fleetsim-XXXXXX".utf8CString)
    shared = mkstemp(&name)
    guard shared >= 0 else { throw SystemError("make a file in", path: "/tmp") }
    unlink(name)
    guard ftruncate(shared, Self.length) == 0 else { throw SystemError("lengthen a file") }
    words = try Self.map(shared)
  }

  private static let length = Watch.size * MemoryLayout<UInt64>.size

  static func map(_ descriptor: Int32) throws(SystemError) -> UnsafeMutablePointer<UInt64> {
    let place = mmap(nil, length, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0)
    guard let place, place != MAP_FAILED else { throw SystemError("share memory") }
    return place.bindMemory(to: UInt64.self, capacity: Watch.size)
  }

  /// - Returns: the exit code.
  func run(_ arguments: [String]) throws(SystemError) -> Int32 {
    let ending = try wait(for: start([Self.mark, "-"] + arguments))
    switch ending {
    case .exit(let code): return code
    case .signal(let signal): return try report(.signal(signal), arguments)
    case .endless: return try report(.endless, arguments)
    }
  }

  private enum Ending: Equatable {
    case exit(Int32)
    case signal(Int32)
    case endless
  }

  private func report(_ ending: Ending, _ arguments: [String]) throws(SystemError) -> Int32 {
    let (seed, lines) = (words[0], words[1])
    if lines > 0 {
      let again = Self.withoutSeeds(arguments) + ["--seed", String(seed)]
      _ = try wait(for: start([Self.mark, String(lines)] + again))
    }
    switch ending {
    case .signal(let signal):
      let name = strsignal(signal).map { String(cString: $0) } ?? ""
      Self.write("seed \(seed): crash: signal \(signal), \(name), after \(lines) lines")
      Self.write("violations 1")
      return CommandLineTool.crash
    case .endless, .exit:
      Self.write("seed \(seed): stuck: nothing happens after \(lines) lines")
      Self.write("violations 1")
      return CommandLineTool.stuck
    }
  }

  /// The same options for one seed.
  private static func withoutSeeds(_ arguments: [String]) -> [String] {
    let seeds: Set = ["--seed", "--seeds", "--runs", "--minutes"]
    return stride(from: 0, to: arguments.count, by: 2).flatMap { place in
      seeds.contains(arguments[place]) ? [] : Array(arguments[place...].prefix(2))
    }
  }

  private func start(_ arguments: [String]) throws(SystemError) -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, shared, Self.descriptor)
    let path = "/proc/self/exe"
    let strings = ([path] + arguments).map { strdup($0) } + [nil]
    defer { for string in strings { free(string) } }
    var child: pid_t = 0
    let status = posix_spawn(&child, path, &actions, nil, strings, environ)
    guard status == 0 else { throw SystemError("start", path: path, code: status) }
    return child
  }

  private func wait(for child: pid_t) throws(SystemError) -> Ending {
    var (lines, quiet) = (words[1], 0)
    let pause: useconds_t = 10_000
    while true {
      var status: Int32 = 0
      let ended = waitpid(child, &status, WNOHANG)
      if ended == child {
        let signal = status & 0x7F
        return signal == 0 ? .exit(status >> 8 & 0xFF) : .signal(signal)
      }
      guard ended == 0 || errno == EINTR else { throw SystemError("wait for a child") }
      usleep(pause)
      quiet = words[1] == lines || words[1] == 0 ? quiet + 1 : 0
      lines = words[1]
      if lines > 0, quiet > Self.patience * 1_000_000 / Int(pause) {
        kill(child, SIGKILL)
        waitpid(child, nil, 0)
        return .endless
      }
    }
  }

  static func write(_ line: String) {
    let bytes = Array((line + "\n").utf8)
    _ = Glibc.write(1, bytes, bytes.count)
  }
}
