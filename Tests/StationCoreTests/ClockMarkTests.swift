// Tests of a clock that is set back, trusted as it is: it reopens no code, used or not.
import StationCore
import StationProtocol
import Testing
import Time

@Suite struct ClockMarkTests {
  private static let hour: Duration = .seconds(3600)

  /// A station whose clock was set back by an hour after a while, with the alarm of that claimed.
  private func setBack(_ policy: ClockTrust.Policy = .require) -> Scenario {
    let story = Scenario(clock: policy)
    story.advance(by: .seconds(60))
    jump(story, by: .seconds(-3600))
    return story
  }

  /// Moves the wall clock, and claims what a step across the mark brings.
  private func jump(_ story: Scenario, by step: Duration, raising: Bool = true) {
    let mark = story.now.wall
    story.stepClock(by: step)
    story.tell(.wake)
    story.expectJournal(
      .station(.clockStepped(milliseconds: step.wholeNanoseconds / 1_000_000)), .soon)
    guard raising else { return }
    story.expectJournal(.alarm(.raised(.clockSetBack, nil)), .urgent, [.lastTrusted(mark)])
  }

  /// A code that was made at this time.
  private func code(_ issued: WallTime, _ number: UInt64 = 1) -> Presentation {
    let digest = CodeDigest(high: 0xBACC, low: number)
    return Presentation(
      digest: digest,
      verdict: .genuine(
        MemberClaims(subject: "m-1", expires: issued + .seconds(60), issued: issued), code: digest))
  }

  @Test("a code that expired unused is not good again", arguments: ClockTrust.Policy.allCases)
  func unused(_ policy: ClockTrust.Policy) {
    let story = Scenario(clock: policy)
    let stolen = code(story.now.wall)
    story.advance(by: .seconds(300))
    jump(story, by: .seconds(-290))
    story.tell(.entry(.presented(1, .code(stolen))))
    story.expectRefusal(.expired, of: stolen, "m-1")
  }

  @Test("a used code is not good again, although its mark has long been forgotten")
  func used() {
    var clock = ClockTrust(policy: .require)
    var marks = ReplayMarks()
    var now = Now(instant: Instant(nanoseconds: 0), wall: Scenario.noon)
    _ = clock.observe(now)
    let used = ReplayMark(
      code: CodeDigest(high: 1, low: 1), until: Scenario.noon + .seconds(65))
    marks.add(used, at: clock.forgetting(at: now))
    now.instant = now.instant + Self.hour
    now.wall = now.wall + Self.hour
    _ = clock.observe(now)
    #expect(clock.forgetting(at: now) > used.until)
    // Whatever is trusted now: nothing is judged by a time at which the code was good.
    for back in [1, 4, 5, 6, 60, 3590, 90_000, 1_000_000_000] as [Int64] {
      now.wall = Scenario.noon + Self.hour + .seconds(-back)
      _ = clock.observe(now)
      let time = clock.judgementTime(now)
      #expect(time != nil && time! >= clock.forgetting(at: now), "\(back)")
      #expect(clock.isSetBack == (back > 5), "\(back)")
    }
  }

  @Test("while the clock is set back, codes of the time that goes on are good")
  func goesOn() {
    let story = setBack()
    let now = story.now.wall + Self.hour
    let fresh = code(now)
    story.tell(.entry(.presented(1, .code(fresh))))
    story.expect(.door(.setStrike(1, .release)))
    story.expect(.door(.show(1, .granted)))
    story.expectJournal(
      .entry(.granted(1, member: MemberID("m-1")!, .code(fresh.digest))), .urgent,
      [
        .mark(ReplayMark(code: fresh.digest, until: now + .seconds(65)), forgetting: now),
        .lastTrusted(now),
      ])
  }

  @Test("the key, when it is turned, accepts the earlier time, and the alarm ends")
  func accepted() {
    let story = setBack()
    story.tell(.entry(.maintenanceChanged(isOn: false)))
    story.tell(.entry(.maintenanceChanged(isOn: true)))
    story.expect(.store(.remember([.lastTrusted(story.now.wall)], .relaxed)))
    story.expectJournal(.door(.modeChanged(1, .maintenance, cause: .input)))
    story.expectJournal(
      .alarm(.cleared(.clockSetBack, nil)), .urgent, [.lastTrusted(story.now.wall)])
    story.tell(.entry(.maintenanceChanged(isOn: false)))
    story.expectJournal(.door(.modeChanged(1, .codeOnly, cause: .configured)))
    story.letIn()
  }

