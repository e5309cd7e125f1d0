// A program that was started for a figure, with a pipe to it and one from it.
import Glibc
import Linux
import TestBed

/// A child process, started with as little ceremony as possible. It is killed with its owner.
final class PipedProgram {
  let identifier: Int32
  private var isOver = false
  private let input: Int32
  private let output: Int32

  /// A plain C program of `reference/`, that a figure is held against. `make bench` builds it.
  /// - Parameter name: of the C file, without `.c`.
  static func reference(
    _ name: String, _ arguments: [String] = []
  ) throws(SystemError) -> PipedProgram {
    try PipedProgram(Checkout.file(".build/reference/\(name)"), arguments)
  }

  /// - Parameters:
  ///   - path: of the executable.
  ///   - environment: all of it, `NAME=value`; that of this process where it is nil.
  ///   - log: where its standard error goes; this process's where it is nil.
  init(
    _ path: String, _ arguments: [String], environment: [String]? = nil, log: String? = nil
  ) throws(SystemError) {
    var toChild: [Int32] = [0, 0]
    var fromChild: [Int32] = [0, 0]
    guard pipe(&toChild) == 0, pipe(&fromChild) == 0 else { throw SystemError("make a pipe") }
    for descriptor in toChild + fromChild { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, toChild[0], 0)
    posix_spawn_file_actions_adddup2(&actions, fromChild[1], 1)
    if let log {
      posix_spawn_file_actions_addopen(&actions, 2, log, O_WRONLY | O_CREAT | O_APPEND, 0o644)
    }
    let words = Self.strings([path] + arguments)
    let variables = Self.strings(environment ?? Self.ownEnvironment)
    defer { for word in words + variables { free(word) } }
    var child: pid_t = 0
    let status = posix_spawn(&child, path, &actions, nil, words, variables)
    close(toChild[0])
    close(fromChild[1])
    input = toChild[1]
    output = fromChild[0]
    identifier = status == 0 ? child : 0
    guard status == 0 else { throw SystemError("start", path: path, code: status) }
  }

  deinit {
    close(input)
    close(output)
    if identifier > 0, !isOver {
      kill(identifier, SIGKILL)
      waitpid(identifier, nil, 0)
    }
  }

  /// Asks it to end, and waits until it has.
  func stop() throws(SystemError) {
    kill(identifier, SIGTERM)
    guard waitpid(identifier, nil, 0) == identifier else { throw SystemError("wait for a child") }
    isOver = true
  }

  private static var ownEnvironment: [String] {
    var texts: [String] = []
    var next = environ
    while let text = next.pointee {
      texts.append(String(cString: text))
      next += 1
    }
    return texts
  }

  private static func strings(_ texts: [String]) -> [UnsafeMutablePointer<CChar>?] {
    texts.map { strdup($0) } + [nil]
  }

  /// Gives it bytes, in one write where they are fewer than a pipe takes at once.
  func send(_ bytes: [UInt8]) throws(SystemError) {
    guard write(input, bytes, bytes.count) == bytes.count else {
      throw SystemError("write to a program")
    }
  }

  /// Waits for exactly this many bytes.
  func receive(_ count: Int) throws(SystemError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    var have = 0
    while have < count {
      let got = bytes.withUnsafeMutableBytes { read(output, $0.baseAddress! + have, count - have) }
      guard got > 0 else {
        throw SystemError("read from a program", detail: "it has ended")
      }
      have += got
    }
    return bytes
  }

  /// Waits for a line, and takes its end off.
  func receiveLine() throws(SystemError) -> String {
    var line: [UInt8] = []
    while true {
      let byte = try receive(1)[0]
      if byte == UInt8(ascii: "\n") { return String(decoding: line, as: UTF8.self) }
      line.append(byte)
    }
  }

  /// All that it says until its end.
  func receiveRest() -> String {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 4096)
    while true {
      let got = read(output, &chunk, chunk.count)
      guard got > 0 else { break }
      bytes += chunk[..<got]
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
