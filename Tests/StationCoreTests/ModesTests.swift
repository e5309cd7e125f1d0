// Tests the modes of doors as a whole station goes through them: hours, inputs, the uplink.
import StationCore
import StationProtocol
import Testing

@Suite struct ModesTests {
  /// Noon is 12:00 UTC; the station's wall is that too.
  private func story(
    _ program: DoorSchedule, _ policy: EntryPolicy = EntryPolicy(), points: Int = 1,
    isTrusted: Bool = true, _ place: SourceLocation = #_sourceLocation
  ) -> Scenario {
    var entry = policy
    entry.programs = [1: program]
    let story = Scenario(
      unbooted: points, entry: entry, isTrusted: isTrusted, place)
    story.tell(.booted(Recovered(stream: Scenario.stream)), place)
    for point in story.station.doors.points {
      story.expect(.door(.setStrike(point.id, .secure)), place)
    }
    story.expectJournal(
      .station(.started(boot: 1, after: .newStore, version: "test")), .urgent, place)
    return story
  }

  private func expectRemembered(_ story: Scenario, _ place: SourceLocation = #_sourceLocation) {
    story.expect(.store(.remember([.lastTrusted(story.now.wall)], .relaxed)), place)
  }

  private func expectFree(
    _ cause: ModeCause, _ story: Scenario, _ place: SourceLocation = #_sourceLocation
  ) {
    story.expect(.door(.setStrike(1, .release)), place)
    story.expectJournal(.door(.modeChanged(1, .freeAccess, cause: cause)), .urgent, place)
  }

  private func expectShut(
    _ mode: DoorMode, _ cause: ModeCause, _ story: Scenario,
    _ place: SourceLocation = #_sourceLocation
  ) {
    story.expect(.door(.setStrike(1, .secure)), place)
    story.expectJournal(.door(.locked(1, cause: .ended)), .soon, place)
    story.expectJournal(.door(.modeChanged(1, mode, cause: cause)), .urgent, place)
  }

  private let lunch = EntryPolicy(freeHours: .daily(from: 12 * 60 + 30, to: 13 * 60))

  @Test("a door that is open by schedule opens and shuts to the minute, at no event but time")
  func schedule() {
    let story = story(.schedule, lunch)
    expectRemembered(story)
    story.advance(by: .seconds(30 * 60) + .milliseconds(-1))
    var remembered = 0
    story.claimRemembered(&remembered)
    story.advance(by: .milliseconds(1))
    expectFree(.schedule, story)
    story.claimRemembered(&remembered)
    story.advance(by: .seconds(30 * 60) + .milliseconds(-1))
    story.claimRemembered(&remembered)
    story.advance(by: .milliseconds(1))
    expectShut(.codeOnly, .schedule, story)
    story.claimRemembered(&remembered)
    #expect(remembered > 0)
  }

  @Test("a clock that is set into the free hours is noticed within a minute")
  func clockSet() {
    let story = story(.schedule, lunch)
    expectRemembered(story)
    story.stepClock(by: .seconds(45 * 60))
    story.advance(by: .seconds(60))
    story.expectJournal(.station(.clockStepped(milliseconds: 45 * 60_000)))
    expectFree(.schedule, story)
  }

  @Test("without a known time a door does not stand open by schedule")
  func unknownTime() {
    var noon = EntryPolicy(freeHours: .always)
    noon.uplink = .free(after: .seconds(60))
    let story = story(.schedule, noon, isTrusted: false)
    story.expectJournal(.alarm(.raised(.clockUntrusted, nil)))
    story.advance(by: .seconds(120))
    story.expectNothing()
    story.trustClock(true)
    story.tell(.wake)
    expectFree(.schedule, story)
    story.expectJournal(.alarm(.cleared(.clockUntrusted, nil)))
    expectRemembered(story)
  }

  @Test("the first member let in during the free hours opens the door for the others")
  func firstPerson() {
    let story = story(.firstPerson, EntryPolicy(freeHours: .daily(from: 0, to: 13 * 60)))
    expectRemembered(story)
    story.letIn()
    expectFree(.firstPerson, story)
  }

  @Test("whoever is let in before the free hours, or past the rules, is not that first member")
  func notFirst() {
    let story = story(.firstPerson, lunch)
    expectRemembered(story)
    story.letIn()
    story.expectNothing()
    #expect(story.station.doors.points[0].resolution.mode == .codeOnly)
  }

