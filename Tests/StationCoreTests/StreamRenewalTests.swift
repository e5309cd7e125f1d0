// Tests that a station leaves a stream of which the service knows other records, and loses nothing.
import StationProtocol
import Testing
import Time

@testable import StationCore

@Suite("Leaving a stream that somebody else has used")
struct StreamRenewalTests {
  private static let fresh = StreamID(bits: 0xB)

  /// A station that has sent its `count` records, all durable.
  private func connected(with count: Int) -> Scenario {
    let story = Scenario()
    for _ in 1..<count {
      story.walk(.outer)
      story.expectJournal(.occupancy(.passage(1, .turnBack, inside: 0)))
    }
    story.openUplink()
    story.expect(.link(.publishRecords(1...UInt64(count))))
    story.commitsByItself = false
    return story
  }

  private func hear(_ upto: UInt64, conflict: UInt64? = nil, _ story: Scenario) {
    story.tell(
      story.sending.acknowledgement(upto, of: story.station.outbox.stream, conflict: conflict))
  }

  @Test("an acknowledgement beyond what is durable raises the alarm and begins a new stream")
  func beyond() {
    let story = connected(with: 3)
    hear(1 << 53, story)
    story.expectJournal(.station(.messagesRefused(.foreignAcknowledgement, count: 1)), .soon)
    // The batch is named: of these the service has what the station has sent.
    story.expect(.store(.trim(through: 3)))
    story.expectJournal(.alarm(.raised(.acknowledgementForeign, nil)), .urgent)
    story.expect(.store(.renewStream))
    story.expectState(.alarms)
    // Until the store has done so, nothing is given up, and nothing sent.
    hear(2, story)
    story.tell(.link(.journaled(through: 5)))
    story.walk(.outer)
    story.expectJournal(.occupancy(.passage(1, .turnBack, inside: 0)))
    story.expectNothing()
    story.tell(.link(.streamRenewed(Self.fresh, through: 2)))
    story.expectJournal(.occupancy(.passage(1, .turnBack, inside: 0)))
    #expect(story.journal.last?.seq == 3)
    #expect(story.station.outbox.floor == 1)
    story.tell(.link(.journaled(through: 3)))
    story.tell(.link(.uplinkOpened(connection: 2)))
    let birth = story.expectBirth()
    #expect(birth?.session == SessionID(stream: Self.fresh, boot: 1, connection: 2))
    #expect(birth?.floor == 1)
    #expect(birth?.ceiling == 3)
    for part in story.parts { story.expectState(part) }
    story.expect(.link(.publishRecords(1...3)))
  }

  @Test("a conflict gives up what came before it alone, and all that follows is sent again")
  func conflict() {
    let story = connected(with: 5)
    hear(5, conflict: 4, story)
    story.expect(.store(.trim(through: 3)))
    story.expectJournal(.alarm(.raised(.storeCopied, nil)), .urgent)
    story.expect(.store(.renewStream))
    story.expectState(.alarms)
    story.tell(.link(.journaled(through: 6)))
    // The rows 4 to 6 are left.
    story.tell(.link(.streamRenewed(Self.fresh, through: 3)))
    story.tell(.link(.uplinkOpened(connection: 2)))
    #expect(story.expectBirth()?.ceiling == 3)
    for part in story.parts { story.expectState(part) }
    story.expect(.link(.publishRecords(1...3)))
  }

  @Test("the end of an exchange that is not acknowledged keeps its place in the new stream")
  func settlements() {
    let exchange = Exchange(
      id: ExchangeID(stream: Scenario.stream, seq: 5), member: MemberID("m-1")!,
      slot: SlotID(1)!, article: ArticleID("water")!, price: Points(5)!)
    let end = Record(
      at: Scenario.noon, isTrusted: true, body: .exchange(.ended(exchange, .dispensed)))
    var outbox = Outbox(limits: OutboxLimits(mostRecords: 3, foldedAtOnce: 1))
    outbox.recover(
      Recovered(
        stream: Scenario.stream, floor: 8, next: 11,
        settlements: [Settlement(seq: 9, record: end)]))
    outbox.renew()
    #expect(outbox.fold() == nil)
    let again = outbox.renewed(on: Self.fresh, through: 3)
    #expect(again.isEmpty)
    _ = outbox.append(end, .urgent, [])
    outbox.journaled(through: 4)
    #expect(outbox.fold()?.again.isEmpty == true)
    _ = outbox.append(end, .urgent, [])
    // The row 9 is the second one of three by now: it gives way next, and is written again.
    #expect(outbox.fold()?.again == [end])
  }

