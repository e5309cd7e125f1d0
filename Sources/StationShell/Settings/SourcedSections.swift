// The sections of a file with those of the service, each value with its source as a comment.
import Configuration
import StationProtocol
import Text

/// The lines of a configuration that two sources make. A line that one of them has set stands below
/// its source. A default stands behind `#`, because some keys mean something by being set at all.
struct SourcedSections {
  private let file: [INI.Section]
  /// The settings of the service that are in force; nil for none.
  private let settings: WantedSettings?
  private let overlay: Overlay

  init(_ file: [INI.Section], with settings: WantedSettings?) {
    self.file = file
    self.settings = settings
    overlay = Overlay(
      file, with: (settings?.sections ?? []).map(\.ini), lists: ServiceKeys.lists)
  }

  /// The lines of all sections of a kind, a block for each.
  func blocks(of kind: ConfigurationTable.Section) -> [[String]] {
    var sections = overlay.merged.sections.filter { $0.name == kind.name }
    if sections.isEmpty {
      guard case .single = kind.occurrence else {
        return [["# There is no [\(kind.name)] section."]]
      }
      sections = [INI.Section(name: kind.name, line: 0)]
    }
    return replacement(of: kind) + sections.map { block($0, of: kind) }
  }

  private func isReplaced(_ name: String) -> Bool {
    ServiceKeys.lists.contains(name) && settings?.sections.contains { $0.name.text == name } == true
  }

  /// The sections of the file for which a list of the service stands.
  private func replacement(of kind: ConfigurationTable.Section) -> [[String]] {
    let hidden = file.filter { $0.name == kind.name }
    guard isReplaced(kind.name), !hidden.isEmpty else { return [] }
    let names = hidden.map { "\(head($0)) in line \($0.line)" }.joined(separator: ", ")
    return [
      ConfigurationTable.comment(
        "The service's list of revision \(settings?.revision ?? 0) stands in place of the file's: \(names)."
      )
    ]
  }

  // MARK: - A section

  private enum Row {
    case set(line: String, source: String)
    case unset(line: String, note: String)
  }

  private func block(_ section: INI.Section, of kind: ConfigurationTable.Section) -> [String] {
    var rows: [Row] = []
    var absent: [ConfigurationTable.Key] = []
    for key in kind.keys {
      if let row = row(key, section) { rows.append(row) } else { absent.append(key) }
    }
    var width = 0
    for case .unset(let line, _) in rows { width = max(width, line.count) }
    let lines = rows.flatMap { row in
      switch row {
      case .set(let line, let source): ["# \(source)", line]
      case .unset(let line, let note):
        [line + String(repeating: " ", count: width - line.count) + "  # \(note)"]
      }
    }
    return [head(section)] + lines + notSet(absent.filter { $0.setter == nil })
      + notSet(absent.filter { $0.setter != nil })
  }

  private func head(_ section: INI.Section) -> String {
    section.argument.map { "[\(section.name) \($0)]" } ?? "[\(section.name)]"
  }

  /// - Parameter keys: all of the file alone, or all of the service as well.
  private func notSet(_ keys: [ConfigurationTable.Key]) -> [String] {
    guard let setter = keys.first.map(\.setter) else { return [] }
    let names = keys.map(\.name).joined(separator: ", ")
    return ConfigurationTable.comment(
      "not set\(setter.map { ", and \($0) may set them" } ?? ""): \(names)")
  }

  // MARK: - A key

  private var service: String { "the service, revision \(settings?.revision ?? 0)" }

  /// - Returns: nil for a key that has no value and of which no source speaks.
  private func row(_ key: ConfigurationTable.Key, _ section: INI.Section) -> Row? {
    let line = lineInFile(key, of: section)
    let mayBeSet = key.setter.map { "; \($0) may set it" } ?? ""
    guard let entry = section.entries.first(where: { $0.key == key.name }) else {
      let note = line.map { "; \(service), takes line \($0) of the file out" } ?? mayBeSet
      switch key.presence {
      case .standard(let text):
        return .unset(line: "#\(key.name) = \(text)", note: "the default\(note)")
      case .required, .optional, .usual:
        return line == nil ? nil : .unset(line: "#\(key.name) =", note: "not set\(note)")
      }
    }
    switch overlay.place(of: entry.line).source {
    case .file(let line):
      return .set(line: "\(key.name) = \(entry.value)", source: "the file, line \(line)\(mayBeSet)")
    case .settings:
      let covered = line.map { ", in place of line \($0) of the file" } ?? ""
      // A line feed of the service would make another line of the file.
      let value = Excerpt(entry.value, longest: .max)
      return .set(line: "\(key.name) = \(value)", source: "\(service)\(covered)")
    }
  }

  /// The line in which the file has the key; nil where it does not, or where the section stands in a
  /// list of the service.
  private func lineInFile(_ key: ConfigurationTable.Key, of section: INI.Section) -> Int? {
    guard !isReplaced(section.name) else { return nil }
    let own = file.first { $0.name == section.name && $0.argument == section.argument }
    return own?.entries.first { $0.key == key.name }?.line
  }
}
