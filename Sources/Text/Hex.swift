// Numbers as the hexadecimal digits that identifiers and digests are written in.

/// Lower-case hexadecimal numbers of a fixed width.
public enum Hex {
  /// The number in lower-case digits, with leading zeros up to the width.
  public static func text(_ number: UInt64, digits: Int) -> String {
    let plain = String(number, radix: 16)
    return String(repeating: "0", count: max(0, digits - plain.count)) + plain
  }

  /// The number of a text with exactly so many digits, at most 16; nil of any other.
  public static func number(_ text: some StringProtocol, digits: Int) -> UInt64? {
    guard text.utf8.count == digits, digits <= 16 else { return nil }
    return number(text.utf8)
  }

  /// - Parameter digits: at most 16 of them.
  public static func number(_ digits: some Sequence<UInt8>) -> UInt64? {
    // Bytes that lie side by side are read without a call for each: a proof of the ledger reads
    // millions of identifiers.
    if let number = digits.withContiguousStorageIfAvailable({ value(of: $0) }) { return number }
    return value(of: digits)
  }

  private static func value(of digits: some Sequence<UInt8>) -> UInt64? {
    var number: UInt64 = 0
    for byte in digits {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): number = number << 4 | UInt64(byte - 48)
      case UInt8(ascii: "a")...UInt8(ascii: "f"): number = number << 4 | UInt64(byte - 87)
      default: return nil
      }
    }
    return number
  }
}
