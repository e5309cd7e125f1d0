// What managementd's `main` calls.
import Daemon
import Linux

package enum ManagementCommand {
  package static let version = "0.1.0"

  /// - Returns: the exit status.
  package static func main(_ arguments: [String]) -> Int32 {
    if arguments.first == "--print-broker-file" { return writeBrokerFile(arguments.dropFirst()) }
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
      otherUses: [
        "managementd --config FILE --check", "managementd --print-broker-file NAME [STATIONS]",
      ]
    ).run(arguments.filter { $0 != "--check" })
    return status == 0 ? checked : status
  }

  /// Prints a file of the broker for a fleet of a size.
  private static func writeBrokerFile(_ words: ArraySlice<String>) -> Int32 {
    let stations = words.count == 2 ? words.last.flatMap { Int($0) } : BrokerFile.usual
    guard (1...2).contains(words.count), let file = words.first.flatMap(BrokerFile.init(rawValue:)),
      let stations, (1...BrokerFile.most).contains(stations)
    else {
      let names = BrokerFile.allCases.map(\.rawValue).joined(separator: ", ")
      Output.complain(
        "managementd: --print-broker-file takes one of \(names), and how many stations there are, "
          + "1 to \(BrokerFile.most), where they are not \(BrokerFile.usual)")
      return 2
    }
    Output.write(file.text(stations: stations))
    return 0
  }
}
