// Every abuse of a code, and the one fault by which it is told apart.

import MemberCode
import StationProtocol
import Testing

@Suite("faults of malformed codes")
struct CodeFaultTests {
  private let code = TestCode()

  private func fault(_ text: [UInt8]) throws -> CodeFault? {
    try code.verifier.refusal(of: text)?.fault
  }

  private func fault(bytes: [UInt8]) throws -> CodeFault? {
    try fault(Array(Base45.encode(bytes).utf8))
  }

  @Test("every proper beginning of a good code is malformed, and none is noise")
  func truncated() throws {
    let text = code.text
    for count in 0..<text.count {
      let fault = try #require(try fault(Array(text.prefix(count))), "\(count) characters")
      #expect(fault == (count % 3 == 1 ? .notBase45 : .notCBOR) || fault == .notBase45)
    }
    #expect(try fault(text) == nil)
  }

  @Test("what base45 does not know, or cannot stand for bytes, is not base45")
  func notBase45() throws {
    for text in ["a", "A", ":::", "GGW", "ÄÄ", "12!", "\u{0}\u{0}\u{0}"] {
      #expect(try fault(Array(text.utf8)) == .notBase45)
    }
  }

  @Test("a code of more than 512 characters is too long, of any size and content")
  func oversized() throws {
    for count in [513, 514, 600, 4096, 100_000] {
      #expect(try fault([UInt8](repeating: 0x41, count: count)) == .tooLong)
    }
    #expect(try fault(code.text + [UInt8](repeating: 0x41, count: 513)) == .tooLong)
  }

  @Test("nesting of 16 is looked into, of 17 and of all that a code can hold is too deep")
  func deep() throws {
    #expect(try fault(bytes: [UInt8](repeating: 0x81, count: 16) + [0]) == .notCOSE)
    for depth in [17, 18, 100, 340] {
      #expect(try fault(bytes: [UInt8](repeating: 0x81, count: depth) + [0]) == .tooDeep)
    }
    // Ten thousand levels are more than a code can have characters for.
    #expect(try fault(bytes: [UInt8](repeating: 0x81, count: 10_000) + [0]) == .tooLong)
  }

  @Test("ten thousand levels given to the decoder itself are refused before anything is built")
  func veryDeep() {
    for head: UInt8 in [0x81, 0x9F, 0xA1, 0xC1, 0xD2] {
      let bytes = [UInt8](repeating: head, count: 10_000) + [0]
      #expect(throws: CodeFault.tooLong) { try CoseSign1.decode(bytes) }
    }
  }

  @Test("depth is bounded in the header and in the claims as well", arguments: [16, 17])
  func deepInside(depth: Int) throws {
    let nested = [UInt8](repeating: 0x81, count: depth - 1) + [0]
    var one = TestCode()
    one.payload = TestCode.claims(more: [hex("1863") + nested])
    #expect(try one.refusal?.fault == (depth == 16 ? nil : .tooDeep))
    var other = TestCode()
    other.protected = hex("a2 01 27 18 63") + nested
    #expect(try other.refusal?.fault == (depth == 16 ? nil : .tooDeep))
  }

  @Test("a key that stands twice is told of, in the claims, in either header and in a claim")
  func duplicates() throws {
    for claims in ["a2 02 61 31 02 61 31", "a2 04 00 18 04 00", "a1 18 63 a2 01 00 01 00"] {
      var code = TestCode()
      code.payload = hex(claims)
      #expect(try code.refusal?.fault == .duplicateKey)
    }
    var protected = TestCode()
    protected.protected = hex("a2 01 27 01 27")
    #expect(try protected.refusal?.fault == .duplicateKey)
    var unprotected = TestCode()
    unprotected.unprotected = hex("a2 18 63 00 18 63 00")
    #expect(try unprotected.refusal?.fault == .duplicateKey)
  }

  @Test("bytes behind the envelope, the header or the claims are told of")
  func trailing() throws {
    #expect(try fault(bytes: code.bytes + [0]) == .trailingBytes)
    var header = TestCode()
    header.protected += [0]
    #expect(try header.refusal?.fault == .trailingBytes)
    var claims = TestCode()
    claims.payload += [0]
    #expect(try claims.refusal?.fault == .trailingBytes)
  }

  @Test(
    "other CBOR is not COSE",
    arguments: ["00", "80", "a0", "6161", "83 40 a0 40", "84 a0 a0 40 40", "d1 84 40 a0 40 40"])
  func notCOSE(message: String) throws {
    #expect(try fault(bytes: hex(message)) == .notCOSE)
  }

  @Test("what cannot be a header, or asks for what is not understood, is a bad header")
  func badHeader() throws {
    for header in ["80", "00", "ff", "a1 01 f6", "a1 04 61 31", "a3 01 27 02 81 18 63 18 63 00"] {
      var code = TestCode()
      code.protected = hex(header)
      #expect(try code.refusal?.fault == .badHeader)
    }
  }

  @Test("what cannot be a claim set is told apart from a bad envelope")
  func badClaims() throws {
    for claims in ["", "80", "ff", "a1 02 00", "a1 04 61 31", "a1 1b ff ff ff ff ff ff ff ff 00"] {
      var code = TestCode()
      code.payload = hex(claims)
      #expect(try code.refusal?.fault == .badClaims)
    }
  }
}
