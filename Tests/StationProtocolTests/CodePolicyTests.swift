// Tests for how long, and on which grounds, a signed code is accepted.
import StationProtocol
import Testing
import Time

@Suite struct CodePolicyTests {
  private let policy = CodePolicy(longestLife: .seconds(120), leeway: .seconds(5))

  private func claims(
    issued: Int64? = 1000, expires: Int64? = 1060, notBefore: Int64? = nil,
    subject: String? = "m-1"
  ) -> MemberClaims {
    MemberClaims(
      subject: subject, expires: expires.map { WallTime(seconds: $0) },
      notBefore: notBefore.map { WallTime(seconds: $0) },
      issued: issued.map { WallTime(seconds: $0) })
  }

  private func verdict(_ claims: MemberClaims, at milliseconds: Int64) -> CodeRefusal? {
    switch policy.judge(claims, at: WallTime(milliseconds: milliseconds)) {
    case .success: nil
    case .failure(let refusal): refusal
    }
  }

  @Test(
    "a code is valid from its issue to its expiry, with five seconds of leeway at both ends",
    arguments: [
      (994_999, .notYetValid), (995_000, nil), (1_000_000, nil), (1_060_000, nil),
      (1_064_999, nil), (1_065_000, .expired), (9_999_999, .expired),
    ] as [(Int64, CodeRefusal?)])
  func window(_ milliseconds: Int64, _ expected: CodeRefusal?) {
    #expect(verdict(claims(), at: milliseconds) == expected)
  }

  @Test("the later of issue and not-before counts")
  func notBefore() {
    #expect(verdict(claims(notBefore: 1010), at: 1_004_999) == .notYetValid)
    #expect(verdict(claims(notBefore: 1010), at: 1_005_000) == nil)
    #expect(verdict(claims(notBefore: 900), at: 994_999) == .notYetValid)
  }

  @Test("a life of exactly the longest is accepted, a longer or an open one is not")
  func life() {
    #expect(verdict(claims(expires: 1120), at: 1_000_000) == nil)
    #expect(verdict(claims(expires: 1121), at: 1_000_000) == .tooLongLived)
    #expect(verdict(claims(expires: nil), at: 1_000_000) == .tooLongLived)
    #expect(verdict(claims(issued: nil), at: 1_000_000) == .tooLongLived)
  }

  @Test("a code without a pseudonym names nobody")
  func subject() {
    #expect(verdict(claims(subject: nil), at: 1_000_000) == .noSubject)
    #expect(verdict(claims(subject: ""), at: 1_000_000) == .noSubject)
    #expect(verdict(claims(subject: "Zhang San"), at: 1_000_000) == .noSubject)
    #expect(policy.judge(claims(), at: WallTime(seconds: 1000)) == .success(MemberID("m-1")!))
  }

  @Test("the grounds are examined in their order")
  func order() {
    let bad = claims(issued: 2000, expires: 900, notBefore: 3000, subject: nil)
    #expect(verdict(bad, at: 1_000_000) == .notYetValid)
    #expect(verdict(claims(issued: 0, expires: 900, subject: nil), at: 1_000_000) == .expired)
    #expect(verdict(claims(issued: 0, subject: nil), at: 1_000_000) == .tooLongLived)
  }

  @Test("the widest times that a code can carry are judged without a trap")
  func extremes() {
    let last: Int64 = 253_402_300_799
    #expect(verdict(claims(issued: 0, expires: last), at: 1_000_000) == .tooLongLived)
    #expect(verdict(claims(issued: last, expires: 0), at: last * 1000) == .expired)
    #expect(verdict(claims(issued: last, expires: last), at: 0) == .notYetValid)
  }
}
