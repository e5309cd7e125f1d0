// A configuration that was read and found good: typed values, asked for by section and key.

/// What a table made of a file. Every value is there and of its kind; asking for one that the
/// table does not have is a mistake in the program and traps.
public struct Configuration: Equatable, Sendable {
  public enum Value: Equatable, Sendable {
    case text(String)
    case boolean(Bool)
    case integer(Int)
    case duration(Duration)
  }

  public struct Section: Equatable, Sendable {
    public let name: String
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

    /// Where the key stands, for a problem that only shows when values are compared.
    public func line(of key: String) -> Int? { lines[key] ?? line }

    /// Whether the file says it, and not the table.
    public func isSet(_ key: String) -> Bool { lines[key] != nil }

    public func optionalText(_ key: String) -> String? {
      switch values[key] {
      case .text(let text): text
      case nil: nil
      default: preconditionFailure("[\(name)] \(key) is no text")
      }
    }

    public func text(_ key: String) -> String {
      guard case .text(let text) = values[key] else {
        preconditionFailure("[\(name)] \(key) is no text")
      }
      return text
    }

    public func boolean(_ key: String) -> Bool {
      guard case .boolean(let value) = values[key] else {
        preconditionFailure("[\(name)] \(key) is no yes or no")
      }
      return value
    }

    public func optionalInteger(_ key: String) -> Int? {
      switch values[key] {
      case .integer(let number): number
      case nil: nil
      default: preconditionFailure("[\(name)] \(key) is no number")
      }
    }

    public func integer(_ key: String) -> Int {
      guard case .integer(let number) = values[key] else {
        preconditionFailure("[\(name)] \(key) is no number")
      }
      return number
    }

    public func optionalDuration(_ key: String) -> Duration? {
      switch values[key] {
      case .duration(let duration): duration
      case nil: nil
      default: preconditionFailure("[\(name)] \(key) is no time")
      }
    }

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
