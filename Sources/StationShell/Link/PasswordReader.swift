// The station's password at the broker, read at the start and again on a signal.
import Linux

/// Reads the credential on a thread beside the loop's: a slow card holds no door up.
final class PasswordReader {
  /// As it was at the start.
  let first: Result<String, SystemError>
  let reports: Mailbox<Result<String, SystemError>>
  private let worker: WorkerThread<Void>

  /// - Parameter directory: the configured folder of credentials; nil for systemd's.
  init(_ directory: String?) throws(SystemError) {
    let reports = try Mailbox<Result<String, SystemError>>()
    self.reports = reports
    first = Self.result { () throws(SystemError) in
      try BrokerSettings.password.read(directory: directory)
    }
    worker = WorkerThread(name: "password", most: 4) {
      { jobs in
        for _ in jobs {
          reports.send(
            Self.result { () throws(SystemError) in
              try BrokerSettings.password.readAgain(directory: directory)
            })
        }
        return nil
      }
    }
  }

  /// Reads it as it is now; it comes as a report.
  func readAgain() { worker.submit(()) }

  func stop() { worker.finish() }

  private static func result(
    _ read: () throws(SystemError) -> String
  ) -> Result<String, SystemError> {
    do throws(SystemError) {
      return .success(try read())
    } catch {
      return .failure(error)
    }
  }
}
