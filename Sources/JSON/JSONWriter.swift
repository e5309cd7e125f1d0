// Writes JSON (RFC 8259) as UTF-8 bytes without an intermediate tree.
import Text

/// Appends one JSON value after another. The caller nests objects and arrays by closures, so
/// that what comes out is always well formed; commas are the writer's own affair.
public struct JSONWriter: Sendable {
  /// The text so far, in UTF-8.
  public private(set) var bytes: [UInt8] = []
  private var needsComma = false

  /// An empty text with room for so many bytes.
  public init(capacity: Int = 256) { bytes.reserveCapacity(capacity) }

  /// The bytes of one object.
  public static func object(_ body: (inout JSONWriter) -> Void) -> [UInt8] {
    var writer = JSONWriter()
    writer.object(body)
    return writer.bytes
  }

  /// An object, whose members the closure writes.
  public mutating func object(_ body: (inout JSONWriter) -> Void) {
    open(UInt8(ascii: "{"))
    body(&self)
    close(UInt8(ascii: "}"))
  }

  /// An array, whose elements the closure writes one by one.
  public mutating func array<Element>(
    _ elements: some Sequence<Element>, _ body: (inout JSONWriter, Element) -> Void
  ) {
    open(UInt8(ascii: "["))
    for element in elements { body(&self, element) }
    close(UInt8(ascii: "]"))
  }

  /// The name of the member whose value comes next.
  public mutating func key(_ name: StaticString) {
    separate()
    bytes.append(UInt8(ascii: "\""))
    name.withUTF8Buffer { bytes.append(contentsOf: $0) }
    bytes.append(UInt8(ascii: "\""))
    bytes.append(UInt8(ascii: ":"))
    needsComma = false
  }

  /// The name, which is data, of the member whose value comes next.
  public mutating func key(word: String) {
    value(word)
    bytes.append(UInt8(ascii: ":"))
    needsComma = false
  }

  /// The value `null`.
  public mutating func null() { literal("null") }
  /// The value `true` or `false`.
  public mutating func value(_ bool: Bool) { literal(bool ? "true" : "false") }

  /// An integer in decimal digits.
  public mutating func value(_ number: some BinaryInteger) {
    separate()
    var digits = UInt64(number.magnitude)
    if number < 0 { bytes.append(UInt8(ascii: "-")) }
    let start = bytes.count
    repeat {
      bytes.append(UInt8(ascii: "0") + UInt8(digits % 10))
      digits /= 10
    } while digits > 0
    bytes[start...].reverse()
    needsComma = true
  }

  /// A string, escaped where it must be.
  public mutating func value(_ text: some StringProtocol) {
    separate()
    bytes.append(UInt8(ascii: "\""))
    let written: Void? = text.utf8.withContiguousStorageIfAvailable { utf8 in
      if utf8.contains(where: Self.isEscaped) {
        for byte in utf8 { append(escaping: byte) }
      } else {
        bytes.append(contentsOf: utf8)
      }
    }
    if written == nil { for byte in text.utf8 { append(escaping: byte) } }
    bytes.append(UInt8(ascii: "\""))
    needsComma = true
  }

  /// A value that is JSON already.
  public mutating func raw(_ json: some Sequence<UInt8>) {
    separate()
    bytes.append(contentsOf: json)
    needsComma = true
  }

  /// A member with an integer.
  public mutating func field(_ name: StaticString, _ number: some BinaryInteger) {
    key(name)
    value(number)
  }

  /// A member with `true` or `false`.
  public mutating func field(_ name: StaticString, _ bool: Bool) {
    key(name)
    value(bool)
  }

  /// A member with a string.
  public mutating func field(_ name: StaticString, _ text: some StringProtocol) {
    key(name)
    value(text)
  }

  /// A string that is a number of 16 hexadecimal digits, or two of them in a row.
  public mutating func value(hex number: UInt64, _ next: UInt64? = nil) {
    separate()
    bytes.append(UInt8(ascii: "\""))
    append(hex: number)
    if let next { append(hex: next) }
    bytes.append(UInt8(ascii: "\""))
    needsComma = true
  }

  /// A member whose text is its description.
  public mutating func field(_ name: StaticString, _ value: some CustomStringConvertible) {
    key(name)
    self.value(value.description)
  }

  private mutating func literal(_ text: StaticString) {
    separate()
    text.withUTF8Buffer { bytes.append(contentsOf: $0) }
    needsComma = true
  }

  private mutating func separate() {
    if needsComma { bytes.append(UInt8(ascii: ",")) }
  }

  private mutating func open(_ bracket: UInt8) {
    separate()
    bytes.append(bracket)
    needsComma = false
  }

  /// A number, or null.
  public mutating func nullable(_ name: StaticString, _ number: Int64?) {
    key(name)
    if let number { value(number) } else { null() }
  }

  /// A text, or null.
  public mutating func nullable(_ name: StaticString, _ text: String?) {
    key(name)
    if let text { value(text) } else { null() }
  }

  private mutating func close(_ bracket: UInt8) {
    bytes.append(bracket)
    needsComma = true
  }

  private mutating func append(hex number: UInt64) {
    for shift in stride(from: 60, through: 0, by: -4) {
      let digit = UInt8(truncatingIfNeeded: number >> UInt64(shift)) & 15
      bytes.append(digit < 10 ? digit + 48 : digit + 87)
    }
  }

  private static func isEscaped(_ byte: UInt8) -> Bool {
    byte < 0x20 || byte == 0x7F || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
  }

  private mutating func append(escaping byte: UInt8) {
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"):
      bytes.append(UInt8(ascii: "\\"))
      bytes.append(byte)
    case 0..<0x20, 0x7F:
      bytes.append(contentsOf: Array("\\u00".utf8))
      bytes.append(contentsOf: Array(Hex.text(UInt64(byte), digits: 2).utf8))
    default: bytes.append(byte)
    }
  }
}
