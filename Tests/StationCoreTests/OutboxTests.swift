// Tests which records are sent when, and that none is sent too early, lost, or sent for ever.
import StationProtocol
import Testing
import Time

@testable import StationCore

@Suite struct OutboxTests {
  /// A station with `count` records, `started` among them; the last one is not yet durable.
  private func story(with count: Int, outbox: OutboxLimits = OutboxLimits()) -> Scenario {
    let story = Scenario(outbox: outbox)
    record(count - 1, story)
    story.commitsByItself = false
    return story
  }

  /// Turn-backs: one record each, and no change of state.
  private func record(_ count: Int, _ story: Scenario, _ place: SourceLocation = #_sourceLocation) {
    for _ in 0..<max(0, count) {
      story.walk(.outer, at: 1, place)
      story.expectJournal(.occupancy(.passage(1, .turnBack, inside: 0)), .soon, place)
    }
  }

  private func acknowledge(
    _ upto: UInt64, _ story: Scenario, _ place: SourceLocation = #_sourceLocation
  ) {
    story.tell(story.sending.acknowledgement(upto, of: Scenario.stream), place)
  }

  @Test("numbers are consecutive and begin at one")
  func numbers() {
    #expect(story(with: 5).journal.map(\.seq) == [1, 2, 3, 4, 5])
  }

  @Test("records are sent when they are durable, and not before")
  func onlyDurable() {
    let story = story(with: 3)
    story.tell(.link(.uplinkOpened(connection: 1)))
    let birth = story.expectBirth()
    #expect(birth?.floor == 1)
    #expect(birth?.ceiling == 2)
    for part in story.parts { story.expectState(part) }
    story.expect(.link(.publishRecords(1...2)))
    story.tell(.link(.journaled(through: 3)))
    story.expect(.link(.publishRecords(3...3)))
    record(1, story)
    story.tell(.link(.journaled(through: 4)))
    story.expect(.link(.publishRecords(4...4)))
  }

  @Test("what is durable is told once: an older or an impossible number changes nothing")
  func journaledOnce() {
    let story = story(with: 3)
    story.tell(.link(.journaled(through: 3)))
    story.tell(.link(.journaled(through: 1)))
    story.tell(.link(.journaled(through: 99)))
    #expect(story.station.outbox.durable == 3)
  }

  @Test("an acknowledgement deletes the rows it names, once")
  func trim() {
    let story = connected(with: 5)
    acknowledge(3, story)
    story.expect(.store(.trim(through: 3)))
    acknowledge(3, story)
    acknowledge(2, story)
    story.expectNothing()
    acknowledge(5, story)
    story.expect(.store(.trim(through: 5)))
    #expect(story.station.outbox.floor == 6)
    // Not as long as an hour, after which a birth tells another nonce.
    story.advance(by: .seconds(3500))
    story.expectNothing()
  }

  /// A station that has sent its `count` records.
  private func connected(
    with count: Int, outbox: OutboxLimits = OutboxLimits(),
    _ place: SourceLocation = #_sourceLocation
  ) -> Scenario {
    let story = story(with: count, outbox: outbox)
    story.commit()
    story.tell(.link(.uplinkOpened(connection: 1)), place)
    story.expectBirth(place)
    for part in story.parts { story.expectState(part, place) }
    story.expect(.link(.publishRecords(1...min(UInt64(count), Outbox.window))), place)
    return story
  }

  @Test("acknowledgements of another stream delete nothing, and begin no other one")
  func foreign() {
    let story = connected(with: 3)
    story.tell(story.sending.acknowledgement(2, of: StreamID(bits: 1)))
    story.expectJournal(.station(.messagesRefused(.foreignAcknowledgement, count: 1)), .soon)
    story.tell(story.sending.acknowledgement(1 << 53, of: StreamID(bits: 1)))
    story.tell(story.sending.acknowledgement(2, of: StreamID(bits: 1), conflict: 1))
    story.expectNothing()
    #expect(story.station.outbox.floor == 1)
  }

  @Test("no more than the window is under way, and each acknowledgement moves it on")
  func window() {
    let story = connected(with: 600)
    acknowledge(100, story)
    story.expect(.store(.trim(through: 100)))
    story.expect(.link(.publishRecords(257...356)))
    acknowledge(356, story)
    story.expect(.store(.trim(through: 356)))
    story.expect(.link(.publishRecords(357...600)))
  }

