// A command as data: its words, what it is for, its options, and the values given for them.

import Text

struct Command: Sendable {
  var words: [String]
  /// One sentence for the usage text.
  var purpose: String
  var options: [Option]
  /// Options of which only one may be given.
  var alternatives: [String] = []
  /// A word without a name that may follow; nil where there is none.
  var operand: Operand?
  var run: @Sendable (CommandValues) throws(CommandFailure) -> Int32

  struct Operand: Sendable {
    var name: String
    var meaning: String
  }

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

/// The options typed after a command's words, each option known to its table.
struct CommandValues {
  private let command: Command
  private let words: CommandWords

  init(_ words: [String], for command: Command) throws(CommandFailure) {
    self.command = command
    do throws(CommandFault) {
      self.words = try CommandWords(
        words, flags: Set(command.options.filter { $0.value == nil }.map(\.name)),
        options: Set(command.options.filter { $0.value != nil }.map(\.name)),
        repeated: Set(
          command.options.filter { [.repeated, .several].contains($0.count) }.map(\.name)))
      if command.operand == nil || self.words.operands.count > 1 {
        try self.words.takeNoOperands()
      }
      for option in command.options where [.required, .repeated].contains(option.count) {
        guard has(option.name) else { throw .missing(option.name) }
      }
    } catch {
      throw Self.failure("\(error)", command)
    }
    guard command.alternatives.count(where: has) <= 1 else {
      throw failure("only one of \(command.alternatives.joined(separator: " and ")) may be given")
    }
  }

  /// A failure that ends with the command's usage.
  func failure(_ reason: String) -> CommandFailure { Self.failure(reason, command) }

  private static func failure(_ reason: String, _ command: Command) -> CommandFailure {
    CommandFailure(reason, advice: Usage.text(command))
  }

  /// The word without a name; nil where none was typed.
  var operand: String? { words.operands.first }

  func has(_ name: String) -> Bool { words.has(name) }

  func text(_ name: String) -> String? { words[name] }

  func all(_ name: String) -> [String] { words.values(name) }

  /// The value of an option that the table calls required.
  func required(_ name: String) throws(CommandFailure) -> String {
    guard let text = text(name) else { throw failure("\(name) is missing") }
    return text
  }

  /// A whole number; nil where the option is not given.
  func number(
    _ name: String, in range: ClosedRange<Int64>
  ) throws(CommandFailure) -> Int64? {
    do throws(CommandFault) {
      return try words.number(name, in: range)
    } catch {
      throw failure("\(error)")
    }
  }
}
