// What stationd's `main` calls.
import Daemon
import Linux

package enum StationCommand {
  package static let version = "0.1.0"

  /// - Returns: the exit status.
  package static func main(_ arguments: [String]) -> Int32 {
    if arguments.contains("--make-safe") {
      let others = arguments.filter { $0 != "--make-safe" }
      guard let command = SafeStateCommand(others) else {
        Output.complain("usage: \(SafeStateCommand.usage)")
        return 2
      }
      return command.run()
    }
    return DaemonCommandLine(
      name: "stationd", version: version, table: StationSettings.table,
      read: { try StationSettings.read($0, version: version) },
      serve: { try StationDaemon($0).run() },
      check: { StationFiles.check($0) },
      show: { PrintedConfiguration($0, $1, $2).write() },
      otherUses: [SafeStateCommand.usage]
    ).run(arguments)
  }
}
