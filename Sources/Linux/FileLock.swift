// Keeps a second process away from what only one may use.
import CLinux
import Glibc

/// A lock that the kernel releases when the process ends, however it ends.
package final class FileLock {
  private let descriptor: Int32

  /// - Returns: nil where another process holds the lock.
  /// - Throws: where the file cannot be made, as on a read-only file system, or not locked.
  package init?(path: String) throws(SystemError) {
    descriptor = linux_open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw SystemError("create the lock", path: path) }
    guard linux_lock_file(descriptor) == 0 else {
      let error = SystemError("lock", path: path)
      close(descriptor)
      if error.code == EWOULDBLOCK { return nil }
      throw error
    }
  }

  deinit { close(descriptor) }
}
