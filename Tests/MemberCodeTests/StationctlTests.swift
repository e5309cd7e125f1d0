// stationctl as a maintainer runs it: the built program, files, exit statuses, exact words.

import Foundation
import Keys
import MemberCode
import StationProtocol
import Testing

@Suite("stationctl")
struct StationctlTests {
  private let files: Workspace

  init() throws { files = try Workspace() }

  /// Makes `k.pem` and `k.pub`.
  private func makeKey() throws {
    let made = try files.stationctl(["key", "new", "--out", "k.pem"])
    #expect(made.status == 0)
    try files.write("k.pub", made.output)
  }

  private func issue(_ more: String...) throws -> Outcome {
    try files.stationctl(["code", "issue", "--key", "k.pem", "--member", "member-1"] + more)
  }

  private func verify(_ code: String, _ more: String...) throws -> Outcome {
    try files.stationctl(["code", "verify"] + more, input: code)
  }

  private struct Answer: Decodable {
    struct Claims: Decodable {
      var sub: String?
      var iat: Int64?
      var exp: Int64?
    }
    var valid: Bool
    var reason: String?
    var claims: Claims
  }

  private func answer(_ outcome: Outcome) throws -> Answer {
    try JSONDecoder().decode(Answer.self, from: Data(outcome.output))
  }

  @Test("a new key is a file of its owner's alone, its public part and id are told")
  func newKey() throws {
    let made = try files.stationctl(["key", "new", "--out", "k.pem"])
    #expect(made.status == 0)
    let attributes = try FileManager.default.attributesOfItem(atPath: files.file("k.pem"))
    #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600)
    let key = try SigningKey(pem: files.read("k.pem"))
    #expect(made.output == key.publicPEM)
    #expect(made.errors == "key id \(key.id)\n")
    let shown = try files.stationctl(["key", "public", "--key", "k.pem"])
    #expect(shown.output == key.publicPEM)
    #expect(shown.errors == "key id \(key.id)\n")
  }

