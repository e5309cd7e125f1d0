// The grounds of refusal, their order, and the claims that are no claims.

import MemberCode
import StationProtocol
import Testing
import Time

@Suite("refusals")
struct RefusalTests {
  /// Something that is wrong with a code, and what it makes the code be refused for.
  private enum Fault: CaseIterable {
    case trailingByte, otherAlgorithm, foreignKey, brokenSignature, ended, early, late, longLived
    case nameless, elsewhere, beyond

    var refusal: CodeRefusal {
      switch self {
      case .trailingByte: .malformed(.trailingBytes)
      case .otherAlgorithm: .unsupportedAlgorithm
      case .foreignKey: .unknownKey
      case .brokenSignature: .badSignature
      case .ended: .issuerEnded
      case .early: .notYetValid
      case .late: .expired
      case .longLived: .tooLongLived
      case .nameless: .noSubject
      case .elsewhere: .wrongAudience
      case .beyond: .beyondIssuer
      }
    }
  }

  /// What is said of a code that is wrong in all the given ways.
  private func refusal(_ faults: Set<Fault>) throws -> CodeRefusal? {
    var code = TestCode()
    let now = TestCode.time.milliseconds / 1000
    // A code that is both early and late begins after its end.
    let issued = faults.contains(.longLived) ? now - 1000 : now
    let expires =
      faults.contains(.late) ? now - 100 : now + (faults.contains(.longLived) ? 1000 : 60)
    code.payload = TestCode.claims(
      subject: faults.contains(.nameless) ? nil : textString("member-1"), issued: number(issued),
      expires: number(expires), notBefore: faults.contains(.early) ? number(now + 100) : nil,
      more: faults.contains(.elsewhere) ? [[3] + textString("hall-2")] : [])
    let keyID = faults.contains(.foreignKey) ? SigningKey.generate().id : code.key.id
    code.protected = hex(faults.contains(.otherAlgorithm) ? "a201382204 48" : "a2012704 48")
    code.protected += keyID.bytes
    var signature = code.key.sign(code.signedContent)
    if faults.contains(.brokenSignature) { signature[63] ^= 1 }
    let bytes = code.bytes(signature: signature) + (faults.contains(.trailingByte) ? [0] : [])
    let terms = IssuerTerms(
      members: faults.contains(.beyond) ? "other-" : "",
      ends: faults.contains(.ended) ? TestCode.time : nil)
    let keys = try KeySet(issuers: [KeySet.Issuer(code.key.verificationKey, terms)])
    return CodeVerifier(keys).refusal(
      of: Array(Base45.encode(bytes).utf8), at: TestCode.time,
      policy: CodePolicy(audiences: ["gate-1"]))
  }

