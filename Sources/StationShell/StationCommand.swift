// stationd's command line: which configuration, and whether to run or only to look at it.
import Linux
import StationProtocol

/// What `main` calls.
package enum StationCommand {
  package static let version = "0.1.0"

  /// EX_CONFIG of sysexits.h: the unit does not start the daemon again on the same file.
  private static let wrongConfiguration: Int32 = 78

  private static let usage = """
    usage: stationd --config FILE [--check-config]
           stationd --print-default-config | --version
    """

  /// - Returns: the exit status: 0, 1 where the daemon cannot run, 2 for a wrong command line,
  ///   78 for a wrong configuration.
  package static func main(_ arguments: [String]) -> Int32 {
    switch arguments {
    case ["--version"]:
      Output.write("stationd \(version)\n")
      return 0
    case ["--print-default-config"]:
      Output.write(StationSettings.table.defaultText)
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
    return run(path: words[1], onlyChecks: onlyChecks)
  }

  private static func run(path: String, onlyChecks: Bool) -> Int32 {
    do throws(SystemError) {
      let bytes = try Files.read(path, limit: 65_536)
      let settings: StationSettings
      do throws(ConfigurationError) {
        settings = try StationSettings.read(bytes, version: version)
      } catch {
        for problem in error.problems { Output.complain("\(path): \(problem)") }
        return wrongConfiguration
      }
      if onlyChecks {
        Output.write("\(path): no errors\n")
      } else {
        try StationDaemon(settings).run()
      }
      return 0
    } catch {
      Log.error(error.description)
      return 1
    }
  }
}
