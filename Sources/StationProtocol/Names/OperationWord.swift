// The operations of a station by their words, as its birth lists them.

/// The word of an operation: 1 to 48 of `a-z`, `0-9` and `-`. A later version may have more words
/// than this one knows.
package struct OperationWord: Hashable, Sendable, Comparable, CustomStringConvertible {
  /// The most that a station names.
  package static let most = 64
  package let text: String

  /// - Returns: nil where the text is empty, too long, or holds any other character.
  package init?(_ text: some StringProtocol) {
    guard isPlainWord(text, limit: 48) else { return nil }
    self.text = String(text)
  }

  /// - Parameter text: of an operation that is known here.
  init(known text: String) { self.text = text }

  package var description: String { text }
  package static func < (one: OperationWord, other: OperationWord) -> Bool {
    one.text < other.text
  }
}

extension OperationWord: MemberText {
  package init?(member text: String) { self.init(text) }
  package var memberText: String { text }

  static let bounds = ListBounds<OperationWord>(most: most, "operations") { $0 < $1 }
}
