// Base45 against the examples of RFC 9285 and what it must refuse.

import MemberCode
import Testing

@Suite("Base45")
struct Base45Tests {
  @Test(
    "the examples of RFC 9285 come out both ways",
    arguments: [
      ("AB", "BB8"), ("Hello!!", "%69 VD92EX0"), ("base-45", "UJCLQE7W581"), ("ietf!", "QED8WEX0"),
      ("", ""),
    ])
  func examples(plain: String, text: String) throws {
    #expect(Base45.encode(Array(plain.utf8)) == text)
    #expect(try Base45.decode(Array(text.utf8)) == Array(plain.utf8))
  }

  @Test(
    "what no bytes encode to is refused, and where is told",
    arguments: [
      ("GGW", Base45Error.value(offset: 0)), ("::::", .length), (":::", .value(offset: 0)),
      ("BB8B", .length), ("A", .length), ("BB8::", .value(offset: 3)),
      ("Bb8", .character(offset: 1)), ("BB8B_", .character(offset: 4)),
      ("BB8\n8", .character(offset: 3)),
    ])
  func refusals(text: String, error: Base45Error) {
    #expect(throws: error) { try Base45.decode(Array(text.utf8)) }
  }

  @Test("every byte and every pair of bytes survives")
  func roundTrips() throws {
    for number in 0..<0x100 {
      let byte = [UInt8(number)]
      #expect(try Base45.decode(Array(Base45.encode(byte).utf8)) == byte)
    }
    for number in stride(from: 0, to: 0x1_0000, by: 7) {
      let pair = [UInt8(number >> 8), UInt8(number & 0xFF)]
      #expect(try Base45.decode(Array(Base45.encode(pair).utf8)) == pair)
    }
  }

  @Test("no text stands for the same bytes as another")
  func uniqueness() {
    // 45³ = 91,125 groups of three, of which 65,536 are allowed.
    let alphabet = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:".utf8)
    var seen = Set<[UInt8]>()
    for one in alphabet {
      for two in alphabet {
        for three in alphabet {
          guard let bytes = try? Base45.decode([one, two, three]) else { continue }
          #expect(seen.insert(bytes).inserted)
        }
      }
    }
    #expect(seen.count == 0x1_0000)
  }
}
