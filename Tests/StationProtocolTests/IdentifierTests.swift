// Tests which texts are names, and that names and texts are the inverse of one another.
import StationProtocol
import TestBed
import Testing

@Suite struct IdentifierTests {
  @Test(
    "a station's name is 1 to 48 small letters, digits and hyphens",
    arguments: [
      ("a", true), ("gate-07", true), (String(repeating: "z", count: 48), true),
      (String(repeating: "z", count: 49), false), ("", false), ("Gate", false), ("a/b", false),
      ("a b", false), ("a+", false), ("#", false), ("站", false), ("service", false),
      ("services", true), ("a\n", false), ("a.b", false), ("a_b", false),
    ])
  func stations(_ text: String, _ isName: Bool) {
    #expect(StationID(text)?.text == (isName ? text : nil))
  }

  @Test(
    "a member's name is a pseudonym of 1 to 64 plain characters",
    arguments: [
      ("A-z_0.9:", true), (String(repeating: "m", count: 64), true),
      (String(repeating: "m", count: 65), false), ("", false), ("a b", false), ("a/b", false),
      ("é", false), ("a@b", false), ("a\0", false),
    ])
  func members(_ text: String, _ isName: Bool) {
    #expect(MemberID(text)?.text == (isName ? text : nil))
  }

  @Test("streams and digests come back from their hexadecimal text")
  func hex() {
    var random = SeededGenerator(seed: 41)
    for _ in 0..<500 {
      let stream = random.stream()
      #expect(StreamID(stream.description) == stream)
      let code = random.code()
      #expect(CodeDigest(code.description) == code)
    }
    #expect(StreamID(bits: 0x0A).description == "000000000000000a")
    #expect(CodeDigest(bytes: [UInt8](0...20)).description == "000102030405060708090a0b0c0d0e0f")
  }

  @Test(
    "other hexadecimal texts are none",
    arguments: [
      "", "0", "000000000000000A", "00000000000000 0", "000000000000000g", "+00000000000000a",
      "00000000000000000", "0x00000000000000",
    ])
  func notHex(_ text: String) {
    #expect(StreamID(text) == nil)
    #expect(CodeDigest(text) == nil)
    #expect(CodeDigest(text + "0000000000000000") == nil)
  }

  @Test("a station has access points 1 to 4")
  func points() {
    #expect((-1...6).filter { AccessPointID($0) != nil } == [1, 2, 3, 4])
  }
}