  @Test("after five seconds of silence all that is not acknowledged is sent again, after a birth")
  func resend() {
    let story = connected(with: 10)
    acknowledge(4, story)
    story.expect(.store(.trim(through: 4)))
    story.advance(by: .milliseconds(4999))
    story.expectNothing()
    story.advance(by: .milliseconds(1))
    #expect(story.expectBirth()?.floor == 5)
    story.expect(.link(.publishRecords(5...10)))
  }

  @Test("a service that stays silent is asked ever less often, at least once a minute")
  func backoff() {
    let story = connected(with: 2)
    for seconds in [5, 10, 20, 40, 60, 60, 60] {
      story.advance(by: .seconds(seconds) - .milliseconds(1))
      story.expectNothing()
      story.advance(by: .milliseconds(1))
      story.expectBirth()
      story.expect(.link(.publishRecords(1...2)))
    }
  }

  @Test("a service that speaks again, whatever it says, is asked within five seconds")
  func backoffEnds() {
    let story = connected(with: 2)
    story.advance(by: .seconds(75))
    for _ in 0..<4 {
      story.expectBirth()
      story.expect(.link(.publishRecords(1...2)))
    }
    acknowledge(0, story)
    story.advance(by: .seconds(5))
    story.expectBirth()
    story.expect(.link(.publishRecords(1...2)))
    acknowledge(1, story)
    story.expect(.store(.trim(through: 1)))
    story.advance(by: .seconds(5))
    story.expectBirth()
    story.expect(.link(.publishRecords(2...2)))
  }

  @Test("records that keep coming do not put off sending the unacknowledged again")
  func steadyTraffic() {
    let story = connected(with: 2)
    for last in 3...6 as ClosedRange<UInt64> {
      story.advance(by: .seconds(1))
      record(1, story)
      story.commit()
      story.expect(.link(.publishRecords(last...last)))
    }
    story.advance(by: .seconds(1))
    story.expectBirth()
    story.expect(.link(.publishRecords(1...6)))
  }

  @Test("a new session begins with all that is not acknowledged; none is sent without one")
  func sessions() {
    let story = connected(with: 3)
    story.tell(.link(.uplinkClosed))
    record(1, story)
    story.commit()
    story.advance(by: .seconds(600))
    story.tell(.wake)
    story.expect(.store(.remember([.lastTrusted(story.now.wall)], .relaxed)))
    acknowledge(1, story)
    story.expect(.store(.trim(through: 1)))
    story.tell(.link(.uplinkOpened(connection: 2)))
    let birth = story.expectBirth()
    #expect(birth?.session == SessionID(stream: Scenario.stream, boot: 1, connection: 2))
    #expect(birth?.floor == 2)
    #expect(birth?.ceiling == 4)
    for part in story.parts { story.expectState(part) }
    story.expect(.link(.publishRecords(2...4)))
  }

  @Test("a restart goes on where the store stands")
  func recovered() {
    let story = Scenario(
      recovered: Recovered(
        stream: Scenario.stream, boot: 3, ending: .unclean, floor: 7, next: 20))
    #expect(story.journal.map(\.seq) == [20])
    story.commitsByItself = false
    story.tell(.link(.uplinkOpened(connection: 1)))
    #expect(story.expectBirth()?.ceiling == 19)
    for part in story.parts { story.expectState(part) }
    story.expect(.link(.publishRecords(7...19)))
  }

  @Test("a full outbox gives way at its old end, and a record says so")
  func folding() {
    let limits = OutboxLimits(mostRecords: 20, foldedAtOnce: 5)
    let story = story(with: 17, outbox: limits)
    story.walk(.outer)
    story.expectJournal(.occupancy(.passage(1, .turnBack, inside: 0)))
    story.expectJournal(.alarm(.raised(.journalFilling, nil)), .urgent)
    record(1, story)
    story.commit()
    story.tell(.link(.uplinkOpened(connection: 1)))
    story.expectBirth()
    for part in story.parts { story.expectState(part) }
    story.expect(.link(.publishRecords(1...20)))
    story.walk(.outer)
    story.expectJournal(.occupancy(.passage(1, .turnBack, inside: 0)))
    story.expect(.store(.trim(through: 5)))
    story.expectJournal(.stream(.gap(from: 1, to: 5, reason: .full)), .urgent)
    #expect(story.expectBirth()?.floor == 6)
    story.commit()
    story.expect(.link(.publishRecords(21...22)))
  }

