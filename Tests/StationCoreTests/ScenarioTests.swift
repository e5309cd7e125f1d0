// Tests that a scenario fails where effects are not claimed, or not in their order.
import StationCore
import Testing

@Suite struct ScenarioTests {
  @Test("an effect that nobody claims fails the test at the next event")
  func unclaimedBeforeEvent() {
    let story = Scenario()
    story.tell(.door(.exitRequested(1)))
    withKnownIssue { story.tell(.wake) }
  }

  @Test("an effect that nobody claims fails the test at its end")
  func unclaimedAtEnd() {
    withKnownIssue {
      let story = Scenario()
      story.tell(.door(.exitRequested(1)))
    }
  }

  @Test("effects are claimed in the order in which they come")
  func order() {
    let story = Scenario()
    story.tell(.door(.exitRequested(1)))
    withKnownIssue { story.expectJournal(.door(.exitRequested(1))) }
    story.expectJournal(.door(.exitRequested(1)))
  }

  @Test("an expected effect that does not come fails the test")
  func missing() {
    let story = Scenario()
    withKnownIssue { story.expect(.door(.setStrike(1, .release))) }
  }
}
