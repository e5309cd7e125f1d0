// What managementd's `main` calls.
import Linux
import StationProtocol

package enum ManagementCommand {
  package static let version = "0.1.0"

  /// - Returns: the exit status.
  package static func main(_ arguments: [String]) -> Int32 {
    DaemonCommandLine(
      name: "managementd", version: version, table: ManagementSettings.table,
      read: { try ManagementSettings($0) },
      serve: { try ManagementDaemon($0).run() }
    ).run(arguments)
  }
}
