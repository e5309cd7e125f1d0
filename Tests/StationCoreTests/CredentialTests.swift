// Tests cards, PINs, traits and duress, as events of a whole station.
import StationCore
import StationProtocol
import Testing
import Time

@Suite struct CredentialTests {
  private static let card = Card(.bits26, number: 12 << 16 | 34_567)!
  private static let shown = CardPresentation(card, digest: CodeDigest(high: 0xCA2D, low: 1))
  private static let stranger = CardPresentation(
    Card(.bits34, number: 7)!, digest: CodeDigest(high: 0xCA2D, low: 2))
  private static let member = MemberID("m-1")!

  private func story(
    _ profile: MemberProfile = MemberProfile(card: card), entry: EntryPolicy = EntryPolicy(),
    points: Int = 1, isTrusted: Bool = true, _ place: SourceLocation = #_sourceLocation
  ) -> Scenario {
    let story = Scenario(points: points, entry: entry, isTrusted: isTrusted, place)
    story.tell(.entry(.directoryChanged(MemberDirectory(profiles: [Self.member: profile]))), place)
    return story
  }

  private func expectGrant(
    _ credential: Credential, note: GrantNote? = nil, _ story: Scenario,
    _ place: SourceLocation = #_sourceLocation
  ) {
    story.expect(.door(.setStrike(1, .release)), place)
    story.expect(.door(.show(1, .granted)), place)
    story.expectJournal(
      .entry(.granted(1, member: Self.member, credential, note: note)), .urgent, place)
  }

  private func expectRefusal(
    _ denial: Denial, _ credential: Credential, _ member: MemberID? = nil, _ story: Scenario,
    _ place: SourceLocation = #_sourceLocation
  ) {
    story.expect(.door(.show(1, .refused(denial))), place)
    story.expectJournal(
      .entry(.refused(1, reason: denial, member: member, credential)), .soon, place)
  }

  @Test("a card is spelt in one way, and only as wide as it is")
  func cardText() {
    #expect(Card(text: "26:12:34567") == Self.card)
    #expect(Self.card.description == "26:12:34567")
    #expect(Card(text: "34:4294967295")?.description == "34:4294967295")
    #expect(Card(.bits26, number: 1 << 24) == nil)
    for text in ["24:16777215", "32:4294967295", "37:34359738367", "58:72057594037927935"] {
      #expect(Card(text: text)?.description == text)
    }
    for text in [
      "", "26", "26:256:1", "26:1:65536", "26:01:1", "26:1", "34:1:1", "34:4294967296", "25:1",
      "24:16777216", "32:4294967296", "37:34359738368", "58:72057594037927936", "64:1",
      "26:+1:1", "26:1:1:1", "34:",
    ] { #expect(Card(text: text) == nil, "\(text)") }
  }

  @Test("a card that a member has opens, is not used up, and is recorded by its digest")
  func card() {
    let story = story()
    story.tell(.entry(.presented(1, .card(Self.shown))))
    expectGrant(.card(Self.shown.digest), story)
    story.advance(by: .seconds(5))
    story.expect(.door(.setStrike(1, .secure)))
    story.expectJournal(.door(.locked(1, cause: .timeout)))
    story.tell(.entry(.presented(1, .card(Self.shown))))
    expectGrant(.card(Self.shown.digest), story)
  }

  @Test("a card that nobody has is refused and recorded; so is one that two have")
  func unknownCard() {
    let story = story()
    story.tell(.entry(.presented(1, .card(Self.stranger))))
    expectRefusal(.unknownCard, .card(Self.stranger.digest), nil, story)
    let both = MemberDirectory(
      profiles: [
        Self.member: MemberProfile(card: Self.card),
        MemberID("m-2")!: MemberProfile(card: Self.card),
      ])
    story.tell(.entry(.directoryChanged(both)))
    story.tell(.entry(.presented(1, .card(Self.shown))))
    expectRefusal(.unknownCard, .card(Self.shown.digest), nil, story)
  }

  @Test("a right PIN opens, a wrong one is refused without saying what was wrong with it")
  func pin() {
    let story = story()
    story.tell(.entry(.presented(1, .pin(.wrong))))
    expectRefusal(.wrongPIN, .pin, nil, story)
    story.tell(.entry(.presented(1, .pin(.right(Self.member)))))
    expectGrant(.pin, story)
  }

  @Test("grounds hold for cards and PINs as for codes")
  func grounds() {
    let story = story(MemberProfile(status: .suspended, card: Self.card))
    story.tell(.entry(.presented(1, .card(Self.shown))))
    expectRefusal(.suspended, .card(Self.shown.digest), Self.member, story)
    story.tell(.entry(.presented(1, .pin(.right(Self.member)))))
    expectRefusal(.suspended, .pin, Self.member, story)
    story.tell(
      .entry(.directoryChanged(MemberDirectory(revoked: RevocationList([Self.member])))))
    let code = story.code()
    story.tell(.entry(.presented(1, .code(code))))
    story.expectRefusal(.revoked, of: code, "m-1")
  }

  @Test(
    "an unknown card's number is told to the keeper while the key is turned, and to nobody else")
  func keeper() {
    let story = story()
    let unknown = CardPresentation(
      Card(.bits58, number: 99)!, digest: CodeDigest(high: 0xCA2D, low: 3))
    story.tell(.entry(.presented(1, .card(unknown))))
    expectRefusal(.unknownCard, .card(unknown.digest), nil, story)
    story.advance(by: .seconds(4))
    story.tell(.entry(.maintenanceChanged(isOn: true)))
    story.expectJournal(.door(.modeChanged(1, .maintenance, cause: .input)))
    story.tell(.entry(.presented(1, .card(unknown))))
    story.expect(.entry(.showCard(unknown.card)))
    expectRefusal(.unknownCard, .card(unknown.digest), nil, story)
    story.tell(.entry(.maintenanceChanged(isOn: false)))
    story.expect(.entry(.showCard(nil)))
    story.expectJournal(.door(.modeChanged(1, .codeOnly, cause: .configured)))
    // No record and no memory has the number.
    #expect(
      !story.journal.contains { String(decoding: $0.record.json, as: UTF8.self).contains("58:") })
  }

