// Codes from issue to judgement: what is good, in how many forms, and what makes two codes one.

import MemberCode
import StationProtocol
import Testing
import Time

@Suite("member codes")
struct CodeTests {
  private let member = MemberID("member-1")

  @Test("what is issued is genuine, says who and for how long, and is known by its content")
  func issue() throws {
    let key = SigningKey.generate()
    let code = try CodeIssuer(key).issue(
      #require(member), life: .seconds(60), at: WallTime(milliseconds: 1_790_000_000_999),
      issuer: "union", tokenID: [1, 2, 3, 4, 5, 6, 7, 8])
    let verifier = CodeVerifier(try KeySet([key.verificationKey]))
    let genuine = try #require(verifier.authenticate(Array(code.utf8)).genuine)
    #expect(
      genuine.claims
        == MemberClaims(
          issuer: "union", subject: "member-1", expires: WallTime(seconds: 1_790_000_060),
          issued: WallTime(seconds: 1_790_000_000), tokenID: [1, 2, 3, 4, 5, 6, 7, 8]))
    #expect(genuine.keyID == key.id)
    let verdict = CodePolicy().judge(genuine.claims, at: WallTime(seconds: 1_790_000_030))
    #expect(try verdict.get() == member)
  }

  @Test("the longest member name fits into 300 characters, an issuer that does not is refused")
  func length() throws {
    let longest = try #require(MemberID(String(repeating: "Z", count: 64)))
    let issuer = CodeIssuer(SigningKey.generate())
    let end = WallTime(seconds: 253_402_300_799 - 60)
    #expect(try issuer.issue(longest, life: .seconds(60), at: end).utf8.count <= 300)
    let named = try issuer.issue(
      longest, life: .seconds(60), at: TestCode.time, issuer: "federation-jining")
    #expect(named.utf8.count <= 300)
    #expect(throws: CodeIssueError.tooLong(characters: 327)) {
      try issuer.issue(
        longest, life: .seconds(60), at: TestCode.time, issuer: String(repeating: "u", count: 40))
    }
  }

  @Test(
    "a life that cannot be written is refused",
    arguments: [
      (Duration.seconds(0), 0), (.milliseconds(999), 0), (.seconds(-5), 100), (.seconds(60), -1),
      (.seconds(60), 253_402_300_799), (.seconds(Int64.max), 1), (.seconds(1), 253_402_300_799),
    ] as [(Duration, Int64)])
  func impossibleLife(life: Duration, seconds: Int64) throws {
    let member = try #require(member)
    let issuer = CodeIssuer(SigningKey.generate())
    #expect(throws: CodeIssueError.life) {
      try issuer.issue(member, life: life, at: WallTime(seconds: seconds))
    }
  }

  @Test("two codes of one member and second differ")
  func tokens() throws {
    let issuer = CodeIssuer(SigningKey.generate())
    let verifier = CodeVerifier(try KeySet([issuer.key.verificationKey]))
    let member = try #require(member)
    let digests = try (0..<20).map { _ in
      let code = try issuer.issue(member, life: .seconds(60), at: TestCode.time)
      return try #require(verifier.authenticate(Array(code.utf8)).genuine).digest
    }
    #expect(Set(digests).count == 20)
  }

  @Test("all ways of writing down one signed content are one code")
  func encodings() throws {
    let code = TestCode()
    let signature = code.key.sign(code.signedContent)
    let body = byteString(code.payload) + byteString(signature)
    let header = byteString(code.protected)
    // Tags, empty and foreign unprotected headers, wide heads, an array without a length.
    let forms = [
      hex("d284") + header + hex("a0") + body,
      hex("84") + header + hex("a0") + body,
      hex("d83dd284") + header + hex("a0") + body,
      hex("d812 84") + header + hex("a0") + body,
      hex("d9003d d90012 84") + header + hex("a0") + body,
      hex("d284") + header + hex("a1 18 63 00") + body,
      hex("d284") + header + hex("a1 616e c6 6131") + body,
      hex("d284") + header + hex("bfff") + body,
      hex("9804") + header + hex("a0") + body,
      hex("9f") + header + hex("a0") + body + hex("ff"),
    ]
    let digests = try forms.map { form in
      let text = Array(Base45.encode(form).utf8)
      let genuine = try code.verifier.authenticate(text).genuine
      return try #require(genuine, "\(form.prefix(8))").digest
    }
    #expect(Set(digests).count == 1)
  }

  @Test("the digest of what is refused is over the characters")
  func refusedDigest() throws {
    let code = TestCode()
    let empty = CodeVerifier(try KeySet([]))
    let expected = "e3b0c44298fc1c149afbf4c8996fb924"
    #expect(empty.authenticate([]) == .refused(.malformed(.notCBOR), digest: CodeDigest(expected)!))
    let authentic = try code.verifier.authenticate(code.text)
    #expect(empty.authenticate(code.text).digest != authentic.digest)
  }

  @Test(
    "algorithm and key id may stand in either bucket, or nowhere",
    arguments: [
      ("a2012704 48", "a0", true), ("a0", "a2012704 48", true), ("", "a2012704 48", true),
      ("a10127", "a104 48", true), ("a104 48", "a10127", true), ("a10127", "a0", true),
      ("", "a10127", true), ("a0", "a0", true), ("", "a0", true), ("a104 48", "a0", true),
      // One parameter in both buckets.
      ("a10127", "a2012704 48", false), ("a10127", "a10127", false), ("a104 48", "a104 48", false),
      ("a20127 1863 00", "a11863 00", false), ("a20127 616e 00", "a1616e 00", false),
    ])
  func buckets(protected: String, unprotected: String, isGood: Bool) throws {
    var code = TestCode()
    func filled(_ header: String) -> [UInt8] {
      hex(header) + (header.hasSuffix("48") ? code.key.id.bytes : [])
    }
    code.protected = filled(protected)
    code.unprotected = filled(unprotected)
    #expect(try code.refusal == (isGood ? nil : .malformed(.badHeader)))
  }

  @Test(
    "a critical parameter must be known, present and protected",
    arguments: [
      ("a3 0127 0281 01 0448", "a0", true), ("a3 0127 028204 01 0448", "a0", true),
      ("a3 0127 0280 0448", "a0", false), ("a3 0127 028118 63 0448", "a0", false),
      ("a3 0127 0281616e 0448", "a0", false), ("a2 0127 028104", "a0", false),
      ("a3 0127 0201 0448", "a0", false), ("a2 0127 0448", "a1028101", false),
      ("a4 0127 028118 63 186300 0448", "a0", false),
    ])
  func critical(protected: String, unprotected: String, isGood: Bool) throws {
    var code = TestCode()
    code.protected = hex(protected) + (protected.hasSuffix("48") ? code.key.id.bytes : [])
    code.unprotected = hex(unprotected)
    #expect(try code.refusal == (isGood ? nil : .malformed(.badHeader)))
  }

  @Test("without a key id every key is tried")
  func noKeyID() throws {
    var code = TestCode()
    code.protected = hex("a10127")
    let others = (0..<5).map { _ in SigningKey.generate().verificationKey }
    let all = CodeVerifier(try KeySet(others + [code.key.verificationKey]))
    #expect(all.authenticate(code.text).genuine?.keyID == code.key.id)
    #expect(CodeVerifier(try KeySet(others)).refusal(of: code.text) == .badSignature)
    #expect(CodeVerifier(try KeySet([])).refusal(of: code.text) == .unknownKey)
  }

  @Test("a P-256 signature by another issuer is good, and its twin is the same code")
  func p256() throws {
    let issuer = try P256Issuer(Workspace())
    let keys = try [SigningKey.generate().verificationKey, issuer.key]
    let verifier = CodeVerifier(try KeySet(keys))
    let header = try hex("a2012604 48") + issuer.key.id.bytes
    let (code, signature) = try issuer.code(protected: header)
    let one = verifier.authenticate(text(code.bytes(signature: signature)))
    let twin = P256Issuer.twin(of: signature)
    let two = verifier.authenticate(text(code.bytes(signature: twin)))
    #expect(signature != twin)
    #expect(one == two)
    #expect(try one.genuine?.keyID == issuer.key.id)
  }

  @Test("a certificate answers to its own id, to its key's id, and without one")
  func certificate() throws {
    let issuer = try P256Issuer(Workspace())
    let verifier = CodeVerifier(try KeySet([issuer.certifiedKey]))
    let certificateID = try issuer.certifiedKey.id
    let headers = try [
      hex("a2012604 48") + certificateID.bytes, hex("a2012604 48") + issuer.key.id.bytes,
      hex("a10126"), [],
    ]
    for header in headers {
      let (code, signature) = try issuer.code(protected: header)
      let genuine = verifier.authenticate(text(code.bytes(signature: signature))).genuine
      #expect(genuine?.keyID == certificateID)
    }
  }

  @Test("an algorithm that is not the key's own is a bad signature")
  func contradiction() throws {
    var code = TestCode()
    code.protected = hex("a2012604 48") + code.key.id.bytes
    #expect(try code.refusal == .badSignature)
    let issuer = try P256Issuer(Workspace())
    let header = try hex("a2012704 48") + issuer.key.id.bytes
    let (other, signature) = try issuer.code(protected: header)
    let verifier = CodeVerifier(try KeySet([issuer.key]))
    #expect(verifier.refusal(of: text(other.bytes(signature: signature))) == .badSignature)
  }

  private func text(_ bytes: [UInt8]) -> [UInt8] { Array(Base45.encode(bytes).utf8) }
}
