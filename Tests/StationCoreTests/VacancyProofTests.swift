// Tests when a room is provably empty, what that does to the count, and what a day's record says.
import StationProtocol
import Testing
import Time

@testable import StationCore

@Suite struct VacancyProofTests {
  private static let policy = OccupancyPolicy(
    vacancy: VacancyTiming(
      hold: .seconds(30), afterExit: .seconds(600), afterCycle: .seconds(1800)))

  @Test("an exit and then nothing that moves sets the count to zero and records the residual")
  func afterExit() {
    let room = Room(Self.policy)
    room.move(false)
    room.comeIn()
    room.comeIn()
    _ = room.said()
    room.move(true)
    room.goOut()
    room.wait(.seconds(20))
    room.move(false)
    room.wait(.seconds(578))
    #expect(room.said() == "1: out 1")
    room.wait(.seconds(2))
    #expect(room.said() == "empty-after-exit -1 0")
    #expect(
      room.station.headcount.occupancy.totals
        == OccupancyTotals(entered: 2, left: 1, corrections: -1))
    #expect(room.recovered.totals == room.station.headcount.occupancy.totals)
    // Once for each door cycle.
    room.wait(.seconds(4000))
    #expect(room.said() == "")
  }

  @Test("any other door cycle has to be followed by a longer time without motion")
  func afterCycle() {
    let room = Room(Self.policy)
    room.move(false)
    room.comeIn()
    room.wait(.seconds(1790))
    #expect(room.said() == "1: in 1")
    room.wait(.seconds(10))
    #expect(room.said() == "empty-after-cycle -1 0")
    // Let in while someone else goes out: the exit button says nothing of those who came.
    room.tell(.door(.exitRequested(1)))
    room.open()
    room.grant()
    room.close()
    room.wait(.seconds(601))
    #expect(room.said() == "")
    room.wait(.seconds(1200))
    #expect(room.said() == "empty-after-cycle +0 0")
  }

  @Test("nothing is reset while someone may be inside")
  func occupied() {
    let spoilers: [(String, (inout Room) -> Void)] = [
      (
        "moves later",
        {
          $0.wait(.seconds(300)); $0.move(true); $0.move(false)
        }
      ),
      ("moves still when the sensor should be silent", { $0.move(true) }),
      ("stands in a beam", { $0.tell(.occupancy(.beamChanged(1, .inner, isBroken: true))) }),
      ("holds the other door", { $0.open(2) }),
      (
        "comes or goes at a door that cannot be sensed",
        {
          $0.tell(.door(.contactChanged(2, isClosed: nil)))
          $0.tell(.door(.contactChanged(2, isClosed: true)))
        }
      ),
      (
        "was not seen, for the lines were lost",
        {
          $0.tell(.wires(.linesChanged(1, areReadable: false)))
          $0.tell(.wires(.linesChanged(1, areReadable: true)))
          $0.tell(.door(.contactChanged(1, isClosed: true)))
          $0.move(false)
        }
      ),
    ]
    for (what, spoil) in spoilers {
      var room = Room(doors: 2, Self.policy)
      room.move(false)
      room.comeIn()
      room.comeIn()
      room.goOut()
      _ = room.said()
      spoil(&room)
      room.wait(.seconds(4000))
      let resets = room.said().split(separator: ", ").filter { $0.hasPrefix("empty") }
      #expect(resets.isEmpty, "someone \(what)")
      #expect(room.station.headcount.occupancy.totals.inside == 1)
    }
  }

  @Test("without a motion sensor, or before it has said anything, nothing is ever reset")
  func blind() {
    for policy in [OccupancyPolicy(), Self.policy] {
      let room = Room(policy)
      if policy.vacancy == nil { room.move(false) }
      room.comeIn()
      room.goOut()
      _ = room.said()
      room.wait(.seconds(86_000))
      #expect(!room.said().contains("empty"))
    }
  }

  @Test("an empty room is evidence: the count is not stale any more")
  func fresh() {
    let room = Room(
      Self.policy,
      recovered: Recovered(
        stream: Scenario.stream, boot: 2, ending: .unclean, next: 9,
        totals: OccupancyTotals(entered: 5, left: 2)))
    #expect(room.station.headcount.occupancy.isStale)
    room.move(false)
    room.tell(.door(.exitRequested(1)))
    room.open()
    room.close()
    room.wait(.seconds(601))
    #expect(room.said() == "empty-after-exit -3 0")
    #expect(!room.station.headcount.occupancy.isStale)
  }

  @Test("what moves in a room that was found empty makes the count stale until someone passes")
  func sleeper() {
    let room = Room(Self.policy)
    room.move(false)
    room.comeIn()
    room.comeIn()
    room.goOut()
    room.wait(.seconds(601))
    #expect(room.station.headcount.occupancy.totals.inside == 0)
    #expect(!room.station.headcount.occupancy.isStale)
    // Whoever slept through all of that turns over.
    room.move(true)
    #expect(room.station.headcount.occupancy.isStale)
    #expect(room.station.headcount.occupancy.totals.inside == 0)
    room.move(false)
    room.goOut()
    #expect(!room.station.headcount.occupancy.isStale)
    #expect(room.station.headcount.occupancy.totals.inside == 0)
  }

  @Test("who came in uncounted and goes on moving makes the count stale when the hold is over")
  func uncounted() {
    let room = Room(Self.policy)
    room.move(true)
    room.tell(.door(.exitRequested(1)))
    room.open()
    room.close()
    room.wait(.seconds(29))
    #expect(!room.station.headcount.occupancy.isStale)
    room.wait(.seconds(2))
    #expect(room.station.headcount.occupancy.isStale)
  }

  /// Every state with every event, and what becomes of it. A new state or event has no row here
  /// and fails.
  @Test("every event in every state of the evidence leads where the table says")
  func table() {
    let timing = VacancyTiming(
      hold: .seconds(30), afterExit: .seconds(600), afterCycle: .seconds(1800))
    let at = { (seconds: Int64) in Instant(nanoseconds: seconds * 1_000_000_000) }
    let states: [(String, (inout VacancyProof) -> Void)] = [
      ("nothing", { _ in }), ("open", { $0.opened(byExit: true) }),
      (
        "watching",
        {
          $0.opened(byExit: true); $0.allClosed(at: at(0))
        }
      ),
      (
        "occupied",
        {
          $0.opened(byExit: true)
          $0.allClosed(at: at(0))
          $0.sensed(isMoving: true, at: at(31))
        }
      ),
      (
        "proven",
        {
          $0.opened(byExit: true)
          $0.allClosed(at: at(0))
          _ = $0.wake(at: at(600), areBeamsClear: true)
        }
      ),
    ]
    let events: [(String, (inout VacancyProof) -> Void)] = [
      ("opened", { $0.opened(byExit: false) }), ("granted", { $0.granted() }),
      ("all closed", { $0.allClosed(at: at(700)) }),
      ("moved", { $0.sensed(isMoving: true, at: at(701)) }),
      ("still", { $0.sensed(isMoving: false, at: at(701)) }),
      ("door lost", { $0.loseDoor() }), ("motion lost", { $0.loseMotion() }),
      ("time", { _ = $0.wake(at: at(5000), areBeamsClear: true) }),
      ("time with someone in a beam", { _ = $0.wake(at: at(5000), areBeamsClear: false) }),
    ]
    let expected = """
      nothing: open nothing nothing nothing nothing nothing nothing nothing nothing
      open: open open watching open open nothing nothing open open
      watching: open watching watching occupied watching nothing nothing proven occupied
      occupied: open occupied occupied occupied occupied nothing nothing occupied occupied
      proven: open proven proven occupied proven nothing nothing proven proven
      """
    var lines: [String] = []
    for (name, prepare) in states {
      let ends = events.map { _, happen in
        var vacancy = VacancyProof(timing)
        vacancy.sensed(isMoving: false, at: at(0))
        prepare(&vacancy)
        #expect(Self.name(vacancy.state) == name)
        happen(&vacancy)
        return Self.name(vacancy.state)
      }
      lines.append("\(name): \(ends.joined(separator: " "))")
    }
    #expect(lines.joined(separator: "\n") == expected)
  }

  private static func name(_ state: VacancyProof.State) -> String {
    switch state {
    case .nothing: "nothing"
    case .open: "open"
    case .watching: "watching"
    case .occupied: "occupied"
    case .proven: "proven"
    }
  }
}

