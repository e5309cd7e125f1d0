// The command line of a daemon: which configuration, and whether to run or only to look at it.
import Configuration
import Linux
import Text

/// What both daemons do with their arguments; they differ in their settings alone.
package struct DaemonCommandLine<Settings> {
  package var name: String
  package var version: String
  package var table: ConfigurationTable
  /// - Throws: `ConfigurationError` with every problem of the file.
  package var read: ([UInt8]) throws -> Settings
  /// Serves until the daemon is told to stop.
  package var serve: (Settings) throws -> Void
  /// The faults of the files that good settings name, a sentence each.
  package var check: (Settings) -> [String]
  /// Prints the configuration in force, of a file with its path and bytes, and gives the exit status;
  /// nil where a daemon has no other source of settings than its file.
  package var show: ((_ path: String, _ file: [UInt8], Settings) -> Int32)?
  /// Other command lines that this daemon's program takes, for the text that explains.
  package var otherUses: [String]

  package init(
    name: String, version: String, table: ConfigurationTable,
    read: @escaping ([UInt8]) throws -> Settings, serve: @escaping (Settings) throws -> Void,
    check: @escaping (Settings) -> [String] = { _ in [] },
    show: ((_ path: String, _ file: [UInt8], Settings) -> Int32)? = nil, otherUses: [String] = []
  ) {
    self.name = name
    self.version = version
    self.table = table
    self.read = read
    self.serve = serve
    self.check = check
    self.show = show
    self.otherUses = otherUses
  }

  /// EX_CONFIG of sysexits.h: the unit does not start the daemon again on the same file.
  private static var wrongConfiguration: Int32 { 78 }

  /// - Returns: the exit status: 0, 1 where the daemon cannot run, 2 for a wrong command line,
  ///   78 for a wrong configuration.
  package func run(_ arguments: [String]) -> Int32 {
    var flags: Set = ["--version", "--print-default-config", "--check-config"]
    if show != nil { flags.insert("--print-config") }
    let words: CommandWords
    do throws(CommandFault) {
      words = try CommandWords(arguments, flags: flags, options: ["--config"])
      try words.takeNoOperands()
      if words.has("--check-config"), words.has("--print-config") {
        throw .together("--check-config and --print-config exclude each other")
      }
    } catch {
      return refuse("\(error)")
    }
    if words.has("--version") {
      Output.write("\(name) \(version)\n")
      return 0
    }
    if words.has("--print-default-config") {
      Output.write(table.defaultText)
      return 0
    }
    guard let path = words["--config"] else { return refuse("--config is missing") }
    return run(path: path, words)
  }

  private func refuse(_ reason: String) -> Int32 {
    Output.complain(
      """
      \(name): \(reason)
      usage: \(name) --config FILE [--check-config\(show == nil ? "" : " | --print-config")]
             \(name) --print-default-config | --version
      """)
    for use in otherUses { Output.complain("       \(use)") }
    return 2
  }

  private func run(path: String, _ words: CommandWords) -> Int32 {
    do {
      let file = try Files.read(path, limit: 65_536)
      let settings = try read(file)
      if let show, words.has("--print-config") { return show(path, file, settings) }
      if words.has("--check-config") {
        let problems = check(settings)
        for problem in problems { Output.complain(problem) }
        guard problems.isEmpty else { return Self.wrongConfiguration }
        Output.write("\(path): no errors\n")
      } else {
        try serve(settings)
      }
      return 0
    } catch let error as ConfigurationError {
      for line in error.lines { Output.complain("\(path): \(line)") }
      return Self.wrongConfiguration
    } catch {
      Log.error("\(error)")
      return 1
    }
  }
}
