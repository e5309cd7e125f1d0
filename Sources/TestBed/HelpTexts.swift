// Help texts of configuration keys that a stranger could not read alone.
import Configuration

/// The rule of help texts: each meets somebody who reads that line alone, in an example file or in an
/// error, so that it names its subject.
package enum HelpTexts {
  /// Words with which a sentence leaves out what it is about.
  private static let openers: Set<Substring> = [
    "It", "Its", "What", "Whatever", "Where", "When", "Which", "Who", "Whoever", "Whose", "How",
    "Of",
    "Colder", "Hotter", "Beyond", "So", "That", "Those",
  ]

  /// - Returns: the sections and keys whose text does not name its subject, or is no sentence.
  package static func faults(of table: ConfigurationTable) -> [String] {
    table.sections.flatMap { section in
      ([(section.name, section.sentence)]
        + section.keys.map { ("\(section.name): \($0.name)", $0.sentence) })
        .filter { !isReadable($0.1) }.map { "\($0.0): \($0.1)" }
    }
  }

  private static func isReadable(_ text: String) -> Bool {
    let first = text.prefix { $0.isLetter }
    return !openers.contains(first) && !text.hasPrefix("The same") && text.hasSuffix(".")
      && first.first?.isUppercase == true
  }
}
