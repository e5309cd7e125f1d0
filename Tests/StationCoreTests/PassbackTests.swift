// Tests anti-passback, interlock and the margin of the capacity as a whole station keeps them.
import StationCore
import StationProtocol
import Testing
import Time

@Suite struct PassbackTests {
  private static let member = MemberID("m-1")!

  private func stay(_ story: Scenario) -> RecoveryChange {
    .whereabouts(.entered(Stay(member: Self.member, since: story.now.wall)))
  }

  private func changes(_ story: Scenario) -> [RecoveryChange] {
    story.journal.last?.changes.filter {
      if case .whereabouts = $0 { true } else { false }
    } ?? []
  }

  private func relock(_ story: Scenario) {
    story.advance(by: .seconds(5))
    story.expect(.door(.setStrike(1, .secure)))
    story.expectJournal(.door(.locked(1, cause: .timeout)))
  }

  /// Lets a member in and through the door, which has no contact.
  private func enter(_ story: Scenario, _ inside: Int64) {
    story.letIn()
    story.walk(.outer, .inner)
    story.expectJournal(.occupancy(.passage(1, .inward, inside: inside)))
    #expect(changes(story) == [stay(story)])
    relock(story)
  }

  private func present(_ story: Scenario) -> Presentation {
    let code = story.code()
    story.tell(.entry(.presented(1, .code(code))))
    return code
  }

  @Test("a member is inside by the passage, not by the grant: who turns back may come again")
  func byPassage() {
    let story = Scenario(entry: EntryPolicy(antiPassback: .hard))
    story.letIn()
    relock(story)
    story.letIn()
    story.walk(.outer)
    story.expectJournal(.occupancy(.passage(1, .turnBack, inside: 0)))
    relock(story)
    enter(story, 1)
    story.expectRefusal(.passedBack, of: present(story), "m-1")
  }

  @Test("hard: a member who leaves at the reader inside, and passes, may come in again")
  func leaves() {
    let story = Scenario(entry: EntryPolicy(antiPassback: .hard))
    enter(story, 1)
    story.tell(.entry(.leaveRequested(1, .code(story.code()))))
    story.expect(.door(.setStrike(1, .release)))
    story.expect(.door(.show(1, .granted)))
    story.expectJournal(.door(.exitRequested(1)))
    story.walk(.inner, .outer)
    story.expectJournal(.occupancy(.passage(1, .outward, inside: 0)))
    #expect(changes(story) == [.whereabouts(.left(Self.member))])
    relock(story)
    story.letIn()
  }

  @Test("whoever leaves by the button is not known by name, and takes nobody off the list")
  func byButton() {
    let story = Scenario(entry: EntryPolicy(antiPassback: .hard))
    enter(story, 1)
    story.tell(.door(.exitRequested(1)))
    story.expect(.door(.setStrike(1, .release)))
    story.expectJournal(.door(.exitRequested(1)))
    story.walk(.inner, .outer)
    story.expectJournal(.occupancy(.passage(1, .outward, inside: 0)))
    #expect(changes(story).isEmpty)
    relock(story)
    story.expectRefusal(.passedBack, of: present(story), "m-1")
  }

  @Test("soft: let in with a note in the record")
  func soft() {
    let story = Scenario(entry: EntryPolicy(antiPassback: .soft))
    enter(story, 1)
    let code = present(story)
    story.expect(.door(.setStrike(1, .release)))
    story.expect(.door(.show(1, .granted)))
    story.expectJournal(
      .entry(.granted(1, member: Self.member, .code(code.digest), note: .passedBack)))
  }

  @Test("timed: refused within its time of the last entry, on the monotonic clock")
  func timed() {
    let story = Scenario(entry: EntryPolicy(antiPassback: .timed(.seconds(300))))
    enter(story, 1)
    story.advance(by: .seconds(294))
    story.stepClock(by: .milliseconds(1900))
    story.expectRefusal(.passedBack, of: present(story), "m-1")
    story.advance(by: .seconds(1))
    story.letIn()
  }

