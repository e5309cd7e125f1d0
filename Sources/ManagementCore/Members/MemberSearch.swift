// A part of a member's id or label, to find the member by.

/// A text to look for in ids and labels. Capital and small letters of ASCII are the same; every
/// other character is itself, on each engine alike.
package struct MemberSearch: Equatable, Sendable {
  /// In characters.
  package static let longest = 64

  private let folded: [UInt8]

  /// - Returns: nil where the text is empty or too long.
  package init?(_ text: String) {
    guard !text.isEmpty, text.unicodeScalars.count <= Self.longest else { return nil }
    folded = Self.fold(text)
  }

  package func matches(_ member: Member) -> Bool {
    Self.contains(Self.fold(member.id.text), folded)
      || member.label.map { Self.contains(Self.fold($0), folded) } == true
  }

  /// The pattern for SQL's LIKE over texts in small letters, with `\` as the escape character.
  package var pattern: String {
    var bytes: [UInt8] = [UInt8(ascii: "%")]
    for byte in folded {
      if [UInt8(ascii: "%"), UInt8(ascii: "_"), UInt8(ascii: "\\")].contains(byte) {
        bytes.append(UInt8(ascii: "\\"))
      }
      bytes.append(byte)
    }
    return String(decoding: bytes + [UInt8(ascii: "%")], as: UTF8.self)
  }

  private static func fold(_ text: String) -> [UInt8] {
    text.utf8.map { UInt8(ascii: "A")...UInt8(ascii: "Z") ~= $0 ? $0 | 0x20 : $0 }
  }

  private static func contains(_ text: [UInt8], _ part: [UInt8]) -> Bool {
    guard text.count >= part.count else { return false }
    return (0...text.count - part.count).contains { text[$0...].starts(with: part) }
  }
}
