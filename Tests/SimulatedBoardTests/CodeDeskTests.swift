// Tests of the codes that the simulated board issues, judged as a station would judge them.
import MemberCode
import StationProtocol
import Testing
import Time

@testable import SimulatedBoard

@Suite("Code desk")
struct CodeDeskTests {
  private let key = SigningKey.generate()
  private let now = WallTime(seconds: 1_800_000_000)
  private let members: [MemberID]
  private var desk: CodeDesk

  init() throws {
    members = try ["m-1", "m-2"].map { try #require(MemberID($0)) }
    desk = try CodeDesk(key: key.privatePEM, members: members)
  }

  private func verdict(_ code: [UInt8]?) throws -> String {
    let keys = try KeySet([key.verificationKey])
    func word(_ refusal: CodeRefusal) -> String {
      refusal.fault?.rawValue ?? Denial(refusal).rawValue
    }
    switch CodeVerifier(keys).authenticate(try #require(code)) {
    case .genuine(let code):
      switch CodePolicy().judge(code.claims, at: now) {
      case .success(let member): return member.text
      case .failure(let refusal): return word(refusal)
      }
    case .refused(let refusal, _): return word(refusal)
    }
  }

  @Test("a good code is good, and the same one is the last good one")
  mutating func good() throws {
    #expect(try desk.code(.same, for: members[1], at: now) == nil)
    let good = try desk.code(.good, for: members[1], at: now)
    #expect(try verdict(good) == "m-2")
    _ = try desk.code(.wrong(.expired), for: members[0], at: now)
    #expect(try desk.code(.same, for: members[0], at: now) == good)
  }

  /// What the verifier says of each; the reader turns some of them away before that as noise.
  private static let verdicts: [WrongCode: String] = [
    .noise: "not-base45", .setup: "not-base45", .garbage: "not-base45", .ticket: "not-base45",
    .oversized: "too-long", .truncated: "not-cbor", .nested: "too-deep",
    .trailing: "trailing-bytes", .bare: "not-cose", .demanding: "bad-header",
    .duplicate: "duplicate-key", .claimless: "bad-claims",
    .unsupported: "unsupported-algorithm", .foreign: "unknown-key", .tampered: "bad-signature",
    .early: "not-yet-valid", .expired: "expired", .longLived: "too-long-lived",
    .nameless: "no-subject",
  ]

  @Test("each wrong code is refused for what its name says", arguments: WrongCode.allCases)
  mutating func wrong(kind: WrongCode) throws {
    for _ in 0..<20 {
      let code = try desk.code(.wrong(kind), for: members[0], at: now)
      #expect(try verdict(code) == Self.verdicts[kind])
    }
  }

  @Test("no two wrong codes of a kind are alike", arguments: WrongCode.allCases)
  mutating func unlike(kind: WrongCode) throws {
    let first = try desk.code(.wrong(kind), for: members[0], at: now)
    #expect(try desk.code(.wrong(kind), for: members[0], at: now) != first)
  }

  @Test("two good codes of one second differ")
  mutating func differ() throws {
    let first = try desk.code(.good, for: members[0], at: now)
    #expect(try desk.code(.good, for: members[0], at: now) != first)
  }
}
