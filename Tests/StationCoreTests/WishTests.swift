// Tests of the configuration that the service wants, as far as it is a state of a running station.
import StationProtocol
import Testing
import Time

@testable import StationCore

@Suite("Lock-down that the service wants")
struct WishTests {
  private let point = CommandStory.point
  private let other = CommandStory.other

  @Test("lock-down holds until a higher revision ends it; an older one changes nothing")
  func lockDown() {
    let story = CommandStory()
    func want(_ revision: Int64, _ isLockedDown: Bool) -> ReportedConfiguration? {
      story.forget()
      story.tell(
        .command(.desired(DesiredConfiguration(revision: revision, isLockedDown: isLockedDown))))
      for case .command(.publishReported(let reported)) in story.effects { return reported }
      return nil
    }
    #expect(want(5, true) == ReportedConfiguration(revision: 5, isLockedDown: true))
    #expect(story.mode() == .lockDown && story.mode(other) == .lockDown)
    #expect(
      story.records.contains(.door(.modeChanged(point, .lockDown, cause: .command))))
    #expect(
      story.effects.contains(
        .store(
          .remember([.desired(DesiredConfiguration(revision: 5, isLockedDown: true))], .urgent))))
    #expect(story.isRefused(at: point))
    for revision in [1, 4, 5] as [Int64] {
      #expect(
        want(revision, false)
          == ReportedConfiguration(
            revision: 5, isLockedDown: true,
            refusal: ReportedConfiguration.Refusal(.older, revision: revision)))
      #expect(story.mode() == .lockDown)
    }
    #expect(want(6, false)?.revision == 6)
    #expect(story.mode() == .codeOnly)
  }

  @Test("a flood of unsigned wishes is answered once, and again on another session")
  func flood() {
    let story = CommandStory()
    var said: Int {
      story.effects.count { if case .command(.publishReported) = $0 { true } else { false } }
    }
    for _ in 0..<100 { story.tell(.command(.desiredRefused(.unsigned))) }
    #expect(said == 1)
    story.tell(.link(.uplinkClosed))
    story.tell(.link(.uplinkOpened(connection: 2)))
    #expect(said == 2)
  }

  @Test("what is wanted is remembered across a restart, and a new store is told of it")
  func wishRemembered() {
    let desired = DesiredConfiguration(revision: 3, isLockedDown: true)
    var recovered = Recovered(stream: Scenario.stream)
    recovered.desired = desired
    let story = CommandStory(recovered: recovered)
    #expect(story.mode() == .lockDown)
    story.tell(.storeReplaced(StreamID(bits: 8), isDurable: true))
    let told = story.effects.contains {
      if case .store(.remember(let changes, _)) = $0 {
        changes.contains(.desired(desired))
      } else {
        false
      }
    }
    #expect(told)
  }

  @Test("the lock-down button goes before the service, and ends without it")
  func button() {
    let story = CommandStory()
    story.tell(.entry(.lockDownChanged(isOn: true)))
    story.tell(.command(.desired(DesiredConfiguration(revision: 1, isLockedDown: false))))
    #expect(story.mode() == .lockDown)
    story.tell(.entry(.lockDownChanged(isOn: false)))
    #expect(story.mode() == .codeOnly)
  }
}
