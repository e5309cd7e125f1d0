// Keeps a second process away from what only one may use.
import CLinux
import Glibc

/// A lock that the kernel releases when the process ends, however it ends.
package final class FileLock {
  private let descriptor: Int32

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
  }

  deinit { close(descriptor) }
}
