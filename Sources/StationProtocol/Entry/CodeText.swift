// The characters of a member code, as they go from a reader to the service.

/// A member code as it was shown: 1 to 512 characters of the alphabet of base45 (RFC 9285
/// section 4.2). Whether anything in it can be believed is not said by its form.
package struct CodeText: Hashable, Sendable, CustomStringConvertible {
  /// The largest number of characters of a code; no reader of a station takes more.
  package static let longest = 512
  package let text: String

  /// - Returns: nil where the text is empty, too long, or holds any other character.
  package init?(_ text: some StringProtocol) {
    self.init(Array(text.utf8))
  }

  /// - Returns: nil where the bytes are none, too many, or hold any other character.
  package init?(_ bytes: [UInt8]) {
    guard (1...Self.longest).contains(bytes.count), bytes.allSatisfy(Self.isKnown) else {
      return nil
    }
    text = String(decoding: bytes, as: UTF8.self)
  }

  /// Its length alone: a whole code is as good as the member who shows it, so no log
  /// gets one.
  package var description: String { "a code of \(text.utf8.count) characters" }

  private static func isKnown(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: " "), UInt8(ascii: "$"), UInt8(ascii: "%"), UInt8(ascii: "*"),
      UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "/"),
      UInt8(ascii: ":"):
      true
    default: false
    }
  }
}
