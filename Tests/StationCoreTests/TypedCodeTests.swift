// Tests that a typed code opens its door in its window, as often as it may, and only where anybody
// else would be let in.
import StationProtocol
import Testing
import Time

@testable import StationCore

@Suite("Typed codes at the door")
struct TypedCodeTests {
  private let point = CommandStory.point
  private let digits = CommandStory.digits
  private static let id = TypedCodeID("c-1")!

  /// A station with one code, some time after it was set.
  private func story(
    _ code: TypedCode = CommandStory.typed(), _ recovered: Recovered? = nil,
    _ change: (inout StationConfiguration) -> Void = { _ in }
  ) -> CommandStory {
    var configuration = CommandStory.configuration
    change(&configuration)
    let story =
      recovered.map { CommandStory(configuration, recovered: $0) } ?? CommandStory(configuration)
    #expect(story.give(.entry(.setCode(point, code))) == CommandEnd(.done))
    story.forget()
    return story
  }

  private func refusal(_ denial: Denial, _ id: TypedCodeID? = id) -> Record.Body {
    .entry(.refused(point, reason: denial, member: nil, .typed(id)))
  }

  // MARK: - Uses

  @Test("a one-time code opens once: its use is in the grant's transaction, and names no digits")
  func once() {
    let story = story()
    #expect(story.types(digits))
    let grant = story.effects.lazy.compactMap { effect -> JournalEntry? in
      guard case .store(.journal(let entry)) = effect,
        entry.record.body == .entry(.granted(1, member: nil, .typed(Self.id)))
      else { return nil }
      return entry
    }.first
    #expect(grant?.lane == .urgent)
    #expect(
      grant?.changes.first
        == .typedCode(point, .kept(KeptCode(CommandStory.typed(), used: 1))))
    #expect(story.set?.map(\.left) == [0])
    story.wait(.seconds(10))
    story.forget()
    #expect(!story.types(digits))
    #expect(story.records == [refusal(.typedCodeUsed)])
    #expect(story.typedChanges.isEmpty)
  }

  @Test("a code for three opens three times")
  func thrice() {
    let story = story(CommandStory.typed(uses: 3))
    for left in [2, 1, 0] {
      #expect(story.types(digits))
      #expect(story.set?.map(\.left) == [Int64(left)])
      story.wait(.seconds(10))
    }
    #expect(!story.types(digits))
    #expect(story.denial == .typedCodeUsed)
  }

  @Test("the same digits while the door is open for them are one entry")
  func twice() {
    let story = story(CommandStory.typed(uses: 3))
    #expect(story.types(digits))
    story.forget()
    // Held in the keypad's echo, then typed again while the strike is released.
    story.types(digits)
    #expect(story.effects.isEmpty)
    story.wait(.seconds(4))
    story.forget()
    #expect(!story.types(digits))
    #expect(story.effects == [.door(.show(point, .granted))])
    #expect(story.typedChanges.isEmpty && story.records.isEmpty)
  }

  @Test("what is refused by any rule costs no use")
  func refusedUse() {
    let story = story()
    story.tell(.entry(.lockDownChanged(isOn: true)))
    #expect(!story.types(digits))
    #expect(story.typedChanges.isEmpty)
    story.tell(.entry(.lockDownChanged(isOn: false)))
    story.wait(.seconds(10))
    #expect(story.types(digits))
  }

  // MARK: - Window and clock

  @Test(
    "the first moment of the window opens, and its end does not",
    arguments: [
      (-1, .typedCodeEarly), (0, nil), (59_999, nil), (60_000, .typedCodeOver),
    ] as [(Int, Denial?)])
  func window(_ milliseconds: Int, _ denial: Denial?) {
    let opens = Scenario.noon + .seconds(60)
    let story = story(CommandStory.typed(from: opens, until: opens + .seconds(60)))
    story.wait(opens - story.now.wall + .milliseconds(milliseconds))
    #expect(story.types(digits) == (denial == nil))
    #expect(story.denial == denial)
  }

  @Test("a station that does not know the time lets nobody in by a code with a window")
  func clock() {
    let kept = PooledCode(1, KeptCode(CommandStory.typed()))
    let story = Scenario(
      isTrusted: false, recovered: Recovered(stream: Scenario.stream, typedCodes: [kept]))
    story.tell(.entry(.presented(1, .typed(digits))))
    story.expect(.door(.show(1, .refused(.clockUntrusted))))
    story.expectJournal(refusal(.clockUntrusted), .soon)
  }

  // MARK: - Everybody's rules

  @Test("a code obeys every rule that holds for people without a name")
  func rules() {
    func denial(
      _ change: (inout StationConfiguration) -> Void = { _ in },
      _ before: (CommandStory) -> Void = { _ in }
    ) -> Denial? {
      let story = story(CommandStory.typed(), nil, change)
      before(story)
      story.forget()
      #expect(!story.types(digits))
      return story.denial
    }
    #expect(denial({ $0.entry.hours = .never }) == .closed)
    #expect(denial({ _ in }, { $0.tell(.entry(.lockDownChanged(isOn: true))) }) == .lockedDown)
    #expect(denial({ _ in }, { $0.tell(.entry(.maintenanceChanged(isOn: true))) }) == .maintenance)
    #expect(denial({ _ in }, { $0.give(.entry(.holdReader(1))) }) == .readerHeld)
    #expect(denial({ _ in }, { $0.give(.occupancy(.correct(inside: 9))) }) == .full)
    #expect(
      denial(
        { $0.entry.interlock = Interlock(1, 2) },
        { $0.tell(.door(.contactChanged(2, isClosed: false))) }) == .interlocked)
  }

  @Test("its window is its reservation, and nobody passes back without a name")
  func unnamed() {
    let story = story(CommandStory.typed(uses: 2), nil) {
      $0.entry.reservation = .required(graceMinutes: 0)
      $0.entry.antiPassback = .hard
    }
    #expect(story.types(digits))
    story.wait(.seconds(10))
    #expect(story.types(digits))
  }

  @Test("two people with codes who were let in take two places, before they have passed the door")
  func places() {
    let story = story(CommandStory.typed(uses: 9))
    let second = CommandStory.typed("c-2", [2])
    story.give(.entry(.setCode(point, second)))
    story.give(.occupancy(.correct(inside: 7)))
    #expect(story.types(digits) && story.types(second.hash))
    story.give(.entry(.setCode(point, CommandStory.typed("c-3", [3]))))
    #expect(!story.types(CommandStory.typed("c-3", [3]).hash))
    #expect(story.denial == .full)
  }

  @Test("a code opens the door that it was made for alone, and no way out")
  func elsewhere() {
    let story = story()
    #expect(!story.types(digits, at: CommandStory.other))
    #expect(story.denial == .wrongTypedCode)
    story.tell(.entry(.leaveRequested(point, .typed(digits))))
    #expect(story.releases == 0 && story.denial == .wrongTypedCode)
    #expect(story.types(digits))
  }

  // MARK: - Guesses

  /// What a reader answers to ten wrong tries, half a minute apart, and then to a right one.
  private func answers(
    to wrong: (Int) -> EntryAttempt, then right: EntryAttempt
  ) -> (wrong: [Denial?], right: Denial?, isAlarm: Bool) {
    let story = story()
    var denials: [Denial?] = []
    for number in 0..<10 {
      story.wait(.seconds(31))
      story.forget()
      story.tell(.entry(.presented(point, wrong(number))))
      denials.append(story.denial)
    }
    story.wait(.seconds(4))
    story.forget()
    story.tell(.entry(.presented(point, right)))
    return (denials, story.denial, story.station.alarms.stands(.wrongTries, point))
  }

  @Test("wrong digits are held exactly as wrong PINs are, and then the right ones wait too")
  func guesses() {
    let pins = answers(to: { _ in .pin(.wrong) }, then: .pin(.right(MemberID("m-1")!)))
    let codes = answers(
      to: { .typed(CommandStory.typed("c-9", [UInt8(100 + $0)]).hash) }, then: .typed(digits))
    #expect(codes.wrong == pins.wrong.map { $0 == .wrongPIN ? .wrongTypedCode : $0 })
    #expect(codes.wrong.allSatisfy { $0 == .wrongTypedCode })
    #expect(codes.right == .paused && pins.right == .paused)
    #expect(codes.isAlarm == pins.isAlarm)
  }

  @Test("five wrong codes in a row are an alarm, and are written down without a name")
  func row() {
    let story = story()
    for number in 1...5 {
      story.types(CommandStory.typed("c-9", [UInt8(100 + number)]).hash)
      story.wait(.seconds(4))
    }
    #expect(story.records.contains(refusal(.wrongTypedCode, nil)))
    #expect(story.station.alarms.stands(.wrongTries, point))
    story.forget()
    #expect(!story.types(digits))
    #expect(story.records == [refusal(.paused, nil)])
  }

  // MARK: - Orders and memory

  @Test("an order that cannot be carried out says why, and changes nothing")
  func refusedOrders() {
    let story = story()
    let code = CommandStory.typed("new", [200])
    let rows: [(EntryOrder, OrderFault)] = [
      (.setCode(3, code), .noSuchPart), (.removeCode(3, Self.id), .noSuchPart),
      (.removeCode(point, code.id), .nothingToDo), (.removeCode(2, Self.id), .nothingToDo),
    ]
    for (order, fault) in rows {
      #expect(story.give(.entry(order)) == CommandEnd(.failed, fault), "\(order)")
    }
    #expect(story.typedChanges.isEmpty && story.set == nil)
    for number in 2...TypedCode.most {
      let other = CommandStory.typed("c-\(number)", [UInt8(number + 100)])
      #expect(story.give(.entry(.setCode(point, other))) == CommandEnd(.done))
    }
    story.forget()
    #expect(story.give(.entry(.setCode(point, code))) == CommandEnd(.failed, .poolFull))
    #expect(story.typedChanges.isEmpty)
    story.wait(.seconds(86_400))
    #expect(story.give(.entry(.setCode(point, code))) == CommandEnd(.done))
  }

  @Test("the same code again keeps its uses; another one of its name begins anew")
  func again() {
    let story = story(CommandStory.typed(uses: 2))
    #expect(story.types(digits))
    story.wait(.seconds(10))
    story.forget()
    #expect(story.give(.entry(.setCode(point, CommandStory.typed(uses: 2)))) == CommandEnd(.done))
    #expect(story.typedChanges.isEmpty)
    #expect(story.types(digits))
    story.wait(.seconds(10))
    #expect(story.give(.entry(.setCode(point, CommandStory.typed(uses: 3)))) == CommandEnd(.done))
    #expect(story.set?.map(\.left) == [3])
    #expect(story.types(digits))
  }

  @Test("what the store remembers opens as often as is left of it, and is told on connection")
  func recovered() {
    let kept = KeptCode(CommandStory.typed(uses: 3), used: 2)
    let story = CommandStory(
      recovered: Recovered(
        stream: Scenario.stream, typedCodes: [PooledCode(point, kept), PooledCode(4, kept)],
        start: StartNonce(high: 1, low: 2)))
    story.tell(.link(.uplinkClosed))
    #expect(story.types(digits))
    story.wait(.seconds(10))
    #expect(!story.types(digits))
    story.tell(.link(.uplinkOpened(connection: 2)))
    #expect(
      story.set == [SetCode(1, Self.id, left: 0, until: Scenario.noon + .seconds(86_400))])
  }

  @Test("a new store is told every code with its uses")
  func replaced() {
    let story = story(CommandStory.typed(uses: 3))
    story.types(digits)
    story.commit()
    story.forget()
    story.tell(.storeReplaced(StreamID(bits: 99), isDurable: true))
    #expect(story.typedChanges == [.kept(KeptCode(CommandStory.typed(uses: 3), used: 1))])
  }

  @Test("a station that takes no commands and has no code tells none")
  func silent() {
    var configuration = CommandStory.configuration
    configuration.commands.isPinned = false
    let story = CommandStory(configuration)
    story.tell(.link(.uplinkOpened(connection: 2)))
    #expect(story.set == nil)
    let kept = PooledCode(point, KeptCode(CommandStory.typed()))
    let before = CommandStory(
      configuration, recovered: Recovered(stream: Scenario.stream, typedCodes: [kept]))
    before.tell(.link(.uplinkOpened(connection: 2)))
    #expect(before.set?.count == 1)
  }
}
