// Values of a fixed number of bytes, which messages have as hexadecimal digits.
import Text

/// A signature, a proof: so many bytes, a multiple of eight, written as twice as many digits.
package protocol HexBytes: MemberText {
  static var length: Int { get }
  var bytes: [UInt8] { get }
  /// - Returns: nil unless there are exactly `length` bytes.
  init?(_ bytes: [UInt8])
}

extension HexBytes {
  package init?(member text: String) {
    let digits = Array(text.utf8)
    guard digits.count == 2 * Self.length else { return nil }
    var bytes: [UInt8] = []
    for start in stride(from: 0, to: digits.count, by: 16) {
      guard let eight = Hex.number(digits[start..<start + 16]) else { return nil }
      bytes += (0..<8).map { UInt8(truncatingIfNeeded: eight >> (56 - 8 * $0)) }
    }
    self.init(bytes)
  }

  package var memberText: String {
    stride(from: 0, to: bytes.count, by: 8).map { start in
      Hex.text(bytes[start..<start + 8].reduce(0) { $0 << 8 | UInt64($1) }, digits: 16)
    }.joined()
  }
}
