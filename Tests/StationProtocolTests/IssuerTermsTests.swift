// Tests for what one issuer's key may sign, and for the section that says so.
import Configuration
import StationProtocol
import Testing
import Time

@Suite("Issuers") struct IssuerTermsTests {
  private let policy = CodePolicy(audiences: ["gate-1"])
  private let noon = WallTime(seconds: 1_790_000_000)

  private func refusal(
    _ terms: IssuerTerms, member: String = "m-1", audience: String? = nil,
    traits: MemberTraits = [], at time: WallTime? = nil
  ) -> CodeRefusal? {
    let time = time ?? noon
    let claims = MemberClaims(
      subject: member, audience: audience, expires: time + .seconds(60), issued: time,
      traits: traits)
    switch policy.judge(claims, terms, at: time) {
    case .success: return nil
    case .failure(let refusal): return refusal
    }
  }

  @Test("a code for nobody, for this station or under its issuer's word is good; another is not")
  func audience() {
    let terms = IssuerTerms(audience: "stations-of-the-union")
    for audience in [nil, "gate-1", "stations-of-the-union"] {
      #expect(refusal(terms, audience: audience) == nil)
    }
    for audience in ["gate-2", "gate-10", "GATE-1", "", "library"] {
      #expect(refusal(terms, audience: audience) == .wrongAudience)
    }
    #expect(refusal(.unlimited, audience: "stations-of-the-union") == .wrongAudience)
  }

  @Test("a key signs for the members whose ids begin as its section says, and for no other")
  func members() {
    let terms = IssuerTerms(members: "metal-")
    #expect(refusal(terms, member: "metal-1") == nil)
    for member in ["metal1", "m-1", "Metal-1", "xmetal-1", "metal"] {
      #expect(refusal(terms, member: member) == .beyondIssuer)
    }
  }

  @Test("a trait that the issuer may not give makes the code worth nothing")
  func traits() {
    let terms = IssuerTerms(traits: [.extended, .duress])
    #expect(refusal(terms, traits: [.extended]) == nil)
    #expect(refusal(terms, traits: [.extended, .duress]) == nil)
    #expect(refusal(terms, traits: [.maintainer]) == .beyondIssuer)
    #expect(refusal(terms, traits: [.maintainer, .extended]) == .beyondIssuer)
    #expect(refusal(IssuerTerms(traits: []), traits: [.duress]) == .beyondIssuer)
  }

  @Test("a key is worth nothing from its end on, to the millisecond")
  func ends() {
    let terms = IssuerTerms(ends: noon)
    #expect(refusal(terms, at: WallTime(milliseconds: noon.milliseconds - 1)) == nil)
    #expect(refusal(terms, at: noon) == .issuerEnded)
  }

  @Test("only what a key may sign, and signed in its time, tells how late it is")
  func witness() throws {
    let terms = IssuerTerms(members: "m-", ends: noon)
    func claims(
      _ member: String, _ issued: WallTime, _ audience: String? = nil, life: Int64 = 60
    ) -> MemberClaims {
      MemberClaims(
        subject: member, audience: audience, expires: issued + .seconds(life), issued: issued)
    }
    let before = noon + .seconds(-1)
    // One that is over before it begins is never accepted, nor one that lives for ever.
    #expect(policy.witness(claims("m-1", before, life: -60), terms) == nil)
    #expect(policy.witness(claims("m-1", before, life: 86_400), terms) == nil)
    let member = try #require(MemberID("m-1"))
    #expect(
      policy.witness(claims("m-1", before), terms)
        == TimeWitness(member: member, issued: before, ends: before + .seconds(65)))
    #expect(policy.witness(claims("m-1", noon), terms) == nil)
    #expect(policy.witness(claims("x-1", before), terms) == nil)
    #expect(policy.witness(claims("m-1", before, "elsewhere"), terms) == nil)
  }

  private static let table = ConfigurationTable([IssuerSettings.section])

  @Test("a section gives the key's file and its bounds; what it leaves out is bounded by default")
  func section() throws {
    let text = """
      [issuer union]
      key = /keys/union.pem
      [issuer metal]
      key = /keys/metal.pem
      members = metal-
      traits = none
      ends = 2026-12-31
      audience = stations
      [issuer keepers]
      key = /keys/keepers.pem
      traits = maintainer extended
      """
    let issuers = IssuerSettings.read(try Self.table.read(Array(text.utf8)))
    // 2027-01-01 00:00 UTC, when the last day is over.
    let end = WallTime(seconds: 1_798_761_600)
    #expect(
      issuers == [
        IssuerSettings(
          name: "union", path: "/keys/union.pem", terms: IssuerTerms(traits: [.extended, .duress])),
        IssuerSettings(
          name: "metal", path: "/keys/metal.pem",
          terms: IssuerTerms(
            members: "metal-", traits: [], ends: end, audience: "stations", tellsTime: false)),
        IssuerSettings(
          name: "keepers", path: "/keys/keepers.pem",
          terms: IssuerTerms(traits: [.maintainer, .extended])),
      ])
  }

  @Test("a key of some members tells no time beside a key of any, and alone it does")
  func tellsTime() throws {
    func tells(_ text: String) throws -> [Bool] {
      IssuerSettings.read(try Self.table.read(Array(text.utf8))).map(\.terms.tellsTime)
    }
    let union = "[issuer union]\nkey = /u\n"
    let metal = "[issuer metal]\nkey = /m\nmembers = metal-\n"
    let rail = "[issuer rail]\nkey = /r\nmembers = r-\n"
    #expect(try tells(metal + union + rail) == [false, true, false])
    #expect(try tells(metal + rail) == [true, true])
    #expect(try tells(metal) == [true])
  }

  @Test(
    "a section that is wrong is refused with its line",
    arguments: [
      ("[issuer union]\nmembers = m-", "line 1: [issuer union] lacks its key \"key\""),
      (
        "[issuer a]\nkey = /k\ntraits = maintainer king",
        "line 3: \"traits\" expects none, or some of maintainer, extended, duress, "
          + "not \"maintainer king\""
      ),
      (
        "[issuer a]\nkey = /k\nends = 2026-02-30",
        "line 3: \"ends\" expects a date, as 2027-12-31 is, not \"2026-02-30\""
      ),
      (
        "[issuer]\nkey = /k",
        "line 1: [issuer] needs its name of a-z, 0-9 and -, as in [issuer union]"
      ),
    ])
  func mistakes(text: String, message: String) {
    do throws(ConfigurationError) {
      _ = try Self.table.read(Array(text.utf8))
      Issue.record("accepted")
    } catch {
      #expect(error.problems.map(\.description) == [message])
    }
  }
}
