// Tests for what a station does about the keys of issuers: whose codes it believes, and what it says.
import StationCore
import StationProtocol
import Testing
import Time

@Suite("The keys of issuers") struct IssuerWatchTests {
  private func code(
    _ story: Scenario, _ member: String, _ terms: IssuerTerms, audience: String? = nil
  ) -> Presentation {
    let digest = CodeDigest(high: 0x155, low: UInt64(member.utf8.count))
    return Presentation(
      digest: digest,
      verdict: .genuine(
        MemberClaims(
          subject: member, audience: audience, expires: story.now.wall + .seconds(60),
          issued: story.now.wall), code: digest, terms: terms))
  }

  @Test("a good signature of an issuer that may not sign for this member opens nothing")
  func bounded() {
    let story = Scenario(entry: EntryPolicy(code: CodePolicy(audiences: ["gate-1"])))
    let metal = IssuerTerms(members: "metal-")
    let stranger = code(story, "m-1", metal)
    story.tell(.entry(.presented(1, .code(stranger))))
    story.expectRefusal(.beyondIssuer, of: stranger)
    let misdirected = code(story, "metal-22", metal, audience: "gate-2")
    story.tell(.entry(.presented(1, .code(misdirected))))
    story.expectRefusal(.wrongAudience, of: misdirected)
    let ended = code(story, "metal-333", IssuerTerms(ends: story.now.wall))
    story.tell(.entry(.presented(1, .code(ended))))
    story.expectRefusal(.issuerEnded, of: ended)
    let good = code(story, "metal-1", metal, audience: "gate-1")
    story.tell(.entry(.presented(1, .code(good))))
    story.expectGrant(of: good, "metal-1")
  }

  private static let union = IssuerStanding(name: "union", key: 0x0123_4567_89AB_CDEF)

  @Test("no key, or one of several lost, is an alarm; it ends when every issuer has one")
  func lost() {
    let story = Scenario()
    story.tell(.entry(.issuersRead([])))
    story.expectJournal(.alarm(.raised(.issuerKeysLost, nil)))
    story.tell(.entry(.issuersRead([Self.union])))
    story.expectJournal(.alarm(.cleared(.issuerKeysLost, nil)))
    story.tell(.entry(.issuersRead([Self.union, IssuerStanding(name: "metal", key: nil)])))
    story.expectJournal(.alarm(.raised(.issuerKeysLost, nil)))
    story.tell(.entry(.issuersRead([Self.union])))
    story.expectJournal(.alarm(.cleared(.issuerKeysLost, nil)))
  }

  @Test("an issuer whose time is over is missed by nobody, but the last one is")
  func ended() {
    let story = Scenario()
    let past = story.now.wall + .seconds(-1)
    story.tell(
      .entry(.issuersRead([Self.union, IssuerStanding(name: "metal", key: nil, ends: past)])))
    story.expectNothing()
    story.tell(
      .entry(
        .issuersRead([
          IssuerStanding(name: "union", key: 1, ends: story.now.wall + .seconds(90))
        ])))
    story.expectNothing()
    story.advance(by: .seconds(89))
    story.expectNothing()
    story.advance(by: .seconds(1))
    story.expectJournal(.alarm(.raised(.issuerKeysLost, nil)))
  }
}
