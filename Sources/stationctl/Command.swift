// A command as data: its words, what it is for, its options, and the values given for them.

struct Command: Sendable {
  var words: [String]
  /// One sentence for the usage text.
  var purpose: String
  var options: [Option]
  /// Options of which only one may be given.
  var alternatives: [String] = []
  var run: @Sendable (CommandValues) throws(CommandFailure) -> Int32

  struct Option: Sendable {
    enum Count {
      case optional, required
      /// Once at least.
      case repeated
      /// Any number of times.
      case several
    }

    var name: String
    /// What the usage text calls the value; nil for an option without one.
    var value: String?
    var count: Count = .optional
    var meaning: String
  }
}

/// What was typed after a command's words, each option known to its table.
struct CommandValues {
  private let command: Command
  private var values: [String: [String]] = [:]

  init(_ words: [String], for command: Command) throws(CommandFailure) {
    self.command = command
    var words = words[...]
    while let word = words.popFirst() {
      let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard let option = command.options.first(where: { $0.name == parts[0] }) else {
        throw failure("'\(word)' is not known to '\(command.words.joined(separator: " "))'")
      }
      if values[option.name] != nil, option.count != .repeated, option.count != .several {
        throw failure("\(option.name) is given twice")
      }
      values[option.name, default: []].append(
        try value(of: option, inline: parts.dropFirst().first.map(String.init), from: &words))
    }
    for option in command.options where [.required, .repeated].contains(option.count) {
      guard values[option.name] != nil else { throw failure("\(option.name) is missing") }
    }
    guard command.alternatives.count(where: { values[$0] != nil }) <= 1 else {
      throw failure("only one of \(command.alternatives.joined(separator: " and ")) may be given")
    }
  }

  private func value(
    of option: Command.Option, inline: String?, from words: inout ArraySlice<String>
  ) throws(CommandFailure) -> String {
    guard let name = option.value else {
      guard inline == nil else { throw failure("\(option.name) takes no value") }
      return ""
    }
    if let inline { return inline }
    guard let next = words.first, !next.hasPrefix("--") else {
      throw failure("\(option.name) needs a value: \(option.name) \(name)")
    }
    words.removeFirst()
    return next
  }

  /// A failure that ends with the command's usage.
  func failure(_ reason: String) -> CommandFailure {
    CommandFailure(reason, advice: Usage.text(command))
  }

  func has(_ name: String) -> Bool { values[name] != nil }

  func text(_ name: String) -> String? { values[name]?.first }

  func all(_ name: String) -> [String] { values[name] ?? [] }

  /// The value of an option that the table calls required.
  func required(_ name: String) throws(CommandFailure) -> String {
    guard let text = text(name) else { throw failure("\(name) is missing") }
    return text
  }

  /// A whole number; nil where the option is not given.
  func number(
    _ name: String, in range: ClosedRange<Int64>
  ) throws(CommandFailure) -> Int64? {
    guard let text = text(name) else { return nil }
    guard let number = Int64(text), range.contains(number) else {
      throw failure(
        "\(name) takes a whole number from \(range.lowerBound) to \(range.upperBound), "
          + "not '\(text)'")
    }
    return number
  }
}
