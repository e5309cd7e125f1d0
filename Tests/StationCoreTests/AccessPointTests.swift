// Tests what a whole station makes of its doors, lines, readers and alarms, and what it reports.
import StationProtocol
import Testing
import Time

@testable import StationCore

@Suite struct AccessPointTests {
  @Test("at boot every strike is secured, whatever it was before")
  func boot() {
    let story = Scenario(unbooted: 4)
    story.tell(.booted(Recovered(stream: Scenario.stream)))
    for point in 1...4 { story.expect(.door(.setStrike(AccessPointID(point)!, .secure))) }
    story.expectJournal(.station(.started(boot: 1, after: .newStore, version: "test")), .urgent)
    story.expect(.store(.remember([.lastTrusted(story.now.wall)], .relaxed)))
  }

  @Test("a store lost before the boot is an alarm")
  func lostStore() {
    let story = Scenario(recovered: Recovered(stream: Scenario.stream, hasLostStore: true))
    #expect(story.station.alarms.stands(.storeLost, nil))
  }

  @Test("a store whose file was removed is an alarm for a day, and for as long as it is not back")
  func displacedStore() {
    func displaced() -> Scenario {
      let story = Scenario()
      story.tell(.link(.storeDisplaced))
      story.expectJournal(.alarm(.raised(.storeLost, nil)), .urgent)
      story.tell(.link(.storeKept))
      story.expectNothing()
      #expect(story.station.link.renewal.deadline == story.now.instant + .seconds(86_400))
      return story
    }
    func isLost(_ story: Scenario) -> Bool { story.station.alarms.stands(.storeLost, nil) }
    func afterADay(_ story: Scenario) -> Now {
      var tomorrow = story.now
      tomorrow.instant = tomorrow.instant + .seconds(86_400)
      tomorrow.wall = tomorrow.wall + .seconds(86_400)
      return tomorrow
    }

    let back = displaced()
    _ = back.station.handle(.wake, at: afterADay(back))
    #expect(!isLost(back))

    let gone = displaced()
    _ = gone.station.handle(.link(.storeDisplaced), at: gone.now)
    _ = gone.station.handle(.wake, at: afterADay(gone))
    #expect(isLost(gone))
    _ = gone.station.handle(.link(.storeKept), at: afterADay(gone))
    #expect(!isLost(gone))

    // One that is lost after all stands for its own reason, which ends with the daemon.
    let lost = displaced()
    _ = lost.station.handle(.storeReplaced(StreamID(bits: 7), isDurable: true), at: lost.now)
    _ = lost.station.handle(.wake, at: afterADay(lost))
    #expect(isLost(lost))
  }

  @Test("each door goes its own way")
  func independentDoors() {
    let story = Scenario(points: 3)
    for point in 1...3 as ClosedRange<Int> {
      story.tell(.door(.contactChanged(AccessPointID(point)!, isClosed: true)))
    }
    story.letIn("m-1", at: 1)
    story.advance(by: .seconds(2))
    story.letIn("m-2", at: 2)
    story.tell(.door(.contactChanged(3, isClosed: false)))
    story.expectJournal(.door(.opened(3, cause: .forced)), .soon)
    story.expectJournal(.alarm(.raised(.forcedOpen, 3)), .urgent)
    story.advance(by: .seconds(3))
    story.expect(.door(.setStrike(1, .secure)))
    story.expectJournal(.door(.locked(1, cause: .timeout)))
    story.tell(.door(.contactChanged(2, isClosed: false)))
    story.expectJournal(.door(.opened(2, cause: .granted)))
    story.tell(.door(.contactChanged(2, isClosed: true)))
    story.expectJournal(.door(.closed(2)), .soon)
    story.expect(.door(.setStrike(2, .secure)))
    story.expectJournal(.door(.locked(2, cause: .closed)), .soon)
    story.tell(.door(.contactChanged(3, isClosed: true)))
    story.expectJournal(.door(.closed(3)))
    story.expectJournal(.alarm(.cleared(.forcedOpen, 3)), .urgent)
  }

  @Test("what happens at an access point that the station does not have changes nothing")
  func unknownPoint() {
    let story = Scenario(points: 1)
    story.tell(.entry(.presented(2, .code(story.code()))))
    story.tell(.door(.exitRequested(2)))
    story.tell(.door(.contactChanged(2, isClosed: false)))
    story.tell(.occupancy(.beamChanged(2, .outer, isBroken: true)))
    story.tell(.wires(.linesChanged(2, areReadable: false)))
    story.expectNothing()
  }

  @Test("lines lost are an alarm, and the strike is told again when they are back")
  func linesLost() {
    let story = Scenario()
    story.tell(.door(.contactChanged(1, isClosed: true)))
    story.letIn()
    story.tell(.wires(.linesChanged(1, areReadable: false)))
    story.expectJournal(.alarm(.raised(.linesLost, 1)), .urgent)
    story.tell(.wires(.linesChanged(1, areReadable: true)))
    story.expect(.door(.setStrike(1, .release)))
    story.expectJournal(.alarm(.cleared(.linesLost, 1)), .urgent)
  }

