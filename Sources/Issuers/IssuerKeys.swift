// The keys whose codes are believed, as they lie in files.
import Linux
import MemberCode
import StationProtocol

/// The issuers' keys, looked at again every minute.
package enum IssuerKeys {
  package static let interval: Duration = .seconds(60)

  /// A key that is the same in another file is the same: its id is over its bytes.
  package static func watch(
    _ issuers: [IssuerSettings]
  ) throws(SystemError) -> KeyWatch<IssuerFiles> {
    try KeyWatch("issuers", isIdle: issuers.isEmpty) {
      read(issuers)
    } areAlike: {
      $0.issuers == $1.issuers && $0.problems == $1.problems
    }
  }

  package static func read(_ issuers: [IssuerSettings]) -> IssuerFiles {
    IssuerFiles(issuers) { content(of: $0) }
  }

  static func content(of path: String) -> Result<[UInt8], IssuerFiles.FileFault> {
    do throws(SystemError) {
      return .success(try Files.read(path, limit: 65_536))
    } catch {
      return .failure(IssuerFiles.FileFault("\(error)"))
    }
  }
}
