// The table of commands, and the way from the words typed to the one that is meant.

enum CommandLineTool {
  /// Exit status where a command was not understood or could not do its work.
  static let failure: Int32 = 2

  /// In the order in which the usage text lists them.
  static let commands: [Command] = [
    KeyNewCommand.command,
    KeyPublicCommand.command,
    CodeIssueCommand.command,
    CodeVerifyCommand.command,
    PINHashCommand.command,
    ClaimCommand.command,
    ConfigCommand.command,
  ]

  /// Runs what was typed; whatever goes wrong is told on standard error.
  /// - Returns: the exit status.
  static func run(_ words: [String]) -> Int32 {
    do throws(CommandFailure) {
      return try perform(words)
    } catch {
      StandardStream.error.write("stationctl: \(error.reason)\n\(error.advice)")
      return failure
    }
  }

  private static func perform(_ words: [String]) throws(CommandFailure) -> Int32 {
    let isHelp = words.contains { ["--help", "-h"].contains($0) } || words.first == "help"
    guard let command = commands.first(where: { words.starts(with: $0.words) }) else {
      if isHelp {
        StandardStream.output.write(Usage.overview(commands))
        return 0
      }
      let typed = words.prefix { !$0.hasPrefix("-") }.joined(separator: " ")
      throw CommandFailure(
        typed.isEmpty ? "which command?" : "there is no command '\(typed)'",
        advice: Usage.overview(commands))
    }
    if isHelp {
      StandardStream.output.write(Usage.text(command))
      return 0
    }
    let rest = words.dropFirst(command.words.count)
    return try command.run(try CommandValues(Array(rest), for: command))
  }
}

/// Why a command did not do its work, and what to do about it.
struct CommandFailure: Error {
  var reason: String
  /// Empty, or lines that end with a line feed.
  var advice: String

  init(_ reason: String, advice: String = "") {
    self.reason = reason
    self.advice = advice
  }
}
