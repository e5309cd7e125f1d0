// The mark that some editors put before a text in UTF-8; nothing of the text, and nobody sees it.

package enum ByteOrderMark {
  private static let bytes: [UInt8] = [0xEF, 0xBB, 0xBF]

  /// The text behind the mark, or all of it where there is none. What is read from a file comes
  /// through here before anything looks at it, so that the first line means what it shows.
  package static func skipped(in text: [UInt8]) -> [UInt8] {
    text.starts(with: bytes) ? Array(text.dropFirst(bytes.count)) : text
  }
}
