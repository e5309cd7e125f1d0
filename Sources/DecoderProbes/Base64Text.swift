// Base64 (RFC 4648 section 4) as it is written: the product itself only reads it.

enum Base64Text {
  private static let alphabet = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  /// - Parameter lineLength: characters after which a line feed comes; each line then has one.
  static func encode(_ bytes: some Collection<UInt8>, lineLength: Int? = nil) -> String {
    let bytes = Array(bytes)
    var text: [UInt8] = []
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let group = bytes[start..<min(start + 3, bytes.count)]
      let bits = group.enumerated().reduce(UInt32(0)) {
        $0 | UInt32($1.element) << (16 - 8 * UInt32($1.offset))
      }
      for place in 0..<4 {
        text.append(
          place <= group.count
            ? alphabet[Int(bits >> (18 - 6 * UInt32(place)) & 0x3F)] : UInt8(ascii: "="))
      }
    }
    guard let lineLength else { return String(decoding: text, as: UTF8.self) }
    return stride(from: 0, to: text.count, by: lineLength).map {
      String(decoding: text[$0..<min($0 + lineLength, text.count)], as: UTF8.self) + "\n"
    }.joined()
  }
}
