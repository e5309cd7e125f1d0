// managementd's command line: which configuration, and whether to run or only to look at it.
import Linux
import StationProtocol

/// What `main` calls.
package enum ManagementCommand {
  package static let version = "0.1.0"

  private static let usage = """
    usage: managementd --config FILE [--check-config]
           managementd --print-default-config | --version
    """

  /// What sysexits.h calls EX_CONFIG: starting again with the same file is of no use.
  private static let wrongConfiguration: Int32 = 78

  /// - Returns: the exit status: 0, 1 where the service cannot run, 2 for a wrong command line,
  ///   78 for a wrong configuration.
  package static func main(_ arguments: [String]) -> Int32 {
    switch arguments {
    case ["--version"]:
      Output.write("managementd \(version)\n")
      return 0
    case ["--print-default-config"]:
      Output.write(ManagementSettings.table.defaultText)
      return 0
    default: break
    }
    var words = arguments
    let onlyChecks = words.contains("--check-config")
    words.removeAll { $0 == "--check-config" }
    guard words.count == 2, words[0] == "--config" else {
      Output.complain(usage)
      return 2
    }
    do {
      let settings = try ManagementSettings(try Files.read(words[1], limit: 65_536))
      if onlyChecks {
        Output.write("\(words[1]): no errors\n")
      } else {
        try ManagementDaemon(settings).run()
      }
      return 0
    } catch let error as ConfigurationError {
      for problem in error.problems { Output.complain("\(words[1]): \(problem)") }
      return wrongConfiguration
    } catch {
      Log.error("\(error)")
      return 1
    }
  }
}
