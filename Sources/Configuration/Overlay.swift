// A configuration file with what another source has put in place of some of its keys.

/// A file and the settings of a second source, put together as one configuration.
///
/// Keys are replaced one by one; an empty value takes a key of the file out. A section that stands
/// for one entry of a list, such as an article, is replaced with all others of its name: a list of
/// the second source stands for the whole of the file's.
public struct Overlay: Equatable, Sendable {
  /// The origin of a line.
  public enum Source: Equatable, Sendable {
    /// - Parameter line: counted from 1.
    case file(line: Int)
    case settings
  }

  /// A line of the merged configuration.
  public struct Place: Equatable, Sendable {
    /// The file or the settings.
    public var source: Source
    /// The first word of the section's head.
    public var section: String
    /// The rest of the head; nil where it is one word.
    public var argument: String?
    /// nil for the head itself.
    public var key: String?

    /// The head as a person writes it, as in `[slot 1]`.
    public var title: String { argument.map { "[\(section) \($0)]" } ?? "[\(section)]" }
  }

  /// Both together. A line of it is a number for `place(of:)`.
  public let merged: INI
  /// In the order of the merged lines.
  public private(set) var places: [Place] = []

  /// - Parameters:
  ///   - file: the sections of the file, each with what the second source may set.
  ///   - settings: the sections of the second source, each once; their lines mean nothing.
  ///   - lists: the names of sections that stand for one entry of a list each.
  public init(_ file: [INI.Section], with settings: [INI.Section], lists: Set<String>) {
    let replaced = lists.intersection(settings.map(\.name))
    var merge = Merge()
    var used: [INI.Section] = []
    for section in file where !replaced.contains(section.name) {
      let over = settings.first { $0.name == section.name && $0.argument == section.argument }
      merge.open(section, .file(line: section.line))
      for entry in section.entries
      where over?.entries.contains(where: { $0.key == entry.key }) != true {
        merge.add(entry, .file(line: entry.line))
      }
      if let over {
        used.append(over)
        merge.add(over)
      }
    }
    for section in settings where !used.contains(section) {
      merge.open(section, .settings)
      merge.add(section)
    }
    merged = INI(sections: merge.sections)
    places = merge.places
  }

  /// - Parameter line: of `merged`, counted from 1.
  public func place(of line: Int) -> Place { places[line - 1] }

  private struct Merge {
    var sections: [INI.Section] = []
    var places: [Place] = []

    mutating func open(_ section: INI.Section, _ source: Source) {
      places.append(
        Place(source: source, section: section.name, argument: section.argument, key: nil))
      sections.append(
        INI.Section(name: section.name, argument: section.argument, line: places.count))
    }

    mutating func add(_ section: INI.Section) {
      for entry in section.entries where !entry.value.isEmpty { add(entry, .settings) }
    }

    mutating func add(_ entry: INI.Entry, _ source: Source) {
      let section = sections[sections.count - 1]
      places.append(
        Place(
          source: source, section: section.name, argument: section.argument, key: entry.key))
      sections[sections.count - 1].entries.append(
        INI.Entry(key: entry.key, value: entry.value, line: places.count))
    }
  }
}
