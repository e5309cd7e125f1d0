// The service's own check of a member code, with real keys.
import ManagementCore
import ManagementShell
import MemberCode
import StationProtocol
import Testing
import Time

@Suite struct CodeProverTests {
  private let key = SigningKey.generate()
  private let gate = StationID("gate-1")!
  private let member = MemberID("m-1")!
  private let now = WallTime(seconds: 1_795_000_000)

  private func code(
    by key: SigningKey? = nil, at time: WallTime? = nil, audience: String? = nil
  ) throws -> CodeText {
    let text = try CodeIssuer(key ?? self.key).issue(
      member, life: .seconds(60), at: time ?? now, audience: audience)
    return try #require(CodeText(text))
  }

  private func prover(_ terms: IssuerTerms = .unlimited) throws -> CodeProver {
    CodeProver(try KeySet(issuers: [KeySet.Issuer(key.verificationKey, terms)]))
  }

  private func refusal(_ proof: CodeProof) -> CodeRefusal? {
    if case .refused(let refusal) = proof { refusal } else { nil }
  }

  @Test("a good code proves its member, and is named as stations name it")
  func genuine() throws {
    let shown = try code()
    guard case .genuine(let found, let digest) = try prover().prove(shown, at: gate, now),
      case .genuine(let own) = CodeVerifier(try KeySet([key.verificationKey]))
        .authenticate(Array(shown.text.utf8))
    else {
      Issue.record("a good code was refused")
      return
    }
    #expect(found == member && digest == own.digest)
  }

  @Test("a key that nobody has named, a changed code and an old one prove nothing")
  func refused() throws {
    let prover = try prover()
    let foreign = prover.prove(try code(by: SigningKey.generate()), at: gate, now)
    #expect(refusal(foreign) == .unknownKey)
    var text = Array(try code().text.utf8)
    let place = text.count - 10
    text[place] = text[place] == UInt8(ascii: "0") ? UInt8(ascii: "1") : UInt8(ascii: "0")
    let changed = prover.prove(try #require(CodeText(text)), at: gate, now)
    #expect(refusal(changed) != nil)
    let grace = CodeProver.grace + .seconds(60)
    let last = try code(at: now + (.zero - grace + .seconds(1)))
    #expect(refusal(prover.prove(last, at: gate, now)) == nil)
    let old = try code(at: now + (.zero - grace))
    #expect(refusal(prover.prove(old, at: gate, now)) == .expired)
    let early = try code(at: now + CodeProver.grace + .seconds(1))
    #expect(refusal(prover.prove(early, at: gate, now)) == .notYetValid)
    let long = try CodeIssuer(key).issue(member, life: .seconds(86_401), at: now)
    let lasting = prover.prove(try #require(CodeText(long)), at: gate, now)
    #expect(refusal(lasting) == .tooLongLived)
  }

  @Test("an issuer's terms and a code's place hold here as at the door")
  func terms() throws {
    let other = try prover(IssuerTerms(members: "k-"))
    #expect(refusal(other.prove(try code(), at: gate, now)) == .beyondIssuer)
    let ended = try prover(IssuerTerms(ends: now + (.zero - CodeProver.grace)))
    #expect(refusal(ended.prove(try code(), at: gate, now)) == .issuerEnded)
    let elsewhere = try code(audience: "hall-2")
    #expect(refusal(try prover().prove(elsewhere, at: gate, now)) == .wrongAudience)
    #expect(refusal(try prover().prove(try code(audience: "gate-1"), at: gate, now)) == nil)
  }
}
