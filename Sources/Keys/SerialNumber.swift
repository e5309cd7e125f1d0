// The number by which an authority knows each certificate that it has issued.

import CCrypto
import Text

/// Sixteen bytes, of which the first bit is 0 and the first byte is not: a positive number of always
/// the same length (RFC 5280 section 4.1.2.2 allows up to 20 bytes).
package struct SerialNumber: Hashable, Sendable, CustomStringConvertible {
  package static let length = 16
  package let bytes: [UInt8]

  /// - Parameter random: two words of the system's random source.
  package init(random: (UInt64, UInt64)) {
    var bytes = Self.bytes(random.0) + Self.bytes(random.1)
    bytes[0] = bytes[0] & 0x3F | 0x40
    self.bytes = bytes
  }

  /// - Parameter text: 32 hexadecimal digits in lower case, as `description` gives them.
  /// - Returns: nil where the text is anything else.
  package init?(_ text: some StringProtocol) {
    guard text.utf8.count == 2 * Self.length,
      let first = Hex.number(text.utf8.prefix(16)), let second = Hex.number(text.utf8.dropFirst(16))
    else { return nil }
    let bytes = Self.bytes(first) + Self.bytes(second)
    guard (1...0x7F).contains(bytes[0]) else { return nil }
    self.bytes = bytes
  }

  /// - Returns: nil where the number has another length: it is of another authority.
  init?(_ number: UnsafePointer<ASN1_INTEGER>?) {
    guard let number, let value = ASN1_INTEGER_to_BN(number, nil) else { return nil }
    defer { BN_free(value) }
    guard BN_is_negative(value) == 0, (BN_num_bits(value) + 7) / 8 == Self.length else {
      return nil
    }
    var bytes = [UInt8](repeating: 0, count: Self.length)
    BN_bn2bin(value, &bytes)
    guard (1...0x7F).contains(bytes[0]) else { return nil }
    self.bytes = bytes
  }

  /// The number as libcrypto takes it; for the caller to free.
  var integer: UnsafeMutablePointer<ASN1_INTEGER>? {
    guard let value = BN_bin2bn(bytes, Int32(bytes.count), nil) else { return nil }
    defer { BN_free(value) }
    return BN_to_ASN1_INTEGER(value, nil)
  }

  package var description: String {
    [bytes.prefix(8), bytes.suffix(8)].map { half in
      Hex.text(half.reduce(0) { $0 << 8 | UInt64($1) }, digits: 16)
    }.joined()
  }

  private static func bytes(_ word: UInt64) -> [UInt8] {
    (0..<8).map { UInt8(truncatingIfNeeded: word >> (56 - 8 * $0)) }
  }
}
