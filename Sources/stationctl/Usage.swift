// The usage texts, made from the table of commands.

enum Usage {
  private static let width = 18

  static func overview(_ commands: [Command]) -> String {
    var text = "usage: stationctl COMMAND [OPTION...]\n\n"
    for command in commands {
      text += "  \(padded(command.words.joined(separator: " "))) \(command.purpose)\n"
    }
    return text + "\nstationctl COMMAND --help tells the options of a command.\n"
  }

  static func text(_ command: Command) -> String {
    var line = "usage: stationctl \(command.words.joined(separator: " "))"
    if let operand = command.operand { line += " [\(operand.name)]" }
    for option in command.options where !command.alternatives.contains(option.name) {
      line += " \(synopsis(option))"
    }
    let choice = command.options.filter { command.alternatives.contains($0.name) }.map(named)
    if !choice.isEmpty { line += " [\(choice.joined(separator: " | "))]" }
    var text = "\(line)\n\(command.purpose)\n\n"
    if let operand = command.operand {
      text += "  \(padded(operand.name)) \(operand.meaning)\n"
    }
    for option in command.options {
      text += "  \(padded(named(option))) \(option.meaning)\n"
    }
    return text
  }

  private static func synopsis(_ option: Command.Option) -> String {
    switch option.count {
    case .optional: "[\(named(option))]"
    case .required: named(option)
    case .repeated: "\(named(option)) [\(named(option)) ...]"
    case .several: "[\(named(option)) ...]"
    }
  }

  private static func named(_ option: Command.Option) -> String {
    [option.name, option.value].compactMap { $0 }.joined(separator: " ")
  }

  private static func padded(_ text: String) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }
}
