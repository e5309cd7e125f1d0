// Reads base64 (RFC 4648 section 4), for bytes that a reader sends and JSON cannot carry.

package enum Base64 {
  /// - Returns: nil where the text is not base64 in its one spelling, padding included.
  package static func decode(_ text: String) -> [UInt8]? {
    let digits = Array(text.utf8)
    guard digits.count % 4 == 0 else { return nil }
    let padding = digits.suffix(2).filter { $0 == UInt8(ascii: "=") }.count
    var bits: UInt32 = 0
    var bytes: [UInt8] = []
    for (index, digit) in digits.dropLast(padding).enumerated() {
      guard let value = value(of: digit) else { return nil }
      bits = bits << 6 | UInt32(value)
      if index % 4 > 0 {
        bytes.append(UInt8(truncatingIfNeeded: bits >> (6 - 2 * UInt32(index % 4))))
      }
      if index % 4 == 3 { bits = 0 }
    }
    // The bits that the padding leaves over are zero in the one spelling.
    let left: UInt32 = padding == 2 ? 0xF : padding == 1 ? 0x3 : 0
    guard padding == 0 || bits & left == 0 else { return nil }
    guard padding == 0 || digits[digits.count - padding - 1] != UInt8(ascii: "=") else {
      return nil
    }
    return bytes
  }

  private static func value(of digit: UInt8) -> UInt8? {
    switch digit {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): digit - 65
    case UInt8(ascii: "a")...UInt8(ascii: "z"): digit - 71
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit + 4
    case UInt8(ascii: "+"): 62
    case UInt8(ascii: "/"): 63
    default: nil
    }
  }
}