  @Test("a file that exists is not overwritten by a new key")
  func noOverwriting() throws {
    try makeKey()
    let before = try files.read("k.pem")
    let again = try files.stationctl(["key", "new", "--out", "k.pem"])
    #expect(again.status == 2)
    #expect(again.output.isEmpty)
    #expect(
      again.errors
        == "stationctl: k.pem exists; move it away first or choose another name\n")
    #expect(try files.read("k.pem") == before)
  }

  @Test("without a file both halves come out, fit for signing and for verifying")
  func keyToOutput() throws {
    let made = try files.stationctl(["key", "new"])
    try files.write("k.pem", made.output)
    let code = try issue().text
    #expect(try verify(code, "--key", "k.pem").status == 0)
  }

  @Test("a code is issued for a minute from now and found valid")
  func issueAndVerify() throws {
    try makeKey()
    let code = try issue().text
    let answer = try answer(try verify(code, "--key", "k.pub"))
    #expect(answer.valid)
    #expect(answer.reason == nil)
    #expect(answer.claims.sub == "member-1")
    let issued = try #require(answer.claims.iat)
    #expect(answer.claims.exp == issued + 60)
    #expect(abs(Date().timeIntervalSince1970 - Double(issued)) < 30)
    // At the moment of expiry there are 5 s of leeway left, then none.
    for (later, status) in [(-5, 0), (-6, 1), (64, 0), (65, 1)] as [(Int64, Int32)] {
      let outcome = try verify(code, "--key", "k.pub", "--at", "\(issued + later)")
      #expect(outcome.status == status)
    }
  }

  @Test("the answer is one line of JSON with its keys in order")
  func literalAnswers() throws {
    let key = SigningKey.generate()
    try files.write("k.pub", key.publicPEM)
    let member = try #require(MemberID("member-1"))
    let code = try CodeIssuer(key).issue(
      member, life: .seconds(300), at: TestCode.time, issuer: "a \"union\"",
      tokenID: [0, 1, 2, 0xFF])
    let claims =
      "{\"iss\":\"a \\\"union\\\"\",\"sub\":\"member-1\",\"exp\":1790000300,\"iat\":1790000000,"
      + "\"cti\":\"000102ff\"}"
    let good = try verify(code + "\n", "--key", "k.pub", "--at", "1790000100", "--max-life", "300")
    #expect(good.text == "{\"valid\":true,\"reason\":null,\"claims\":\(claims)}\n")
    #expect(good.status == 0)
    let long = try verify(code + "\r\n", "--key", "k.pub", "--at", "1790000100")
    #expect(long.text == "{\"valid\":false,\"reason\":\"too-long-lived\",\"claims\":\(claims)}\n")
    #expect(long.status == 1)
    let other = try files.stationctl(["key", "new"])
    try files.write("other.pub", other.output)
    let foreign = try verify(code, "--key", "other.pub")
    #expect(foreign.text == "{\"valid\":false,\"reason\":\"unknown-key\",\"claims\":{}}\n")
    #expect(foreign.errors.isEmpty)
    let both = try verify(code, "--key", "other.pub", "--key", "k.pub", "--at", "1790000000")
    #expect(try answer(both).reason == "too-long-lived")
  }

  @Test(
    "input that is no code is malformed, not an error",
    arguments: [
      ("", CodeFault.notCBOR), ("\n", .notCBOR), ("hello", .notBase45), ("\n\n", .notBase45),
      ("AB CD", .notBase45), (String(repeating: "0", count: 100_000), .tooLong),
      ("HC1:6BF", .notBase45),
    ])
  func noCode(input: String, fault: CodeFault) throws {
    try makeKey()
    let outcome = try verify(input, "--key", "k.pub")
    #expect(outcome.status == 1)
    #expect(
      outcome.text
        == "{\"valid\":false,\"reason\":\"malformed\",\"fault\":\"\(fault.rawValue)\","
        + "\"claims\":{}}\n")
  }

  @Test("fractions of a second are told to the millisecond")
  func fractions() throws {
    var code = TestCode()
    code.payload = TestCode.claims(notBefore: hex("fb41daac4ee0010000"))
    try files.write("k.pub", code.key.publicPEM)
    let text = String(decoding: code.text, as: UTF8.self)
    let outcome = try verify(text, "--key", "k.pub", "--at", "1790000001")
    #expect(outcome.text.contains("\"nbf\":1790000000.016,"))
  }

  @Test("keys and certificates made by openssl verify", arguments: [true, false])
  func opensslKeys(isP256: Bool) throws {
    var code = TestCode()
    var signature: [UInt8]
    if isP256 {
      let issuer = try P256Issuer(files)
      (code, signature) = try issuer.code(protected: hex("a10126"))
    } else {
      try files.makeKey("p256", "ED25519")
      let key = try SigningKey(pem: files.read("p256.pem"))
      code = TestCode(key: key)
      signature = key.sign(code.signedContent)
    }
    let text = Base45.encode(code.bytes(signature: signature))
    for file in ["p256.pub", "p256.crt"] {
      let good = try verify(text, "--key", file, "--at", "1790000000")
      #expect(good.status == 0, "\(file): \(good.text)\(good.errors)")
      #expect(try answer(try verify(text, "--key=\(file)")).reason != nil)
    }
    signature[0] ^= 1
    let bad = Base45.encode(code.bytes(signature: signature))
    #expect(try answer(try verify(bad, "--key", "p256.pub")).reason == "bad-signature")
  }

  @Test("a code is issued with traits, which verifying tells; an unknown one is refused")
  func traits() throws {
    try makeKey()
    let code = try issue("--trait", "maintainer", "--trait", "duress")
    let told = try verify(code.text, "--key", "k.pub")
    #expect(told.text.contains(#""traits":["maintainer","duress"]"#))
    let wrong = try issue("--trait", "gardener")
    #expect(wrong.status == 2)
    #expect(wrong.errors.hasPrefix("stationctl: 'gardener' is no trait"))
  }

  @Test("a PIN is read from standard input and comes back hashed")
  func pinHash() throws {
    let hashed = try files.stationctl(["pin", "hash"], input: "258046\n")
    #expect(hashed.status == 0)
    let hash = try #require(PINHash(text: String(hashed.text.dropLast())))
    #expect(hash.matches(Array("258046".utf8)))
    for input in ["", "12", "12345a", "1234\n5678"] {
      let refused = try files.stationctl(["pin", "hash"], input: input)
      #expect(refused.status == 2)
      #expect(refused.output.isEmpty)
      #expect(refused.errors.hasPrefix("stationctl: a PIN has 4 to 12 digits"))
    }
  }

  @Test("a code is drawn as an image that a scanner reads, and in the terminal")
  func drawing() throws {
    try makeKey()
    let drawn = try issue("--ttl", "90", "--png", "code.png")
    #expect(drawn.status == 0)
    #expect(drawn.output.isEmpty)
    let scanned = try files.run("zbarimg", ["--quiet", "--raw", "code.png"])
    let answer = try answer(try verify(scanned.text, "--key", "k.pub"))
    #expect(answer.valid)
    #expect(try #require(answer.claims.exp) - #require(answer.claims.iat) == 90)
    #expect(try issue("--terminal").text.hasPrefix("\u{1B}[30;107m    "))
  }

  @Test(
    "what was typed wrongly is told with the usage, status 2 and an empty output",
    arguments: [
      ([], "which command?"),
      (["--key"], "which command?"),
      (["door", "open"], "there is no command 'door open'"),
      (["key"], "there is no command 'key'"),
      (["code", "verify"], "--key is missing"),
      (["code", "issue", "--member", "m"], "--key is missing"),
      (["code", "issue", "--key", "k.pem"], "--member is missing"),
      (["code", "issue", "--key"], "--key needs a value"),
      (["code", "issue", "--key", "--member", "m"], "--key needs a value"),
      (["code", "issue", "--key", "k", "--key", "l", "--member", "m"], "--key is given twice"),
      (
        ["code", "issue", "--key", "k", "--member", "m", "--terminal", "--png", "p"],
        "only one of --png and --terminal may be given"
      ),
      (
        ["code", "issue", "--key", "k", "--member", "m", "--terminal=yes"],
        "--terminal takes no value, and '--terminal=yes' has one"
      ),
      (
        ["code", "issue", "--key", "k", "--member", "m", "--ttl", "0"],
        "--ttl takes a whole number from 1 to 31536000, not '0'"
      ),
      (
        ["code", "issue", "--key", "k", "--member", "a b"],
        "'a b' is no member: 1 to 64 of A-Z a-z 0-9 - _ . :"
      ),
      (
        ["code", "verify", "--key", "k", "--at", "noon"],
        "--at takes a whole number from 0 to 253402300799, not 'noon'"
      ),
      (["code", "verify", "--key", "k", "extra"], "unknown option or word 'extra'"),
      (["key", "new", "--force"], "unknown option or word '--force'"),
    ] as [([String], String)])
  func usageErrors(words: [String], reason: String) throws {
    let outcome = try files.stationctl(words)
    #expect(outcome.status == 2)
    #expect(outcome.output.isEmpty)
    #expect(outcome.errors.hasPrefix("stationctl: \(reason)\nusage: stationctl "))
  }

  @Test("a file that cannot be used is named with the reason")
  func badFiles() throws {
    try files.write("text", Array("hello".utf8))
    try files.write("huge", [UInt8](repeating: 0, count: 70_000))
    _ = try files.openssl("genpkey", "-algorithm", "ED448", "-out", "ed448.pem")
    for (file, reason) in [
      ("missing", "cannot read missing: No such file or directory"),
      (".", "cannot read .: Is a directory"),
      ("huge", "huge is longer than 65536 bytes"),
      ("text", "text: \(KeyError.notPEM)"),
      ("ed448.pem", "ed448.pem: \(KeyError.unsupported("ED448"))"),
    ] {
      let outcome = try verify("", "--key", file)
      #expect(outcome.status == 2)
      #expect(outcome.output.isEmpty)
      #expect(outcome.errors == "stationctl: \(reason)\n")
    }
    try makeKey()
    let nowhere = try issue("--png", "no/such/folder.png")
    #expect(nowhere.status == 2)
    #expect(
      nowhere.errors == "stationctl: cannot create no/such/folder.png: No such file or directory\n")
    let wrongHalf = try files.stationctl(["code", "issue", "--key", "k.pub", "--member", "m"])
    #expect(wrongHalf.errors == "stationctl: k.pub: \(KeyError.publicKey)\n")
  }

  @Test("help names every command and every option")
  func help() throws {
    for words in [["--help"], ["help"], ["-h"]] {
      let overview = try files.stationctl(words)
      #expect(overview.status == 0)
      for name in ["key new", "key public", "code issue", "code verify", "pin hash", "config"] {
        #expect(overview.text.contains("\n  \(name) "))
      }
    }
    let verify = try files.stationctl(["code", "verify", "--help"])
    #expect(verify.status == 0)
    let usage =
      "usage: stationctl code verify --key FILE [--key FILE ...] [--at UNIXTIME] "
      + "[--max-life SECONDS] [--any-length] [--audience WORD ...]\n"
    #expect(verify.text.hasPrefix(usage))
    let issue = try files.stationctl(["code", "issue", "--help"])
    let options = " [--ttl SECONDS] [--trait WORD ...] [--audience WORD] [--png OUT | --terminal]\n"
    #expect(issue.text.contains(options))
  }
}
