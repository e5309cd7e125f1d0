// Tests of the checker of settings: what it must find, shown to it directly.
import StationCore
import StationProtocol
import Testing
import Time

@testable import FleetSimulator

private let one = AccessPointID(1)!

private func wanted(_ revision: Int64) -> WantedSettings {
  let sections = [
    SettingsSection(
      SettingsWord("entry")!, nil,
      [SettingsSection.Value(SettingsWord("capacity")!, "\(revision)")])
  ]
  return WantedSettings(
    revision: revision, digest: PayloadDigest(high: 1, low: UInt64(revision)),
    sections: sections)
}

@Suite struct SettingsCheckerTests {
  /// A station without a machine, and a checker that follows it.
  private final class Story {
    var checker = SettingsChecker(stations: 1)
    private var seconds: Int64 = 0
    private var seq: UInt64 = 0

    init() {
      checker.configure(
        0,
        StationConfiguration(version: "", accessPoints: [AccessPointConfiguration(id: one)]))
      checker.started(0, at: now)
      _ = tell(.link(.uplinkOpened(connection: 1)), [])
    }

    private var now: Instant { Instant(nanoseconds: seconds * 1_000_000_000) }

    func wait(_ length: Int64) { seconds += length }

    func tell(_ event: Event, _ bodies: [Record.Body], isDurable: Bool = true) -> String? {
      var effects: [Effect] = []
      var rows: [(UInt64, [UInt8])] = []
      for body in bodies {
        seq += 1
        let record = Record(at: WallTime(milliseconds: 0), isTrusted: true, body: body)
        effects.append(.store(.journal(JournalEntry(seq: seq, record: record, lane: .urgent))))
        rows.append((seq, record.json))
      }
      let complaint = checker.step(0, event, effects, at: now)
      if isDurable { for (seq, row) in rows { checker.durable(0, seq, row) } }
      return complaint
    }

    func take(_ revision: Int64, isDurable: Bool = true) -> String? {
      let event = Event.command(
        .desired(
          DesiredConfiguration(
            revision: revision, isLockedDown: false, settings: wanted(revision))))
      return tell(
        event, [.configuration(.taken(revision: revision))], isDurable: isDurable)
    }

    func tell(_ record: ConfigurationRecord) -> String? { tell(.wake, [.configuration(record)]) }

    /// Loses power, and comes back.
    func restart() {
      checker.cut(0)
      checker.started(0, at: now)
      _ = tell(.link(.uplinkOpened(connection: 2)), [])
    }

    func report(
      _ revision: Int64?, isOnTrial: Bool = false, not setback: SettingsReport.Setback? = nil
    ) -> String? {
      let inForce = revision.map {
        SettingsReport.InForce(
          revision: $0, digest: wanted($0).digest, isOnTrial: isOnTrial)
      }
      let reported = ReportedConfiguration(
        revision: 9, isLockedDown: false,
        settings: SettingsReport(inForce: inForce, setback: setback))
      return checker.step(0, .wake, [.command(.publishReported(reported))], at: now)
    }
  }

  private func story(_ revisions: Int64...) -> Story {
    let story = Story()
    for revision in revisions { story.checker.gives(wanted(revision)) }
    return story
  }

  private let lost = Record.Body.alarm(.raised(.readerLost, one))

  @Test("settings that are taken, confirmed and reported, and the next ones, are right")
  func right() {
    let story = story(1, 2)
    #expect(story.take(1) == nil)
    #expect(story.report(1, isOnTrial: true) == nil)
    story.wait(60)
    #expect(story.tell(.confirmed(revision: 1)) == nil)
    story.restart()
    #expect(story.report(1) == nil)
    #expect(story.take(2) == nil)
    #expect(story.tell(.wake, [lost]) == nil)
    #expect(story.tell(.setBack(revision: 2, to: 1, .unwell)) == nil)
    #expect(story.report(1, not: SettingsReport.Setback(revision: 2, .unwell)) == nil)
  }

