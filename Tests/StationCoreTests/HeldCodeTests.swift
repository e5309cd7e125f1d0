// Tests that a code held to the reader is looked at again when what stood in its way may be gone.
import StationCore
import StationProtocol
import Testing
import Time

@Suite struct HeldCodeTests {
  /// The same phone stays where it is, read twice a second.
  private func hold(_ code: Presentation, halfSeconds: Int, _ story: Scenario) {
    for _ in 0..<halfSeconds {
      story.advance(by: .milliseconds(500))
      story.tell(.entry(.presented(1, .code(code))))
    }
  }

  @Test("a member who waits at a full room is let in when someone leaves")
  func full() {
    let story = Scenario(entry: EntryPolicy(capacity: CapacityPolicy(most: 1)))
    story.walk(.outer, .inner)
    story.expectJournal(.occupancy(.passage(1, .inward, inside: 1)))
    story.expectJournal(.alarm(.raised(.capacityFull, nil)))
    let code = story.code()
    story.tell(.entry(.presented(1, .code(code))))
    story.expectRefusal(.full, of: code, "m-1")
    // The answer does not change, so it is one attempt and one record.
    hold(code, halfSeconds: 20, story)
    story.expectNothing()
    story.walk(.inner, .outer)
    story.expectJournal(.occupancy(.passage(1, .outward, inside: 0)))
    story.expectJournal(.alarm(.cleared(.capacityFull, nil)))
    hold(code, halfSeconds: 3, story)
    story.expectNothing()
    hold(code, halfSeconds: 1, story)
    story.expectGrant(of: code)
  }

  @Test("a code that begins in a few seconds opens when it has begun")
  func early() {
    let story = Scenario()
    let digest = CodeDigest(high: 1, low: 1)
    let issued = story.now.wall + .seconds(9)
    let code = Presentation(
      digest: digest,
      verdict: .genuine(
        MemberClaims(subject: "m-1", expires: issued + .seconds(60), issued: issued), code: digest))
    story.tell(.entry(.presented(1, .code(code))))
    story.expectRefusal(.notYetValid, of: code, "m-1")
    hold(code, halfSeconds: 11, story)
    story.expectNothing()
    hold(code, halfSeconds: 1, story)
    story.expectGrant(of: code)
  }

  @Test("when another ground has taken the place of the first, that is told and recorded")
  func otherGround() {
    let story = Scenario(entry: EntryPolicy(capacity: CapacityPolicy(most: 0)))
    let code = story.code(life: .seconds(10))
    story.tell(.entry(.presented(1, .code(code))))
    story.expectRefusal(.full, of: code, "m-1")
    hold(code, halfSeconds: 29, story)
    story.expectNothing()
    hold(code, halfSeconds: 1, story)
    story.expectRefusal(.expired, of: code, "m-1")
    hold(code, halfSeconds: 100, story)
    story.expectNothing()
  }

  @Test(
    "what cannot pass is not looked at again for as long as it is held",
    arguments: [
      CodeRefusal.malformed(.noise), .unsupportedAlgorithm, .unknownKey, .badSignature,
      .issuerEnded, .wrongAudience, .beyondIssuer,
    ])
  func lasting(_ refusal: CodeRefusal) {
    let story = Scenario()
    let code = story.badCode(refusal)
    story.tell(.entry(.presented(1, .code(code))))
    story.expectRefusal(Denial(refusal), of: code)
    hold(code, halfSeconds: 100, story)
    story.expectNothing()
  }

  @Test("a code that has opened the door opens it once, however long it is held")
  func granted() {
    let story = Scenario()
    let code = story.letIn()
    hold(code, halfSeconds: 9, story)
    story.expectNothing()
    story.advance(by: .milliseconds(500))
    story.expect(.door(.setStrike(1, .secure)))
    story.expectJournal(.door(.locked(1, cause: .timeout)))
    hold(code, halfSeconds: 100, story)
    story.expectNothing()
  }
}
