// A device at the end of a serial line, which is a pseudo-terminal here.

import Glibc
import Linux
import Twins

/// A code reader, or an energy meter. It owns the pseudo-terminal and the symbolic link by which a daemon finds it.
final class ReaderLine {
  /// The path at which the daemon opens the line.
  let path: String
  let accessPoint: Int
  private let terminal: PseudoTerminal

  /// Replaces a link that a dead process left at the path, but nothing else.
  init(path: String, accessPoint: Int) throws(SystemError) {
    terminal = try PseudoTerminal()
    var status = stat()
    if lstat(path, &status) == 0 {
      guard status.st_mode & S_IFMT == S_IFLNK else {
        throw SystemError("make a link at", path: path, detail: "something else stands there")
      }
      unlink(path)
    }
    guard symlink(terminal.path, path) == 0 else { throw SystemError("make a link at", path: path) }
    self.path = path
    self.accessPoint = accessPoint
  }

  deinit { unlink(path) }

  /// Sends what a scanner would: the code as it stands, then CR.
  /// - Returns: false where the line is full because nobody reads it.
  func present(_ code: [UInt8]) -> Bool {
    let frame = code + [UInt8(ascii: "\r")]
    return terminal.write(frame) == frame.count
  }

  /// What readable bytes are told by.
  var descriptor: Int32 { terminal.master }

  /// What a daemon has sent; nothing where nobody has the line open.
  func read() -> [UInt8] {
    var buffer = [UInt8](repeating: 0, count: 256)
    let count = Glibc.read(terminal.master, &buffer, buffer.count)
    return Array(buffer.prefix(max(0, count)))
  }

  func send(_ bytes: [UInt8]) -> Bool { terminal.write(bytes) == bytes.count }

  /// Lets the next daemon open the line: a dead one cannot give back its exclusive use.
  func release() { terminal.release() }
}