  @Test("a list that cannot be read as it stands is an alarm until it can")
  func faultyList() {
    let story = story()
    story.tell(.entry(.listsJudged(areFaulty: true)))
    story.expectJournal(.alarm(.raised(.listFaulty, nil)), .urgent)
    story.tell(.entry(.listsJudged(areFaulty: true)))
    story.tell(.entry(.listsJudged(areFaulty: false)))
    story.expectJournal(.alarm(.cleared(.listFaulty, nil)), .urgent)
    story.tell(.entry(.listsJudged(areFaulty: false)))
  }

  @Test("a card needs no clock, unless hours or reservations go by one")
  func withoutClock() {
    let open = story(isTrusted: false)
    open.tell(.entry(.presented(1, .card(Self.shown))))
    open.expect(.door(.setStrike(1, .release)))
    open.expect(.door(.show(1, .granted)))
    open.expectJournal(.entry(.granted(1, member: Self.member, .card(Self.shown.digest))))
    let hours = story(entry: EntryPolicy(hours: .daily(from: 0, to: 1439)), isTrusted: false)
    hours.tell(.entry(.presented(1, .card(Self.shown))))
    expectRefusal(.clockUntrusted, .card(Self.shown.digest), Self.member, hours)
  }

  @Test("five wrong PINs raise the alarm and make cards and PINs wait for 30 s, codes never")
  func pause() {
    let story = story()
    for _ in 1...4 {
      story.tell(.entry(.presented(1, .pin(.wrong))))
      expectRefusal(.wrongPIN, .pin, nil, story)
    }
    story.tell(.entry(.presented(1, .pin(.wrong))))
    expectRefusal(.wrongPIN, .pin, nil, story)
    story.expectJournal(.alarm(.raised(.wrongTries, 1)), .urgent)
    story.tell(.entry(.presented(1, .pin(.right(Self.member)))))
    expectRefusal(.paused, .pin, nil, story)
    story.tell(.entry(.presented(1, .card(Self.shown))))
    expectRefusal(.paused, .card(Self.shown.digest), nil, story)
    // A code opens, and is the good try that ends the alarm; PINs wait all the same.
    let code = story.code("m-2")
    story.tell(.entry(.presented(1, .code(code))))
    story.expectGrant(of: code, "m-2")
    story.expectJournal(.alarm(.cleared(.wrongTries, 1)), .urgent)
    story.tell(.entry(.presented(1, .pin(.right(Self.member)))))
    expectRefusal(.paused, .pin, nil, story)
  }

  @Test("without a good try the alarm ends 30 s after the last wrong one, and so does the pause")
  func pauseEnds() {
    let story = story()
    for index in 1...5 {
      story.tell(
        .entry(
          .presented(
            1,
            .card(
              CardPresentation(
                Self.stranger.card, digest: CodeDigest(high: 1, low: UInt64(index)))))))
      expectRefusal(.unknownCard, .card(CodeDigest(high: 1, low: UInt64(index))), nil, story)
    }
    story.expectJournal(.alarm(.raised(.wrongTries, 1)))
    story.advance(by: .milliseconds(29_999))
    story.expectNothing()
    story.advance(by: .milliseconds(1))
    story.expectJournal(.alarm(.cleared(.wrongTries, 1)))
    story.tell(.entry(.presented(1, .card(Self.shown))))
    expectGrant(.card(Self.shown.digest), story)
  }

