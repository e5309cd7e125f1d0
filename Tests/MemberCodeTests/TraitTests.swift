// The private claim in which a code says what a station should know of its member.

import MemberCode
import StationProtocol
import Testing
import Time

@Suite("traits of a member")
struct TraitTests {
  /// -65537, as CBOR writes it.
  private static let key: [UInt8] = hex("3a 00010000")

  private func traits(_ claim: [UInt8]) throws -> MemberTraits? {
    var code = TestCode()
    code.payload = TestCode.claims(more: [Self.key + claim])
    return try code.verifier.authenticate(code.text).genuine?.claims.traits
  }

  private func array(_ items: [[UInt8]]) -> [UInt8] {
    [0x80 | UInt8(items.count)] + items.flatMap { $0 }
  }

  @Test("a code carries the traits that it was issued with, and none otherwise")
  func issued() throws {
    let key = SigningKey.generate()
    let verifier = CodeVerifier(try KeySet([key.verificationKey]))
    let member = try #require(MemberID("m-1"))
    for traits in [[], .duress, [.maintainer, .extended]] as [MemberTraits] {
      let code = try CodeIssuer(key).issue(
        member, life: .seconds(60), at: WallTime(seconds: 1_790_000_000), traits: traits)
      #expect(verifier.authenticate(Array(code.utf8)).genuine?.claims.traits == traits)
    }
  }

  @Test("known words are traits, in any order, and unknown words are passed over")
  func words() throws {
    let words = ["extended", "gardener", "maintainer"].map(textString)
    #expect(try traits(array(words)) == [.maintainer, .extended])
    #expect(try traits(array([])) == [])
    #expect(try traits(array([textString("duress"), textString("duress")])) == .duress)
  }

  @Test("a claim of another type makes the code malformed")
  func types() throws {
    let wrong = [
      textString("maintainer"), number(1), byteString([1]), array([number(1)]),
      array([byteString(Array("duress".utf8))]), array([array([textString("duress")])]),
      map([textString("maintainer") + number(1)]),
      array(Array(repeating: textString("a"), count: 17)),
    ]
    for claim in wrong {
      var code = TestCode()
      code.payload = TestCode.claims(more: [Self.key + claim])
      #expect(try code.refusal == .malformed(.badClaims))
    }
  }
}
