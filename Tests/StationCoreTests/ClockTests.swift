// Tests by which time codes are judged on a board whose clock is wrong, unknown, or moves.
import StationCore
import StationProtocol
import Testing
import Time

@Suite struct ClockTests {
  @Test("without a trusted clock codes are refused by default")
  func require() {
    let story = Scenario(isTrusted: false)
    let code = story.code()
    story.tell(.entry(.presented(1, .code(code))))
    story.expectRefusal(.clockUntrusted, of: code, "m-1")
  }

  @Test("a clock that was trusted since the start is believed for a week without a time server")
  func holdOver() {
    let story = Scenario()
    story.trustClock(false)
    story.advance(by: .seconds(6 * 86_400))
    // What the wall says meanwhile does not matter: nobody vouches for it.
    let code = story.code()
    story.stepClock(by: .seconds(-7200))
    story.tell(.entry(.presented(1, .code(code))))
    story.expectJournal(.station(.clockStepped(milliseconds: -7_200_000)))
    story.expectGrant(of: code)
    story.stepClock(by: .seconds(7200))
    story.advance(by: .seconds(4))
    story.expectJournal(.station(.clockStepped(milliseconds: 7_200_000)))
    story.expectNothing()
  }

  @Test("after a week without a time server codes are refused")
  func holdOverEnds() {
    let story = Scenario()
    story.trustClock(false)
    story.advance(by: .seconds(7 * 86_400))
    story.letIn()
    story.advance(by: .seconds(6))
    story.expect(.door(.setStrike(1, .secure)))
    story.expectJournal(.door(.locked(1, cause: .timeout)))
    story.expectJournal(.alarm(.raised(.clockUntrusted, nil)))
    let late = story.code()
    story.tell(.entry(.presented(1, .code(late))))
    story.expectRefusal(.clockUntrusted, of: late, "m-1")
  }

  @Test("where policy accepts it, an untrusted clock judges codes")
  func accept() {
    let story = Scenario(clock: .accept, isTrusted: false)
    story.letIn()
  }

  @Test("a board that woke up in 1970 judges codes by the last time that was known")
  func lastKnown() {
    let lastTrusted = Scenario.noon
    let story = Scenario(unbooted: 1, clock: .accept, isTrusted: false)
    story.stepClock(by: WallTime(seconds: 0) - Scenario.noon)
    story.tell(
      .booted(Recovered(stream: Scenario.stream, boot: 2, lastTrusted: lastTrusted)))
    story.expect(.door(.setStrike(1, .secure)))
    story.expectJournal(.station(.started(boot: 2, after: .newStore, version: "test")))
    story.advance(by: .seconds(30))
    let digest = CodeDigest(high: 0, low: 1)
    let code = { (issued: WallTime) in
      Presentation(
        digest: digest,
        verdict: .genuine(
          MemberClaims(subject: "m-1", expires: issued + .seconds(60), issued: issued), code: digest
        ))
    }
    story.tell(.entry(.presented(1, .code(code(lastTrusted + .seconds(-40))))))
    story.expectRefusal(.expired, of: code(lastTrusted), "m-1")
    story.advance(by: .seconds(4))
    story.tell(.entry(.presented(1, .code(code(lastTrusted + .seconds(-20))))))
    story.expectGrant(of: code(lastTrusted))
  }

  @Test("hours are judged by the same time as codes")
  func hoursByJudgedTime() {
    let story = Scenario(
      unbooted: 1, entry: EntryPolicy(hours: .daily(from: 720, to: 730)), clock: .accept,
      isTrusted: false)
    story.stepClock(by: WallTime(seconds: 0) - Scenario.noon)
    story.tell(
      .booted(Recovered(stream: Scenario.stream, boot: 2, lastTrusted: Scenario.noon)))
    story.expect(.door(.setStrike(1, .secure)))
    story.expectJournal(.station(.started(boot: 2, after: .newStore, version: "test")))
    let digest = CodeDigest(high: 0, low: 1)
    let code = Presentation(
      digest: digest,
      verdict: .genuine(
        MemberClaims(
          subject: "m-1", expires: Scenario.noon + .seconds(60), issued: Scenario.noon),
        code: digest))
    story.tell(.entry(.presented(1, .code(code))))
    story.expectGrant(of: code)
  }