  @Test("anti-passback survives a restart")
  func restart() {
    let stays = [Stay(member: Self.member, since: Scenario.noon + .seconds(-200))]
    let recovered = Recovered(stream: Scenario.stream, boot: 2, whereabouts: stays)
    let hard = Scenario(entry: EntryPolicy(antiPassback: .hard), recovered: recovered)
    hard.expectRefusal(.passedBack, of: present(hard), "m-1")
    let timed = Scenario(
      entry: EntryPolicy(antiPassback: .timed(.seconds(300))), recovered: recovered)
    timed.expectRefusal(.passedBack, of: present(timed), "m-1")
    timed.advance(by: .seconds(100))
    timed.letIn()
  }

  @Test("an entry is refused while the other door of an interlock is not sensed shut; exit never")
  func interlock() {
    let story = Scenario(points: 2, entry: EntryPolicy(interlock: Interlock(1, 2)))
    story.expectRefusal(.interlocked, of: present(story), "m-1")
    story.tell(.door(.contactChanged(2, isClosed: true)))
    story.letIn()
    // The first door is released now, and not even sensed.
    let code = story.code("m-2")
    story.tell(.entry(.presented(2, .code(code))))
    story.expectRefusal(.interlocked, of: code, "m-2", at: 2)
    story.tell(.door(.exitRequested(2)))
    story.expect(.door(.setStrike(2, .release)))
    story.expectJournal(.door(.exitRequested(2)))
    story.tell(.door(.contactChanged(1, isClosed: true)))
    relock(story)
    story.expect(.door(.setStrike(2, .secure)))
    story.expectJournal(.door(.locked(2, cause: .timeout)))
    story.advance(by: .seconds(3))
    story.tell(.entry(.presented(2, .code(code))))
    story.expectGrant(of: code, "m-2", at: 2)
  }

  @Test(
    "whoever is let in and not yet through the door has a place: five codes fill no four places")
  func margin() {
    let story = Scenario(entry: EntryPolicy(capacity: CapacityPolicy(most: 4)))
    for member in 1...4 { story.letIn("m-\(member)") }
    let fifth = story.code("m-5")
    story.tell(.entry(.presented(1, .code(fifth))))
    story.expectRefusal(.full, of: fifth, "m-5")
    // Two go in, two do not: when the access time is over their places are free again.
    for inside in 1...2 as ClosedRange<Int64> {
      story.walk(.outer, .inner)
      story.expectJournal(.occupancy(.passage(1, .inward, inside: inside)))
    }
    relock(story)
    story.tell(.entry(.presented(1, .code(fifth))))
    story.expectGrant(of: fifth, "m-5")
  }

  @Test("a soft capacity lets in beyond it, with a note")
  func softCapacity() {
    let story = Scenario(entry: EntryPolicy(capacity: CapacityPolicy(most: 1, rule: .soft)))
    story.letIn()
    let code = story.code("m-2")
    story.tell(.entry(.presented(1, .code(code))))
    story.expect(.door(.setStrike(1, .release)))
    story.expect(.door(.show(1, .granted)))
    story.expectJournal(
      .entry(.granted(1, member: MemberID("m-2")!, .code(code.digest), note: .overCapacity)))
  }

  @Test("two pre-alarms and one when it is full, each cleared as the room empties")
  func alarms() {
    let story = Scenario(
      entry: EntryPolicy(capacity: CapacityPolicy(most: 4, first: 50, second: 75)))
    story.tell(.door(.exitRequested(1)))
    story.expect(.door(.setStrike(1, .release)))
    story.expectJournal(.door(.exitRequested(1)))
    let levels: [Int64: Alarm] = [2: .capacityFirst, 3: .capacitySecond, 4: .capacityFull]
    for inside in 1...4 as ClosedRange<Int64> {
      story.walk(.outer, .inner)
      story.expectJournal(.occupancy(.passage(1, .inward, inside: inside)))
      if let alarm = levels[inside] { story.expectJournal(.alarm(.raised(alarm, nil)), .urgent) }
    }
    let ends: [Int64: Alarm] = [0: .capacityFirst, 1: .capacitySecond, 3: .capacityFull]
    for inside in (0...3 as ClosedRange<Int64>).reversed() {
      story.walk(.inner, .outer)
      story.expectJournal(.occupancy(.passage(1, .outward, inside: inside)))
      if let alarm = ends[inside] { story.expectJournal(.alarm(.cleared(alarm, nil)), .urgent) }
    }
  }
}
