// The configuration table as the file a maintainer starts from: every key, explained.

extension ConfigurationTable {
  /// What `--print-default-config` prints. Keys that must be set show an example; keys that may
  /// be left out stand as comments.
  package var defaultText: String {
    sections.map(\.defaultText).joined(separator: "\n")
  }
}

extension ConfigurationTable.Section {
  fileprivate var defaultText: String {
    let title =
      switch occurrence {
      case .single: "[\(name)]"
      case .repeated(_, let example, _): "[\(name) \(example)]"
      }
    var lines = Self.comment(sentence)
    lines.append(title)
    for key in keys {
      lines += Self.comment("\(key.sentence) Expects \(key.kind.form).")
      switch key.presence {
      case .standard(let text): lines.append("\(key.name) = \(text)")
      case .required(let example): lines.append("\(key.name) = \(example)")
      case .optional(let example): lines.append("#\(key.name) = \(example)")
      }
    }
    return lines.map { $0 + "\n" }.joined()
  }

  /// The words as comment lines of at most 98 columns.
  private static func comment(_ text: String) -> [String] {
    var lines: [String] = []
    var line = "#"
    for word in text.split(separator: " ") {
      if line.count + 1 + word.count > 98 {
        lines.append(line)
        line = "#"
      }
      line += " \(word)"
    }
    return lines + [line]
  }
}
