// Key files: made by openssl and read here, made here and read by openssl, and those refused.

import Keys
import MemberCode
import Testing

@Suite("key files")
struct KeyTests {
  private let files: Workspace

  init() throws { files = try Workspace() }

  private func sha256(ofDER file: String) throws -> [UInt8] {
    hex(String(try files.openssl("dgst", "-sha256", "-r", file).text.prefix(64)))
  }

  @Test(
    "a public key is known by the digest of its own DER, a certificate by that of the whole",
    arguments: [VerificationKey.Kind.ed25519, .p256])
  func identity(kind: VerificationKey.Kind) throws {
    if kind == .p256 { try files.makeP256Key("k") } else { try files.makeKey("k", "ED25519") }
    _ = try files.openssl("pkey", "-pubin", "-in", "k.pub", "-outform", "DER", "-out", "pub.der")
    _ = try files.openssl("x509", "-in", "k.crt", "-outform", "DER", "-out", "crt.der")
    let key = try VerificationKey(pem: files.read("k.pub"))
    let certified = try VerificationKey(pem: files.read("k.crt"))
    #expect(key.kind == kind)
    #expect(certified.kind == kind)
    #expect(try key.id.bytes == Array(sha256(ofDER: "pub.der").prefix(8)))
    #expect(try certified.id.bytes == Array(sha256(ofDER: "crt.der").prefix(8)))
    #expect(key.bareID == key.id)
    #expect(certified.bareID == key.id)
    #expect(KeyID(bytes: key.id.bytes) == key.id)
    #expect(hex(key.id.description) == key.id.bytes)
  }

  @Test("openssl reads the key made here, and verifies what it signs")
  func toOpenSSL() throws {
    let key = SigningKey.generate()
    try files.write("k.pem", key.privatePEM)
    try files.write("k.pub", key.publicPEM)
    #expect(try files.openssl("pkey", "-in", "k.pem", "-pubout").output == key.publicPEM)
    #expect(try files.openssl("pkey", "-in", "k.pem").output == key.privatePEM)
    try files.write("content", Array("open".utf8))
    try files.write("signature", key.sign(Array("open".utf8)))
    _ = try files.openssl(
      "pkeyutl", "-verify", "-pubin", "-inkey", "k.pub", "-rawin", "-in", "content", "-sigfile",
      "signature")
  }

  @Test("a key made by openssl signs here, and survives being written again")
  func fromOpenSSL() throws {
    try files.makeKey("k", "ED25519")
    let key = try SigningKey(pem: files.read("k.pem"))
    #expect(try key.privatePEM == files.read("k.pem"))
    #expect(try key.publicPEM == files.read("k.pub"))
    #expect(try key.id == VerificationKey(pem: files.read("k.pub")).id)
    let code = TestCode(key: key)
    let verifier = CodeVerifier(try KeySet([VerificationKey(pem: files.read("k.pub"))]))
    #expect(verifier.refusal(of: code.text) == nil)
  }

