// The public vectors: COSE_Sign1 of cose-wg/Examples, signatures of Wycheproof.

import MemberCode
import StationProtocol
import Testing
import Time

@Suite("public vectors")
struct VectorTests {
  private enum Verdict: Equatable {
    case good
    case refused(CodeRefusal)
  }

  /// What becomes of each COSE example when it is checked with its own key.
  private static let cose: [String: Verdict] = [
    "CWT-A_3.json": .good,
    "RFC8152-Appendix_C_2_1.json": .good,
    "ecdsa-examples-ecdsa-sig-01.json": .good,
    "ecdsa-examples-ecdsa-sig-02.json": .refused(.unsupportedAlgorithm),
    "ecdsa-examples-ecdsa-sig-03.json": .refused(.unsupportedAlgorithm),
    "ecdsa-examples-ecdsa-sig-04.json": .refused(.unsupportedAlgorithm),
    "eddsa-examples-eddsa-sig-01.json": .good,
    "eddsa-examples-eddsa-sig-02.json": .refused(.unsupportedAlgorithm),
    "sign1-tests-sign-fail-01.json": .refused(.malformed(.notCOSE)),
    "sign1-tests-sign-fail-02.json": .refused(.badSignature),
    "sign1-tests-sign-fail-03.json": .refused(.unsupportedAlgorithm),
    "sign1-tests-sign-fail-04.json": .refused(.unsupportedAlgorithm),
    "sign1-tests-sign-fail-06.json": .refused(.badSignature),
    "sign1-tests-sign-fail-07.json": .refused(.badSignature),
    "sign1-tests-sign-pass-01.json": .good,
    "sign1-tests-sign-pass-02.json": .good,
    "sign1-tests-sign-pass-03.json": .good,
  ]

  @Test("no COSE example is left out")
  func completeness() throws {
    #expect(try Vectors.files("cose") == Self.cose.keys.sorted())
  }

  @Test("each COSE example comes out as it says", arguments: Self.cose.keys.sorted())
  func example(file: String) throws {
    let vector: Vectors.Cose = try Vectors.read("cose", file)
    let expected = try #require(Self.cose[file])
    if vector.fail == true { #expect(expected != .good) }
    #expect(try verdict(on: vector) == expected)
  }

  @Test("what no key can mend is refused on the whole way too", arguments: Self.cose.keys.sorted())
  func wholeWay(file: String) throws {
    let vector: Vectors.Cose = try Vectors.read("cose", file)
    let refusal = CodeVerifier(try KeySet([])).refusal(of: Array(Base45.encode(vector.bytes).utf8))
    switch try #require(Self.cose[file]) {
    case .refused(.malformed(let fault)): #expect(refusal == .malformed(fault))
    case .refused(.unsupportedAlgorithm): #expect(refusal == .unsupportedAlgorithm)
    // All but one of the others sign a sentence, which is no claim set.
    default: #expect(refusal?.fault != nil || file == "CWT-A_3.json" && refusal == .unknownKey)
    }
  }

  private func verdict(on vector: Vectors.Cose) throws -> Verdict {
    let message: CoseSign1
    do throws(CodeFault) {
      message = try CoseSign1.decode(vector.bytes)
    } catch {
      return .refused(.malformed(error))
    }
    guard !message.isUnsupported else { return .refused(.unsupportedAlgorithm) }
    let key = try VerificationKey(pem: try #require(vector.input.sign0.key.pem))
    let content = message.signedContent(externalData: vector.externalData)
    guard key.signed(message, content: content) else { return .refused(.badSignature) }
    #expect(content == hex(vector.intermediates.ToBeSign_hex))
    return .good
  }

  @Test("the signed CWT of RFC 8392 A.3 goes all the way: refused only for its long life")
  func signedCWT() throws {
    let vector: Vectors.Cose = try Vectors.read("cose", "CWT-A_3.json")
    let key = try VerificationKey(pem: try #require(vector.input.sign0.key.pem))
    let verifier = CodeVerifier(try KeySet([SigningKey.generate().verificationKey, key]))
    for head in ["d2", "d83dd2", "d8 3d d8 12", ""] {
      let text = Array(Base45.encode(hex(head) + vector.bytes.dropFirst()).utf8)
      let code = try #require(verifier.authenticate(text).genuine)
      #expect(
        code.claims
          == MemberClaims(
            issuer: "coap://as.example.com", subject: "erikw", audience: "coap://light.example.com",
            expires: WallTime(seconds: 1_444_064_944), notBefore: WallTime(seconds: 1_443_944_944),
            issued: WallTime(seconds: 1_443_944_944), tokenID: [0x0B, 0x71]))
      #expect(code.keyID == key.id)
      let time = WallTime(seconds: 1_443_944_950)
      #expect(verifier.refusal(of: text, at: time) == .tooLongLived)
      let patient = CodePolicy(longestLife: .seconds(120_000))
      #expect(verifier.refusal(of: text, at: time, policy: patient) == nil)
    }
  }

  @Test(
    "each Wycheproof signature comes out as it says",
    arguments: [
      ("ed25519_test.json", 151), ("ecdsa_secp256r1_sha256_p1363_test.json", 262),
    ])
  func wycheproof(file: String, count: Int) throws {
    let vectors: Vectors.Wycheproof = try Vectors.read("wycheproof", file)
    #expect(vectors.numberOfTests == count)
    var seen = 0
    for group in vectors.testGroups {
      let key = try VerificationKey(pem: Array(group.publicKeyPem.utf8))
      for test in group.tests {
        seen += 1
        // An empty message around the signature: it names no algorithm, so the key's own counts.
        var message = try CoseSign1.decode(hex("84 40 a0 40 40"))
        message.signature = hex(test.sig)
        #expect(test.result == "valid" || test.result == "invalid")
        #expect(
          key.signed(message, content: hex(test.msg)) == (test.result == "valid"),
          "\(test.tcId): \(test.comment)")
      }
    }
    #expect(seen == count)
  }
}