@Suite struct DayBookTests {
  /// 2023-11-15, 23:59 UTC.
  private static let lateEvening = WallTime(seconds: 1_700_092_740)

  @Test("a day's record is written at local midnight and says what was counted and corrected")
  func midnight() {
    let room = Room(at: Self.lateEvening)
    room.comeIn()
    room.goOut()
    room.goOut()
    _ = room.said()
    room.wait(.seconds(60))
    #expect(room.said() == "day 20231115 1/2 residual 0")
    room.comeIn()
    room.wait(.seconds(86_400))
    #expect(room.said() == "1: in 1, day 20231116 1/0 residual 0")
    // Where it is another date.
    let east = Room(at: Self.lateEvening, offset: 8 * 3600)
    east.wait(.seconds(60))
    #expect(east.said() == "")
    east.wait(.seconds(16 * 3600))
    #expect(east.said() == "day 20231116 0/0 residual 0")
  }

  @Test("a clock that is set back over midnight doubles no day and loses nobody")
  func stepBack() {
    let room = Room(at: Self.lateEvening)
    room.comeIn()
    room.wait(.seconds(120))
    room.setClock(Self.lateEvening)
    room.comeIn()
    _ = room.said()
    room.wait(.seconds(600))
    #expect(room.said() == "")
    room.wait(.seconds(86_400))
    #expect(room.said() == "day 20231116 1/0 residual 0")
  }

