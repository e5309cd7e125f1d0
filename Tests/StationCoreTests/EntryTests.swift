// Tests who gets in, and why the others do not.
import StationCore
import StationProtocol
import Testing
import Time

@Suite struct EntryTests {
  @Test("a good code releases the strike, tells the worker and is recorded in one step")
  func grant() {
    let story = Scenario()
    let code = story.code("m-7")
    story.tell(.entry(.presented(1, .code(code))))
    story.expect(.door(.setStrike(1, .release)))
    story.expect(.door(.show(1, .granted)))
    let mark = ReplayMark(code: code.digest, until: story.now.wall + .seconds(65))
    story.expectJournal(
      .entry(.granted(1, member: MemberID("m-7")!, .code(code.digest))), .urgent,
      [.mark(mark, forgetting: story.now.wall), .lastTrusted(story.now.wall)])
  }

  @Test("a mark is forgotten only by a time that the next boot will not fall behind")
  func forgetting() {
    let lastTrusted = Scenario.noon + .seconds(-3600)
    let story = Scenario(
      clock: .accept, isTrusted: false,
      recovered: Recovered(stream: Scenario.stream, boot: 2, lastTrusted: lastTrusted))
    story.advance(by: .seconds(10))
    let code = story.code()
    story.tell(.entry(.presented(1, .code(code))))
    story.expect(.door(.setStrike(1, .release)))
    story.expect(.door(.show(1, .granted)))
    // One code alone moves no time.
    let known = lastTrusted + .seconds(10)
    story.expectJournal(
      .entry(.granted(1, member: MemberID("m-1")!, .code(code.digest))), .urgent,
      [
        .mark(
          ReplayMark(code: code.digest, until: story.now.wall + .seconds(65)), forgetting: known),
        .lastTrusted(known), .clockMark(nil),
      ])
  }

  @Test("a code whose signature fails is refused on that ground", arguments: CodeRefusal.allCases)
  func signatures(_ refusal: CodeRefusal) {
    let story = Scenario()
    let code = story.badCode(refusal)
    story.tell(.entry(.presented(1, .code(code))))
    story.expectRefusal(Denial(refusal), of: code)
  }

  /// One code that all grounds but the first `order` of the list speak against.
  private func hopeless(_ story: Scenario) -> MemberClaims {
    MemberClaims(
      subject: nil, expires: story.now.wall + .seconds(-100), issued: story.now.wall + .seconds(100)
    )
  }

  @Test("of several grounds the first of the list is given")
  func order() {
    let midnight = EntryPolicy(hours: .daily(from: 0, to: 1), capacity: CapacityPolicy(most: 0))
    let present = { (story: Scenario, change: (inout MemberClaims) -> Void) in
      var claims = self.hopeless(story)
      change(&claims)
      let digest = CodeDigest(high: 0, low: UInt64(story.journal.count))
      let code = Presentation(digest: digest, verdict: .genuine(claims, code: digest))
      story.tell(.entry(.presented(1, .code(code))))
      return code
    }
    let unsure = Scenario(entry: midnight, isTrusted: false)
    unsure.expectRefusal(.clockUntrusted, of: present(unsure) { _ in })
    let story = Scenario(entry: midnight)
    story.expectRefusal(.notYetValid, of: present(story) { _ in })
    story.expectRefusal(.expired, of: present(story) { $0.issued = WallTime(seconds: 0) })
    story.expectRefusal(
      .tooLongLived,
      of: present(story) {
        $0.issued = WallTime(seconds: 0)
        $0.expires = story.now.wall
      })
    story.expectRefusal(
      .noSubject,
      of: present(story) {
        $0.issued = story.now.wall
        $0.expires = story.now.wall
      })
    story.expectRefusal(
      .closed,
      of: present(story) {
        $0 = MemberClaims(subject: "m-1", expires: story.now.wall, issued: story.now.wall)
      }, "m-1")
    let full = Scenario(entry: EntryPolicy(capacity: CapacityPolicy(most: 0)))
    let code = full.code()
    full.tell(.entry(.presented(1, .code(code))))
    full.expectRefusal(.full, of: code, "m-1")
  }

  @Test("a used code is refused as replayed before hours and capacity are looked at")
  func replayedFirst() {
    let story = Scenario(
      entry: EntryPolicy(hours: .daily(from: 720, to: 721), capacity: CapacityPolicy(most: 1)))
    let code = story.letIn()
    story.advance(by: .seconds(5))
    expectTimeout(story)
    story.walk(.outer, .inner)
    story.expectJournal(.occupancy(.passage(1, .inward, inside: 1)))
    story.expectJournal(.alarm(.raised(.capacityFull, nil)))
    story.advance(by: .seconds(55))
    story.tell(.entry(.presented(1, .code(code))))
    story.expectRefusal(.replayed, of: code, "m-1")
    let other = story.code("m-2")
    story.tell(.entry(.presented(1, .code(other))))
    story.expectRefusal(.closed, of: other, "m-2")
  }

  private func expectTimeout(_ story: Scenario, _ place: SourceLocation = #_sourceLocation) {
    story.expect(.door(.setStrike(1, .secure)), place)
    story.expectJournal(.door(.locked(1, cause: .timeout)), .soon, place)
  }

  @Test("the same code wrapped differently is the same code")
  func rewrapped() {
    let story = Scenario()
    let code = story.letIn()
    story.advance(by: .seconds(10))
    expectTimeout(story)
    let again = Presentation(digest: CodeDigest(high: 9, low: 9), verdict: code.verdict)
    story.tell(.entry(.presented(1, .code(again))))
    story.expectRefusal(.replayed, of: code, "m-1")
  }

