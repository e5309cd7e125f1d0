// Tests that a flood of refusals does not fill the journal, and is not hidden either.
import StationCore
import Testing

@Suite struct RefusalRateTests {
  private func refuse(_ count: Int, recorded: Int, _ story: Scenario) {
    for index in 0..<count {
      // No wrong try, whose alarm is a matter of its own.
      let code = story.badCode(.unsupportedAlgorithm)
      story.tell(.entry(.presented(1, .code(code))))
      story.expect(.door(.show(1, .refused(.unsupportedAlgorithm))))
      if index < recorded {
        story.expectJournal(
          .entry(.refused(1, reason: .unsupportedAlgorithm, member: nil, .code(code.digest))))
      }
    }
  }

  @Test("ten refusals in a minute are recorded one by one, the rest as one number")
  func counted() {
    let story = Scenario()
    refuse(25, recorded: 10, story)
    story.advance(by: .seconds(59))
    story.expectNothing()
    story.advance(by: .seconds(1))
    story.expectJournal(.entry(.refusalsCounted(1, count: 15)), .soon)
  }

  @Test("ten refusals leave nothing to count")
  func exactlyTen() {
    let story = Scenario()
    refuse(10, recorded: 10, story)
    story.advance(by: .seconds(600))
    story.expectNothing()
    #expect(story.nextDeadline == nil)
  }

  @Test("each minute begins anew with the first refusal after the last one")
  func nextMinute() {
    let story = Scenario()
    refuse(11, recorded: 10, story)
    story.advance(by: .seconds(60))
    story.expectJournal(.entry(.refusalsCounted(1, count: 1)))
    story.advance(by: .seconds(40))
    refuse(12, recorded: 10, story)
    story.advance(by: .seconds(59))
    story.expectNothing()
    story.advance(by: .seconds(1))
    story.expectJournal(.entry(.refusalsCounted(1, count: 2)))
  }

  @Test("every access point counts for itself, and all are told apart")
  func twoPoints() {
    let story = Scenario(points: 2)
    refuse(11, recorded: 10, story)
    let code = story.badCode()
    story.tell(.entry(.presented(2, .code(code))))
    story.expectRefusal(.malformed, of: code, at: 2)
    story.advance(by: .seconds(60))
    story.expectJournal(.entry(.refusalsCounted(1, count: 1)))
  }

  @Test("a flood of refusals does not keep a good code out")
  func goodAmongBad() {
    let story = Scenario()
    refuse(50, recorded: 10, story)
    story.letIn()
    story.advance(by: .seconds(5))
    story.expect(.door(.setStrike(1, .secure)))
    story.expectJournal(.door(.locked(1, cause: .timeout)))
    story.advance(by: .seconds(55))
    story.expectJournal(.entry(.refusalsCounted(1, count: 40)))
  }
}
