// A change of what the service sets at a station, and the difference that it makes.
import Configuration
import JSON
import StationProtocol

/// Sections whose keys are set anew, key by key; whatever it does not name stays.
package struct SettingsChange: Equatable, Sendable {
  package var sections: [Section]

  package struct Section: Equatable, Sendable {
    package var name: SettingsWord
    package var argument: SettingsWord?
    /// nil takes the whole section out, so that the board's file counts again.
    package var values: [Value]?

    package init(_ name: SettingsWord, _ argument: SettingsWord?, _ values: [Value]?) {
      self.name = name
      self.argument = argument
      self.values = values
    }
  }

  package struct Value: Equatable, Sendable {
    package var key: SettingsWord
    /// nil takes the key out; an empty text takes out what the board's file has.
    package var text: String?

    package init(_ key: SettingsWord, _ text: String?) {
      self.key = key
      self.text = text
    }
  }

  package init(_ sections: [Section]) { self.sections = sections }

  /// The settings with this change, in an order of their own: the same settings have one text.
  package func applied(to settings: [SettingsSection]) -> [SettingsSection] {
    var changed = settings
    for section in sections {
      let index = changed.firstIndex { $0.isSame(section.name, section.argument) }
      guard let values = section.values else {
        if let index { changed.remove(at: index) }
        continue
      }
      var kept = index.map { changed[$0].values } ?? []
      for value in values {
        kept.removeAll { $0.key == value.key }
        if let text = value.text { kept.append(SettingsSection.Value(value.key, text)) }
      }
      let merged = SettingsSection(section.name, section.argument, kept)
      if let index { changed[index] = merged } else { changed.append(merged) }
    }
    return changed.filter { !$0.values.isEmpty }.inOrder
  }
}

extension SettingsSection {
  fileprivate func isSame(_ name: SettingsWord, _ argument: SettingsWord?) -> Bool {
    self.name == name && self.argument == argument
  }
}

extension [SettingsSection] {
  /// The sections and keys in the order of `ServiceKeys`; numbers by their size.
  fileprivate var inOrder: [SettingsSection] {
    let table = ServiceKeys.table.sections
    func place(_ section: SettingsSection) -> (Int, Int, String) {
      let argument = section.argument?.text ?? ""
      return (
        table.firstIndex { $0.name == section.name.text } ?? table.count, Int(argument) ?? 0,
        argument
      )
    }
    return map { section in
      let keys = table.first { $0.name == section.name.text }?.keys ?? []
      var ordered = section
      ordered.values.sort { one, other in
        func place(_ value: SettingsSection.Value) -> (Int, String) {
          (keys.firstIndex { $0.name == value.key.text } ?? keys.count, value.key.text)
        }
        return place(one) < place(other)
      }
      return ordered
    }.sorted { place($0) < place($1) }
  }
}

/// A key that has another value than before.
package struct SettingsDifference: Equatable, Sendable {
  package var section: SettingsWord
  package var argument: SettingsWord?
  package var key: SettingsWord
  /// nil where the service does not set it.
  package var before: String?
  package var after: String?

  /// Every difference: what was there in its order, then what is new.
  package static func between(
    _ before: [SettingsSection], _ after: [SettingsSection]
  ) -> [SettingsDifference] {
    func value(_ of: SettingsDifference, in settings: [SettingsSection]) -> String? {
      settings.first { $0.isSame(of.section, of.argument) }?.values
        .first { $0.key == of.key }?.text
    }
    var all: [SettingsDifference] = []
    for section in before + after {
      for entry in section.values {
        var row = SettingsDifference(
          section: section.name, argument: section.argument, key: entry.key)
        guard !all.contains(where: { $0.isSameKey(as: row) }) else { continue }
        row.before = value(row, in: before)
        row.after = value(row, in: after)
        all.append(row)
      }
    }
    return all.filter { $0.before != $0.after }
  }

  private func isSameKey(as other: SettingsDifference) -> Bool {
    section == other.section && argument == other.argument && key == other.key
  }
}
