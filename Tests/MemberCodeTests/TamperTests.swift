// Codes that were changed, cut or made up: all are refused, and none crashes the reader.

import MemberCode
import TestBed
import Testing

@Suite("tampering")
struct TamperTests {
  private let code = TestCode()

  @Test("every single-bit flip of a code is refused")
  func bitFlips() throws {
    let good = code.bytes
    let verifier = try code.verifier
    #expect(verifier.refusal(of: Array(Base45.encode(good).utf8)) == nil)
    for bit in 0..<good.count * 8 {
      var flipped = good
      flipped[bit / 8] ^= 1 << UInt8(bit % 8)
      #expect(verifier.refusal(of: Array(Base45.encode(flipped).utf8)) != nil, "bit \(bit)")
    }
  }

  @Test("every other character in every place is refused")
  func characters() throws {
    let good = code.text
    let verifier = try code.verifier
    for place in good.indices {
      for bit in 0..<8 {
        var changed = good
        changed[place] ^= 1 << UInt8(bit)
        #expect(verifier.refusal(of: changed) != nil, "character \(place), bit \(bit)")
      }
    }
  }

  @Test("every truncation and every added character is refused")
  func lengths() throws {
    let good = code.text
    let verifier = try code.verifier
    for count in 0..<good.count {
      #expect(verifier.refusal(of: Array(good.prefix(count)))?.fault != nil)
      #expect(verifier.refusal(of: Array(good.suffix(count)))?.fault != nil)
    }
    for extra in ["0", "00", "000", " ", "\n", "\r\n"] {
      #expect(verifier.refusal(of: good + Array(extra.utf8))?.fault != nil)
      #expect(verifier.refusal(of: Array(extra.utf8) + good)?.fault != nil)
    }
    #expect(verifier.refusal(of: good + good)?.fault != nil)
  }

  @Test("two good codes spliced at any byte are refused")
  func splices() throws {
    var other = TestCode(key: code.key)
    other.payload = TestCode.claims(subject: textString("member-2"))
    let verifier = try code.verifier
    let (one, two) = (code.bytes, other.bytes)
    #expect(one.count == two.count)
    for place in 1..<one.count {
      let splice = one.prefix(place) + two.suffix(from: place)
      guard Array(splice) != one, Array(splice) != two else { continue }
      #expect(verifier.refusal(of: Array(Base45.encode(Array(splice)).utf8)) != nil)
    }
  }

  @Test("random bytes, random base45 and random edits of a code are refused")
  func noise() throws {
    var generator = SeededGenerator(seed: 45)
    let verifier = try code.verifier
    let good = code.bytes
    for _ in 0..<3000 {
      let noise = generator.bytes(Int.random(in: 0...600, using: &generator))
      #expect(verifier.refusal(of: noise)?.fault != nil)
      #expect(verifier.refusal(of: Array(Base45.encode(noise).utf8)) != nil)
      var edited = good
      for _ in 0..<Int.random(in: 1...4, using: &generator) {
        let place = Int.random(in: 0..<edited.count, using: &generator)
        edited[place] = UInt8.random(in: 0...0xFF, using: &generator)
      }
      guard edited != good else { continue }
      #expect(verifier.refusal(of: Array(Base45.encode(edited).utf8)) != nil)
    }
  }

  @Test("a code signed by someone else under a known key's id is refused")
  func impostor() throws {
    var forged = TestCode()
    forged.protected = code.protected
    #expect(try code.verifier.refusal(of: forged.text) == .badSignature)
    #expect(try code.verifier.refusal(of: TestCode().text) == .unknownKey)
  }
}
