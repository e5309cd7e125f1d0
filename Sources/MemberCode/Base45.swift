// Base45 (RFC 9285): bytes as text that a QR symbol holds in its alphanumeric mode.

/// Why a text is not base45. Offsets count characters from 0.
package enum Base45Error: Error, Equatable, Sendable {
  /// One character is left over: no number of bytes has this length.
  case length
  /// A character outside the 45 of the alphabet.
  case character(offset: Int)
  /// A group that stands for more than its one or two bytes can hold.
  case value(offset: Int)
}

package enum Base45 {
  private static let alphabet = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:".utf8)
  private static let outside: UInt8 = 0xFF

  /// What each byte stands for; `outside` where it stands for nothing.
  private static let digits: [UInt8] = {
    var digits = [UInt8](repeating: outside, count: 256)
    for (digit, character) in alphabet.enumerated() { digits[Int(character)] = UInt8(digit) }
    return digits
  }()

  /// RFC 9285 section 4: two bytes become three characters, a last single one becomes two.
  package static func encode(_ bytes: [UInt8]) -> String {
    var text: [UInt8] = []
    text.reserveCapacity((bytes.count + 1) / 2 * 3)
    for start in stride(from: 0, to: bytes.count, by: 2) {
      let isPair = start + 1 < bytes.count
      var number = isPair ? Int(bytes[start]) << 8 | Int(bytes[start + 1]) : Int(bytes[start])
      for _ in 0..<(isPair ? 3 : 2) {
        text.append(alphabet[number % 45])
        number /= 45
      }
    }
    return String(decoding: text, as: UTF8.self)
  }

  package static func decode(_ text: [UInt8]) throws(Base45Error) -> [UInt8] {
    try text.withUnsafeBytes { read($0) }.get()
  }

  package static func decode(_ text: UnsafeRawBufferPointer) throws(Base45Error) -> [UInt8] {
    try read(text).get()
  }

  private static func read(_ text: UnsafeRawBufferPointer) -> Result<[UInt8], Base45Error> {
    guard text.count % 3 != 1 else { return .failure(.length) }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.count / 3 * 2 + 1)
    let digits = Self.digits
    for start in stride(from: 0, to: text.count, by: 3) {
      let size = min(3, text.count - start)
      var number = 0
      var offset = start + size
      while offset > start {
        offset -= 1
        let digit = digits[Int(text[offset])]
        guard digit != outside else { return .failure(.character(offset: offset)) }
        number = number * 45 + Int(digit)
      }
      guard number < (size == 3 ? 0x1_0000 : 0x100) else {
        return .failure(.value(offset: start))
      }
      if size == 3 { bytes.append(UInt8(number >> 8)) }
      bytes.append(UInt8(truncatingIfNeeded: number))
    }
    return .success(bytes)
  }
}