  @Test("nine tenths of the outbox are an alarm, until a quarter is free again")
  func filling() {
    let story = story(with: 17, outbox: OutboxLimits(mostRecords: 20, foldedAtOnce: 5))
    #expect(!story.station.alarms.stands(.journalFilling, nil))
    story.walk(.outer)
    story.expectJournal(.occupancy(.passage(1, .turnBack, inside: 0)))
    story.expectJournal(.alarm(.raised(.journalFilling, nil)), .urgent)
    story.commit()
    story.tell(.link(.uplinkOpened(connection: 1)))
    story.expectBirth()
    for part in story.parts { story.expectState(part) }
    story.expect(.link(.publishRecords(1...19)))
    story.tell(story.sending.acknowledgement(3, of: Scenario.stream))
    story.expect(.store(.trim(through: 3)))
    story.tell(story.sending.acknowledgement(4, of: Scenario.stream))
    story.expect(.store(.trim(through: 4)))
    story.expectJournal(.alarm(.cleared(.journalFilling, nil)), .urgent)
    story.expectState(.alarms)
    story.commit()
    story.expect(.link(.publishRecords(20...20)))
  }

  @Test("a disk that hangs fills no memory: what is given up is told once half of it is written")
  func hangingDisk() throws {
    var station = Station(
      StationConfiguration(
        version: "test", accessPoints: [AccessPointConfiguration(id: 1)]))
    var now = Now(instant: Instant(nanoseconds: 1), wall: Scenario.noon)
    var entries: [JournalEntry] = []
    func tell(_ event: Event) {
      for case .store(.journal(let entry)) in station.handle(event, at: now) {
        entries.append(entry)
      }
    }
    tell(.booted(Recovered(stream: Scenario.stream)))
    // The door goes on as ever; only the records are missing.
    for _ in 0..<(Outbox.mostPending + 500) {
      now.instant = now.instant + .milliseconds(100)
      tell(.door(.exitRequested(1)))
    }
    #expect(entries.count == Outbox.mostPending)
    #expect(station.outbox.room == .none)
    let last = try #require(entries.last).seq
    #expect(last == UInt64(Outbox.mostPending))
    tell(.link(.journaled(through: 4_000)))
    tell(.door(.exitRequested(1)))
    #expect(entries.count == Outbox.mostPending)
    tell(.link(.journaled(through: last)))
    tell(.door(.exitRequested(1)))
    let told = entries.suffix(2)
    let next = station.outbox.next - 2
    #expect(told.map(\.seq) == [next, next + 1])
    #expect(
      told.first?.record.body == .stream(.gap(from: last + 1, to: next - 1, reason: .full)))
    #expect(station.outbox.room == .plenty)
  }

  @Test("what is not durable does not give way")
  func foldingWaits() {
    let story = story(with: 1, outbox: OutboxLimits(mostRecords: 10, foldedAtOnce: 5))
    record(7, story)
    story.walk(.outer)
    story.expectJournal(.occupancy(.passage(1, .turnBack, inside: 0)))
    story.expectJournal(.alarm(.raised(.journalFilling, nil)), .urgent)
    record(20, story)
    #expect(story.station.outbox.floor == 1)
    story.tell(.link(.journaled(through: 6)))
    story.expect(.store(.trim(through: 5)))
    story.expectJournal(.stream(.gap(from: 1, to: 5, reason: .full)))
    #expect(story.station.outbox.floor == 6)
  }
}

@Suite struct StoreReplacementTests {
  private static let fresh = StreamID(bits: 0xB)