  @Test("no more than one stream an hour is begun, whatever acknowledgements say")
  func bounded() {
    let story = connected(with: 3)
    hear(99, story)
    story.expectJournal(.station(.messagesRefused(.foreignAcknowledgement, count: 1)))
    story.expect(.store(.trim(through: 3)))
    story.expectJournal(.alarm(.raised(.acknowledgementForeign, nil)))
    story.expect(.store(.renewStream))
    story.expectState(.alarms)
    story.tell(.link(.journaled(through: 5)))
    story.tell(.link(.streamRenewed(Self.fresh, through: 2)))
    story.openUplink(2)
    story.expect(.link(.publishRecords(1...2)))
    hear(1, conflict: 2, story)
    story.expect(.store(.trim(through: 1)))
    story.expectJournal(.alarm(.raised(.storeCopied, nil)))
    story.expectState(.alarms)
    for _ in 0..<100 { hear(2, conflict: 2, story) }
    story.expectNothing()
    // Nothing from the conflict on is given up meanwhile.
    #expect(story.station.outbox.floor == 2)
    story.tell(.link(.uplinkClosed))
    story.advance(by: .seconds(3600))
    story.expectNothing()
    hear(1, conflict: 2, story)
    story.expect(.store(.renewStream))
    story.expect(.store(.remember([.lastTrusted(story.now.wall)], .relaxed)))
  }

  @Test("a copy that shows in a store set aside raises the alarm, and the stream in use goes on")
  func copyFound() {
    let story = Scenario()
    story.tell(.link(.copyFound))
    story.expectJournal(.alarm(.raised(.storeCopied, nil)), .urgent)
    story.tell(.link(.copyFound))
    story.expectNothing()
    #expect(story.station.link.renewal.deadline == story.now.instant + .seconds(86_400))
  }

  @Test("the alarm ends a day after the last acknowledgement of its kind")
  func alarmEnds() {
    let story = connected(with: 3)
    hear(3, conflict: 1, story)
    story.expectJournal(.alarm(.raised(.storeCopied, nil)))
    story.expect(.store(.renewStream))
    story.expectState(.alarms)
    #expect(story.station.alarms.stands(.storeCopied, nil))
    #expect(story.station.link.renewal.deadline == story.now.instant + .seconds(86_400))
  }

  @Test("an exchange under way is waited for: its steps go by numbers of the stream")
  func exchange() throws {
    let story = ExchangeStory()
    let serial = try story.start()
    func hear() {
      story.tell(
        story.sending.acknowledgement(
          story.station.outbox.durable + 10, of: ExchangeStory.stream))
    }
    hear()
    #expect(!story.effects.contains(.store(.renewStream)))
    #expect(!story.stands(.acknowledgementForeign))
    story.answer(serial, .dropped(fault: nil), after: .seconds(3))
    story.commit()
    hear()
    #expect(story.effects.contains(.store(.renewStream)))
  }

  @Test("an exchange that began while the store made the new stream is called off")
  func exchangeCalledOff() {
    let story = ExchangeStory()
    story.commit()
    story.tell(
      story.sending.acknowledgement(story.station.outbox.durable + 10, of: ExchangeStory.stream))
    story.tell(.exchange(.selected(ExchangeStory.soap)))
    story.tell(.exchange(.codeShown(story.code())))
    #expect(story.vending.session.exchange != nil)
    story.tell(.link(.streamRenewed(Self.fresh, through: story.station.outbox.durable)))
    #expect(story.outcome == .refused(.interrupted))
    #expect(story.vending.session.exchange == nil)
  }
}
