// Reads JSON (RFC 8259) strictly: no unknown, missing or repeated members, no loose numbers.

/// Where a text stopped being the JSON that was expected, and why.
package struct JSONError: Error, Equatable, Sendable, CustomStringConvertible {
  package enum Reason: Equatable, Sendable {
    case expected(String)
    case endsEarly
    case trailingBytes
    case tooDeep
    case tooLong(limit: Int)
    case invalidUTF8
    case unknownMember(String)
    case repeatedMember(String)
    case missingMember(String)
    /// - Parameter expected: what would be taken, where a person may have written the text.
    case invalidMember(String, expected: String? = nil)
    case unreadableText(String, PlainText.Fault)
  }

  /// Bytes from the start of the text.
  package let offset: Int
  package let reason: Reason

  package init(offset: Int, reason: Reason) {
    self.offset = offset
    self.reason = reason
  }

  package var description: String {
    let what =
      switch reason {
      case .expected(let thing): "expected \(thing)"
      case .endsEarly: "the text ends early"
      case .trailingBytes: "more bytes follow the value"
      case .tooDeep: "nested more than \(JSONReader.deepest) deep"
      case .tooLong(let limit): "longer than \(limit) bytes"
      case .invalidUTF8: "not UTF-8"
      case .unknownMember(let name): "unknown member \"\(Excerpt(name))\""
      case .repeatedMember(let name): "member \"\(Excerpt(name))\" stands twice"
      case .missingMember(let name): "member \"\(name)\" is missing"
      case .invalidMember(let name, let expected):
        "the value of \"\(Excerpt(name))\" is not acceptable"
          + (expected.map { ": expected \($0)" } ?? "")
      case .unreadableText(let name, let fault):
        "the value of \"\(name)\" is not acceptable: \(fault)"
      }
    return "byte \(offset): \(what)"
  }
}

/// The name of an object's member, compared with literals without making a String of it. It
/// points into the text, so it is good only inside the closure that it is handed to.
package struct JSONKey {
  private let plain: UnsafeBufferPointer<UInt8>
  /// Where the name stands with escapes or beyond ASCII, what it means.
  private let decoded: String?
  package let offset: Int

  fileprivate init(plain: UnsafeBufferPointer<UInt8>, offset: Int) {
    self.plain = plain
    decoded = nil
    self.offset = offset
  }

  fileprivate init(decoded: String, offset: Int) {
    plain = UnsafeBufferPointer(start: nil, count: 0)
    self.decoded = decoded
    self.offset = offset
  }

  package static func ~= (literal: StaticString, key: JSONKey) -> Bool {
    literal.withUTF8Buffer { literal in
      if let decoded = key.decoded { return decoded.utf8.elementsEqual(literal) }
      return key.plain.count == literal.count && key.plain.elementsEqual(literal)
    }
  }

  package var name: String { decoded ?? String(decoding: plain, as: UTF8.self) }
}

