// What is asked of the settings of stations, as JSON.
import JSON
import ManagementCore
import StationProtocol

/// `POST /stations/{id}/settings/differences`.
package struct SettingsDraft: Equatable, Sendable {
  package var change: SettingsChange

  package init(json: [UInt8]) throws(JSONError) {
    var change: SettingsChange?
    self = try JSONReader.read(json) { (reader) throws(JSONError) in
      try reader.object { (reader, key) throws(JSONError) in
        switch key {
        case "sections": try reader.read(&change, key, SettingsChange.read)
        default: throw reader.unknown(key)
        }
      }
      return SettingsDraft(change: try reader.require(change, "sections"))
    }
  }

  init(change: SettingsChange) { self.change = change }
}

/// `PUT /stations/{id}/settings`.
package struct SettingsBody: Equatable, Sendable {
  package var draft: SettingsDraft
  package var expected: Int64
  package var reason: String

  package init(json: [UInt8]) throws(JSONError) {
    var change: SettingsChange?
    var expected: Int64?
    var reason: String?
    self = try JSONReader.read(json) { (reader) throws(JSONError) in
      try reader.object { (reader, key) throws(JSONError) in
        switch key {
        case "sections": try reader.read(&change, key, SettingsChange.read)
        case "expected":
          try reader.read(&expected, key, integer: { $0 >= 0 ? $0 : nil })
        case "reason": try reader.read(&reason, key, plain: SettingsRequest.longestReason)
        default: throw reader.unknown(key)
        }
      }
      return SettingsBody(
        draft: SettingsDraft(change: try reader.require(change, "sections")),
        expected: try reader.require(expected, "expected"),
        reason: try reader.require(reason, "reason"))
    }
  }

  private init(draft: SettingsDraft, expected: Int64, reason: String) {
    self.draft = draft
    self.expected = expected
    self.reason = reason
  }
}

extension SettingsChange {
  /// Sections with their values; `null` for what is taken out.
  fileprivate static func read(
    _ reader: inout JSONReader
  ) throws(JSONError) -> SettingsChange {
    var sections: [Section] = []
    try reader.array(limit: WantedSettings.mostSections) { (reader) throws(JSONError) in
      let start = reader.offset
      let section = try section(&reader)
      guard
        !sections.contains(where: {
          $0.name == section.name && $0.argument == section.argument
        })
      else { throw JSONError(offset: start, reason: .invalidMember("sections")) }
      sections.append(section)
    }
    return SettingsChange(sections)
  }

  private static func section(_ reader: inout JSONReader) throws(JSONError) -> Section {
    var name: SettingsWord?
    var argument: SettingsWord?
    var values: [Value]??
    let form = "1 to \(SettingsWord.longest) of a-z, 0-9 and -"
    try reader.object { (reader, key) throws(JSONError) in
      switch key {
      case "section":
        try reader.read(&name, key, text: { SettingsWord($0) }, expecting: form)
      case "name": try reader.read(&argument, key, text: { SettingsWord($0) }, expecting: form)
      case "values": try reader.read(&values, key, Self.values)
      default: throw reader.unknown(key)
      }
    }
    return Section(
      try reader.require(name, "section"), argument, try reader.require(values, "values"))
  }

  private static func values(_ reader: inout JSONReader) throws(JSONError) -> [Value]? {
    if reader.takeNull() { return nil }
    var list: [Value] = []
    try reader.object { (reader, key) throws(JSONError) in
      guard !list.contains(where: { $0.key.text == key.name }) else {
        throw JSONError(offset: key.offset, reason: .repeatedMember(key.name))
      }
      guard let word = SettingsWord(key.name), list.count < SettingsSection.mostValues else {
        throw reader.unknown(key)
      }
      let isOut = reader.takeNull()
      list.append(
        Value(word, isOut ? nil : try reader.string(limit: SettingsSection.longestValue)))
    }
    return list
  }
}