  /// A code with traits.
  private func code(_ traits: MemberTraits, _ story: Scenario, _ number: UInt64 = 1) -> Presentation
  {
    let digest = CodeDigest(high: 0x72A1, low: number)
    let claims = MemberClaims(
      subject: "m-1", expires: story.now.wall + .seconds(60), issued: story.now.wall,
      traits: traits)
    return Presentation(digest: digest, verdict: .genuine(claims, code: digest))
  }

  @Test("a maintainer's code opens a closed station, and the record says so")
  func maintainer() {
    let story = Scenario(entry: EntryPolicy(hours: .never))
    let code = code(.maintainer, story)
    story.tell(.entry(.presented(1, .code(code))))
    expectGrant(.code(code.digest), note: .override, story)
  }

  @Test("a duress code opens like any other, alarms in silence, until a maintainer has come")
  func duress() {
    let story = Scenario()
    let code = code(.duress, story)
    story.tell(.entry(.presented(1, .code(code))))
    expectGrant(.code(code.digest), note: .duress, story)
    story.expectJournal(.alarm(.raised(.duress, 1)), .urgent)
    story.letIn("m-2")
    let maintainer = self.code(.maintainer, story, 2)
    story.tell(.entry(.presented(1, .code(maintainer))))
    expectGrant(.code(maintainer.digest), story)
    story.expectJournal(.alarm(.cleared(.duress, 1)), .urgent)
  }

  @Test("a maintainer who is threatened ends no alarm")
  func threatenedMaintainer() {
    let story = Scenario()
    for number in 1...2 as ClosedRange<UInt64> {
      let code = code([.duress, .maintainer], story, number)
      story.tell(.entry(.presented(1, .code(code))))
      expectGrant(.code(code.digest), note: .duress, story)
      if number == 1 { story.expectJournal(.alarm(.raised(.duress, 1))) }
    }
    story.tell(.entry(.maintenanceChanged(isOn: true)))
    story.expectJournal(.alarm(.cleared(.duress, 1)))
    story.expectJournal(.door(.modeChanged(1, .maintenance, cause: .input)))
  }

  @Test("a duress code that is refused alarms too, but not one that is revoked or used up")
  func duressRefused() {
    let closed = Scenario(entry: EntryPolicy(hours: .never))
    let code = code(.duress, closed)
    closed.tell(.entry(.presented(1, .code(code))))
    closed.expectRefusal(.closed, of: code, "m-1")
    closed.expectJournal(.alarm(.raised(.duress, 1)), .urgent)
    let revoked = Scenario()
    revoked.tell(.entry(.directoryChanged(MemberDirectory(revoked: RevocationList([Self.member])))))
    revoked.tell(.entry(.presented(1, .code(code))))
    revoked.expectRefusal(.revoked, of: code, "m-1")
  }

  @Test("a duress PIN opens and alarms")
  func duressPIN() {
    let story = story()
    story.tell(.entry(.presented(1, .pin(.duress(Self.member)))))
    expectGrant(.pin, note: .duress, story)
    story.expectJournal(.alarm(.raised(.duress, 1)), .urgent)
  }

  @Test("at a reader on the room's side whoever is known leaves, expired code or closed station")
  func leaving() {
    let story = story(entry: EntryPolicy(hours: .never))
    let code = story.code(life: .seconds(1))
    story.advance(by: .seconds(100))
    story.tell(.entry(.leaveRequested(1, .code(code))))
    story.expect(.door(.setStrike(1, .release)))
    story.expect(.door(.show(1, .granted)))
    story.expectJournal(.door(.exitRequested(1)), .urgent)
    // The same phone still held there keeps the door open, without a record each time.
    story.advance(by: .seconds(1))
    story.tell(.entry(.leaveRequested(1, .code(code))))
    story.expect(.door(.setStrike(1, .release)))
    story.tell(.entry(.leaveRequested(1, .card(Self.shown))))
    story.expect(.door(.setStrike(1, .release)))
    story.expect(.door(.show(1, .granted)))
    story.expectJournal(.door(.exitRequested(1)), .urgent)
    story.tell(.entry(.leaveRequested(1, .pin(.right(Self.member)))))
    story.expect(.door(.setStrike(1, .release)))
    story.expect(.door(.show(1, .granted)))
    story.expectJournal(.door(.exitRequested(1)), .urgent)
  }

  @Test("what is no code opens no door from inside either: a loose wire there must not")
  func noiseInside() {
    let story = story()
    let noise = story.badCode()
    story.tell(.entry(.leaveRequested(1, .code(noise))))
    story.expectRefusal(.malformed, of: noise)
    story.tell(.entry(.leaveRequested(1, .code(noise))))
    story.expectNothing()
    story.tell(.entry(.leaveRequested(1, .card(Self.stranger))))
    expectRefusal(.unknownCard, .card(Self.stranger.digest), nil, story)
    story.tell(.entry(.leaveRequested(1, .pin(.wrong))))
    expectRefusal(.wrongPIN, .pin, nil, story)
  }
}
