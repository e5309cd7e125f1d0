// Whether a station is shown as there: sessions and their deaths, in every order.
import JSON
import ManagementCore
import StationProtocol
import Testing
import Time

@Suite("Liveness")
struct LivenessTests {
  @Test("a station that was never heard of is unknown, then online, then offline with its age")
  func life() throws {
    let scenario = ManagementScenario()
    #expect(scenario.management.view(of: gate, at: scenario.now) == nil)
    #expect(scenario.status(session(stream, 1), isOnline: true) == [.announce(gate)])
    #expect(try scenario.view.isOnline == true)
    #expect(try scenario.view.ageSeconds == 0)
    scenario.advance(.seconds(60))
    #expect(scenario.status(session(stream, 1), isOnline: false) == [.announce(gate)])
    #expect(try scenario.view.isOnline == false)
    #expect(try scenario.view.life.since == scenario.now.wall)
    #expect(try scenario.view.ageSeconds == 60)
  }

  @Test("the death of an older session is ignored, of the same boot and of an older one")
  func olderDeath() throws {
    let scenario = ManagementScenario()
    _ = scenario.status(session(stream, 2, 5), isOnline: true)
    #expect(scenario.status(session(stream, 2, 4), isOnline: false).isEmpty)
    #expect(scenario.status(session(stream, 1, 9), isOnline: false).isEmpty)
    #expect(try scenario.view.isOnline == true)
    #expect(scenario.status(session(stream, 2, 5), isOnline: false) == [.announce(gate)])
    #expect(try scenario.view.isOnline == false)
  }

  @Test("the death of another life is ignored while this one is there, and its birth is not")
  func otherLife() throws {
    let scenario = ManagementScenario()
    _ = scenario.status(session(stream, 7), isOnline: true)
    #expect(scenario.status(session(otherStream, 1), isOnline: false).isEmpty)
    #expect(try scenario.view.isOnline == true)
    #expect(scenario.status(session(otherStream, 1), isOnline: true) == [.announce(gate)])
    #expect(scenario.status(session(stream, 7), isOnline: false).isEmpty)
    #expect(try scenario.view.isOnline == true)
  }

  @Test("without a link of its own the service knows nothing of anyone's")
  func linkLost() throws {
    let scenario = ManagementScenario()
    _ = scenario.status(session(stream, 1), isOnline: true)
    #expect(scenario.handle(.linkClosed) == [.announce(gate)])
    #expect(scenario.handle(.linkClosed).isEmpty)
    #expect(try scenario.view.isOnline == nil)
    #expect(scenario.handle(.linkOpened) == [.announce(gate)])
    // Until the broker says how the station stands now, that is not known either.
    #expect(try scenario.view.isOnline == nil)
    _ = scenario.status(session(stream, 1), isOnline: true, isRetained: true)
    #expect(try scenario.view.isOnline == true)
  }

  @Test("a new life that ended while the service was away is believed")
  func endedMeanwhile() throws {
    let scenario = ManagementScenario()
    _ = scenario.status(session(stream, 1), isOnline: true)
    _ = scenario.handle(.linkClosed)
    _ = scenario.handle(.linkOpened)
    #expect(
      scenario.status(session(otherStream, 1), isOnline: false, isRetained: true)
        == [.announce(gate)])
    #expect(try scenario.view.isOnline == false)
  }

  @Test("the same status again leaves the age alone")
  func sameAgain() throws {
    let scenario = ManagementScenario()
    _ = scenario.status(session(stream, 1), isOnline: true)
    let since = try scenario.view.life.since
    scenario.advance(.seconds(100))
    _ = scenario.handle(.linkClosed)
    _ = scenario.handle(.linkOpened)
    _ = scenario.status(session(stream, 1), isOnline: true, isRetained: true)
    #expect(try scenario.view.life.since == since)
  }

  @Test("a retained status began when it says, unless its clock cannot be believed")
  func retained() throws {
    let scenario = ManagementScenario()
    let earlier = WallTime(milliseconds: scenario.now.wall.milliseconds - 5000)
    _ = scenario.status(session(stream, 1), isOnline: true, isRetained: true, at: earlier)
    #expect(try scenario.view.life.since == earlier)
    #expect(try scenario.view.life.lastHeard == nil)
    for nonsense in [WallTime(seconds: 12), scenario.now.wall + .seconds(1)] {
      let other = ManagementScenario()
      _ = other.status(session(stream, 1), isOnline: true, isRetained: true, at: nonsense)
      #expect(try other.view.life.since == nil)
    }
  }

  @Test("a will says nothing of when the station was heard")
  func will() throws {
    let scenario = ManagementScenario()
    _ = scenario.status(session(stream, 1), isOnline: true)
    let heard = scenario.now.wall
    scenario.advance(.seconds(20))
    _ = scenario.status(session(stream, 1), isOnline: false, .lost, at: heard)
    #expect(try scenario.view.life.lastHeard == heard)
    _ = scenario.status(session(stream, 2), isOnline: false, .stopping)
    #expect(try scenario.view.life.lastHeard == scenario.now.wall)
  }

  @Test("a birth of an older session changes nothing")
  func olderBirth() throws {
    let scenario = ManagementScenario()
    #expect(
      scenario.birth(session(stream, 2))
        == [.store(.floor(gate, stream, floor: 1, ceiling: 0)), .announce(gate)])
    #expect(scenario.birth(session(stream, 1), floor: 50, isRetained: true).isEmpty)
    #expect(try scenario.view.life.birth?.version == "1.2")
    _ = scenario.status(session(stream, 4), isOnline: true)
    #expect(scenario.birth(session(stream, 3)).isEmpty)
  }

  @Test("state is shown whole, and an access point that is gone is no longer shown")
  func state() throws {
    let scenario = ManagementScenario()
    let time = scenario.now.wall
    let payload = DoorPayload(
      seq: 1, command: .lock, lock: .unused, door: .opened, secured: .unsecured,
      alarm: .doorOpenTooLong, at: time)
    for number in 1...2 {
      let topic = Topic.state(gate, .door(Names.accessPoint(number)))
      #expect(scenario.hear(topic, payload.json) == [.announce(gate)])
    }
    let occupancy = OccupancyPayload(
      seq: 1, inside: 3, entered: 9, left: 6, isStale: true, at: time)
    #expect(scenario.hear(.state(gate, .occupancy), occupancy.json) == [.announce(gate)])
    let alarm = ActiveAlarm(alarm: .heldOpen, accessPoint: door, since: time)
    let alarms = AlarmsPayload(seq: 1, active: [alarm], at: time)
    #expect(scenario.hear(.state(gate, .alarms), alarms.json) == [.announce(gate)])
    #expect(try scenario.view.life.doors.count == 2)
    _ = scenario.birth(session(stream, 1))
    #expect(try scenario.view.life.doors == [door: payload])
    var writer = JSONWriter()
    try scenario.view.write(to: &writer)
    let text = String(decoding: writer.bytes, as: UTF8.self)
    #expect(text.contains("\"occupancy\":{\"inside\":3,\"in\":9,\"out\":6,\"corrections\":0,"))
    #expect(text.contains("\"refused\":0,\"capacity\":null,\"stale\":true,"))
    #expect(text.contains("\"secured\":\"unsecured\",\"alarm\":\"door-open-too-long\","))
    #expect(text.contains("\"alarms\":[{\"alarm\":\"held-open\",\"severity\":\"security\","))
    #expect(text.contains("\"online\":null,"))
  }
}
