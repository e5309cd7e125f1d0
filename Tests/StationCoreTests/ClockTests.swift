// Tests by which time codes are judged on a board whose clock is wrong, unknown, or moves.
import StationCore
import StationProtocol
import Testing

@Suite struct ClockTests {
  @Test("without a trusted clock codes are refused by default")
  func require() {
    let story = Scenario(isTrusted: false)
    let code = story.code()
    story.tell(.codePresented(1, code))
    story.expectRefusal(.clockUntrusted, of: code)
  }

  @Test("a clock that was trusted since the start is believed for a week without a time server")
  func holdOver() {
    let story = Scenario()
    story.trustClock(false)
    story.advance(by: .seconds(6 * 86_400))
    // What the wall says meanwhile does not matter: nobody vouches for it.
    let code = story.code()
    story.stepClock(by: .seconds(-7200))
    story.tell(.codePresented(1, code))
    story.expectJournal(.clockStepped(milliseconds: -7_200_000))
    story.expectGrant(of: code)
    story.stepClock(by: .seconds(7200))
    story.advance(by: .seconds(4))
    story.expectJournal(.clockStepped(milliseconds: 7_200_000))
    story.expectNothing()
  }

  @Test("after a week without a time server codes are refused")
  func holdOverEnds() {
    let story = Scenario()
    story.trustClock(false)
    story.advance(by: .seconds(7 * 86_400))
    story.letIn()
    story.advance(by: .seconds(6))
    story.expect(.setStrike(1, .secure))
    story.expectJournal(.doorLocked(1, cause: .timeout))
    story.expectJournal(.alarmRaised(.clockUntrusted, nil))
    let late = story.code()
    story.tell(.codePresented(1, late))
    story.expectRefusal(.clockUntrusted, of: late)
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
    story.expect(.setStrike(1, .secure))
    story.expectJournal(.started(boot: 2, after: .newStore, version: "test"))
    story.advance(by: .seconds(30))
    let digest = CodeDigest(high: 0, low: 1)
    let code = { (issued: WallTime) in
      Presentation(
        bytes: digest,
        verdict: .genuine(
          MemberClaims(subject: "m-1", expires: issued + .seconds(60), issued: issued), code: digest
        ))
    }
    story.tell(.codePresented(1, code(lastTrusted + .seconds(-40))))
    story.expectRefusal(.expired, of: code(lastTrusted))
    story.advance(by: .seconds(4))
    story.tell(.codePresented(1, code(lastTrusted + .seconds(-20))))
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
    story.expect(.setStrike(1, .secure))
    story.expectJournal(.started(boot: 2, after: .newStore, version: "test"))
    let digest = CodeDigest(high: 0, low: 1)
    let code = Presentation(
      bytes: digest,
      verdict: .genuine(
        MemberClaims(
          subject: "m-1", expires: Scenario.noon + .seconds(60), issued: Scenario.noon),
        code: digest))
    story.tell(.codePresented(1, code))
    story.expectGrant(of: code)
  }

  /// A genuine code with these times.
  private func code(_ issued: WallTime, _ number: UInt64 = 1) -> Presentation {
    let digest = CodeDigest(high: 0x71BE, low: number)
    return Presentation(
      bytes: digest,
      verdict: .genuine(
        MemberClaims(subject: "m-1", expires: issued + .seconds(60), issued: issued), code: digest))
  }

  @Test("a genuine code tells a station without a clock how late it is at least")
  func learnt() {
    let lastTrusted = Scenario.noon
    let story = Scenario(
      unbooted: 1, clock: .accept, isTrusted: false)
    story.stepClock(by: WallTime(seconds: 0) - Scenario.noon)
    story.tell(.booted(Recovered(stream: Scenario.stream, boot: 2, lastTrusted: lastTrusted)))
    story.expect(.setStrike(1, .secure))
    story.expectJournal(.started(boot: 2, after: .newStore, version: "test"))
    // A month in a cupboard: the first member's code opens, and dates all that follows.
    let today = lastTrusted + .seconds(30 * 86_400)
    story.tell(.codePresented(1, code(today)))
    story.expect(.setStrike(1, .release))
    story.expect(.show(1, .granted))
    story.expectJournal(
      .entryGranted(1, member: MemberID("m-1")!, .code(code(today).bytes)), .urgent,
      [
        .mark(
          ReplayMark(code: code(today).bytes, until: today + .seconds(65)), forgetting: today),
        .lastTrusted(today), .clockMark(nil),
      ])
    story.tell(.codePresented(1, code(today + .seconds(-66), 2)))
    story.expectRefusal(.expired, of: code(today, 2))
  }

