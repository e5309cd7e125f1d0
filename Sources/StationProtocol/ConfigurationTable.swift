// The table of a daemon's configuration keys: parser, example file and documentation in one.

/// A key that may stand in a section.
package struct ConfigurationKey: Equatable, Sendable {
  package var name: String
  package var kind: Kind
  /// As it would be written; nil where the key must be given, empty where it may be left out.
  package var standard: String?
  /// What the key decides, for the person who edits the file.
  package var sentence: String

  package enum Kind: Equatable, Sendable {
    case text
    case integer(ClosedRange<Int64>)
    /// A number with `ms`, `s`, `min` or `h` behind it.
    case duration(ClosedRange<Duration>)
    case boolean
    case choice([String])
  }

  package init(_ name: String, _ kind: Kind, standard: String?, _ sentence: String) {
    self.name = name
    self.kind = kind
    self.standard = standard
    self.sentence = sentence
  }
}

/// A section of the file.
package struct ConfigurationSection: Equatable, Sendable {
  package var name: String
  /// What stands behind the name where the section may be repeated, such as `1`.
  package var exampleArgument: String?
  package var sentence: String
  package var keys: [ConfigurationKey]

  package init(
    _ name: String, exampleArgument: String? = nil, _ sentence: String, _ keys: [ConfigurationKey]
  ) {
    self.name = name
    self.exampleArgument = exampleArgument
    self.sentence = sentence
    self.keys = keys
  }
}

/// All sections that a daemon knows.
package struct ConfigurationTable: Equatable, Sendable {
  package var title: String
  package var sections: [ConfigurationSection]

  package init(title: String, _ sections: [ConfigurationSection]) {
    self.title = title
    self.sections = sections
  }

  /// Holds a file against the table. Every error is reported, not only the first.
  package func read(_ bytes: [UInt8]) -> Result<ConfigurationReading, ConfigurationErrors> {
    var (ini, errors) = INI.parse(bytes)
    var reading = ConfigurationReading(sections: [])
    for section in ini.sections {
      guard let known = sections.first(where: { $0.name == section.name }) else {
        let names = sections.map { "[\($0.name)]" }.joined(separator: ", ")
        errors.append(
          ConfigurationError(
            line: section.line, "unknown section [\(section.name)]; there are \(names)"))
        continue
      }
      errors += Self.headErrors(section, known, ini)
      reading.sections.append(Self.values(of: section, known, &errors))
    }
    for known in sections where !ini.sections.contains(where: { $0.name == known.name }) {
      // A section that may be repeated may also be absent; any other has its standard values.
      guard known.exampleArgument == nil else { continue }
      let absent = INI.Section(name: known.name, argument: nil, line: 0)
      reading.sections.append(Self.values(of: absent, known, &errors))
    }
    return errors.isEmpty
      ? .success(reading) : .failure(ConfigurationErrors(errors: errors.sorted()))
  }

  private static func headErrors(
    _ section: INI.Section, _ known: ConfigurationSection, _ ini: INI
  ) -> [ConfigurationError] {
    var errors: [ConfigurationError] = []
    switch (known.exampleArgument, section.argument) {
    case (nil, .some):
      errors.append(
        ConfigurationError(line: section.line, "[\(section.name)] takes nothing behind its name"))
    case (.some(let example), nil):
      errors.append(
        ConfigurationError(
          line: section.line,
          "[\(section.name)] needs a word behind its name, as in [\(section.name) \(example)]"))
    default: break
    }
    let twin = ini.sections.first {
      $0.name == section.name && $0.argument == section.argument && $0.line < section.line
    }
    if let twin {
      errors.append(
        ConfigurationError(
          line: section.line, "[\(section.name)] stands in line \(twin.line) already"))
    }
    return errors
  }

  private static func values(
    of section: INI.Section, _ known: ConfigurationSection, _ errors: inout [ConfigurationError]
  ) -> ConfigurationReading.Section {
    var values: [String: ConfigurationValue] = [:]
    var lines: [String: Int] = [:]
    for entry in section.entries {
      guard let key = known.keys.first(where: { $0.name == entry.key }) else {
        let names = known.keys.map(\.name).joined(separator: ", ")
        errors.append(
          ConfigurationError(
            line: entry.line, "unknown key \"\(entry.key)\" in [\(known.name)]; there are \(names)")
        )
        continue
      }
      if let line = lines[entry.key] {
        errors.append(
          ConfigurationError(line: entry.line, "\"\(entry.key)\" stands in line \(line) already"))
      }
      lines[entry.key] = entry.line
      guard let value = ConfigurationValue(entry.value, key.kind) else {
        errors.append(
          ConfigurationError(
            line: entry.line, "\"\(entry.key)\" must be \(key.kind.words), not \"\(entry.value)\""))
        continue
      }
      values[entry.key] = value
    }
    for key in known.keys where lines[key.name] == nil {
      guard let standard = key.standard else {
        errors.append(
          ConfigurationError(
            line: section.line == 0 ? nil : section.line,
            "[\(known.name)] needs \"\(key.name)\": \(key.sentence)"))
        continue
      }
      if !standard.isEmpty { values[key.name] = ConfigurationValue(standard, key.kind) }
    }
    return ConfigurationReading.Section(
      name: section.name, argument: section.argument, line: section.line, values: values,
      lines: lines)
  }

  /// The whole table as a file with every key, commented, at its standard value.
  package var example: String {
    var lines = ["# \(title)", "#", "# A key that stands behind \"#\" has the value shown there."]
    for section in sections {
      lines += ["", "# \(section.sentence)"]
      lines.append("[\(section.name)\(section.exampleArgument.map { " \($0)" } ?? "")]")
      for key in section.keys {
        lines.append("# \(key.sentence) (\(key.kind.words))")
        let value = key.standard ?? ""
        lines.append("\(key.standard == nil ? "" : "#")\(key.name) = \(value)")
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }
}

/// All that is wrong with a configuration, by line.
package struct ConfigurationErrors: Error, Equatable, Sendable {
  package var errors: [ConfigurationError]

  package init(errors: [ConfigurationError]) { self.errors = errors }
}

extension ConfigurationKey.Kind {
  /// What a value must be, in words that follow "must be".
  package var words: String {
    switch self {
    case .text: "text"
    case .integer(let range): "a whole number from \(range.lowerBound) to \(range.upperBound)"
    case .duration(let range):
      "a time from \(ConfigurationValue.text(range.lowerBound))"
        + " to \(ConfigurationValue.text(range.upperBound))"
    case .boolean: "yes or no"
    case .choice(let words): words.joined(separator: " or ")
    }
  }
}