  @Test("settings that nobody has sent, older ones, and those given up are found")
  func older() {
    #expect(
      story().take(1) == "station 1 takes the settings 1, which nobody has sent so")
    let story = story(1, 2, 3)
    #expect(story.take(2) == nil)
    #expect(story.take(1) == "station 1 takes the settings 1 after 2")
    let other = self.story(1)
    _ = other.take(1)
    _ = other.tell(.wake, [lost])
    _ = other.tell(.setBack(revision: 1, to: 0, .unwell))
    #expect(other.take(1) == "station 1 takes the settings 1 again, which it has given up")
  }

  @Test("settings that contradict the board are found when they are taken, right ones when refused")
  func judged() {
    let story = story(1, 2)
    story.checker.mustNotHold(wanted(1))
    #expect(story.take(1) == "station 1 takes the settings 1, which contradict the board")
    let event = Event.command(
      .desired(DesiredConfiguration(revision: 2, isLockedDown: false, settings: wanted(2))))
    #expect(
      story.tell(event, [.configuration(.setBack(revision: 2, to: 0, .refused))])
        == "station 1 refuses the settings 2, which are right")
  }

  @Test("what is confirmed too early, while a part has failed, or while cut off, is found")
  func confirmed() {
    let early = story(1)
    _ = early.take(1)
    early.wait(30)
    #expect(
      early.tell(.confirmed(revision: 1))
        == "station 1 confirms the settings 1 before their time")
    let unwell = story(1)
    _ = unwell.take(1)
    _ = unwell.tell(.wake, [lost])
    unwell.wait(60)
    #expect(
      unwell.tell(.confirmed(revision: 1))
        == "station 1 confirms the settings 1, and reader-lost stands")
    let alone = story(1)
    _ = alone.take(1)
    alone.wait(60)
    _ = alone.tell(.link(.uplinkClosed), [])
    #expect(
      alone.tell(.confirmed(revision: 1)) == "station 1 confirms the settings 1, and is cut off")
  }

  @Test("settings that are given up for nothing, or for others than before, are found")
  func givenUp() {
    let story = story(1)
    _ = story.take(1)
    #expect(
      story.tell(.setBack(revision: 1, to: 0, .unwell))
        == "station 1 gives up the settings 1, and nothing has failed")
    let other = self.story(1)
    _ = other.take(1)
    _ = other.tell(.wake, [lost])
    #expect(
      other.tell(.setBack(revision: 1, to: 7, .unwell))
        == "station 1 goes back to the settings 7, and 0 held before")
  }

  @Test("what was durable must hold after a power cut, and what was not must not")
  func powerCut() {
    for isDurable in [true, false] {
      let story = story(1)
      _ = story.take(1, isDurable: isDurable)
      story.restart()
      #expect((story.report(1, isOnTrial: true) == nil) == isDurable)
      #expect((story.report(nil) == nil) == !isDurable)
    }
  }

  @Test("a limit that is not the one in force is found, and so is another one at the end")
  func shown() {
    let story = story(5)
    func show(_ capacity: Int64?) -> String? {
      let payload = OccupancyPayload(
        seq: 1, inside: 0, entered: 0, left: 0, capacity: capacity, isStale: false,
        at: WallTime(milliseconds: 0))
      return story.checker.step(
        0, .wake, [.link(.publishState(.occupancy(payload)))], at: Instant(nanoseconds: 0))
    }
    #expect(show(nil) == nil)
    _ = story.take(5)
    #expect(show(5) == nil)
    #expect(show(nil) == "station 1 shows the capacity 0, which is not what is in force")
    let held = SettingsReport.InForce(
      revision: 5, digest: wanted(5).digest, isOnTrial: false)
    let reported = ReportedConfiguration(
      revision: 5, isLockedDown: false, settings: SettingsReport(inForce: held))
    #expect(story.checker.finish(0, wanted(5), reported) == nil)
    #expect(
      story.checker.finish(0, wanted(6), reported)
        == "station 1 never says what became of the settings 6")
  }
}
