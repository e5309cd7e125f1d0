// The keys of a configuration as one table, which parses, refuses, documents and gives defaults.
import Text
import Time

/// Every section and key that a daemon understands. The parser, `--print-default-config` and the
/// shipped example all come from it.
public struct ConfigurationTable: Sendable {
  /// A head of the file with the keys that it may have.
  public struct Section: Sendable {
    /// How often a section may stand in the file.
    public enum Occurrence: Sendable {
      /// Once, or not at all where no key of it is required.
      case single
      /// Any number of times, each with a different argument.
      /// - Parameter accepts: whether a text may be the argument.
      case repeated(argument: String, example: String, accepts: @Sendable (String) -> Bool)
    }

    /// The first word of its head.
    public let name: String
    /// How often it may stand, and with which argument.
    public let occurrence: Occurrence
    /// The purpose of the section, as the comment above its head.
    public let sentence: String
    /// Whether the printed file has it; one that it can do without stands there in comments.
    public let isPrinted: Bool
    /// Its keys, in the order in which they are printed.
    public let keys: [Key]

    /// - Parameter isUsual: whether nearly every file has one of a section that is repeated.
    public init(
      _ name: String, _ sentence: String, _ occurrence: Occurrence = .single,
      isUsual: Bool = false, keys: [Key]
    ) {
      self.name = name
      self.occurrence = occurrence
      self.sentence = sentence
      self.keys = keys
      if case .single = occurrence { isPrinted = true } else { isPrinted = isUsual }
    }
  }

  /// One key of a section.
  public struct Key: Sendable {
    /// The word before the equals sign.
    public let name: String
    /// The form of its value.
    public let kind: Kind
    /// Whether it must be set, and what stands in its place where it is not.
    public let presence: Presence
    /// The effect of the key, as the comment above it.
    public let sentence: String
    /// Another source that may set the key beside the file, as in "the service"; nil for none.
    public let setter: String?

    /// A key with the sentence that explains it.
    public init(
      _ name: String, _ kind: Kind, _ presence: Presence, _ sentence: String,
      setter: String? = nil
    ) {
      self.name = name
      self.kind = kind
      self.presence = presence
      self.sentence = sentence
      self.setter = setter
    }
  }

  /// What a value may be.
  public enum Kind: Sendable {
    /// Any text that is not empty.
    case text
    /// A text of a certain form, which `form` names after "expected".
    case word(_ form: String, accepts: @Sendable (String) -> Bool)
    case path
    case boolean
    /// - Parameter unit: printed in the documentation; empty where the number counts things.
    case integer(ClosedRange<Int>, unit: String)
    /// A whole number with its unit: `ms`, `s`, `min` or `h`.
    case duration(ClosedRange<Duration>)
    case choice([String])
  }

  /// The value that holds where the key is absent.
  public enum Presence: Sendable {
    case standard(String)
    case required(example: String)
    case optional(example: String)
    /// As above, but nearly every file has it: the printed one does.
    case usual(example: String)
  }

  /// All sections, in the order in which they are printed.
  public let sections: [Section]

  /// The words behind a section or a key that is not in the table.
  private let bound: String

  /// A table of these sections.
  /// - Parameter setter: who sets these alone, as in "the service", where a file may have others.
  public init(_ sections: [Section], setter: String? = nil) {
    self.sections = sections
    bound = setter.map { " that \($0) may set" } ?? ""
  }

  /// Reads a file.
  /// - Throws: every problem that it has.
  public func read(_ text: [UInt8]) throws(ConfigurationError) -> Configuration {
    let (configuration, problems) = survey(text)
    guard problems.isEmpty else { throw ConfigurationError(problems) }
    return configuration
  }

  /// Reads what can be read of a file. Sections say which of their keys are in doubt; required
  /// ones may be missing. A section that stands twice is there twice.
  public func survey(
    _ text: [UInt8]
  ) -> (configuration: Configuration, problems: [ConfigurationProblem]) {
    survey(INI(text))
  }

