// The name of a member while an object is being read.

/// The name of an object's member, compared with literals without making a String of it. It
/// points into the text, so it is good only inside the closure that it is handed to.
public struct JSONKey {
  private let plain: UnsafeBufferPointer<UInt8>
  /// The meaning of a name that stands with escapes or beyond ASCII.
  private let decoded: String?
  /// The place of the name's first byte, in bytes from the start of the text.
  public let offset: Int

  init(plain: UnsafeBufferPointer<UInt8>, offset: Int) {
    self.plain = plain
    decoded = nil
    self.offset = offset
  }

  init(decoded: String, offset: Int) {
    plain = UnsafeBufferPointer(start: nil, count: 0)
    self.decoded = decoded
    self.offset = offset
  }

  /// Whether the name is this one.
  public static func ~= (literal: StaticString, key: JSONKey) -> Bool {
    literal.withUTF8Buffer { literal in
      if let decoded = key.decoded { return decoded.utf8.elementsEqual(literal) }
      return key.plain.count == literal.count && key.plain.elementsEqual(literal)
    }
  }

  /// The name where it is written in plain ASCII and is not empty.
  var plainName: UnsafeBufferPointer<UInt8>? {
    decoded == nil && !plain.isEmpty ? plain : nil
  }

  /// The name as a text of its own, for a message.
  public var name: String { decoded ?? String(decoding: plain, as: UTF8.self) }
}
