// Configuration text in the form of systemd's unit files: sections, keys, values, comments.

/// One thing wrong with a configuration, with the line where it stands.
package struct ConfigurationError: Error, Equatable, Sendable, Comparable, CustomStringConvertible {
  /// From 1; nil where something is missing altogether.
  package var line: Int?
  package var message: String

  package init(line: Int?, _ message: String) {
    self.line = line
    self.message = message
  }

  package var description: String { line.map { "line \($0): \(message)" } ?? message }

  /// By line; what has none comes last.
  package static func < (one: ConfigurationError, other: ConfigurationError) -> Bool {
    (one.line ?? .max, one.message) < (other.line ?? .max, other.message)
  }
}

/// A configuration file, taken apart but not yet understood. No library of Debian's keeps the
/// line of every key, which an error report needs, so these few rules are read here:
/// `[section]` or `[section argument]`, `key = value`, and whole lines of `#` or `;` comments.
package struct INI: Equatable, Sendable {
  package static let mostBytes = 65_536

  package var sections: [Section] = []

  package struct Section: Equatable, Sendable {
    package var name: String
    package var argument: String?
    package var line: Int
    package var entries: [Entry] = []
  }

  package struct Entry: Equatable, Sendable {
    package var key: String
    package var value: String
    package var line: Int
  }

  /// Reads all that can be read.
  /// - Returns: every line that cannot be read is an error beside it.
  package static func parse(_ bytes: [UInt8]) -> (INI, [ConfigurationError]) {
    var ini = INI()
    var errors: [ConfigurationError] = []
    guard bytes.count <= mostBytes else {
      return (ini, [ConfigurationError(line: nil, "longer than \(mostBytes) bytes")])
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      return (ini, [ConfigurationError(line: nil, "not UTF-8")])
    }
    let lines = text.split(omittingEmptySubsequences: false) { $0.isNewline }
    for (index, raw) in lines.enumerated() {
      let line = trimmed(raw)
      if line.isEmpty || line.hasPrefix("#") || line.hasPrefix(";") { continue }
      if let error = ini.take(line, number: index + 1) {
        errors.append(ConfigurationError(line: index + 1, error))
      }
    }
    return (ini, errors)
  }

  private mutating func take(_ line: Substring, number: Int) -> String? {
    if line.hasPrefix("[") {
      guard line.hasSuffix("]") else { return "a section ends with \"]\"" }
      let words = line.dropFirst().dropLast().split(separator: " ", maxSplits: 1)
      guard let name = words.first else { return "a section needs a name" }
      let argument = words.count > 1 ? String(Self.trimmed(words[1])) : nil
      sections.append(Section(name: String(name), argument: argument, line: number))
      return nil
    }
    guard let equals = line.firstIndex(of: "=") else {
      return "expected \"[section]\", \"key = value\" or a comment"
    }
    let key = String(Self.trimmed(line[..<equals]))
    guard !key.isEmpty else { return "a key is missing before \"=\"" }
    guard !sections.isEmpty else { return "\"\(key)\" stands before any section" }
    let value = String(Self.trimmed(line[line.index(after: equals)...]))
    sections[sections.count - 1].entries.append(Entry(key: key, value: value, line: number))
    return nil
  }

  private static func trimmed(_ text: Substring) -> Substring {
    let front = text.drop { $0 == " " || $0 == "\t" }
    guard let end = front.lastIndex(where: { $0 != " " && $0 != "\t" }) else { return "" }
    return front[...end]
  }
}
