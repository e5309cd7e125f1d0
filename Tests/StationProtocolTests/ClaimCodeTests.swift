// Claim codes as people type them, and what is said with them.
import StationProtocol
import Testing

@Suite("Claim codes")
struct ClaimCodeTests {
  private static let code = ClaimCode(random: (0x0123_4567_89AB_CDEF, 0xFEDC_BA98_7654_3210))

  @Test("a code is four groups of five, and begins with its name")
  func text() throws {
    let text = Self.code.text
    #expect(text.wholeMatch(of: /[0-9A-HJKMNP-TV-Z]{5}(-[0-9A-HJKMNP-TV-Z]{5}){3}/) != nil)
    #expect(Self.code.name.memberText == text.prefix(5))
    #expect(ClaimCode(text) == Self.code)
  }

  @Test("a code is read however it is typed")
  func typed() {
    let text = Self.code.text
    let plain = text.filter { $0 != "-" }
    #expect(ClaimCode(plain) == Self.code)
    #expect(ClaimCode(text.lowercased()) == Self.code)
    #expect(ClaimCode(" \(plain.prefix(10)) \(plain.dropFirst(10)) ") == Self.code)
    #expect(ClaimCode("OOOOO-IIIII-LLLLL-00000") == ClaimCode("00000-11111-11111-00000"))
  }

  @Test(
    "anything else is no code",
    arguments: [
      "", "00000", "00000-00000-00000-0000", "00000-00000-00000-000000", "00000-00000-00000-0000U",
      "00000-00000-00000-0000é", String(repeating: "-", count: 100),
    ])
  func others(_ text: String) { #expect(ClaimCode(text) == nil) }

  @Test("two random words give different codes wherever they differ in a bit that counts")
  func random() {
    for bit in 0..<50 {
      let other = ClaimCode(
        random: (0x0123_4567_89AB_CDEF ^ 1 << UInt64(bit), 0xFEDC_BA98_7654_3210))
      #expect(other != Self.code)
    }
  }

  @Test("requests, answers and grants are read as they were written")
  func messages() throws {
    let proof = try #require(ClaimProof([UInt8](0..<32)))
    let request = ClaimRequest(
      claim: Self.code.name, request: PEMText(Array("a\nb\n".utf8)), proof: proof)
    #expect(try ClaimRequest(json: request.json) == request)
    let grant = ClaimGrant(
      station: try #require(StationID("gate-1")), certificate: PEMText(Array("c".utf8)),
      authority: PEMText(Array("d".utf8)), broker: "broker.example.org", port: 8883,
      serviceKeys: [PEMText(Array("e".utf8))])
    let answer = ClaimAnswer(grant: SealedBody(grant.json), proof: proof)
    let read = try ClaimAnswer(json: answer.json)
    #expect(read == answer)
    #expect(try ClaimGrant(json: read.grant.json) == grant)
  }
}
