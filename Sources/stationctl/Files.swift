// Files and standard streams as the commands use them: bounded reads, whole writes.

import Glibc
import Text

/// Standard output or standard error.
struct StandardStream {
  static let output = StandardStream(descriptor: STDOUT_FILENO)
  static let error = StandardStream(descriptor: STDERR_FILENO)

  private let descriptor: Int32

  /// A reader that has closed the other end wants no more, so a failed write is not told to anyone.
  func write(_ text: String) { _ = Files.write(Array(text.utf8), to: descriptor) }
  func write(_ bytes: [UInt8]) { _ = Files.write(bytes, to: descriptor) }
}

enum Files {
  /// - Throws: a failure that names the file, also where it is longer than `most` bytes.
  static func read(_ path: String, most: Int) throws(CommandFailure) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure("cannot read", path) }
    defer { close(descriptor) }
    guard let bytes = read(descriptor, most: most + 1) else { throw failure("cannot read", path) }
    guard bytes.count <= most else {
      throw CommandFailure("\(path) is longer than \(most) bytes")
    }
    return TextMark.without(bytes)
  }

  /// Standard input up to `most` bytes; what comes after them stays unread.
  static func readInput(most: Int) throws(CommandFailure) -> [UInt8] {
    guard let bytes = read(STDIN_FILENO, most: most) else {
      throw failure("cannot read", "standard input")
    }
    return bytes
  }

  private static func read(_ descriptor: Int32, most: Int) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: most)
    var filled = 0
    while filled < most {
      let count = bytes.withUnsafeMutableBytes {
        Glibc.read(descriptor, $0.baseAddress.map { $0 + filled }, most - filled)
      }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { return nil }
      if count == 0 { break }
      filled += count
    }
    return Array(bytes.prefix(filled))
  }

  /// Makes a file that only its owner may read. One that exists is left as it is.
  static func createSecret(_ path: String, _ bytes: [UInt8]) throws(CommandFailure) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      if errno == EEXIST {
        throw CommandFailure("\(path) exists; move it away first or choose another name")
      }
      throw failure("cannot create", path)
    }
    let isWritten = write(bytes, to: descriptor) && fsync(descriptor) == 0
    guard close(descriptor) == 0, isWritten else {
      let problem = failure("cannot write", path)
      unlink(path)
      throw problem
    }
  }

  /// Writes a file anew.
  static func replace(_ path: String, _ bytes: [UInt8]) throws(CommandFailure) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw failure("cannot create", path) }
    let isWritten = write(bytes, to: descriptor)
    guard close(descriptor) == 0, isWritten else { throw failure("cannot write", path) }
  }

  static func write(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes {
        Glibc.write(descriptor, $0.baseAddress.map { $0 + written }, bytes.count - written)
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return false }
      written += count
    }
    return true
  }

  private static func failure(_ what: String, _ path: String) -> CommandFailure {
    CommandFailure("\(what) \(path): \(String(cString: strerror(errno)))")
  }
}
