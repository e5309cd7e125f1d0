// A code reader at the end of a serial line, which is a pseudo-terminal here.

import Glibc
import Linux

/// One reader. It owns the pseudo-terminal and the symbolic link by which a daemon finds it.
final class ReaderLine {
  /// Where the daemon opens the line.
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

  /// Lets the next daemon open the line: a dead one cannot give back its exclusive use.
  func release() { terminal.release() }
}
