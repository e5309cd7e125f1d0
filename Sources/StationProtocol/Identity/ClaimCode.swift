// The code by which a board becomes a station: shown to a person once, typed at the board once.
import Text

/// Twenty letters and digits of Crockford's base 32, which leaves out I, L, O and U, in four groups.
/// The first five name the claim at the service; all of them together are a secret of 75 bits beside
/// that name, which never travels: either side proves to the other that it has it.
package struct ClaimCode: Hashable, Sendable {
  private static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)
  private static let length = 20
  private static let group = 5
  /// Without hyphens.
  private let letters: [UInt8]

  /// - Parameter random: two words of the system's random source, of which 100 bits are used.
  package init(random: (UInt64, UInt64)) {
    letters = [random.0, random.1].flatMap { word in
      (0..<10).map { Self.alphabet[Int(word >> (5 * UInt64($0)) & 0x1F)] }
    }
  }

  /// Reads what a person typed: in any case, with or without hyphens and spaces, O for 0, I and L
  /// for 1.
  /// - Returns: nil where that is no code.
  package init?(_ typed: some StringProtocol) {
    guard typed.utf8.count <= 3 * Self.length else { return nil }
    var letters: [UInt8] = []
    for byte in typed.utf8 where byte != UInt8(ascii: "-") && byte != UInt8(ascii: " ") {
      let upper = (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) ? byte - 0x20 : byte
      let meant =
        switch upper {
        case UInt8(ascii: "O"): UInt8(ascii: "0")
        case UInt8(ascii: "I"), UInt8(ascii: "L"): UInt8(ascii: "1")
        default: upper
        }
      guard Self.alphabet.contains(meant) else { return nil }
      letters.append(meant)
    }
    guard letters.count == Self.length else { return nil }
    self.letters = letters
  }

  /// Names the claim; not secret.
  package var name: ClaimName {
    guard let name = ClaimName(member: String(decoding: letters.prefix(Self.group), as: UTF8.self))
    else { preconditionFailure("a code begins with its name") }
    return name
  }

  /// The bytes that both sides have: the key of their proofs.
  package var secret: [UInt8] { letters }

  /// As a person reads it: four groups of five, between hyphens.
  package var text: String {
    stride(from: 0, to: Self.length, by: Self.group).map {
      String(decoding: letters[$0..<$0 + Self.group], as: UTF8.self)
    }.joined(separator: "-")
  }

  static func isName(_ text: String) -> Bool {
    text.utf8.count == group && text.utf8.allSatisfy { alphabet.contains($0) }
  }
}

/// The first five characters of a claim code.
package struct ClaimName: Hashable, Sendable, MemberText {
  package let memberText: String

  package init?(member text: String) {
    guard ClaimCode.isName(text) else { return nil }
    memberText = text
  }
}
