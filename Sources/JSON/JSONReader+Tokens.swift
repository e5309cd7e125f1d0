// The tokens of JSON: names, strings with their escapes, numbers, brackets.

extension JSONReader {
  /// The most bytes of a member's name.
  private static let longestKey = 64

  /// A member's name. Nearly every one is plain ASCII and stays where it is.
  mutating func key() throws(JSONError) -> JSONKey {
    let start = offset
    if let plain = takePlainString(limit: Self.longestKey) {
      return JSONKey(plain: plain, offset: start)
    }
    return JSONKey(decoded: try string(limit: Self.longestKey), offset: start)
  }

  /// Takes a string that stands there in plain ASCII, without an escape, as nearly every one does:
  /// nothing has to be made of it.
  /// - Returns: nil where none does; the cursor stays where it is then.
  mutating func takePlainString(limit: Int) -> UnsafeBufferPointer<UInt8>? {
    let start = offset
    guard take(UInt8(ascii: "\"")) else { return nil }
    let first = offset
    guard skipPlain(), offset < bytes.count, bytes[offset] == UInt8(ascii: "\""),
      offset - first <= limit
    else {
      offset = start
      return nil
    }
    defer { offset += 1 }
    return UnsafeBufferPointer(rebasing: bytes[first..<offset])
  }

  /// Goes over the characters of a string that stand for themselves.
  /// - Returns: whether all of them are ASCII.
  mutating func skipPlain() -> Bool {
    var all: UInt8 = 0
    while offset < bytes.count, case let byte = bytes[offset], byte >= 0x20,
      byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\")
    {
      all |= byte
      offset += 1
    }
    return all < 0x80
  }

  static func checked(
    _ text: UnsafeBufferPointer<UInt8>, _ start: Int, _ limit: Int
  ) -> Result<String, JSONError> {
    guard text.count <= limit else {
      return .failure(JSONError(offset: start, reason: .tooLong(limit: limit)))
    }
    guard let string = String(validating: text, as: UTF8.self) else {
      return .failure(JSONError(offset: start, reason: .invalidUTF8))
    }
    return .success(string)
  }

  mutating func skipSpace() {
    while offset < bytes.count {
      switch bytes[offset] {
      case 0x20, 0x09, 0x0A, 0x0D: offset += 1
      default: return
      }
    }
  }

  mutating func take(_ byte: UInt8) -> Bool {
    guard offset < bytes.count, bytes[offset] == byte else { return false }
    offset += 1
    return true
  }

  mutating func take(word: StaticString) -> Bool {
    let found = word.withUTF8Buffer { word in
      offset + word.count <= bytes.count && bytes[offset..<offset + word.count].elementsEqual(word)
    }
    if found { offset += word.utf8CodeUnitCount }
    return found
  }

  mutating func enter(_ bracket: UInt8, _ name: String) throws(JSONError) {
    skipSpace()
    guard take(bracket) else {
      throw error(offset == bytes.count ? .endsEarly : .expected(name))
    }
    depth += 1
    guard depth <= Self.deepest else { throw error(.tooDeep) }
  }

  mutating func leave() { depth -= 1 }

  /// Checks a number of any form (RFC 8259 section 6).
  mutating func number() throws(JSONError) {
    let start = offset
    func fail(_ reader: JSONReader) -> JSONError {
      JSONError(offset: start, reason: .expected("a value"))
    }
    _ = take(UInt8(ascii: "-"))
    let whole = digits()
    guard whole == 1 || (whole > 1 && bytes[offset - whole] != 48) else { throw fail(self) }
    if take(UInt8(ascii: ".")) {
      guard digits() > 0 else { throw fail(self) }
    }
    if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
      _ = take(UInt8(ascii: "+")) || take(UInt8(ascii: "-"))
      guard digits() > 0 else { throw fail(self) }
    }
  }

  private mutating func digits() -> Int {
    let start = offset
    while offset < bytes.count, bytes[offset] &- 48 < 10 { offset += 1 }
    return offset - start
  }

  /// One character of a string, escaped or plain.
  mutating func appendCharacter(to text: inout [UInt8]) throws(JSONError) {
    guard offset < bytes.count else { throw error(.endsEarly) }
    let byte = bytes[offset]
    guard byte >= 0x20 else { throw error(.expected("an escaped control character")) }
    offset += 1
    guard byte == UInt8(ascii: "\\") else { return text.append(byte) }
    guard offset < bytes.count else { throw error(.endsEarly) }
    let escape = bytes[offset]
    offset += 1
    switch escape {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(escape)
    case UInt8(ascii: "b"): text.append(0x08)
    case UInt8(ascii: "f"): text.append(0x0C)
    case UInt8(ascii: "n"): text.append(0x0A)
    case UInt8(ascii: "r"): text.append(0x0D)
    case UInt8(ascii: "t"): text.append(0x09)
    case UInt8(ascii: "u"): text.append(contentsOf: try escapedScalar())
    default: throw error(.expected("an escape that JSON knows"))
    }
  }

  /// The scalar of a `\u` escape, of two where it is the first half of a surrogate pair.
  private mutating func escapedScalar() throws(JSONError) -> [UInt8] {
    var code = try hexQuad()
    if (0xD800..<0xDC00).contains(code) {
      guard take(word: "\\u") else { throw error(.expected("the second half of a pair")) }
      let second = try hexQuad()
      guard (0xDC00..<0xE000).contains(second) else {
        throw error(.expected("the second half of a pair"))
      }
      code = 0x10000 + (code - 0xD800) << 10 + (second - 0xDC00)
    }
    guard let scalar = Unicode.Scalar(code) else {
      throw error(.expected("a Unicode scalar"))
    }
    return Array(String(Character(scalar)).utf8)
  }

  private mutating func hexQuad() throws(JSONError) -> UInt32 {
    guard offset + 4 <= bytes.count else { throw error(.endsEarly) }
    var code: UInt32 = 0
    for _ in 0..<4 {
      guard let digit = Character(Unicode.Scalar(bytes[offset])).hexDigitValue else {
        throw error(.expected("four hex digits"))
      }
      code = code << 4 | UInt32(digit)
      offset += 1
    }
    return code
  }
}
