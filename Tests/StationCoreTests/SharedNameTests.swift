// Tests that a station tells of another machine under its name.
import Testing
import Time

@testable import StationCore

@Suite("A name that another machine uses")
struct SharedNameTests {
  @Test("a session that was taken over raises the alarm, once, for a day after the last time")
  func takenOver() {
    let story = Scenario()
    story.tell(.link(.sessionTakenOver))
    story.expectJournal(.alarm(.raised(.nameShared, nil)), .urgent)
    story.advance(by: .seconds(60))
    story.tell(.link(.sessionTakenOver))
    story.expectNothing()
    #expect(story.station.alarms.stands(.nameShared, nil))
    #expect(story.station.link.renewal.deadline == story.now.instant + .seconds(86_400))
  }
}