  @Test("codes move the time by 400 days at most until a clock is vouched for")
  func learntWithin() {
    let day: Int64 = 86_400
    var clock = ClockTrust(policy: .accept)
    let start = Instant(nanoseconds: 0)
    var now = Now(instant: start, wall: WallTime(seconds: 0), isTrusted: false)
    clock.recover(lastTrusted: Scenario.noon, mark: nil, at: now)
    _ = clock.observe(now)
    clock.learn(issued: Scenario.noon + .seconds(300 * day), at: now)
    #expect(clock.lastTrusted(at: now) == Scenario.noon + .seconds(300 * day))
    clock.learn(issued: Scenario.noon + .seconds(401 * day), at: now)
    #expect(clock.lastTrusted(at: now) == Scenario.noon + .seconds(300 * day))
    clock.learn(issued: Scenario.noon, at: now)
    #expect(clock.lastTrusted(at: now) == Scenario.noon + .seconds(300 * day))
    // A vouched clock is believed whatever codes have said, and while it is nothing is learnt.
    now.isTrusted = true
    now.wall = Scenario.noon + .seconds(day)
    _ = clock.observe(now)
    clock.learn(issued: Scenario.noon + .seconds(2 * day), at: now)
    now.isTrusted = false
    clock.learn(issued: Scenario.noon + .seconds(2 * day), at: now)
    #expect(clock.lastTrusted(at: now) == Scenario.noon + .seconds(day))
  }

  @Test(
    "where no time was ever known the first code gives one, unless it is older than the product")
  func learntFirst() {
    var clock = ClockTrust(policy: .accept)
    let now = Now(instant: Instant(nanoseconds: 0), wall: WallTime(seconds: 0), isTrusted: false)
    clock.learn(issued: WallTime(seconds: 1000), at: now)
    #expect(clock.lastTrusted(at: now) == nil)
    clock.learn(issued: Scenario.noon, at: now)
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
    story.expectJournal(.clockStepped(milliseconds: -3_600_500), .soon)
    story.expectJournal(.alarmRaised(.clockSetBack, nil), .urgent, [.lastTrusted(mark)])
    story.stepClock(by: .seconds(3))
    story.tell(.wake)
    story.expectJournal(.clockStepped(milliseconds: 3000))
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
    story.expectJournal(.clockStepped(milliseconds: 86_400_000 * 365))
    story.advance(by: .milliseconds(4999))
    story.expectNothing()
    story.advance(by: .milliseconds(1))
    story.expect(.setStrike(1, .secure))
    story.expectJournal(.doorLocked(1, cause: .timeout))
  }

  @Test("the trusted time is written down every ten minutes in which something happens")
  func remembered() {
    let story = Scenario()
    story.advance(by: .milliseconds(599_999))
    story.tell(.wake)
    story.expectNothing()
    story.advance(by: .milliseconds(1))
    story.tell(.wake)
    story.expect(.remember([.lastTrusted(story.now.wall)]))
    story.trustClock(false)
    story.advance(by: .seconds(1200))
    story.tell(.wake)
    story.expectNothing()
    story.trustClock(true)
    story.tell(.wake)
    story.expect(.remember([.lastTrusted(story.now.wall)]))
  }

  @Test("records say whether their time could be believed")
  func records() {
    let story = Scenario(isTrusted: false)
    #expect(story.journal.map(\.record.isTrusted) == [false, false])
    story.tell(.wake)
    story.trustClock(true)
    story.tell(.exitRequested(1))
    story.expect(.setStrike(1, .release))
    story.expectJournal(.exitRequested(1))
    story.expectJournal(.alarmCleared(.clockUntrusted, nil))
    story.expect(.remember([.lastTrusted(story.now.wall)]))
  }
}
