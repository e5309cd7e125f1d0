// Whether the kept text of all stations is at every moment what writing them anew would give.
import JSON
import ManagementCore
import StationProtocol
import Testing

@Suite("The list of stations")
struct StationListTests {
  @Test("what is kept equals what is written anew, whatever happens and however time passes")
  func equality() {
    let scenario = ManagementScenario()
    var list = StationList()
    var state: UInt64 = 7
    func draw(_ count: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % count
    }
    var texts: Set<[UInt8]> = []
    for step in 0..<2000 {
      happen(draw(10), to: scenario, station: draw(5), step)
      scenario.advance(.milliseconds([0, 1, 400, 1000, 3_600_000][draw(5)]))
      // Asked twice, as two people would.
      for _ in 0..<2 {
        let text = list.json(of: scenario.management, at: scenario.now)
        #expect(text == anew(scenario))
        texts.insert(text)
      }
    }
    #expect(texts.count > 500)
  }

  @Test("a clock that was set back shows the ages of its own time")
  func setBack() {
    let scenario = ManagementScenario()
    var list = StationList()
    _ = scenario.status(session(stream, 1), isOnline: true)
    _ = scenario.status(session(stream, 1), isOnline: false)
    scenario.advance(.seconds(100))
    _ = list.json(of: scenario.management, at: scenario.now)
    scenario.advance(.seconds(-90))
    #expect(list.json(of: scenario.management, at: scenario.now) == anew(scenario))
  }

  private func anew(_ scenario: ManagementScenario) -> [UInt8] {
    JSONWriter.object { writer in
      writer.key("stations")
      writer.array(scenario.management.views(at: scenario.now)) { $1.write(to: &$0) }
    }
  }

  private func happen(_ what: Int, to scenario: ManagementScenario, station: Int, _ step: Int) {
    let station = Names.station("s-\(station)")
    let session = session(stream, Int64(step))
    let time = scenario.now.wall
    switch what {
    case 0: _ = scenario.handle(.linkClosed)
    case 1: _ = scenario.handle(.linkOpened)
    case 2, 3:
      let payload = StatusPayload(
        isOnline: what == 2, session: session, reason: what == 2 ? .connected : .lost, at: time)
      _ = scenario.hear(.status(station), payload.json)
    case 4:
      let payload = DoorPayload(
        seq: 1, command: .pulseUnlock, lock: .unused, door: .opened, secured: .unsecured,
        alarm: .normal, at: time)
      _ = scenario.hear(.state(station, .door(door)), payload.json)
    case 5:
      let names = StationNames(english: "Gate \(step)", chinese: "门 \(step)")
      _ = scenario.handle(.stationNamed(StationRegistration(id: station, names: names)))
    case 6, 7:
      let record = scenario.record(.occupancy(.passage(door, .inward, inside: 1)))
      _ = scenario.deliver(batch(UInt64(step + 1), [record]), from: station)
    default: break
    }
  }
}
