// The words of a command line, told apart: flags, options with a value, and what is left.

/// Why the words of a command line are not understood.
package enum CommandFault: Error, Equatable, Sendable, CustomStringConvertible {
  case unknown(String)
  case valueMissing(String)
  case twice(String)
  case missing(String)
  case valueTaken(String, by: String)
  /// With the words that say what the option takes.
  case value(String, of: String, expected: String)
  /// Options that are right by themselves and not beside each other, as a sentence.
  case together(String)

  package var description: String {
    switch self {
    case .unknown(let word): "unknown option or word '\(word)'"
    case .valueMissing(let name): "\(name) needs a value"
    case .twice(let name): "\(name) is given twice"
    case .missing(let name): "\(name) is missing"
    case .valueTaken(let name, let word): "\(name) takes no value, and '\(word)' has one"
    case .value(let value, let name, let expected): "\(name) takes \(expected), not '\(value)'"
    case .together(let sentence): sentence
    }
  }
}

/// The words of one command line. An option is a word that begins with two hyphens, as GNU writes
/// them; its value is the next word, or follows a `=` in the same one. Behind the word `--` no word
/// is an option (POSIX.1-2017 section 12.2, guideline 10).
package struct CommandWords: Sendable {
  /// The words that are neither options nor their values, in order.
  package private(set) var operands: [String] = []
  private var found: [(name: String, value: String?)] = []

  /// - Parameters:
  ///   - flags: options without a value.
  ///   - options: options with one.
  ///   - repeated: those of the options that may stand there several times.
  /// - Throws: the first word that is not understood.
  package init(
    _ words: [String], flags: Set<String> = [], options: Set<String> = [],
    repeated: Set<String> = []
  ) throws(CommandFault) {
    var rest = words[...]
    while let word = rest.popFirst() {
      guard word.hasPrefix("--") else {
        operands.append(word)
        continue
      }
      guard word != "--" else {
        operands += rest
        return
      }
      let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let name = String(parts[0])
      if flags.contains(name) {
        guard parts.count == 1 else { throw .valueTaken(name, by: word) }
        try add(name, nil, mayRepeat: false)
      } else if options.contains(name) {
        let value = parts.count == 2 ? String(parts[1]) : Self.value(&rest)
        guard let value else { throw .valueMissing(name) }
        try add(name, value, mayRepeat: repeated.contains(name))
      } else {
        throw .unknown(word)
      }
    }
  }

  /// An option is no value: the one before it has none.
  private static func value(_ rest: inout ArraySlice<String>) -> String? {
    guard let next = rest.first, !next.hasPrefix("--") else { return nil }
    return rest.removeFirst()
  }

  private mutating func add(
    _ name: String, _ value: String?, mayRepeat: Bool
  ) throws(CommandFault) {
    guard mayRepeat || !found.contains(where: { $0.name == name }) else { throw .twice(name) }
    found.append((name, value))
  }

  /// Whether a flag or an option stands there.
  package func has(_ name: String) -> Bool { found.contains { $0.name == name } }

  /// The value of an option; nil where the option is not there.
  package subscript(name: String) -> String? { found.first { $0.name == name }?.value }

  /// Each value of an option that may be repeated, in order.
  package func values(_ name: String) -> [String] {
    found.compactMap { $0.name == name ? $0.value : nil }
  }

  /// The value of an option that has to be there.
  package func required(_ name: String) throws(CommandFault) -> String {
    guard let value = self[name] else { throw .missing(name) }
    return value
  }

  /// A value that is read; nil where the option is not there.
  /// - Parameter expected: what the option takes, for the error.
  package func value<Value>(
    _ name: String, _ expected: String, _ read: (String) -> Value?
  ) throws(CommandFault) -> Value? {
    guard let text = self[name] else { return nil }
    guard let value = read(text) else { throw .value(text, of: name, expected: expected) }
    return value
  }

  /// A whole number; nil where the option is not there.
  package func number<Number: FixedWidthInteger>(
    _ name: String, in range: ClosedRange<Number>
  ) throws(CommandFault) -> Number? {
    let expected = "a whole number from \(range.lowerBound) to \(range.upperBound)"
    return try value(name, expected) { text in
      Number(text).flatMap { range.contains($0) ? $0 : nil }
    }
  }

  /// - Throws: the first word that is no option and no value, where there is one.
  package func takeNoOperands() throws(CommandFault) {
    if let word = operands.first { throw .unknown(word) }
  }
}
