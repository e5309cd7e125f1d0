// How a key is named in a code: the start of a digest of its public form.

import Text

/// The first 8 bytes of the SHA-256 of a key's DER form, or of the certificate it came in.
/// Text is 16 lower-case hex digits.
package struct KeyID: Hashable, Sendable, CustomStringConvertible {
  package let bits: UInt64

  init(der: [UInt8]) { bits = Self.number(SHA256.digest(der).prefix(8)) }

  /// - Returns: nil unless there are exactly 8 bytes: an id of any other length names no key here.
  package init?(bytes: [UInt8]) {
    guard bytes.count == 8 else { return nil }
    bits = Self.number(bytes[...])
  }

  /// As it stands in a COSE header.
  package var bytes: [UInt8] { (0..<8).map { UInt8(truncatingIfNeeded: bits >> (56 - 8 * $0)) } }

  package var description: String { Hex.text(bits, digits: 16) }

  private static func number(_ bytes: ArraySlice<UInt8>) -> UInt64 {
    bytes.reduce(0) { $0 << 8 | UInt64($1) }
  }
}
