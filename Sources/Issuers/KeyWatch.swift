// Files of keys, read again every minute on a thread beside the loop's.
import Linux

/// The loop's side. A key that is withdrawn or replaced counts within a minute, without a restart
/// that would shut the door; a card that is slow to read holds nothing up.
package final class KeyWatch<Files: Sendable> {
  /// The files of each look that differs from the look before.
  package let reports: Mailbox<Files>
  /// As it was at the start: nothing is judged before the keys were read.
  package let files: Files
  /// nil where no key is configured: nothing can change.
  private let worker: WorkerThread<Void>?

  /// - Parameters:
  ///   - name: of the thread.
  ///   - isIdle: no file is configured.
  ///   - read: reads all files.
  ///   - areAlike: whether two looks have found the same.
  package init(
    _ name: String, isIdle: Bool, read: @escaping @Sendable () -> Files,
    areAlike: @escaping @Sendable (Files, Files) -> Bool
  ) throws(SystemError) {
    let reports = try Mailbox<Files>()
    let files = read()
    self.reports = reports
    self.files = files
    guard !isIdle else {
      worker = nil
      return
    }
    worker = WorkerThread(name: name) {
      var known = files
      return { _ in
        let found = read()
        if !areAlike(found, known) { reports.send(found) }
        known = found
        return nil
      }
    }
  }

  /// Asks for a look at the files; what has changed comes as a report.
  package func look() { worker?.submit(()) }

  package func stop() { worker?.finish() }
}