  /// A genuine code with these times.
  private func code(
    _ issued: WallTime, _ number: UInt64 = 1, of member: String = "m-1",
    _ terms: IssuerTerms = .unlimited
  ) -> Presentation {
    let digest = CodeDigest(high: 0x71BE, low: number)
    return Presentation(
      digest: digest,
      verdict: .genuine(
        MemberClaims(subject: member, expires: issued + .seconds(60), issued: issued),
        code: digest, terms: terms))
  }

  /// What a code of this member says, issued then.
  private func word(_ member: String, _ issued: WallTime) throws -> TimeWitness {
    TimeWitness(
      member: try #require(MemberID(member)), issued: issued, ends: issued + .seconds(65))
  }

  /// A station without a clock that last knew the time at noon.
  private func withoutClock() -> Scenario {
    let story = Scenario(unbooted: 1, clock: .accept, isTrusted: false)
    story.stepClock(by: WallTime(seconds: 0) - Scenario.noon)
    story.tell(.booted(Recovered(stream: Scenario.stream, boot: 2, lastTrusted: Scenario.noon)))
    story.expect(.door(.setStrike(1, .secure)))
    story.expectJournal(.station(.started(boot: 2, after: .newStore, version: "test")))
    return story
  }

  /// Shows the code and claims that the door opens, with what is written down of the time.
  private func letIn(
    _ presentation: Presentation, _ issued: WallTime, knowing time: WallTime, _ story: Scenario
  ) throws {
    story.tell(.entry(.presented(1, .code(presentation))))
    story.expect(.door(.setStrike(1, .release)))
    story.expect(.door(.show(1, .granted)))
    guard case .genuine(let claims, _, _) = presentation.verdict else { return }
    let member = try #require(claims.subject.flatMap { MemberID($0) })
    story.expectJournal(
      .entry(.granted(1, member: member, .code(presentation.digest))), .urgent,
      [
        .mark(
          ReplayMark(code: presentation.digest, until: issued + .seconds(65)), forgetting: time),
        .lastTrusted(time), .clockMark(nil),
      ])
    story.advance(by: .seconds(30))
    story.expect(.door(.setStrike(1, .secure)))
    story.expectJournal(.door(.locked(1, cause: .timeout)))
  }

  @Test("the codes of two members tell a station without a clock how late it is at least")
  func learnt() throws {
    let story = withoutClock()
    // A month in a cupboard: the first member's code opens, the second one's dates all that follows.
    let today = Scenario.noon + .seconds(30 * 86_400)
    try letIn(code(today), today, knowing: Scenario.noon, story)
    let later = today + .seconds(31)
    try letIn(code(later, 2, of: "m-2"), later, knowing: today + .seconds(30), story)
    story.tell(.entry(.presented(1, .code(code(today + .seconds(-66), 3, of: "m-3")))))
    story.expectRefusal(.expired, of: code(today, 3), "m-3")
  }

  @Test("one code of a time to come opens to its holder and shuts the door to nobody")
  func oneOfATimeToCome() throws {
    let story = withoutClock()
    let today = Scenario.noon + .seconds(86_400)
    let toCome = today + .seconds(30 * 86_400)
    try letIn(code(toCome), toCome, knowing: Scenario.noon, story)
    for number in 2...4 as ClosedRange<UInt64> {
      let passed = Duration.seconds(30 * Int64(number))
      // The time follows the member before.
      try letIn(
        code(today + passed, number, of: "m-\(number)"), today + passed,
        knowing: today + passed, story)
    }
  }

  @Test("codes of a key that tells no time open to their holders and date nobody else's")
  func ofAnotherKey() throws {
    let story = withoutClock()
    let partner = IssuerTerms(members: "p-", tellsTime: false)
    let toCome = Scenario.noon + .seconds(30 * 86_400)
    for number in 1...3 as ClosedRange<UInt64> {
      let known = Scenario.noon + .seconds(30 * Int64(number - 1))
      try letIn(code(toCome, number, of: "p-\(number)", partner), toCome, knowing: known, story)
    }
    let today = Scenario.noon + .seconds(100)
    try letIn(code(today, 9), today, knowing: Scenario.noon + .seconds(90), story)
  }

  @Test("where codes told a wrong time, an alarm stands, and the maintenance key takes it back")
  func takenBack() throws {
    let story = withoutClock()
    let toCome = Scenario.noon + .seconds(30 * 86_400)
    try letIn(code(toCome), toCome, knowing: Scenario.noon, story)
    try letIn(
      code(toCome, 2, of: "m-2"), toCome, knowing: toCome, story)
    for number in 3...5 as ClosedRange<UInt64> {
      let honest = code(Scenario.noon + .seconds(100), number, of: "m-\(number)")
      story.tell(.entry(.presented(1, .code(honest))))
      story.expectRefusal(.expired, of: honest, "m-\(number)")
      if number == 5 { story.expectJournal(.alarm(.raised(.clockUntrusted, nil))) }
      story.advance(by: .seconds(5))
    }
    story.tell(.entry(.maintenanceChanged(isOn: false)))
    story.tell(.entry(.maintenanceChanged(isOn: true)))
    story.expect(
      .store(.remember([.lastTrusted(WallTime(seconds: 0)), .clockMark(nil)], .relaxed)))
    story.expectJournal(.door(.modeChanged(1, .maintenance, cause: .input)))
    story.expectJournal(.alarm(.cleared(.clockUntrusted, nil)))
    story.tell(.entry(.maintenanceChanged(isOn: false)))
    story.expectJournal(.door(.modeChanged(1, .codeOnly, cause: .configured)))
    let honest = code(Scenario.noon + .seconds(110), 6, of: "m-6")
    story.tell(.entry(.presented(1, .code(honest))))
    story.expectGrant(of: honest, "m-6")
  }

  @Test("codes move the time by 400 days at most until a clock is vouched for")
  func learntWithin() throws {
    let day: Int64 = 86_400
    var clock = ClockTrust(policy: .accept)
    let start = Instant(nanoseconds: 0)
    var now = Now(instant: start, wall: WallTime(seconds: 0), isTrusted: false)
    clock.recover(lastTrusted: Scenario.noon, mark: nil, at: now)
    _ = clock.observe(now)
    func learn(_ issued: WallTime) throws {
      clock.learn(try word("m-1", issued), at: now)
      clock.learn(try word("m-2", issued), at: now)
    }
    try learn(Scenario.noon + .seconds(300 * day))
    #expect(clock.lastTrusted(at: now) == Scenario.noon + .seconds(300 * day))
    try learn(Scenario.noon + .seconds(401 * day))
    #expect(clock.lastTrusted(at: now) == Scenario.noon + .seconds(300 * day))
    try learn(Scenario.noon)
    #expect(clock.lastTrusted(at: now) == Scenario.noon + .seconds(300 * day))
    // A vouched clock is believed whatever codes have said, and while it is nothing is learnt.
    now.isTrusted = true
    now.wall = Scenario.noon + .seconds(day)
    _ = clock.observe(now)
    try learn(Scenario.noon + .seconds(2 * day))
    now.isTrusted = false
    try learn(Scenario.noon + .seconds(2 * day))
    #expect(clock.lastTrusted(at: now) == Scenario.noon + .seconds(day))
  }

  @Test("where no time was ever known codes give one, unless they are older than the product")
  func learntFirst() throws {
    var clock = ClockTrust(policy: .accept)
    let now = Now(instant: Instant(nanoseconds: 0), wall: WallTime(seconds: 0), isTrusted: false)
    for member in ["m-1", "m-2"] { clock.learn(try word(member, WallTime(seconds: 1000)), at: now) }
    #expect(clock.lastTrusted(at: now) == nil)
    let first = try word("m-1", Scenario.noon)
    clock.learn(first, at: now)
    #expect(clock.lastTrusted(at: now) == nil)
    #expect(clock.judgementTime(now, of: first) == Scenario.noon)
    #expect(clock.judgementTime(now) == now.wall)
    clock.learn(try word("m-2", Scenario.noon + .seconds(9)), at: now)
    #expect(clock.lastTrusted(at: now) == Scenario.noon)
  }

  @Test("an untrusted clock that is ahead of all that was known is believed")
  func ahead() {
    let story = Scenario(
      clock: .accept, isTrusted: false,
      recovered: Recovered(
        stream: Scenario.stream, boot: 2, lastTrusted: Scenario.noon + .seconds(-86_400)))
    story.letIn()
  }

  @Test("a step of the wall clock is recorded, with its size and direction")
  func steps() {
    let story = Scenario()
    story.advance(by: .seconds(100))
    story.stepClock(by: .milliseconds(-3600_500))
    story.tell(.wake)
    let mark = story.now.wall + .milliseconds(3600_500)
    story.expectJournal(.station(.clockStepped(milliseconds: -3_600_500)), .soon)
    story.expectJournal(.alarm(.raised(.clockSetBack, nil)), .urgent, [.lastTrusted(mark)])
    story.stepClock(by: .seconds(3))
    story.tell(.wake)
    story.expectJournal(.station(.clockStepped(milliseconds: 3000)))
    story.tell(.wake)
    story.expectNothing()
  }

  @Test("up to two seconds of difference are drift, not a step")
  func drift() {
    let story = Scenario()
    for _ in 0..<10 {
      story.stepClock(by: .seconds(2))
      story.tell(.wake)
      story.expectNothing()
    }
  }

  @Test("a step of the wall clock moves no deadline of a door")
  func doorsGoByMonotonicTime() {
    let story = Scenario()
    story.letIn()
    story.stepClock(by: .seconds(86_400 * 365))
    story.tell(.wake)
    story.expectJournal(.station(.clockStepped(milliseconds: 86_400_000 * 365)))
    story.advance(by: .milliseconds(4999))
    story.expectNothing()
    story.advance(by: .milliseconds(1))
    story.expect(.door(.setStrike(1, .secure)))
    story.expectJournal(.door(.locked(1, cause: .timeout)))
  }

  @Test("the trusted time is written down every ten minutes in which something happens")
  func remembered() {
    let story = Scenario()
    story.advance(by: .milliseconds(599_999))
    story.tell(.wake)
    story.expectNothing()
    story.advance(by: .milliseconds(1))
    story.tell(.wake)
    story.expect(.store(.remember([.lastTrusted(story.now.wall)], .relaxed)))
    story.trustClock(false)
    story.advance(by: .seconds(1200))
    story.tell(.wake)
    story.expectNothing()
    story.trustClock(true)
    story.tell(.wake)
    story.expect(.store(.remember([.lastTrusted(story.now.wall)], .relaxed)))
  }

  @Test("records say whether their time could be believed")
  func records() {
    let story = Scenario(isTrusted: false)
    #expect(story.journal.map(\.record.isTrusted) == [false, false])
    story.tell(.wake)
    story.trustClock(true)
    story.tell(.door(.exitRequested(1)))
    story.expect(.door(.setStrike(1, .release)))
    story.expectJournal(.door(.exitRequested(1)))
    story.expectJournal(.alarm(.cleared(.clockUntrusted, nil)))
    story.expect(.store(.remember([.lastTrusted(story.now.wall)], .relaxed)))
  }
}
