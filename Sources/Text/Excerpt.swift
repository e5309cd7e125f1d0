// What a message repeats of something that a stranger wrote: bounded, on one line, all visible.

/// Error texts, logs and answers quote what they refuse, so that it can be found; never more of it
/// than a person reads, and never a character that would rewrite the line around it.
public struct Excerpt: CustomStringConvertible, Equatable, Sendable {
  /// In bytes of UTF-8, without the mark that something was left out.
  public static let longest = 64
  /// How many of a list are named; the rest are counted.
  public static let mostNamed = 50

  /// The part that may be shown: the beginning, with names in place of hidden characters.
  public let description: String

  /// The beginning of a text, of at most so many bytes.
  public init(_ text: some StringProtocol, longest: Int = longest) {
    var shown = ""
    var size = 0
    for scalar in text.unicodeScalars {
      let word = PlainText.isHidden(scalar) ? "<\(Self.name(of: scalar))>" : String(scalar)
      size += word.utf8.count
      guard size <= longest else {
        shown += "…"
        break
      }
      shown += word
    }
    description = shown
  }

  /// `U+202E`.
  public static func name(of scalar: Unicode.Scalar) -> String {
    let digits = String(scalar.value, radix: 16, uppercase: true)
    return "U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }

  /// The first of a list, and a sentence that counts the others where there are any.
  public static func named<Element>(
    _ all: some Collection<Element>, most: Int = mostNamed, _ sentence: (Element) -> String
  ) -> [String] {
    let lines = all.prefix(most).map(sentence)
    return all.count > most ? lines + ["and \(all.count - most) more"] : lines
  }
}