  /// As above, of a file that is taken apart already.
  public func survey(
    _ ini: INI
  ) -> (configuration: Configuration, problems: [ConfigurationProblem]) {
    var problems = ini.problems
    var hasAll = problems.isEmpty
    var found: [Configuration.Section] = []
    var known: [String: Int] = [:]
    for section in ini.sections {
      guard let place = sections.first(where: { $0.name == section.name }) else {
        problems.append(
          ConfigurationProblem(line: section.line, "no section \(section.title)\(bound)"))
        hasAll = false
        continue
      }
      let twin = known.updateValue(section.line, forKey: section.title)
      if let problem = place.refusal(of: section, twin: twin) {
        problems.append(problem)
        hasAll = hasAll && twin != nil
      }
      found.append(place.read(section, bound, &problems))
    }
    for section in sections {
      guard case .single = section.occurrence,
        !ini.sections.contains(where: { $0.name == section.name })
      else { continue }
      let absent = INI.Section(name: section.name, line: 0)
      found.append(section.read(absent, bound, &problems))
    }
    return (Configuration(sections: found, hasAllSections: hasAll), problems)
  }
}

extension ConfigurationTable.Section {
  /// The fault of the section's head; nil where it is sound.
  /// - Parameter twin: the line in which the same section stands above.
  fileprivate func refusal(of section: INI.Section, twin: Int?) -> ConfigurationProblem? {
    if let twin {
      return ConfigurationProblem(
        line: section.line, "\(section.title) stands in line \(twin) already")
    }
    switch (occurrence, section.argument) {
    case (.single, nil): return nil
    case (.single, _?):
      return ConfigurationProblem(line: section.line, "[\(name)] takes no argument")
    case (.repeated(let argument, let example, _), nil):
      return ConfigurationProblem(
        line: section.line, "[\(name)] needs its \(argument), as in [\(name) \(example)]")
    case (.repeated(let argument, let example, let accepts), let text?):
      guard !accepts(text) else { return nil }
      return ConfigurationProblem(
        line: section.line, "\"\(Excerpt(text))\" is no \(argument) for [\(name)], as \(example) is"
      )
    }
  }

  fileprivate func read(
    _ section: INI.Section, _ bound: String, _ problems: inout [ConfigurationProblem]
  ) -> Configuration.Section {
    var reading = SectionReading(self, section, bound)
    for entry in section.entries { reading.take(entry, &problems) }
    let line = section.line == 0 ? nil : section.line
    for key in keys where reading.values[key.name] == nil {
      switch key.presence {
      case .standard(let text):
        guard let value = key.kind.value(text) else {
          preconditionFailure("the default of \(name).\(key.name) is not \(key.kind.form)")
        }
        reading.values[key.name] = value
      case .required where !reading.isNamed(key):
        problems.append(
          ConfigurationProblem(line: line, "\(section.title) lacks its key \"\(key.name)\""))
      case .required, .optional, .usual: break
      }
    }
    return Configuration.Section(
      name: name, argument: section.argument, line: line, values: reading.values,
      lines: reading.lines, faultyKeys: reading.faulty, hasStray: reading.hasStray)
  }
}

extension SectionReading {
  /// What other kinds of files take for no part of a value: here it would be, and no device, host
  /// or file has such a name.
  /// A value that no file could hold comes from a second source alone.
  fileprivate static func slip(_ value: String) -> String? {
    if let hidden = value.unicodeScalars.first(where: { $0 != "\t" && PlainText.isHidden($0) }) {
      return "holds \(Excerpt.name(of: hidden)), which nobody would see"
    }
    if let first = value.first, let last = value.last, first.isWhitespace || last.isWhitespace {
      return "begins or ends with a space"
    }
    if value.contains(" #") || value.contains("\t#") {
      return "holds \" #\": a comment needs a line of its own"
    }
    guard value.utf8.count >= 2, let first = value.first, first == value.last else { return nil }
    return first == "\"" || first == "'" ? "is in quotes, which would be part of it" : nil
  }
}