/// A cursor over one JSON text. Every method leaves it behind the value that it read.
package struct JSONReader {
  /// How deep objects and arrays may nest before the text is refused.
  package static let deepest = 16
  /// The largest magnitude of an integer that every JSON implementation carries exactly
  /// (RFC 8259 section 6).
  package static let largest: Int64 = 1 << 53
  /// The most UTF-8 bytes of a string of which nothing else is said.
  package static let longestString = 512

  private let bytes: UnsafeBufferPointer<UInt8>
  package private(set) var offset = 0
  private var depth = 0

  /// Reads one value that fills the whole of `bytes`.
  package static func read<Value>(
    _ bytes: [UInt8], _ body: (inout JSONReader) throws(JSONError) -> Value
  ) throws(JSONError) -> Value {
    let outcome: Result<Value, JSONError> = bytes.withUnsafeBufferPointer { buffer in
      var reader = JSONReader(bytes: buffer)
      do throws(JSONError) {
        let value = try body(&reader)
        reader.skipSpace()
        guard reader.offset == buffer.count else { throw reader.error(.trailingBytes) }
        return .success(value)
      } catch {
        return .failure(error)
      }
    }
    return try outcome.get()
  }

  private init(bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  package func error(_ reason: JSONError.Reason) -> JSONError {
    JSONError(offset: offset, reason: reason)
  }

  /// Calls `member` for each member with the cursor on its value, which it must read.
  package mutating func object(
    _ member: (inout JSONReader, JSONKey) throws(JSONError) -> Void
  ) throws(JSONError) {
    try enter(UInt8(ascii: "{"), "an object")
    skipSpace()
    if take(UInt8(ascii: "}")) { return leave() }
    repeat {
      skipSpace()
      let key = try key()
      skipSpace()
      guard take(UInt8(ascii: ":")) else { throw error(.expected("\":\"")) }
      try member(&self, key)
      skipSpace()
    } while take(UInt8(ascii: ","))
    guard take(UInt8(ascii: "}")) else { throw error(.expected("\",\" or \"}\"")) }
    leave()
  }

  /// Calls `element` for each element with the cursor on it.
  package mutating func array(
    limit: Int, _ element: (inout JSONReader) throws(JSONError) -> Void
  ) throws(JSONError) {
    try enter(UInt8(ascii: "["), "an array")
    skipSpace()
    if take(UInt8(ascii: "]")) { return leave() }
    var count = 0
    repeat {
      count += 1
      guard count <= limit else { throw error(.expected("at most \(limit) elements")) }
      try element(&self)
      skipSpace()
    } while take(UInt8(ascii: ","))
    guard take(UInt8(ascii: "]")) else { throw error(.expected("\",\" or \"]\"")) }
    leave()
  }

  /// An integer without fraction or exponent, at most 2^53 in magnitude, which every JSON
  /// implementation carries exactly (RFC 8259 section 6).
  package mutating func integer() throws(JSONError) -> Int64 {
    skipSpace()
    let start = offset
    let isNegative = take(UInt8(ascii: "-"))
    let first = offset
    var number: Int64 = 0
    while offset < bytes.count, case let digit = bytes[offset], digit &- 48 < 10 {
      number = number * 10 + Int64(digit - 48)
      offset += 1
      if number > Self.largest {
        throw JSONError(offset: start, reason: .expected("a smaller number"))
      }
    }
    let isCanonical = offset > first && (bytes[first] != 48 || offset == first + 1)
    guard isCanonical, !isFraction, !(isNegative && number == 0) else {
      throw JSONError(offset: start, reason: .expected("an integer"))
    }
    return isNegative ? -number : number
  }

  /// Whether a number goes on where its whole part has ended.
  private var isFraction: Bool {
    guard offset < bytes.count else { return false }
    switch bytes[offset] {
    case UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"): return true
    default: return false
    }
  }

  package mutating func bool() throws(JSONError) -> Bool {
    skipSpace()
    if take(word: "true") { return true }
    if take(word: "false") { return false }
    throw error(offset == bytes.count ? .endsEarly : .expected("true or false"))
  }

  /// Takes a `null` if one comes next.
  package mutating func takeNull() -> Bool {
    skipSpace()
    return take(word: "null")
  }

  /// - Parameter limit: the most UTF-8 bytes that the text may have.
  package mutating func string(limit: Int = longestString) throws(JSONError) -> String {
    skipSpace()
    let start = offset
    guard take(UInt8(ascii: "\"")) else {
      throw error(offset == bytes.count ? .endsEarly : .expected("a string"))
    }
    let first = offset
    _ = skipPlain()
    guard offset < bytes.count else { throw error(.endsEarly) }
    if bytes[offset] == UInt8(ascii: "\"") {
      let text = UnsafeBufferPointer(rebasing: bytes[first..<offset])
      offset += 1
      return try Self.checked(text, start, limit).get()
    }
    var text = Array(bytes[first..<offset])
    while !take(UInt8(ascii: "\"")) {
      guard text.count <= limit else { break }
      try appendCharacter(to: &text)
    }
    return try text.withUnsafeBufferPointer { Self.checked($0, start, limit) }.get()
  }

  /// Checks the syntax of one value of any kind and returns where it stands.
  package mutating func anything() throws(JSONError) -> Range<Int> {
    skipSpace()
    let start = offset
    guard offset < bytes.count else { throw error(.endsEarly) }
    switch bytes[offset] {
    case UInt8(ascii: "{"):
      try object { (reader, _) throws(JSONError) in _ = try reader.anything() }
    case UInt8(ascii: "["):
      try array(limit: bytes.count) { (reader) throws(JSONError) in _ = try reader.anything() }
    case UInt8(ascii: "\""):
      if takePlainString(limit: bytes.count) == nil { _ = try string(limit: bytes.count) }
    case UInt8(ascii: "t"), UInt8(ascii: "f"): _ = try bool()
    case UInt8(ascii: "n"):
      guard takeNull() else { throw error(.expected("a value")) }
    default: try number()
    }
    return start..<offset
  }

  /// The bytes of a range that `anything()` returned.
  package func slice(_ range: Range<Int>) -> [UInt8] { Array(bytes[range]) }
}

// MARK: - Members that must stand exactly once

extension JSONReader {
  /// Reads a value into `slot`, which must be empty: a repeated member is an error.
  package mutating func read<Value>(
    _ slot: inout Value?, _ key: JSONKey,
    _ body: (inout JSONReader) throws(JSONError) -> Value
  ) throws(JSONError) {
    guard slot == nil else {
      throw JSONError(offset: key.offset, reason: .repeatedMember(key.name))
    }
    slot = try body(&self)
  }

  /// Reads a string that `parse` must accept.
  /// - Parameter expected: what it accepts, for a person.
  package mutating func read<Value>(
    _ slot: inout Value?, _ key: JSONKey, text parse: (String) -> Value?,
    expecting expected: String? = nil
  ) throws(JSONError) {
    try read(&slot, key) { (reader) throws(JSONError) in
      let start = reader.offset
      guard let value = parse(try reader.string()) else {
        throw JSONError(offset: start, reason: .invalidMember(key.name, expected: expected))
      }
      return value
    }
  }

  /// Reads a string that `parse` must accept, by its bytes: of an identifier in digits no text is
  /// made first.
  package mutating func read<Value>(
    _ slot: inout Value?, _ key: JSONKey, utf8 parse: (UnsafeBufferPointer<UInt8>) -> Value?
  ) throws(JSONError) {
    try read(&slot, key) { (reader) throws(JSONError) in
      let start = reader.offset
      reader.skipSpace()
      let value: Value?
      if let plain = reader.takePlainString(limit: Self.longestString) {
        value = parse(plain)
      } else {
        var text = try reader.string()
        value = text.withUTF8(parse)
      }
      guard let value else {
        throw JSONError(offset: start, reason: .invalidMember(key.name))
      }
      return value
    }
  }

  /// Reads an integer that `parse` must accept.
  /// - Parameter expected: what it accepts, for a person.
  package mutating func read<Value>(
    _ slot: inout Value?, _ key: JSONKey, integer parse: (Int64) -> Value?,
    expecting expected: String? = nil
  ) throws(JSONError) {
    try read(&slot, key) { (reader) throws(JSONError) in
      let start = reader.offset
      guard let value = parse(try reader.integer()) else {
        throw JSONError(offset: start, reason: .invalidMember(key.name, expected: expected))
      }
      return value
    }
  }

  /// The error for a member that this object does not have.
  package func unknown(_ key: JSONKey) -> JSONError {
    JSONError(offset: key.offset, reason: .unknownMember(key.name))
  }

  /// The value of a member that must be there.
  package func require<Value>(_ value: Value?, _ name: String) throws(JSONError) -> Value {
    guard let value else { throw error(.missingMember(name)) }
    return value
  }
}

// MARK: - Tokens

extension JSONReader {
  /// The most bytes of a member's name.
  private static let longestKey = 64

  /// A member's name. Nearly every one is plain ASCII and stays where it is.
  private mutating func key() throws(JSONError) -> JSONKey {
    let start = offset
    if let plain = takePlainString(limit: Self.longestKey) {
      return JSONKey(plain: plain, offset: start)
    }
    return JSONKey(decoded: try string(limit: Self.longestKey), offset: start)
  }

  /// Takes a string that stands there in plain ASCII, without an escape, as nearly every one does:
  /// nothing has to be made of it.
  /// - Returns: nil where none does; the cursor stays where it is then.
  private mutating func takePlainString(limit: Int) -> UnsafeBufferPointer<UInt8>? {
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
  private mutating func skipPlain() -> Bool {
    var all: UInt8 = 0
    while offset < bytes.count, case let byte = bytes[offset], byte >= 0x20,
      byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\")
    {
      all |= byte
      offset += 1
    }
    return all < 0x80
  }

  private static func checked(
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

  private mutating func skipSpace() {
    while offset < bytes.count {
      switch bytes[offset] {
      case 0x20, 0x09, 0x0A, 0x0D: offset += 1
      default: return
      }
    }
  }

  private mutating func take(_ byte: UInt8) -> Bool {
    guard offset < bytes.count, bytes[offset] == byte else { return false }
    offset += 1
    return true
  }

  private mutating func take(word: StaticString) -> Bool {
    let found = word.withUTF8Buffer { word in
      offset + word.count <= bytes.count && bytes[offset..<offset + word.count].elementsEqual(word)
    }
    if found { offset += word.utf8CodeUnitCount }
    return found
  }

  private mutating func enter(_ bracket: UInt8, _ name: String) throws(JSONError) {
    skipSpace()
    guard take(bracket) else {
      throw error(offset == bytes.count ? .endsEarly : .expected(name))
    }
    depth += 1
    guard depth <= Self.deepest else { throw error(.tooDeep) }
  }

  private mutating func leave() { depth -= 1 }

  /// Checks a number of any form (RFC 8259 section 6).
  private mutating func number() throws(JSONError) {
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
  private mutating func appendCharacter(to text: inout [UInt8]) throws(JSONError) {
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