  @Test("a key that is found turned at a start accepts nothing")
  func leftTurned() {
    let story = Scenario()
    story.advance(by: .seconds(60))
    let mark = story.now.wall
    story.stepClock(by: .seconds(-3600))
    story.tell(.entry(.maintenanceChanged(isOn: true)))
    story.expectJournal(.station(.clockStepped(milliseconds: -3_600_000)), .soon)
    story.expectJournal(.door(.modeChanged(1, .maintenance, cause: .input)))
    story.expectJournal(.alarm(.raised(.clockSetBack, nil)), .urgent, [.lastTrusted(mark)])
    // Told again, as after lines that could not be read.
    story.tell(.entry(.maintenanceChanged(isOn: true)))
    story.expectNothing()
  }

  @Test("a clock that is right again ends the alarm by itself")
  func comesBack() {
    let story = setBack()
    story.stepClock(by: .seconds(3600))
    story.tell(.wake)
    story.expectJournal(.station(.clockStepped(milliseconds: 3_600_000)), .soon)
    story.expectJournal(
      .alarm(.cleared(.clockSetBack, nil)), .urgent, [.lastTrusted(story.now.wall)])
  }

  @Test("corrections of seconds are no alarm, however many, and never move the mark back")
  func corrections() {
    var clock = ClockTrust(policy: .require)
    var now = Now(instant: Instant(nanoseconds: 0), wall: Scenario.noon)
    _ = clock.observe(now)
    for correction in [4, 5, 3] as [Int64] {
      now.wall = Scenario.noon + .seconds(-correction)
      _ = clock.observe(now)
      #expect(!clock.isSetBack)
      #expect(clock.judgementTime(now) == Scenario.noon)
    }
    now.wall = Scenario.noon + .milliseconds(-5001)
    _ = clock.observe(now)
    #expect(clock.isSetBack)
  }

  @Test("the mark outlives a restart, and what codes said meanwhile is no part of it")
  func restart() throws {
    var clock = ClockTrust(policy: .accept)
    var now = Now(instant: Instant(nanoseconds: 0), wall: Scenario.noon)
    _ = clock.observe(now)
    #expect(clock.changes(at: now) == [.lastTrusted(Scenario.noon)])
    var again = ClockTrust(policy: .accept)
    again.recover(lastTrusted: Scenario.noon, mark: Scenario.noon, at: now)
    now = Now(instant: now.instant, wall: WallTime(seconds: 0), isTrusted: false)
    _ = again.observe(now)
    let told = Scenario.noon + .seconds(86_400)
    for member in ["m-1", "m-2"] {
      let member = try #require(MemberID(member))
      again.learn(TimeWitness(member: member, issued: told, ends: told + .seconds(65)), at: now)
    }
    #expect(
      again.changes(at: now)
        == [.lastTrusted(told), .clockMark(Scenario.noon)])
    #expect(again.forgetting(at: now) == Scenario.noon)
    // An issuer whose clock is ahead does not make the true time look set back.
    now = Now(instant: now.instant, wall: Scenario.noon + .seconds(60))
    _ = again.observe(now)
    #expect(!again.isSetBack)
    now.wall = Scenario.noon
    _ = again.observe(now)
    #expect(again.isSetBack)
  }

  @Test("a wall clock that nobody vouches for forgets no used code")
  func untrustedForgetsNothing() {
    var clock = ClockTrust(policy: .accept)
    let now = Now(
      instant: Instant(nanoseconds: 0), wall: Scenario.noon + .seconds(1_000_000),
      isTrusted: false)
    _ = clock.observe(now)
    #expect(clock.forgetting(at: now) == WallTime(milliseconds: 0))
    clock.recover(lastTrusted: Scenario.noon, mark: Scenario.noon, at: now)
    #expect(clock.forgetting(at: now) == Scenario.noon)
  }

  @Test("a clock that is set back and then not trusted at all is held over by the mark")
  func thenUntrusted() {
    let story = setBack()
    let stolen = code(story.now.wall)
    story.trustClock(false)
    story.tell(.entry(.presented(1, .code(stolen))))
    story.expectRefusal(.expired, of: stolen, "m-1")
  }
}
