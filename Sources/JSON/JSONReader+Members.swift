// Members that must stand exactly once, and the texts and numbers that they hold.
import Text

extension JSONReader {
  /// Reads a value into `slot`, which must be empty: a repeated member is an error.
  public mutating func read<Value>(
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
  public mutating func read<Value>(
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
  public mutating func read<Value>(
    _ slot: inout Value?, _ key: JSONKey, utf8 parse: (UnsafeBufferPointer<UInt8>) -> Value?
  ) throws(JSONError) {
    try read(&slot, key) { (reader) throws(JSONError) in
      let start = reader.offset
      guard let value = try reader.string(parse) else {
        throw JSONError(offset: start, reason: .invalidMember(key.name))
      }
      return value
    }
  }

  /// Reads a string by its bytes in UTF-8.
  public mutating func string<Value>(
    _ parse: (UnsafeBufferPointer<UInt8>) -> Value
  ) throws(JSONError) -> Value {
    skipSpace()
    if let plain = takePlainString(limit: Self.longestString) { return parse(plain) }
    var text = try string()
    return text.withUTF8(parse)
  }

  /// Reads an integer that `parse` must accept.
  /// - Parameter expected: what it accepts, for a person.
  public mutating func read<Value>(
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
  public func unknown(_ key: JSONKey) -> JSONError {
    JSONError(offset: key.offset, reason: .unknownMember(key.name))
  }

  /// The value of a member that must be there.
  public func require<Value>(_ value: Value?, _ name: String) throws(JSONError) -> Value {
    guard let value else { throw error(.missingMember(name)) }
    return value
  }
}

extension JSONReader {
  /// Reads a text for people.
  /// - Parameter most: in Unicode scalars.
  public mutating func read(
    _ slot: inout String?, _ key: JSONKey, plain most: Int
  ) throws(JSONError) {
    try read(&slot, key) { (reader) throws(JSONError) in
      let start = reader.offset
      let text = try reader.string(limit: 4 * most)
      if let fault = PlainText.fault(of: text, most: most) {
        throw JSONError(offset: start, reason: .unreadableText(key.name, fault))
      }
      return text
    }
  }
}
