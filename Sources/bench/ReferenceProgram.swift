// A plain C program of `reference/`, that a figure is held against, with a pipe to and from it.
import Glibc
import Linux
import TestBed

/// A running reference program. `make bench` builds it; it ends when its input does.
final class ReferenceProgram {
  let identifier: Int32
  private let input: Int32
  private let output: Int32
  private var isOver = false

  /// - Parameter name: of the C file, without `.c`.
  init(_ name: String, _ arguments: [String] = []) throws(SystemError) {
    let path = Checkout.file(".build/reference/\(name)")
    var toChild: [Int32] = [0, 0]
    var fromChild: [Int32] = [0, 0]
    guard pipe(&toChild) == 0, pipe(&fromChild) == 0 else { throw SystemError("make a pipe") }
    for descriptor in toChild + fromChild { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, toChild[0], 0)
    posix_spawn_file_actions_adddup2(&actions, fromChild[1], 1)
    var words: [UnsafeMutablePointer<CChar>?] = ([path] + arguments).map { strdup($0) }
    defer { for word in words { free(word) } }
    words.append(nil)
    var child: pid_t = 0
    let status = posix_spawn(&child, path, &actions, nil, words, environ)
    close(toChild[0])
    close(fromChild[1])
    identifier = child
    input = toChild[1]
    output = fromChild[0]
    guard status == 0 else {
      isOver = true
      throw SystemError("start", path: path, code: status)
    }
  }

  deinit {
    close(input)
    close(output)
    if !isOver {
      kill(identifier, SIGKILL)
      waitpid(identifier, nil, 0)
    }
  }

  /// Gives it bytes, in one write where they are fewer than a pipe takes at once.
  func send(_ bytes: [UInt8]) throws(SystemError) {
    guard write(input, bytes, bytes.count) == bytes.count else {
      throw SystemError("write to a reference program")
    }
  }

  /// Waits for exactly this many bytes.
  func receive(_ count: Int) throws(SystemError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    var have = 0
    while have < count {
      let got = bytes.withUnsafeMutableBytes { read(output, $0.baseAddress! + have, count - have) }
      guard got > 0 else {
        throw SystemError("read from a reference program", detail: "it has ended")
      }
      have += got
    }
    return bytes
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
