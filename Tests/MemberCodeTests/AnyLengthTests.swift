// stationctl code verify --any-length: public test data, and codes longer than a station takes.
import Foundation
import MemberCode
import StationProtocol
import Testing

@Suite("codes of any length")
struct AnyLengthTests {
  private let files: Workspace

  init() throws { files = try Workspace() }

  private struct Answer: Decodable, Equatable {
    var valid = false
    var reason: String? = "malformed"
    var fault: String?
    var signature: String?
  }

  private func verify(_ bytes: [UInt8], _ more: String...) throws -> (Int32, Answer) {
    let outcome = try files.stationctl(
      ["code", "verify", "--key", "k.pub"] + more, input: Base45.encode(bytes) + "\n")
    return (outcome.status, try JSONDecoder().decode(Answer.self, from: Data(outcome.output)))
  }

  /// Most of them sign a sentence, which is no claim set.
  private static let examples: [(file: String, fault: String?, signature: String?)] = [
    ("CWT-A_3.json", nil, "good"),
    ("RFC8152-Appendix_C_2_1.json", "bad-claims", "good"),
    ("ecdsa-examples-ecdsa-sig-01.json", "bad-claims", "good"),
    ("ecdsa-examples-ecdsa-sig-02.json", nil, "unsupported"),
    ("ecdsa-examples-ecdsa-sig-03.json", nil, "unsupported"),
    ("ecdsa-examples-ecdsa-sig-04.json", nil, "unsupported"),
    ("eddsa-examples-eddsa-sig-01.json", "bad-claims", "good"),
    ("eddsa-examples-eddsa-sig-02.json", nil, "unsupported"),
    ("sign1-tests-sign-fail-01.json", "not-cose", nil),
    ("sign1-tests-sign-fail-02.json", "bad-claims", "bad"),
    ("sign1-tests-sign-fail-03.json", nil, "unsupported"),
    ("sign1-tests-sign-fail-04.json", nil, "unsupported"),
    ("sign1-tests-sign-fail-06.json", "bad-claims", "bad"),
    ("sign1-tests-sign-fail-07.json", "bad-claims", "bad"),
    ("sign1-tests-sign-pass-01.json", "bad-claims", "good"),
    // Signed together with data that no code carries.
    ("sign1-tests-sign-pass-02.json", "bad-claims", "bad"),
    ("sign1-tests-sign-pass-03.json", "bad-claims", "good"),
  ]

  @Test("each public COSE example comes out as it says, and none is left out")
  func publicExamples() throws {
    #expect(try Vectors.files("cose") == Self.examples.map(\.file))
    let stranger = SigningKey.generate().publicPEM
    for (file, fault, signature) in Self.examples {
      let vector: Vectors.Cose = try Vectors.read("cose", file)
      // A key of a curve that is not known here stands for itself nowhere.
      try files.write("k.pub", vector.input.sign0.key.pem ?? stranger)
      let (status, answer) = try verify(
        vector.bytes, "--any-length", "--at", "1443944950", "--max-life", "120000")
      if vector.fail == true { #expect(signature != "good", "\(file)") }
      #expect(status == (file == "CWT-A_3.json" ? 0 : 1), "\(file)")
      #expect(answer.valid == (status == 0), "\(file)")
      #expect(answer.fault == fault, "\(file)")
      #expect(answer.signature == signature, "\(file)")
      if signature == "unsupported" { #expect(answer.reason == "unsupported-algorithm", "\(file)") }
    }
  }

  @Test("4 KiB of COSE are judged, a byte more is not, and a station still takes 512 characters")
  func bounds() throws {
    var code = TestCode()
    try files.write("k.pub", code.key.publicPEM)
    func sized(_ padding: Int) throws -> [UInt8] {
      let length = [UInt8(padding >> 8), UInt8(padding & 0xFF)]
      let filler = hex("186359") + length + [UInt8](repeating: 0, count: padding)
      code.payload = TestCode.claims(more: [filler])
      return code.bytes(signature: code.key.sign(code.signedContent))
    }
    let rest = 4096 - (try sized(3000).count)
    let longest = try sized(3000 + rest)
    #expect(longest.count == 4096)
    let good = Answer(valid: true, reason: nil, signature: "good")
    #expect(try verify(longest, "--any-length", "--at", "1790000001") == (0, good))
    let tooLong = Answer(fault: "too-long")
    let longer = try sized(3001 + rest)
    #expect(try verify(longer, "--any-length", "--at", "1790000001") == (1, tooLong))
    #expect(try verify(longest, "--at", "1790000001") == (1, tooLong))
    let station = CodeVerifier(try KeySet([code.key.verificationKey]))
    #expect(station.refusal(of: Array(Base45.encode(longest).utf8)) == .malformed(.tooLong))
    #expect(station.bounds.characters == 512)
  }
}