  @Test("text around the block and other blocks before it do no harm")
  func surroundings() throws {
    try files.makeP256Key("k")
    let plain = try VerificationKey(pem: files.read("k.pub"))
    let parameters = try files.openssl("ecparam", "-name", "prime256v1").output
    #expect(
      try VerificationKey(
        pem: Array("a key:\n".utf8) + parameters + files.read("k.pub") + Array("\nend".utf8)
      ).id == plain.id)
    let both = try files.read("k.pem") + files.read("k.pub")
    #expect(try VerificationKey(pem: both).id == plain.id)
    let verbose = try files.openssl("x509", "-in", "k.crt", "-text").output
    #expect(try VerificationKey(pem: verbose).bareID == plain.id)
  }

  @Test(
    "keys of other kinds are refused by their name",
    arguments: [
      (["RSA"], "RSA"), (["ED448"], "ED448"), (["X25519"], "X25519"),
      (["EC", "-pkeyopt", "ec_paramgen_curve:P-384"], "EC secp384r1"),
      (["EC", "-pkeyopt", "ec_paramgen_curve:secp256k1"], "EC secp256k1"),
    ])
  func otherKinds(algorithm: [String], kind: String) throws {
    _ = try files.run("openssl", ["genpkey", "-algorithm"] + algorithm + ["-out", "k.pem"])
    _ = try files.openssl("pkey", "-in", "k.pem", "-pubout", "-out", "k.pub")
    #expect(throws: KeyError.unsupported(kind)) { try VerificationKey(pem: files.read("k.pub")) }
    #expect(throws: KeyError.unsupported(kind)) { try SigningKey(pem: files.read("k.pem")) }
  }

  @Test("a P-256 key verifies but does not sign")
  func noP256Signing() throws {
    try files.makeP256Key("k")
    #expect(throws: KeyError.unsupported("EC prime256v1")) {
      try SigningKey(pem: files.read("k.pem"))
    }
  }

  @Test("a key with a passphrase is refused without asking for it", arguments: [true, false])
  func passphrase(isPKCS8: Bool) throws {
    try files.makeP256Key("k")
    if isPKCS8 {
      _ = try files.openssl(
        "pkcs8", "-topk8", "-in", "k.pem", "-passout", "pass:secret", "-out", "locked.pem")
    } else {
      _ = try files.openssl(
        "ec", "-in", "k.pem", "-aes128", "-passout", "pass:secret", "-out", "locked.pem")
    }
    #expect(throws: KeyError.passphrase) { try SigningKey(pem: files.read("locked.pem")) }
    #expect(throws: KeyError.privateKey) { try VerificationKey(pem: files.read("locked.pem")) }
  }

  @Test("a second public key in one file is not passed over in silence")
  func twoKeys() throws {
    let both = SigningKey.generate().publicPEM + SigningKey.generate().publicPEM
    #expect(throws: KeyError.severalKeys) { try VerificationKey(pem: both) }
  }

  @Test("the wrong half of a pair is refused as such")
  func wrongHalf() throws {
    try files.makeKey("k", "ED25519")
    #expect(throws: KeyError.publicKey) { try SigningKey(pem: files.read("k.pub")) }
    #expect(throws: KeyError.publicKey) { try SigningKey(pem: files.read("k.crt")) }
    #expect(throws: KeyError.privateKey) { try VerificationKey(pem: files.read("k.pem")) }
  }

  @Test(
    "what is no key file is refused",
    arguments: [
      "", "hello", "-----BEGIN PUBLIC KEY-----\n",
      "-----BEGIN PUBLIC KEY-----\n!\n-----END PUBLIC KEY-----",
      String(repeating: "-----BEGIN", count: 100),
    ])
  func noPEM(text: String) {
    #expect(throws: KeyError.notPEM) { try VerificationKey(pem: Array(text.utf8)) }
    #expect(throws: KeyError.notPEM) { try SigningKey(pem: Array(text.utf8)) }
  }

  @Test("a file beyond all reason is not even looked at")
  func tooLong() {
    #expect(throws: KeyError.tooLong) {
      try VerificationKey(pem: [UInt8](repeating: UInt8(ascii: "-"), count: 65_537))
    }
  }

  @Test("a block of another kind is named")
  func otherBlock() throws {
    let parameters = try files.openssl("ecparam", "-name", "prime256v1").output
    #expect(throws: KeyError.unsupported("EC PARAMETERS")) { try VerificationKey(pem: parameters) }
  }

  @Test(
    "a damaged block, and a key that anybody could sign for, are refused",
    arguments: [
      "", "00", "302a300506032b6570032100",
      // The neutral element, a point of order 8, and a byte after a good key.
      "302a300506032b65700321000100000000000000000000000000000000000000000000000000000000000000",
      "302a300506032b657003210026e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
      "302a300506032b6570032100d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a 00",
      // A point that does not lie on P-256.
      """
      3059301306072a8648ce3d020106082a8648ce3d03010703420004
      143329cce7868e416927599cf65a34f3ce2ffda55a7eca69ed8919a394d42f0f
      60f7f1a780d8a783bfb7a2dd6b2796e8128dbbcef9d3d168db9529971a36e7b8
      """,
    ])
  func damaged(der: String) {
    let file = Vectors.Cose.Input.Sign0.Key.pem(hex(der))
    #expect(throws: der.isEmpty ? KeyError.notPEM : .damaged("PUBLIC KEY")) {
      try VerificationKey(pem: file)
    }
  }

  @Test("a key set holds 64 keys")
  func mostKeys() throws {
    let key = SigningKey.generate().verificationKey
    #expect(try KeySet(Array(repeating: key, count: 64)).issuers.count == 64)
    #expect(throws: KeyError.tooManyKeys) { try KeySet(Array(repeating: key, count: 65)) }
  }

  @Test("every reason is told in a sentence that says what to do or what was found")
  func wording() {
    let errors: [KeyError] = [
      .notPEM, .tooLong, .privateKey, .publicKey, .passphrase, .unsupported("RSA"),
      .damaged("PUBLIC KEY"), .tooManyKeys,
    ]
    #expect(Set(errors.map(\.description)).count == errors.count)
    #expect("\(KeyError.unsupported("RSA"))".contains("RSA"))
  }
}
