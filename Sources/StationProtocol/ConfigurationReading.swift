// A configuration that has been read and found right: values by section and key.

/// A value in its type.
package enum ConfigurationValue: Equatable, Sendable {
  case text(String)
  case integer(Int64)
  case duration(Duration)
  case boolean(Bool)

  /// - Returns: nil where the text is not of this kind, or out of its range.
  package init?(_ text: String, _ kind: ConfigurationKey.Kind) {
    switch kind {
    case .text:
      guard !text.isEmpty else { return nil }
      self = .text(text)
    case .choice(let words):
      guard words.contains(text) else { return nil }
      self = .text(text)
    case .boolean:
      guard text == "yes" || text == "no" else { return nil }
      self = .boolean(text == "yes")
    case .integer(let range):
      guard let number = Int64(text), range.contains(number) else { return nil }
      self = .integer(number)
    case .duration(let range):
      guard let duration = Self.duration(text), range.contains(duration) else { return nil }
      self = .duration(duration)
    }
  }

  private static let units: [(String, Int64)] = [
    ("ms", 1), ("s", 1000), ("min", 60_000), ("h", 3_600_000),
  ]

  private static func duration(_ text: String) -> Duration? {
    let digits = text.prefix { $0.isASCII && $0.isNumber }
    let unit = text.dropFirst(digits.count).drop { $0 == " " }
    guard let number = Int64(digits), number <= 1_000_000_000,
      let (_, factor) = units.first(where: { $0.0 == unit })
    else { return nil }
    return .milliseconds(number * factor)
  }

  /// A duration as it would be written.
  package static func text(_ duration: Duration) -> String {
    let milliseconds = duration.wholeNanoseconds / 1_000_000
    let (unit, factor) =
      units.last { milliseconds >= $0.1 && milliseconds % $0.1 == 0 } ?? ("ms", 1)
    return "\(milliseconds / factor)\(unit)"
  }
}

/// What the file says, complete with standard values.
package struct ConfigurationReading: Equatable, Sendable {
  package var sections: [Section]

  package struct Section: Equatable, Sendable {
    package var name: String
    package var argument: String?
    /// 0 where the file does not have the section.
    package var line: Int
    package var values: [String: ConfigurationValue]
    package var lines: [String: Int]

    /// The line of a key, or of the section where the key is not given; for errors.
    package func line(of key: String) -> Int { lines[key] ?? line }

    package func optionalText(_ key: String) -> String? {
      if case .text(let text) = values[key] { text } else { nil }
    }

    package func text(_ key: String) -> String { optionalText(key) ?? undeclared(key) }

    package func optionalInteger(_ key: String) -> Int64? {
      if case .integer(let number) = values[key] { number } else { nil }
    }

    package func integer(_ key: String) -> Int64 { optionalInteger(key) ?? undeclared(key) }

    package func duration(_ key: String) -> Duration {
      if case .duration(let duration) = values[key] { duration } else { undeclared(key) }
    }

    package func boolean(_ key: String) -> Bool {
      if case .boolean(let bool) = values[key] { bool } else { undeclared(key) }
    }

    /// The table promises every key that has no empty standard value.
    private func undeclared<Value>(_ key: String) -> Value {
      preconditionFailure("[\(name)] \(key) is not in the table as it is asked for")
    }
  }

  /// Every section of this name, in the order of the file.
  package func all(_ name: String) -> [Section] { sections.filter { $0.name == name } }

  /// The section of a name that stands at most once.
  package subscript(_ name: String) -> Section {
    guard let section = all(name).first else {
      preconditionFailure("[\(name)] is not in the table")
    }
    return section
  }
}