/// The keys of one section as they are taken in, line by line.
private struct SectionReading {
  private let place: ConfigurationTable.Section
  private let section: INI.Section
  private let bound: String
  var values: [String: Configuration.Value] = [:]
  private(set) var lines: [String: Int] = [:]
  private(set) var faulty: Set<String> = []
  private(set) var hasStray: Bool
  /// Keys below a head that cannot be read: they belong to another section.
  private var foreign: Set<String> = []

  init(_ place: ConfigurationTable.Section, _ section: INI.Section, _ bound: String) {
    self.place = place
    self.section = section
    self.bound = bound
    hasStray = section.firstStray.map { $0 < section.lostHead ?? Int.max } ?? false
  }

  func isNamed(_ key: ConfigurationTable.Key) -> Bool {
    lines[key.name] != nil || foreign.contains(key.name)
  }

  mutating func take(_ entry: INI.Entry, _ problems: inout [ConfigurationProblem]) {
    let isForeign = section.lostHead.map { entry.line > $0 } ?? false
    // A line that cannot be read may have been the head of another section.
    let isSure = section.firstStray.map { entry.line < $0 } ?? true
    guard let key = place.keys.first(where: { $0.name == entry.key }) else {
      problems.append(
        ConfigurationProblem(
          line: entry.line, "\(section.title) has no key \"\(Excerpt(entry.key))\"\(bound)"))
      hasStray = hasStray || !isForeign
      return
    }
    if let line = lines[entry.key] {
      if isSure, !isForeign { faulty.insert(entry.key) }
      problems.append(
        ConfigurationProblem(line: entry.line, "\"\(entry.key)\" stands in line \(line) already"))
      return
    }
    let slip = Self.slip(entry.value)
    let value = slip == nil ? key.kind.value(entry.value) : nil
    if let slip {
      problems.append(ConfigurationProblem(line: entry.line, "\"\(entry.key)\" \(slip)"))
    } else if value == nil {
      problems.append(
        ConfigurationProblem(
          line: entry.line,
          "\"\(entry.key)\" expects \(key.kind.form), not \"\(Excerpt(entry.value))\""))
    }
    guard !isForeign else {
      foreign.insert(entry.key)
      return
    }
    lines[entry.key] = entry.line
    values[entry.key] = value
    if value == nil || !isSure { faulty.insert(entry.key) }
  }
}

extension ConfigurationTable.Kind {
  /// - Returns: nil where the text is not of this kind.
  func value(_ text: String) -> Configuration.Value? {
    switch self {
    case .text: return text.isEmpty ? nil : .text(text)
    case .word(_, let accepts): return accepts(text) ? .text(text) : nil
    case .path: return text.hasPrefix("/") && !text.contains("\0") ? .text(text) : nil
    case .boolean:
      return switch text {
      case "yes", "true", "on": .boolean(true)
      case "no", "false", "off": .boolean(false)
      default: nil
      }
    case .integer(let range, _):
      guard let number = Int(text), range.contains(number) else { return nil }
      return .integer(number)
    case .duration(let range):
      guard let duration = Duration(configured: text), range.contains(duration) else { return nil }
      return .duration(duration)
    case .choice(let words): return words.contains(text) ? .text(text) : nil
    }
  }

  /// The acceptable values, as words after "expects".
  public var form: String {
    switch self {
    case .text: "some text"
    case .word(let form, _): form
    case .path: "an absolute path"
    case .boolean: "yes or no"
    case .integer(let range, let unit):
      "a number from \(range.lowerBound) to \(range.upperBound)" + (unit.isEmpty ? "" : " \(unit)")
    case .duration(let range):
      "a time from \(range.lowerBound.configured) to \(range.upperBound.configured)"
    case .choice(let words): "one of " + words.joined(separator: ", ")
    }
  }
}
