// The file of a list: whether it has to be read again, and what is wrong with it.
import Glibc
import Linux

/// Watches one file by its status, which costs one system call a look.
struct ListFile: Sendable {
  enum Look {
    case unchanged
    case changed([UInt8])
    case unreadable(String)
  }

  let path: String
  let limit: Int
  /// As it was when it was last read; nil where it has to be read in any case.
  private var version: Version?
  /// The faults at the last look, in sentences that name the file.
  private(set) var problems: [String] = []

  /// What tells one content of a file from another without reading it. The time of the last change
  /// is the inode's, which moves with its owner and mode too: a file may become readable.
  private struct Version: Equatable {
    var inode: UInt64
    var size: Int64
    var seconds: Int
    var nanoseconds: Int

    init(_ status: stat) {
      inode = UInt64(status.st_ino)
      size = Int64(status.st_size)
      seconds = Int(status.st_ctim.tv_sec)
      nanoseconds = Int(status.st_ctim.tv_nsec)
    }
  }

  init(_ path: String, limit: Int) {
    self.path = path
    self.limit = limit
  }

  /// Reads the file where it has changed. One that cannot be read is tried at every look.
  mutating func look() -> Look {
    do throws(SystemError) {
      let current = try currentVersion()
      guard current != version else { return .unchanged }
      version = nil
      let bytes = try Files.read(path, limit: limit)
      // Changed while it was read: what was read may be half of the one and half of the other.
      version = try currentVersion() == current ? current : nil
      return .changed(bytes)
    } catch {
      version = nil
      return .unreadable(error.description)
    }
  }

  /// Notes what is wrong now.
  /// - Returns: that, unless it was said at the look before.
  mutating func note(_ found: [String]) -> [String] {
    defer { problems = found }
    return found == problems ? [] : found
  }

  /// Nothing but a file is opened: opening a named pipe would wait for its other end.
  private func currentVersion() throws(SystemError) -> Version {
    var status = stat()
    guard stat(path, &status) == 0 else { throw SystemError("open", path: path) }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw SystemError("read", path: path, detail: "it is no file")
    }
    return Version(status)
  }
}