  @Test("a clock that leaps ahead for a moment ends the day early, and the rest is the next one's")
  func leap() {
    let room = Room()
    room.comeIn()
    room.setClock(WallTime(seconds: 4_000_000_000))
    room.tell(.wake)
    room.setClock(Scenario.noon)
    // Codes believe an earlier time only when somebody with the key says so.
    for isOn in [false, true, false] { room.tell(.entry(.maintenanceChanged(isOn: isOn))) }
    room.comeIn()
    #expect(room.said() == "1: in 1, day 20231115 1/0 residual 0, 1: in 2")
    room.wait(.seconds(86_400))
    #expect(room.said() == "")
    room.wait(.seconds(86_400))
    #expect(room.said() == "day 20231116 1/0 residual 0")
  }

  @Test("a clock that nobody vouches for ends no day; who came meanwhile is in the day under way")
  func untrusted() {
    let room = Room(at: WallTime(seconds: 0), isTrusted: false)
    room.comeIn()
    room.wait(.seconds(200_000))
    #expect(room.said() == "1: in 1")
    room.setClock(Self.lateEvening)
    room.comeIn()
    _ = room.said()
    room.wait(.seconds(60))
    #expect(room.said() == "day 20231115 2/0 residual 0")
    // Trusted once, it goes on by the monotonic clock.
    room.setClock(WallTime(seconds: 0), isTrusted: false)
    room.wait(.seconds(86_401))
    #expect(room.said() == "day 20231116 0/0 residual 0")
  }

  @Test("the day under way survives a restart")
  func restart() {
    let room = Room(at: Self.lateEvening)
    room.comeIn()
    let again = Room(recovered: room.recovered, at: Self.lateEvening)
    again.goOut()
    _ = again.said()
    again.wait(.seconds(60))
    #expect(again.said() == "day 20231115 1/1 residual 0")
    #expect(again.station.headcount.occupancy.totals == OccupancyTotals(entered: 1, left: 1))
    // And where it was down at midnight.
    let late = Room(recovered: room.recovered, at: Self.lateEvening + .seconds(7200))
    late.tell(.wake)
    #expect(late.said() == "day 20231115 1/0 residual 0")
  }

  @Test(
    "a day's number becomes its date",
    arguments: [
      (0, 19_700_101), (59, 19_700_301), (789, 19_720_229), (790, 19_720_301), (11_016, 20_000_229),
      (20_454, 20_260_101), (DayBook.lastDay, 99_991_231),
    ])
  func dates(_ day: Int, _ date: Int) { #expect(DayBook.date(ofDay: day) == date) }

  @Test("no sensor can make a day's record larger than a record may be")
  func bounds() {
    var occupancy = Occupancy()
    occupancy.refuse(5_000_000)
    occupancy.refuse(5_000_000)
    #expect(occupancy.book.tally.refused == RecordBounds.mostRefusals)
    #expect(occupancy.totals.refused == 10_000_000)
    #expect(occupancy.turn(to: -1) == nil)
    #expect(occupancy.turn(to: DayBook.lastDay + 1) == nil)
    #expect(occupancy.book.day == nil)
  }
}
