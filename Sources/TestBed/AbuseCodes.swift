// Codes that are none: everything that a reader can be shown to do harm, each with its name.
import MemberCode
import StationProtocol

/// A text for a reader, and the fault by which a station should tell it apart.
package struct AbuseCode: Sendable {
  package var name: String
  package var text: [UInt8]
  package var fault: CodeFault
}

/// Bad codes made from a good one. None of them needs a key.
package enum AbuseCodes {
  /// One for each fault, in the order of the list.
  package static func oneOfEach() -> [AbuseCode] {
    [
      AbuseCode(name: "small letters", text: Array("https://example.org".utf8), fault: .noise),
      AbuseCode(
        name: "an endless code", text: [UInt8](repeating: 0x41, count: 5000), fault: .tooLong),
      AbuseCode(name: "one character", text: Array("A".utf8), fault: .notBase45),
      AbuseCode(name: "cut CBOR", text: base45([0x84, 0x40]), fault: .notCBOR),
      nested(340),
      AbuseCode(
        name: "a claim twice", text: message(payload: [0xA2, 2, 0x61, 0x31, 2, 0x61, 0x31]),
        fault: .duplicateKey),
      AbuseCode(
        name: "a byte too many", text: base45(envelope() + [0]), fault: .trailingBytes),
      AbuseCode(name: "a number", text: base45([0x18, 0x2A]), fault: .notCOSE),
      AbuseCode(name: "a header of text", text: message(protected: [0x60]), fault: .badHeader),
      AbuseCode(name: "claims of no kind", text: message(payload: [0x80]), fault: .badClaims),
    ]
  }

  /// Every proper beginning of a good code, but for those that end in a space, which comes off:
  /// they are read as the one before.
  package static func beginnings(of good: [UInt8]) -> [[UInt8]] {
    (1..<good.count).map { Array(good.prefix($0)) }.filter { $0.last != UInt8(ascii: " ") }
  }

  /// Arrays inside each other. 16 levels are looked into, more are too deep, and ten thousand
  /// are more than a code has characters for.
  package static func nested(_ depth: Int) -> AbuseCode {
    let fault: CodeFault = depth <= 16 ? .notCOSE : depth <= 340 ? .tooDeep : .tooLong
    return AbuseCode(
      name: "\(depth) levels", text: base45([UInt8](repeating: 0x81, count: depth) + [0]),
      fault: fault)
  }

  /// A key that stands twice: in the claims, in a header, in a claim's own map, written in two
  /// ways.
  package static func duplicateKeys() -> [AbuseCode] {
    let texts = [
      message(payload: [0xA2, 4, 0, 0x18, 4, 0]), message(protected: [0xA2, 1, 0x26, 1, 0x27]),
      message(payload: [0xA1, 0x18, 0x63, 0xA2, 1, 0, 1, 0]),
      base45([0x84, 0x40, 0xA2, 4, 0x40, 4, 0x40, 0x41, 0xA0, 0x40]),
    ]
    return texts.map { AbuseCode(name: "a key twice", text: $0, fault: .duplicateKey) }
  }

  private static func base45(_ bytes: [UInt8]) -> [UInt8] { Array(Base45.encode(bytes).utf8) }

  private static func message(
    protected: [UInt8] = [0xA1, 1, 0x27], payload: [UInt8] = [0xA0]
  ) -> [UInt8] {
    base45(envelope(protected: protected, payload: payload))
  }

  /// COSE_Sign1 with an empty signature.
  private static func envelope(
    protected: [UInt8] = [0xA1, 1, 0x27], payload: [UInt8] = [0xA0]
  ) -> [UInt8] {
    precondition(protected.count < 24 && payload.count < 24, "a head of one byte")
    return [0x84, 0x40 | UInt8(protected.count)] + protected + [0xA0, 0x40 | UInt8(payload.count)]
      + payload + [0x40]
  }
}