  @Test("a strike whose release ended while its lines were lost is secured when they are back")
  func linesBackAfterTimeout() {
    let story = Scenario()
    story.letIn()
    story.tell(.wires(.linesChanged(1, areReadable: false)))
    story.expectJournal(.alarm(.raised(.linesLost, 1)))
    story.advance(by: .seconds(5))
    story.expect(.door(.setStrike(1, .secure)))
    story.expectJournal(.door(.locked(1, cause: .timeout)))
    story.tell(.wires(.linesChanged(1, areReadable: true)))
    story.expect(.door(.setStrike(1, .secure)))
    story.expectJournal(.alarm(.cleared(.linesLost, 1)))
  }

  @Test("exit is honoured although no line can be read")
  func exitWithoutLines() {
    let story = Scenario()
    story.tell(.wires(.linesChanged(1, areReadable: false)))
    story.expectJournal(.alarm(.raised(.linesLost, 1)))
    story.tell(.door(.exitRequested(1)))
    story.expect(.door(.setStrike(1, .release)))
    story.expectJournal(.door(.exitRequested(1)), .urgent)
  }

  @Test("a passage during which the lines were lost is not counted")
  func passageLost() {
    let story = Scenario()
    story.tell(.occupancy(.beamChanged(1, .outer, isBroken: true)))
    story.tell(.occupancy(.beamChanged(1, .inner, isBroken: true)))
    story.tell(.wires(.linesChanged(1, areReadable: false)))
    story.expectJournal(.alarm(.raised(.linesLost, 1)))
    story.tell(.wires(.linesChanged(1, areReadable: true)))
    story.expect(.door(.setStrike(1, .secure)))
    story.expectJournal(.alarm(.cleared(.linesLost, 1)))
    story.tell(.occupancy(.beamChanged(1, .outer, isBroken: false)))
    story.tell(.occupancy(.beamChanged(1, .inner, isBroken: false)))
    story.expectNothing()
  }

  @Test("a lost reader is an alarm once, until it is back")
  func reader() {
    let story = Scenario()
    story.tell(.entry(.readerChanged(1, isConnected: true)))
    story.tell(.entry(.readerChanged(1, isConnected: false)))
    story.expectJournal(.alarm(.raised(.readerLost, 1)), .urgent)
    story.tell(.entry(.readerChanged(1, isConnected: false)))
    story.tell(.entry(.readerChanged(1, isConnected: true)))
    story.expectJournal(.alarm(.cleared(.readerLost, 1)), .urgent)
  }

  @Test("nothing is reported while nobody listens")
  func silent() {
    let story = Scenario()
    story.tell(.door(.contactChanged(1, isClosed: true)))
    story.walk(.outer, .inner)
    story.expectJournal(.occupancy(.passage(1, .inward, inside: 1, isTailgate: true)))
    story.expectNothing()
  }
}

@Suite struct ReportTests {
  private func connected(points: Int = 1) -> Scenario {
    let story = Scenario(points: points)
    story.openUplink()
    story.expect(.link(.publishRecords(1...1)))
    story.commitsByItself = false
    return story
  }

  private func door(_ report: StateReport?) -> DoorPayload? {
    if case .door(_, let payload) = report { payload } else { nil }
  }

  @Test("a new session hears what came up and how every part stands, and then the records")
  func opening() {
    let story = Scenario(points: 2)
    story.tell(.link(.uplinkOpened(connection: 3)))
    let birth = story.expectBirth()
    #expect(birth?.session == SessionID(stream: Scenario.stream, boot: 1, connection: 3))
    #expect(birth?.accessPoints == [1, 2])
    #expect(birth?.version == "test")
    #expect(birth?.isClockTrusted == true)
    #expect(birth?.at == story.now.wall)
    #expect(
      story.parts.map(\.path)
        == ["alarms", "climate", "door/1", "door/2", "energy", "occupancy"])
    for part in story.parts { story.expectState(part) }
    story.expect(.link(.publishRecords(1...1)))
  }

  @Test("a door says how it is told and sensed to stand, and that it does not know")
  func doorStates() {
    let story = connected()
    story.tell(.door(.contactChanged(1, isClosed: true)))
    var payload = door(story.expectState(.door(1)))
    #expect(payload?.door == .closed)
    #expect(payload?.command == .lock)
    #expect(payload?.alarm == .normal)
    #expect(payload?.seq == 1)
    story.letIn()
    payload = door(story.expectState(.door(1)))
    #expect(payload?.command == .pulseUnlock)
    #expect(payload?.seq == 2)
    story.tell(.wires(.linesChanged(1, areReadable: false)))
    story.expectJournal(.alarm(.raised(.linesLost, 1)))
    story.expectState(.alarms)
    payload = door(story.expectState(.door(1)))
    #expect(payload?.door == .doorFault)
    #expect(payload?.secured == .unknown)
    #expect(payload?.alarm == .doorFault)
  }

  @Test("of two door alarms the graver is the state, and all that stand are listed")
  func doorAlarms() {
    let story = connected()
    story.tell(.door(.contactChanged(1, isClosed: true)))
    story.expectState(.door(1))
    story.tell(.door(.contactChanged(1, isClosed: false)))
    story.expectJournal(.door(.opened(1, cause: .forced)))
    story.expectJournal(.alarm(.raised(.forcedOpen, 1)))
    let raised = story.now.wall
    story.expectState(.alarms)
    #expect(door(story.expectState(.door(1)))?.alarm == .forcedOpen)
    story.tell(story.sending.acknowledgement(1, of: Scenario.stream))
    story.expect(.store(.trim(through: 1)))
    story.advance(by: .seconds(30))
    story.expectJournal(.alarm(.raised(.heldOpen, 1)))
    guard case .alarms(let alarms) = story.expectState(.alarms) else { return }
    #expect(
      alarms.active == [
        ActiveAlarm(alarm: .forcedOpen, accessPoint: 1, since: raised),
        ActiveAlarm(alarm: .heldOpen, accessPoint: 1, since: story.now.wall),
      ])
    #expect(door(story.expectState(.door(1)))?.alarm == .forcedOpen)
  }

  @Test("a passage is reported as the whole count")
  func occupancy() {
    let story = connected()
    story.walk(.outer, .inner)
    story.expectJournal(.occupancy(.passage(1, .inward, inside: 1)))
    guard case .occupancy(let payload) = story.expectState(.occupancy) else { return }
    #expect(
      payload
        == OccupancyPayload(
          seq: 2, inside: 1, entered: 1, left: 0, isStale: false, at: story.now.wall))
  }

  @Test("a refusal and a turn-back change no state")
  func unchanged() {
    let story = connected()
    let code = story.badCode()
    story.tell(.entry(.presented(1, .code(code))))
    story.expectRefusal(.malformed, of: code)
    story.walk(.outer)
    story.expectJournal(.occupancy(.passage(1, .turnBack, inside: 0)))
  }
}

