// The marks that some editors put before a text to say how it is encoded.

/// A byte order mark says nothing in UTF-8; it is passed over wherever a person may have written
/// the file.
public enum TextMark {
  private static let utf8: [UInt8] = [0xEF, 0xBB, 0xBF]

  /// The text without the mark.
  public static func skipped(_ text: [UInt8]) -> ArraySlice<UInt8> {
    text.starts(with: utf8) ? text.dropFirst(utf8.count) : text[...]
  }

  /// The same of a whole file, so that the first line means what it shows.
  public static func without(_ text: [UInt8]) -> [UInt8] {
    text.starts(with: utf8) ? Array(text.dropFirst(utf8.count)) : text
  }

  /// Whether the text begins as one in UTF-16 does, of either byte order.
  public static func isUTF16(_ text: [UInt8]) -> Bool {
    text.starts(with: [0xFF, 0xFE]) || text.starts(with: [0xFE, 0xFF])
  }
}
