// Reads JSON (RFC 8259) strictly: no unknown, missing or repeated members, no loose numbers.

/// A cursor over one JSON text. Every method leaves it behind the value that it read.
public struct JSONReader {
  /// How deep objects and arrays may nest before the text is refused.
  public static let deepest = 16
  /// The largest magnitude of an integer that every JSON implementation carries exactly
  /// (RFC 8259 section 6).
  public static let largest: Int64 = 1 << 53
  /// The most UTF-8 bytes of a string of which nothing else is said.
  public static let longestString = 512

  let bytes: UnsafeBufferPointer<UInt8>
  /// The notes of where members of objects stand (`JSONMembers`): so many places for each level.
  let places: UnsafeMutablePointer<UInt64>
  /// The place of the cursor, in bytes from the start of the text.
  public internal(set) var offset = 0
  var depth = 0
  /// How many objects whose members are noted lie around the cursor.
  var level = 0

  /// Reads one value that fills the whole of `bytes`.
  public static func read<Value>(
    _ bytes: [UInt8], _ body: (inout JSONReader) throws(JSONError) -> Value
  ) throws(JSONError) -> Value {
    let count = JSONMembers.most * JSONMembers.levels
    let outcome: Result<Value, JSONError> = bytes.withUnsafeBufferPointer { buffer in
      withUnsafeTemporaryAllocation(of: UInt64.self, capacity: count) { places in
        guard let first = places.baseAddress else { preconditionFailure("no place on the stack") }
        var reader = JSONReader(bytes: buffer, places: first)
        do throws(JSONError) {
          let value = try body(&reader)
          reader.skipSpace()
          guard reader.offset == buffer.count else { throw reader.error(.trailingBytes) }
          return .success(value)
        } catch {
          return .failure(error)
        }
      }
    }
    return try outcome.get()
  }

  private init(bytes: UnsafeBufferPointer<UInt8>, places: UnsafeMutablePointer<UInt64>) {
    self.bytes = bytes
    self.places = places
  }

  /// A fault where the cursor stands.
  public func error(_ reason: JSONError.Reason) -> JSONError {
    JSONError(offset: offset, reason: reason)
  }

  /// Calls `member` for each member with the cursor on its value, which it must read.
  public mutating func object(
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
  public mutating func array(
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
  public mutating func integer() throws(JSONError) -> Int64 {
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

  /// Reads `true` or `false`.
  public mutating func bool() throws(JSONError) -> Bool {
    skipSpace()
    if take(word: "true") { return true }
    if take(word: "false") { return false }
    throw error(offset == bytes.count ? .endsEarly : .expected("true or false"))
  }

  /// Takes a `null` if one comes next.
  public mutating func takeNull() -> Bool {
    skipSpace()
    return take(word: "null")
  }

  /// - Parameter limit: the most UTF-8 bytes that the text may have.
  public mutating func string(limit: Int = longestString) throws(JSONError) -> String {
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
  public mutating func anything() throws(JSONError) -> Range<Int> {
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
  public func slice(_ range: Range<Int>) -> [UInt8] { Array(bytes[range]) }
}
