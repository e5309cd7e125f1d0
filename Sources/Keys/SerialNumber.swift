// The number by which an authority knows each certificate that it has issued.

import CCrypto

/// Sixteen bytes, of which the first bit is 0 and the first byte is not: a positive number of always
/// the same length (RFC 5280 section 4.1.2.2 allows up to 20 bytes).
package struct SerialNumber: Hashable, Sendable, CustomStringConvertible {
  package static let length = 16
  package let bytes: [UInt8]

  /// - Parameter random: two words of the system's random source.
  package init(random: (UInt64, UInt64)) {
    var bytes = [random.0, random.1].flatMap { word in
      (0..<8).map { UInt8(truncatingIfNeeded: word >> (56 - 8 * $0)) }
    }
    bytes[0] = bytes[0] & 0x3F | 0x40
    self.bytes = bytes
  }

  /// - Parameter text: 32 hexadecimal digits in lower case, as `description` gives them.
  /// - Returns: nil where the text is anything else.
  package init?(_ text: some StringProtocol) {
    let digits = text.utf8.compactMap { digit -> UInt8? in
      switch digit {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
      case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
      default: nil
      }
    }
    guard digits.count == 2 * Self.length, text.utf8.count == digits.count else { return nil }
    let bytes = stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
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
    let digits = Array("0123456789abcdef".utf8)
    return String(
      decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 0xF)]] }, as: UTF8.self)
  }
}
