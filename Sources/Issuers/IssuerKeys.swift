// The keys whose codes are believed, read again every minute on a thread beside the loop's.
import Glibc
import Linux
import MemberCode
import StationProtocol

/// The loop's side. A key that is withdrawn or replaced counts within a minute, without a restart
/// that would shut the door; a card that is slow to read holds up no code.
package final class IssuerKeys {
  package static let interval: Duration = .seconds(60)

  /// What a look at the files has brought, where it differs from the look before.
  package let reports: Mailbox<IssuerFiles>
  /// As it was at the start: no code is judged before the keys were read.
  package let files: IssuerFiles
  /// nil where no key is configured: nothing can change.
  private let worker: WorkerThread<Void>?

  package init(_ issuers: [IssuerSettings]) throws(SystemError) {
    let reports = try Mailbox<IssuerFiles>()
    let files = Self.read(issuers)
    self.reports = reports
    self.files = files
    guard !issuers.isEmpty else {
      worker = nil
      return
    }
    worker = WorkerThread(name: "issuers") {
      var known = files
      return { _ in
        let found = Self.read(issuers)
        // A key that is the same in another file is the same: its id is over its bytes.
        if found.issuers != known.issuers || found.problems != known.problems {
          reports.send(found)
        }
        known = found
        return nil
      }
    }
  }

  /// Asks for a look at the files; what has changed comes as a report.
  package func look() { worker?.submit(()) }

  package func stop() { worker?.finish() }

  package static func read(_ issuers: [IssuerSettings]) -> IssuerFiles {
    IssuerFiles(issuers) { path in
      do throws(SystemError) {
        return .success(try Files.read(path, limit: 65_536))
      } catch {
        return .failure(IssuerFiles.FileFault("\(error)"))
      }
    }
  }
}
