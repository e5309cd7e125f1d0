// Keeps a second process away from what only one may use.
import CLinux
import Glibc

/// A lock that the kernel releases when the process ends, however it ends.
package final class FileLock {
  private let descriptor: Int32
  private let path: String

  /// - Returns: nil where another process holds the lock.
  /// - Throws: where the file cannot be made, as on a read-only file system, or not locked.
  package init?(path: String) throws(SystemError) {
    // The property is set last: a lock that is not had has no deinit that closes once more, by
    // then perhaps what another thread has opened.
    let descriptor = linux_open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw SystemError("create the lock", path: path) }
    guard linux_lock_file(descriptor) == 0 else {
      let error = SystemError("lock", path: path)
      close(descriptor)
      if error.code == EWOULDBLOCK { return nil }
      throw error
    }
    self.descriptor = descriptor
    self.path = path
  }

  /// Whether the lock's file still has its name: one that was removed keeps nobody away.
  package var isInPlace: Bool {
    guard let own = FileIdentity(descriptor: descriptor) else { return false }
    do throws(SystemError) {
      return try FileIdentity.of(path) == own
    } catch {
      return true
    }
  }

  /// Locks what is at a path, whichever of its names it goes by: the lock lies beside the file that
  /// symbolic links lead to. The file itself may come later.
  /// - Returns: nil where another process holds the lock.
  package convenience init?(beside path: String) throws(SystemError) {
    try self.init(path: "\(Self.whole(path)).lock")
  }

  /// The path without links; the folder's alone where the file is not there yet.
  private static func whole(_ path: String) -> String {
    if let whole = resolved(path) { return whole }
    guard let slash = path.lastIndex(of: "/") else { return path }
    let folder = slash == path.startIndex ? "/" : String(path[..<slash])
    return resolved(folder).map { $0 == "/" ? path : $0 + path[slash...] } ?? path
  }

  private static func resolved(_ path: String) -> String? {
    guard let whole = realpath(path, nil) else { return nil }
    defer { free(whole) }
    return String(cString: whole)
  }

  deinit { close(descriptor) }
}
