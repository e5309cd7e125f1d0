// A configuration that was read and found good: typed values, asked for by section and key.

/// What a table made of a file. Every value is there and of its kind; asking for one that the
/// table does not have is a mistake in the program and traps.
public struct Configuration: Equatable, Sendable {
  /// A value in the form that its key asks for.
  public enum Value: Equatable, Sendable {
    case text(String)
    case boolean(Bool)
    case integer(Int)
    case duration(Duration)
  }

  /// One section of the file, with every key that the table gives it.
  public struct Section: Equatable, Sendable {
    /// The first word of its head.
    public let name: String
    /// The second word of its head, where sections of this name may repeat.
    public let argument: String?
    /// nil where the section is not in the file.
    public let line: Int?
    let values: [String: Value]
    let lines: [String: Int]
    /// Keys whose value could not be taken as it stands. Only a survey has any.
    let faultyKeys: Set<String>
    /// A line could not be read, and may have been any key that is not there.
    let hasStray: Bool

    /// Whether the file says something of the key that cannot be relied on.
    public func isDoubtful(_ key: String) -> Bool {
      faultyKeys.contains(key) || hasStray && lines[key] == nil
    }

    /// The line of a key, for a problem that only shows when values are compared.
    public func line(of key: String) -> Int? { lines[key] ?? line }

    /// Whether the file says it, and not the table.
    public func isSet(_ key: String) -> Bool { lines[key] != nil }

    /// The text of a key that may be left out.
    public func optionalText(_ key: String) -> String? {
      switch values[key] {
      case .text(let text): text
      case nil: nil
      default: preconditionFailure("[\(name)] \(key) is no text")
      }
    }

    /// The text of a key.
    public func text(_ key: String) -> String {
      guard case .text(let text) = values[key] else {
        preconditionFailure("[\(name)] \(key) is no text")
      }
      return text
    }

    /// The yes or no of a key.
    public func boolean(_ key: String) -> Bool {
      guard case .boolean(let value) = values[key] else {
        preconditionFailure("[\(name)] \(key) is no yes or no")
      }
      return value
    }

    /// The number of a key that may be left out.
    public func optionalInteger(_ key: String) -> Int? {
      switch values[key] {
      case .integer(let number): number
      case nil: nil
      default: preconditionFailure("[\(name)] \(key) is no number")
      }
    }

    /// The number of a key.
    public func integer(_ key: String) -> Int {
      guard case .integer(let number) = values[key] else {
        preconditionFailure("[\(name)] \(key) is no number")
      }
      return number
    }

    /// The time of a key that may be left out.
    public func optionalDuration(_ key: String) -> Duration? {
      switch values[key] {
      case .duration(let duration): duration
      case nil: nil
      default: preconditionFailure("[\(name)] \(key) is no time")
      }
    }

    /// The time of a key.
    public func duration(_ key: String) -> Duration {
      guard case .duration(let duration) = values[key] else {
        preconditionFailure("[\(name)] \(key) is no time")
      }
      return duration
    }
  }

  let sections: [Section]
  /// Whether every head could be read. Where not, sections may be missing.
  public let hasAllSections: Bool

  /// The section of a name that stands once.
  public func section(_ name: String) -> Section {
    guard let section = sections.first(where: { $0.name == name }) else {
      preconditionFailure("no section [\(name)] in the table")
    }
    return section
  }

  /// The sections of a name that may repeat, in the order of the file.
  public func sections(_ name: String) -> [Section] { sections.filter { $0.name == name } }
}
