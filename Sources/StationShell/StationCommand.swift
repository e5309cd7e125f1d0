// What stationd's `main` calls.
import Linux
import StationProtocol

package enum StationCommand {
  package static let version = "0.1.0"

  /// - Returns: the exit status.
  package static func main(_ arguments: [String]) -> Int32 {
    DaemonCommandLine(
      name: "stationd", version: version, table: StationSettings.table,
      read: { try StationSettings.read($0, version: version) },
      serve: { try StationDaemon($0).run() }
    ).run(arguments)
  }
}