@Suite struct AlarmBoardTests {
  @Test("alarms are listed by kind and access point, whatever came first")
  func sorted() {
    var board = AlarmBoard()
    let wanted: [(Alarm, AccessPointID?)] = [
      (.forcedOpen, 1), (.heldOpen, 1), (.heldOpen, 3), (.linesLost, 2), (.readerLost, 1),
      (.storeLost, nil),
    ]
    let isNew = wanted.reversed().map { board.raise($0.0, $0.1, at: Scenario.noon) }
    #expect(!isNew.contains(false))
    #expect(board.active.map(\.alarm) == wanted.map(\.0))
    #expect(board.active.map(\.accessPoint) == wanted.map(\.1))
  }

  @Test("an alarm keeps the time since which it stands, and is cleared once")
  func once() {
    var board = AlarmBoard()
    let raised = [
      board.raise(.heldOpen, 1, at: Scenario.noon),
      board.raise(.heldOpen, 1, at: Scenario.noon + .seconds(9)),
    ]
    #expect(raised == [true, false])
    #expect(board.active.map(\.since) == [Scenario.noon])
    let changed = [
      board.raise(.heldOpen, 2, at: Scenario.noon), board.clear(.heldOpen, 1),
      board.clear(.heldOpen, 1),
    ]
    #expect(changed == [true, true, false])
    #expect(!board.stands(.heldOpen, 1))
    #expect(board.stands(.heldOpen, 2))
  }
}

@Suite struct ReplayMarksTests {
  private func code(_ number: Int) -> CodeDigest { CodeDigest(high: 0, low: UInt64(number)) }

  private func mark(_ number: Int, lasting seconds: Int) -> ReplayMark {
    ReplayMark(code: code(number), until: Scenario.noon + .seconds(seconds))
  }

  @Test("when there are many, those that have expired go first, and only those")
  func expired() {
    var marks = ReplayMarks()
    for number in 0..<1024 {
      marks.add(mark(number, lasting: number % 2 == 0 ? 10 : 100), at: Scenario.noon)
    }
    marks.add(mark(9999, lasting: 200), at: Scenario.noon + .seconds(50))
    let (even, odd, new) = (
      marks.contains(code(0)), marks.contains(code(1)), marks.contains(code(9999))
    )
    #expect(marks.all(for: .door).count == 513)
    #expect(!even)
    #expect(odd && new)
  }

  @Test("where none has expired, an eighth that ends first gives way, in any process the same")
  func bound() {
    var marks = ReplayMarks()
    for number in 0..<ReplayMarks.most {
      marks.add(mark(number, lasting: 100 + number / 2), at: Scenario.noon)
    }
    marks.add(mark(99_999, lasting: 99_999), at: Scenario.noon)
    let gone = ReplayMarks.most / 8
    let (last, first) = (marks.contains(code(gone - 1)), marks.contains(code(gone)))
    #expect(marks.all(for: .door).count == ReplayMarks.most - gone + 1)
    #expect(!last)
    #expect(first)
  }

  @Test("marks are listed by their digest")
  func listed() {
    var marks = ReplayMarks()
    marks.recover([mark(3, lasting: 1), mark(1, lasting: 3), mark(2, lasting: 2)])
    #expect(marks.all(for: .door).map(\.code) == [code(1), code(2), code(3)])
  }
}
