// What managementd's `main` calls.
import Daemon
import Linux

package enum ManagementCommand {
  package static let version = "0.1.0"

  /// - Returns: the exit status.
  package static func main(_ arguments: [String]) -> Int32 {
    var checked: Int32 = 0
    let onlyChecks = arguments.contains("--check")
    let status = DaemonCommandLine(
      name: "managementd", version: version, table: ManagementSettings.table,
      read: { try ManagementSettings($0) },
      serve: { settings in
        if onlyChecks {
          checked = StoreCheck.run(settings)
        } else {
          try ManagementDaemon(settings).run()
        }
      },
      check: { ManagementCredentials.check($0) },
      otherUses: ["managementd --config FILE --check"]
    ).run(arguments.filter { $0 != "--check" })
    return status == 0 ? checked : status
  }
}