  @Test("lock-down refuses everyone but a maintainer, stands as an alarm, and ends with the button")
  func lockDown() {
    let story = Scenario(points: 2)
    story.tell(.entry(.lockDownChanged(isOn: true)))
    story.expectJournal(.door(.modeChanged(1, .lockDown, cause: .input)), .urgent)
    story.expectJournal(.door(.modeChanged(2, .lockDown, cause: .input)), .urgent)
    story.expectJournal(.alarm(.raised(.lockDown, nil)), .urgent)
    let code = story.code()
    story.tell(.entry(.presented(1, .code(code))))
    story.expectRefusal(.lockedDown, of: code, "m-1")
    // Nobody is locked in.
    story.tell(.door(.exitRequested(1)))
    story.expect(.door(.setStrike(1, .release)))
    story.expectJournal(.door(.exitRequested(1)), .urgent)
    story.tell(.entry(.lockDownChanged(isOn: false)))
    story.expectJournal(.door(.modeChanged(1, .codeOnly, cause: .configured)))
    story.expectJournal(.door(.modeChanged(2, .codeOnly, cause: .configured)))
    story.expectJournal(.alarm(.cleared(.lockDown, nil)))
    let another = story.code("m-2")
    story.tell(.entry(.presented(2, .code(another))))
    story.expectGrant(of: another, "m-2", at: 2)
  }

  @Test("lock-down shuts a door that stood open, at once")
  func lockDownEndsFreeAccess() {
    let story = story(.free)
    expectFree(.configured, story)
    expectRemembered(story)
    story.tell(.entry(.lockDownChanged(isOn: true)))
    expectShut(.lockDown, .input, story)
    story.expectJournal(.alarm(.raised(.lockDown, nil)))
  }

  @Test("the maintenance key keeps members out while it is turned")
  func maintenance() {
    let story = Scenario()
    story.tell(.entry(.maintenanceChanged(isOn: true)))
    story.expectJournal(.door(.modeChanged(1, .maintenance, cause: .input)))
    let code = story.code()
    story.tell(.entry(.presented(1, .code(code))))
    story.expectRefusal(.maintenance, of: code, "m-1")
    story.tell(.entry(.maintenanceChanged(isOn: false)))
    story.expectJournal(.door(.modeChanged(1, .codeOnly, cause: .configured)))
  }

  @Test("a door may be locked down, or in maintenance, by configuration")
  func configured() {
    let locked = story(.lockDown)
    locked.expectJournal(.door(.modeChanged(1, .lockDown, cause: .configured)))
    locked.expectJournal(.alarm(.raised(.lockDown, nil)))
    expectRemembered(locked)
    let mended = story(.maintenance)
    mended.expectJournal(.door(.modeChanged(1, .maintenance, cause: .configured)))
    expectRemembered(mended)
  }

  @Test("in free access a refusal is recorded, and the worker is told that the door is open")
  func freeAccess() {
    let story = story(.free, EntryPolicy(hours: .never))
    expectFree(.configured, story)
    expectRemembered(story)
    let code = story.code()
    story.tell(.entry(.presented(1, .code(code))))
    story.expect(.door(.show(1, .granted)))
    story.expectJournal(
      .entry(.refused(1, reason: .closed, member: MemberID("m-1")!, .code(code.digest))), .soon)
  }

  @Test("without the uplink codes decide as ever, unless policy says otherwise")
  func uplinkCodes() {
    let story = Scenario()
    story.advance(by: .seconds(11 * 3600))
    story.tell(.wake)
    var remembered = 0
    story.claimRemembered(&remembered)
    #expect(remembered == 1)
    story.letIn()
  }

  @Test("free access without uplink begins after its time, alarms, and ends when it is back")
  func uplinkFree() {
    var policy = EntryPolicy(hours: .daily(from: 8 * 60, to: 20 * 60))
    policy.uplink = .free(after: .seconds(90))
    let story = Scenario(entry: policy)
    story.advance(by: .milliseconds(89_999))
    story.expectNothing()
    story.advance(by: .milliseconds(1))
    expectFree(.uplink, story)
    story.expectJournal(.alarm(.raised(.freeWithoutUplink, nil)), .urgent)
    story.tell(.link(.uplinkOpened(connection: 1)))
    story.expectBirth()
    expectShut(.codeOnly, .configured, story)
    story.expectJournal(.alarm(.cleared(.freeWithoutUplink, nil)))
    for part in story.parts { story.expectState(part) }
    story.expectSent()
    story.commit()
    story.expectSent()
    story.tell(.link(.uplinkClosed))
    story.advance(by: .seconds(89))
    story.expectNothing()
  }

  @Test("free access without uplink holds inside opening hours only")
  func uplinkFreeOnlyWhileOpen() {
    var policy = EntryPolicy(hours: .daily(from: 8 * 60, to: 12 * 60 + 2))
    policy.uplink = .free(after: .seconds(60))
    let story = Scenario(entry: policy)
    story.advance(by: .seconds(60))
    expectFree(.uplink, story)
    story.expectJournal(.alarm(.raised(.freeWithoutUplink, nil)))
    story.advance(by: .milliseconds(59_999))
    story.expectNothing()
    story.advance(by: .milliseconds(1))
    expectShut(.codeOnly, .configured, story)
    story.expectJournal(.alarm(.cleared(.freeWithoutUplink, nil)))
  }
}
