// The names of the people who call the API: what one is made of, and when two are one.
import Text

/// A name stands in the ledger and in the audit, and a second person is one of another name: a
/// name that only looks like another would let one person be two.
enum ActorName {
  /// In Unicode scalars.
  static let longest = 64

  /// - Returns: what is wrong with a name.
  static func fault(of name: String) -> String? {
    if name.isEmpty { return "it is empty" }
    if name.unicodeScalars.count > longest { return "it is longer than \(longest) characters" }
    for (index, scalar) in name.unicodeScalars.enumerated() where !isLetter(scalar) {
      return "its character \(index + 1) is \(Excerpt.name(of: scalar)); a name is made of a-z, "
        + "A-Z, 0-9, \".\", \"_\", \"-\", \"@\" and Chinese characters"
    }
    return nil
  }

  /// Whether two names are the same to a reader who does not look at their case.
  static func areAlike(_ one: String, _ other: String) -> Bool {
    one.lowercased() == other.lowercased()
  }

  /// The letters of two scripts that share no shape.
  private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "a"..."z", "A"..."Z", "0"..."9", ".", "_", "-", "@": true
    default: scalar.properties.isUnifiedIdeograph
    }
  }
}
