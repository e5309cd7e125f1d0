// The configuration table as the file a maintainer starts from: every key, explained.

extension ConfigurationTable {
  /// What `--print-default-config` prints, which is a file that can be used. Keys that must be set
  /// show an example; keys and sections that may be left out stand as comments.
  public var defaultText: String {
    sections.map(\.defaultText).joined(separator: "\n")
  }

  /// The words as comment lines of at most 98 columns.
  public static func comment(_ text: String) -> [String] {
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

extension ConfigurationTable.Section {
  fileprivate var defaultText: String {
    let title =
      switch occurrence {
      case .single: "[\(name)]"
      case .repeated(_, let example, _): "[\(name) \(example)]"
      }
    let mark = isPrinted ? "" : "#"
    var lines = ConfigurationTable.comment(isPrinted ? sentence : "\(sentence) \(Self.howToHaveIt)")
    lines.append(mark + title)
    for key in keys {
      let setter = key.setter.map { " May be set by \($0) as well, which goes before this file." }
      lines += ConfigurationTable.comment(
        "\(key.sentence) Expects \(key.kind.form).\(setter ?? "")")
      switch key.presence {
      case .standard(let text), .required(let text), .usual(let text):
        lines.append("\(mark)\(key.name) = \(text)")
      case .optional(let example): lines.append("\(mark)#\(key.name) = \(example)")
      }
    }
    return lines.map { $0 + "\n" }.joined()
  }

  private static let howToHaveIt =
    "To have one, take one # away before its name and each of its keys."
}
