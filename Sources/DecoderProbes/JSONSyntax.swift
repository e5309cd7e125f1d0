// JSON (RFC 8259) once more, as plainly as its grammar: what JSONReader is held against.

/// Says whether bytes are one JSON text. It shares nothing with the product's reader and keeps
/// nothing of what it reads.
struct JSONSyntax {
  private let bytes: [UInt8]
  private var position = 0
  private var depth = 0
  /// How deep arrays and objects nest.
  private(set) var deepest = 0
  /// Bytes between the quotes of the longest member name.
  private(set) var longestName = 0

  /// - Returns: nil where the bytes are not JSON.
  init?(_ bytes: [UInt8]) {
    self.bytes = bytes
    guard String(validating: bytes, as: UTF8.self) != nil, value() else { return nil }
    skipSpace()
    guard position == bytes.count else { return nil }
  }

  private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func skipSpace() {
    while let byte = next, [0x20, 0x09, 0x0A, 0x0D].contains(byte) { position += 1 }
  }

  private mutating func take(_ text: String) -> Bool {
    guard bytes[position...].starts(with: text.utf8) else { return false }
    position += text.utf8.count
    return true
  }

  private mutating func value() -> Bool {
    skipSpace()
    switch next {
    case UInt8(ascii: "{"): return list("{", "}") { $0.member() }
    case UInt8(ascii: "["): return list("[", "]") { $0.value() }
    case UInt8(ascii: "\""): return string()
    case UInt8(ascii: "t"): return take("true")
    case UInt8(ascii: "f"): return take("false")
    case UInt8(ascii: "n"): return take("null")
    default: return number()
    }
  }

  private mutating func list(
    _ open: String, _ close: String, _ element: (inout JSONSyntax) -> Bool
  ) -> Bool {
    depth += 1
    deepest = max(deepest, depth)
    // Nothing that the reader accepts comes near; it only spares the stack.
    guard depth < 200, take(open) else { return false }
    skipSpace()
    if !take(close) {
      repeat {
        guard element(&self) else { return false }
        skipSpace()
      } while take(",")
      guard take(close) else { return false }
    }
    depth -= 1
    return true
  }

  private mutating func member() -> Bool {
    skipSpace()
    let start = position
    guard string() else { return false }
    longestName = max(longestName, position - start - 2)
    skipSpace()
    return take(":") && value()
  }

  private mutating func string() -> Bool {
    guard take("\"") else { return false }
    while let byte = next {
      position += 1
      switch byte {
      case UInt8(ascii: "\""): return true
      case UInt8(ascii: "\\"): guard escape() else { return false }
      case 0..<0x20: return false
      default: break
      }
    }
    return false
  }

  private mutating func escape() -> Bool {
    for plain in ["\"", "\\", "/", "b", "f", "n", "r", "t"] where take(plain) { return true }
    guard let first = unit() else { return false }
    switch first {
    case 0xD800...0xDBFF:
      guard take("\\"), let second = unit() else { return false }
      return (0xDC00...0xDFFF).contains(second)
    case 0xDC00...0xDFFF: return false
    default: return true
    }
  }

  /// The code unit of `uXXXX`.
  private mutating func unit() -> UInt32? {
    guard take("u"), position + 4 <= bytes.count else { return nil }
    let digits = String(decoding: bytes[position..<position + 4], as: UTF8.self)
    guard digits.utf8.count == 4, digits.allSatisfy(\.isHexDigit) else { return nil }
    position += 4
    return UInt32(digits, radix: 16)
  }

  private mutating func number() -> Bool {
    _ = take("-")
    if !take("0") { guard digits() else { return false } }
    if take(".") { guard digits() else { return false } }
    if take("e") || take("E") {
      _ = take("+") || take("-")
      guard digits() else { return false }
    }
    return true
  }

  private mutating func digits() -> Bool {
    let start = position
    while let byte = next, (48...57).contains(byte) { position += 1 }
    return position > start
  }
}