  @Test("the order is the one that is published")
  func order() throws {
    let faults = CodeFault.allCases.count
    #expect(
      CodeRefusal.allCases.dropFirst(faults).elementsEqual(
        Fault.allCases.dropFirst().map(\.refusal)))
    #expect(CodeRefusal.allCases.prefix(faults).allSatisfy { $0.fault != nil })
  }

  @Test("a code wrong in one way is refused for that")
  func single() throws {
    #expect(try refusal([]) == nil)
    for fault in Fault.allCases { #expect(try refusal([fault]) == fault.refusal) }
  }

  @Test("a code wrong in two ways is refused for the one that is examined first")
  func pairs() throws {
    for (index, first) in Fault.allCases.enumerated() {
      for second in Fault.allCases.dropFirst(index + 1) {
        #expect(try refusal([first, second]) == first.refusal, "\(first) and \(second)")
      }
    }
  }

  @Test("a code wrong in every later way too is refused for the first")
  func all() throws {
    for (index, fault) in Fault.allCases.enumerated() {
      #expect(try refusal(Set(Fault.allCases[index...])) == fault.refusal)
    }
  }

  @Test(
    "claims that are no claims are malformed before any key is looked for",
    arguments: [
      // No map, a key that is no claim, claims of the wrong type.
      "", "80", "00", "6161", "f6", "a1", "a000", "a141 31 00", "a1f500", "a11bffffffffffffffff00",
      "a10100", "a1014131", "a10200", "a1024131", "a1028161 31", "a10300", "a103816131",
      "a1044131", "a1046131", "a104f6", "a104f5", "a104c100", "a104c24101", "a105 6131", "a1066131",
      "a10700", "a1076131",
      // Times before 1970, after 9999, and no time at all.
      "a10420", "a1041b0000003afff44180", "a1041bffffffffffffffff", "a1043bffffffffffffffff",
      "a104fb424d7ffa20c00000", "a104f97e00", "a104f97c00", "a104f9fc00", "a104f9bc00",
      "a104fb7fefffffffffffff", "a104fbbff0000000000000",
      // Keys that occur twice, among them one that is not looked at.
      "a204000400", "a20400180400", "a218630018630 0", "a1 1863 a201000100",
    ])
  func badClaims(claims: String) throws {
    var code = TestCode()
    code.payload = hex(claims)
    #expect(try code.refusal?.fault != nil)
    #expect(CodeVerifier(try KeySet([])).refusal(of: code.text)?.fault != nil)
  }

  @Test(
    "times may be integers and fractions of any width",
    arguments: [
      "1a6ab13b80", "fb41daac4ee000000 0", "1b000000006ab13b80", "fb41daac4ee0000000",
    ])
  func times(issued: String) throws {
    var code = TestCode()
    code.payload = TestCode.claims(issued: hex(issued))
    #expect(try code.refusal == nil)
    let claims = try #require(try code.verifier.authenticate(code.text).genuine).claims
    #expect(claims.issued == TestCode.time)
  }

  @Test("a fraction of a second is kept to the millisecond")
  func fractions() throws {
    var code = TestCode()
    code.payload = TestCode.claims(notBefore: hex("fb3ff8000000000000"))
    let claims = try #require(try code.verifier.authenticate(code.text).genuine).claims
    #expect(claims.notBefore == WallTime(milliseconds: 1500))
  }

  @Test("the first and the last second of the calendar are times")
  func calendar() throws {
    var code = TestCode()
    code.payload = TestCode.claims(issued: number(0), expires: number(253_402_300_799))
    #expect(try code.refusal == .tooLongLived)
  }

  @Test(
    "claims that are not known here are passed over",
    arguments: [
      "08a10100", "1863 c6 6131", "20 f6", "636e6f74 80",
    ])
  func unknownClaims(claim: String) throws {
    var code = TestCode()
    code.payload = TestCode.claims(more: [hex(claim)])
    #expect(try code.refusal == nil)
  }

  @Test(
    "a name that is no pseudonym is no subject",
    arguments: [
      "", " ", "a b", "Zoë", "a/b", String(repeating: "x", count: 65),
    ])
  func names(name: String) throws {
    var code = TestCode()
    code.payload = TestCode.claims(subject: textString(name))
    #expect(try code.refusal == .noSubject)
  }

  @Test(
    "an envelope that is none is malformed",
    arguments: [
      // Other tags, tags in the wrong order, tags too many.
      "d1", "d3", "c1", "d903e6", "d83d", "d2d83d", "d83dd83dd2", "d2d2", "d9d9f7d2", "d83dd1",
    ])
  func tags(tags: String) throws {
    var code = TestCode()
    code.tags = tags
    #expect(try code.refusal == .malformed(.notCOSE))
  }

  @Test(
    "an envelope of other parts is malformed",
    arguments: [
      "", "00", "d2", "80", "8340a040", "8540a0404040", "84a0a04040", "8440404040", "8440a0f640",
      "8440a06040", "8440a04060", "844100a04040", "844180a04040", "8443a10041a04040",
      "8440a20127012740 40", "8440a101414040", "8440a10461314040", "8440a1f5004040", "a0",
      "8444a1012700a04040", "8440a101f64040", "8443a1f500a04040",
    ])
  func parts(message: String) throws {
    #expect(throws: CodeFault.self) { try CoseSign1.decode(hex(message)) }
  }

  @Test(
    "algorithms by other numbers and by name are unsupported",
    arguments: [
      "3822", "3823", "382e", "3903e6", "01", "00", "6545533235 36", "675265616c6c79 3f",
    ])
  func algorithms(algorithm: String) throws {
    var code = TestCode()
    code.protected = hex("a101") + hex(algorithm)
    #expect(try code.refusal == .unsupportedAlgorithm)
  }

  @Test("a key id of another length names no key", arguments: ["40", "4131", "4700000000000000"])
  func keyIDs(keyID: String) throws {
    var code = TestCode()
    code.protected = hex("a2012704") + hex(keyID)
    #expect(try code.refusal == .unknownKey)
  }

  @Test(
    "a signature of another length is a bad one, unless it is one of Ed448",
    arguments: [
      (0, CodeRefusal.badSignature), (63, .badSignature), (65, .badSignature),
      (114, .unsupportedAlgorithm),
    ])
  func signatureLength(count: Int, refusal: CodeRefusal) throws {
    let code = TestCode()
    let bytes = code.bytes(signature: [UInt8](repeating: 1, count: count))
    #expect(try code.verifier.refusal(of: Array(Base45.encode(bytes).utf8)) == refusal)
  }

  @Test("more than 512 characters are malformed, whatever they are")
  func length() throws {
    var code = TestCode()
    let fill = 200 - code.bytes.count
    code.unprotected = hex("a11863") + byteString([UInt8](repeating: 0, count: fill + 134))
    #expect(code.text.count <= 512)
    #expect(try code.refusal == nil)
    code.unprotected = hex("a11863") + byteString([UInt8](repeating: 0, count: fill + 150))
    #expect(code.text.count > 512)
    #expect(try code.refusal == .malformed(.tooLong))
  }
}
