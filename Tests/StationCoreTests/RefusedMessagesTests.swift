// Tests that a message of the broker that means nothing is told of, and that a flood is bounded.
import StationCore
import StationProtocol
import Testing
import Time

@Suite struct RefusedMessagesTests {
  @Test(
    "the first message refused on a ground is recorded at once", arguments: MessageRefusal.allCases)
  func first(_ refusal: MessageRefusal) {
    let story = Scenario()
    story.tell(.link(.messageRefused(refusal)))
    story.expectJournal(.station(.messagesRefused(refusal, count: 1)), .soon)
    story.advance(by: .seconds(600))
    story.expectNothing()
    #expect(story.nextDeadline == nil)
  }

  @Test("those of the minute after it become one number, and then the next one is a first again")
  func flood() {
    let story = Scenario()
    story.tell(.link(.messageRefused(.unreadable)))
    story.expectJournal(.station(.messagesRefused(.unreadable, count: 1)))
    for _ in 0..<999 { story.tell(.link(.messageRefused(.unreadable))) }
    story.advance(by: .seconds(59))
    story.expectNothing()
    story.advance(by: .seconds(1))
    story.expectJournal(.station(.messagesRefused(.unreadable, count: 999)), .soon)
    story.tell(.link(.messageRefused(.unreadable)))
    story.expectJournal(.station(.messagesRefused(.unreadable, count: 1)))
  }

  @Test("each ground is counted for itself")
  func grounds() {
    let story = Scenario()
    for refusal in MessageRefusal.allCases {
      story.tell(.link(.messageRefused(refusal)))
      story.expectJournal(.station(.messagesRefused(refusal, count: 1)))
    }
    for refusal in MessageRefusal.allCases { story.tell(.link(.messageRefused(refusal))) }
    story.advance(by: .seconds(60))
    for refusal in MessageRefusal.allCases {
      story.expectJournal(.station(.messagesRefused(refusal, count: 1)))
    }
  }

  @Test("a count stops at what a record may hold")
  func bounded() {
    var refused = RefusedMessages()
    let start = Instant(nanoseconds: 0)
    for index in 0...RecordBounds.mostRefusals + 5 {
      #expect(refused.count(.retained, at: start) == (index == 0))
    }
    let closed = refused.close(at: start + .seconds(60))
    #expect(closed.map(\.count) == [RecordBounds.mostRefusals])
    #expect(refused == RefusedMessages())
  }

  @Test("forged acknowledgements are counted, delete nothing, and the right one still counts")
  func forged() {
    let story = Scenario()
    story.openUplink()
    story.commitsByItself = false
    story.commit()
    story.expect(.link(.publishRecords(1...1)))
    for upto: UInt64 in [0, 1, 2, 1 << 53] {
      story.tell(story.sending.acknowledgement(upto, of: StreamID(bits: 0xB)))
      if upto == 0 {
        story.expectJournal(.station(.messagesRefused(.foreignAcknowledgement, count: 1)))
      }
      #expect(story.station.outbox.floor == 1)
    }
    story.tell(story.sending.acknowledgement(1, of: Scenario.stream))
    story.expect(.store(.trim(through: 1)))
    story.advance(by: .seconds(60))
    story.expectJournal(.station(.messagesRefused(.foreignAcknowledgement, count: 3)))
  }

  @Test("one of the own stream that goes beyond its records ends the stream")
  func beyond() {
    let story = Scenario()
    story.openUplink()
    story.commitsByItself = false
    story.commit()
    story.expect(.link(.publishRecords(1...1)))
    story.tell(story.sending.acknowledgement(2, of: Scenario.stream))
    story.expectJournal(.station(.messagesRefused(.foreignAcknowledgement, count: 1)))
    story.expect(.store(.trim(through: 1)))
    story.expectJournal(.alarm(.raised(.acknowledgementForeign, nil)))
    story.expect(.store(.renewStream))
    story.expectState(.alarms)
    // The stream that was left counts no more.
    for upto: UInt64 in [1, .max] {
      story.tell(story.sending.acknowledgement(upto, of: Scenario.stream))
    }
    #expect(story.station.outbox.floor == 2)
  }
}