  @Test("a code used at one access point is used up at every other")
  func replayedElsewhere() {
    let story = Scenario(points: 2)
    let code = story.letIn(at: 1)
    story.tell(.entry(.presented(2, .code(code))))
    story.expectRefusal(.replayed, of: code, "m-1", at: 2)
  }

  @Test("a refused code is not used up")
  func refusedIsFresh() {
    let story = Scenario(entry: EntryPolicy(capacity: CapacityPolicy(most: 1)))
    story.walk(.outer, .inner)
    story.expectJournal(.occupancy(.passage(1, .inward, inside: 1)))
    story.expectJournal(.alarm(.raised(.capacityFull, nil)))
    let code = story.code()
    story.tell(.entry(.presented(1, .code(code))))
    story.expectRefusal(.full, of: code, "m-1")
    story.walk(.inner, .outer)
    story.expectJournal(.occupancy(.passage(1, .outward, inside: 0)))
    story.expectJournal(.alarm(.cleared(.capacityFull, nil)))
    story.advance(by: .seconds(3))
    story.tell(.entry(.presented(1, .code(code))))
    story.expectGrant(of: code)
  }

  @Test("a used code is remembered across a restart")
  func recovered() {
    let code = CodeDigest(high: 1, low: 2)
    let until = Scenario.noon + .seconds(60)
    let story = Scenario(
      recovered: Recovered(
        stream: Scenario.stream, boot: 2, ending: .unclean, floor: 1, next: 5,
        marks: [ReplayMark(code: code, until: until)]))
    let shown = Presentation(
      digest: code,
      verdict: .genuine(
        MemberClaims(subject: "m-1", expires: until, issued: story.now.wall), code: code))
    story.tell(.entry(.presented(1, .code(shown))))
    story.expectRefusal(.replayed, of: shown, "m-1")
  }

  @Test("the same bytes within three seconds of their last reading are one presentation")
  func oneShowing() {
    let story = Scenario()
    let code = story.badCode()
    story.tell(.entry(.presented(1, .code(code))))
    story.expectRefusal(.malformed, of: code)
    for _ in 0..<5 {
      story.advance(by: .milliseconds(2999))
      story.tell(.entry(.presented(1, .code(code))))
      story.expectNothing()
    }
    story.advance(by: .seconds(3))
    story.tell(.entry(.presented(1, .code(code))))
    story.expectRefusal(.malformed, of: code)
  }

  @Test("another code in between makes it a new presentation")
  func interrupted() {
    let story = Scenario()
    let code = story.badCode()
    story.tell(.entry(.presented(1, .code(code))))
    story.expectRefusal(.malformed, of: code)
    let other = story.badCode(.unknownKey)
    story.tell(.entry(.presented(1, .code(other))))
    story.expectRefusal(.unknownKey, of: other)
    story.tell(.entry(.presented(1, .code(code))))
    story.expectRefusal(.malformed, of: code)
  }

  @Test("readers of different access points do not share presentations")
  func twoReaders() {
    let story = Scenario(points: 2)
    let code = story.badCode()
    story.tell(.entry(.presented(1, .code(code))))
    story.expectRefusal(.malformed, of: code, at: 1)
    story.tell(.entry(.presented(2, .code(code))))
    story.expectRefusal(.malformed, of: code, at: 2)
  }

  @Test("a code that holds the door open is confirmed when it is shown again, and nothing else")
  func confirmed() {
    let story = Scenario()
    let code = story.letIn()
    story.advance(by: .seconds(4))
    story.tell(.entry(.presented(1, .code(code))))
    story.expect(.door(.show(1, .granted)))
    story.expectNothing()
    story.advance(by: .seconds(1))
    expectTimeout(story)
    story.advance(by: .seconds(3))
    story.tell(.entry(.presented(1, .code(code))))
    story.expectRefusal(.replayed, of: code, "m-1")
  }

  @Test("nobody is let in beyond the capacity until someone leaves")
  func capacity() {
    let story = Scenario(entry: EntryPolicy(capacity: CapacityPolicy(most: 2)))
    for inside in 1...2 as ClosedRange<Int64> {
      story.walk(.outer, .inner)
      story.expectJournal(.occupancy(.passage(1, .inward, inside: inside)))
    }
    story.expectJournal(.alarm(.raised(.capacityFull, nil)))
    let code = story.code()
    story.tell(.entry(.presented(1, .code(code))))
    story.expectRefusal(.full, of: code, "m-1")
    story.tell(.door(.exitRequested(1)))
    story.expect(.door(.setStrike(1, .release)))
    story.expectJournal(.door(.exitRequested(1)))
    story.walk(.inner, .outer)
    story.expectJournal(.occupancy(.passage(1, .outward, inside: 1)))
    story.expectJournal(.alarm(.cleared(.capacityFull, nil)))
    story.letIn()
  }

  @Test("opening hours are those of the place, not of Greenwich")
  func localHours() {
    let evening = EntryPolicy(hours: .daily(from: 20 * 60, to: 21 * 60))
    let away = Scenario(entry: evening)
    let code = away.code()
    away.tell(.entry(.presented(1, .code(code))))
    away.expectRefusal(.closed, of: code, "m-1")
    Scenario(entry: evening, utcOffsetSeconds: 8 * 3600).letIn()
  }
}