  @Test("a new store gets what the old one had not made durable, and all that boot needs")
  func restart() {
    let story = Scenario()
    let code = story.letIn()
    let issued = story.now.wall
    story.walk(.outer, .inner)
    story.expectJournal(.occupancy(.passage(1, .inward, inside: 1)))
    story.commitsByItself = false
    story.tell(.door(.exitRequested(1)))
    story.expect(.door(.setStrike(1, .release)))
    story.expectJournal(.door(.exitRequested(1)))
    story.tell(.storeReplaced(Self.fresh, isDurable: true))
    story.expectJournal(.occupancy(.passage(1, .inward, inside: 1)))
    story.expectJournal(.door(.exitRequested(1)))
    story.expect(
      .store(
        .remember(
          [.lastTrusted(story.now.wall)] + story.station.headcount.occupancy.changes + [
            .mark(
              ReplayMark(code: code.digest, until: issued + .seconds(65)),
              forgetting: story.now.wall
            )
          ], .urgent)))
    story.expectJournal(.alarm(.raised(.storeLost, nil)), .urgent)
    #expect(story.journal.suffix(3).map(\.seq) == [1, 2, 3])
    story.tell(.link(.journaled(through: 3)))
    story.tell(.entry(.presented(1, .code(code))))
    story.advance(by: .seconds(5))
    story.expect(.door(.setStrike(1, .secure)))
    story.expectJournal(.door(.locked(1, cause: .timeout)))
    story.advance(by: .seconds(3))
    story.tell(.entry(.presented(1, .code(code))))
    story.expectRefusal(.replayed, of: code, "m-1")
  }

  @Test("the session of a new store is its first boot, so that the next one is a later session")
  func firstBoot() {
    let story = Scenario(
      recovered: Recovered(
        stream: Scenario.stream, boot: 17, ending: .clean, floor: 40, next: 40))
    story.openUplink()
    story.expect(.link(.publishRecords(40...40)))
    story.commitsByItself = false
    story.tell(.storeReplaced(Self.fresh, isDurable: true))
    story.expect(
      .store(
        .remember(
          [.lastTrusted(story.now.wall)] + story.station.headcount.occupancy.changes, .urgent)))
    story.expectJournal(.alarm(.raised(.storeLost, nil)))
    let birth = story.expectBirth()
    #expect(birth?.session == SessionID(stream: Self.fresh, boot: 1, connection: 1))
    #expect(birth?.floor == 1)
    #expect(birth?.ceiling == 0)
    story.expectState(.alarms)
    story.commit()
    story.expect(.link(.publishRecords(1...1)))
    story.tell(story.sending.acknowledgement(1, of: Scenario.stream))
    story.expectJournal(.station(.messagesRefused(.foreignAcknowledgement, count: 1)), .soon)
  }

  @Test("a clock step noticed as the store is replaced is written once, in the new stream")
  func clockStep() {
    let story = Scenario()
    story.tell(.wake)
    story.commitsByItself = false
    story.stepClock(by: .seconds(60))
    story.tell(.storeReplaced(Self.fresh, isDurable: true))
    story.expect(
      .store(
        .remember(
          [.lastTrusted(story.now.wall)] + story.station.headcount.occupancy.changes, .urgent)))
    story.expectJournal(.alarm(.raised(.storeLost, nil)))
    story.expectJournal(.station(.clockStepped(milliseconds: 60_000)))
    #expect(story.journal.suffix(2).map(\.seq) == [1, 2])
  }

  @Test("a gap in the old stream says nothing about the new one")
  func gaps() {
    let story = Scenario(outbox: OutboxLimits(mostRecords: 20, foldedAtOnce: 2))
    for _ in 0..<17 {
      story.walk(.outer)
      story.expectJournal(.occupancy(.passage(1, .turnBack, inside: 0)))
    }
    story.expectJournal(.alarm(.raised(.journalFilling, nil)))
    story.walk(.outer)
    story.expectJournal(.occupancy(.passage(1, .turnBack, inside: 0)))
    story.commit()
    story.commitsByItself = false
    story.walk(.outer)
    story.expectJournal(.occupancy(.passage(1, .turnBack, inside: 0)))
    story.expect(.store(.trim(through: 2)))
    story.expectJournal(.stream(.gap(from: 1, to: 2, reason: .full)))
    story.tell(.storeReplaced(Self.fresh, isDurable: true))
    story.expectJournal(.occupancy(.passage(1, .turnBack, inside: 0)))
    story.expect(
      .store(
        .remember(
          [.lastTrusted(story.now.wall)] + story.station.headcount.occupancy.changes, .urgent)))
    story.expectJournal(.alarm(.raised(.storeLost, nil)))
    story.expectJournal(.alarm(.cleared(.journalFilling, nil)))
  }
}
