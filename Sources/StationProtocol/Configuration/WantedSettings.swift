// The settings that the service wants of a station: sections, keys and values, as in its file.
import Configuration
import JSON

/// The part of a station's configuration that the service sets, whole. A key that does not stand
/// here has the value of the board's file. Only keys of `ServiceKeys` mean anything; the station
/// judges them beside those of the board, and takes all of them or none.
package struct WantedSettings: Equatable, Sendable {
  /// Rises with each change of the settings; at most the revision of the message.
  package var revision: Int64
  /// The digest of the sections' JSON.
  package var digest: PayloadDigest
  /// Each once, in the order of the service.
  package var sections: [SettingsSection]

  /// Every section of `ServiceKeys`: 80 slots, as many articles, 8 sensors, 4 access points, and
  /// those that stand once.
  package static let mostSections = 192

  package init(revision: Int64, digest: PayloadDigest, sections: [SettingsSection]) {
    self.revision = revision
    self.digest = digest
    self.sections = sections
  }

  /// The bytes of which the digest is.
  package static func content(_ sections: [SettingsSection]) -> [UInt8] {
    var writer = JSONWriter()
    writer.array(sections) { $1.write(to: &$0) }
    return writer.bytes
  }
}

/// One section of the settings, with a value for each of its keys.
package struct SettingsSection: Equatable, Sendable {
  package var name: SettingsWord
  /// The second word of its head, as the 1 in `[slot 1]`.
  package var argument: SettingsWord?
  package var values: [Value]

  /// More than any section has keys.
  package static let mostValues = 32
  /// In bytes of UTF-8. A schedule is the longest value of all.
  package static let longestValue = Schedule.mostCharacters

  /// A key and its value. An empty value takes the key out that the board's file has.
  package struct Value: Equatable, Sendable {
    package var key: SettingsWord
    package var text: String

    package init(_ key: SettingsWord, _ text: String) {
      self.key = key
      self.text = text
    }
  }

  package init(_ name: SettingsWord, _ argument: SettingsWord? = nil, _ values: [Value] = []) {
    self.name = name
    self.argument = argument
    self.values = values
  }

  /// The section as the configuration's reader knows it, without lines.
  package var ini: INI.Section {
    INI.Section(
      name: name.text, argument: argument?.text, line: 0,
      entries: values.map { INI.Entry(key: $0.key.text, value: $0.text, line: 0) })
  }
}

/// The name of a section or of a key, or what stands behind a section's name: 1 to 48 of `a-z`,
/// `0-9` and `-`.
package struct SettingsWord: Hashable, Sendable {
  package static let longest = 48
  package let text: String

  /// - Returns: nil where the text is empty, too long, or holds any other character.
  package init?(_ text: some StringProtocol) {
    guard isPlainWord(text, limit: Self.longest) else { return nil }
    self.text = String(text)
  }
}

extension SettingsWord: MemberText {
  package init?(member text: String) { self.init(text) }
  package var memberText: String { text }
}

extension WantedSettings: DescribedObject {
  package static var isTakenWhole: Bool { true }

  package static func described<Coder: MemberCoder>(
    _ settings: WantedSettings?, by coder: inout Coder
  ) throws(Coder.Failure) -> WantedSettings {
    let revision = try coder.number("rev", settings?.revision, 1...(.max))
    let digest = try coder.member("digest", settings?.digest)
    let sections = try coder.list(
      "sections", settings?.sections, ListBounds(most: mostSections))
    let heads = Set(sections.map { [$0.name.text, $0.argument?.text ?? ""] })
    try coder.demand(heads.count == sections.count, of: "sections")
    return WantedSettings(revision: revision, digest: digest, sections: sections)
  }
}

extension SettingsSection: DescribedObject {
  package static var isTakenWhole: Bool { true }

  package static func described<Coder: MemberCoder>(
    _ section: SettingsSection?, by coder: inout Coder
  ) throws(Coder.Failure) -> SettingsSection {
    let name = try coder.member("section", section?.name)
    let argument = try coder.optional("name", section?.argument)
    let values = try coder.member("values", section.map { SettingsValues(list: $0.values) })
    return SettingsSection(name, argument, values.list)
  }
}

/// The values of a section as an object, whose members are the keys.
private struct SettingsValues: MemberValue {
  let list: [SettingsSection.Value]

  static func read(from reader: inout JSONReader) throws(JSONError) -> SettingsValues? {
    var list: [SettingsSection.Value] = []
    try reader.object { (reader, key) throws(JSONError) in
      guard !list.contains(where: { $0.key.text == key.name }) else {
        throw JSONError(offset: key.offset, reason: .repeatedMember(key.name))
      }
      guard let word = SettingsWord(key.name), list.count < SettingsSection.mostValues else {
        throw reader.unknown(key)
      }
      let text = try reader.string(limit: SettingsSection.longestValue)
      list.append(SettingsSection.Value(word, text))
    }
    return SettingsValues(list: list)
  }

  func write(to writer: inout JSONWriter) {
    writer.object { object in
      for value in list {
        object.key(word: value.key.text)
        object.value(value.text)
      }
    }
  }
}
