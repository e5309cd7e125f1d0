// Two machines under one name, and sessions that cannot be.
import ManagementCore
import StationProtocol
import Testing

@Suite("Sessions of one name")
struct SessionWatchTests {
  let scenario = ManagementScenario()

  private var alarms: [Alarm] {
    get throws { try scenario.view.life.findings.alarms.map(\.alarm) }
  }

  private func online(_ stream: StreamID, _ boot: Int64, _ connection: Int64 = 1) {
    _ = scenario.status(session(stream, boot, connection), isOnline: true)
  }

  private func lost(_ stream: StreamID, _ boot: Int64, _ connection: Int64 = 1) {
    _ = scenario.status(session(stream, boot, connection), isOnline: false)
  }

  @Test(
    "a session of the distant future does not make a dead station look alive",
    arguments: [(Int64(1) << 53, 1), (3, Int64(1) << 53), (200, 1), (3, 200)] as [(Int64, Int64)])
  func future(_ boot: Int64, _ connection: Int64) throws {
    online(stream, 3, 5)
    online(stream, boot, connection)
    #expect(try alarms == [.claimsImplausible, .nameShared])
    lost(stream, 3, 5)
    #expect(try scenario.view.isOnline == false)
  }

  @Test("a birth of the distant future keeps no later one from counting")
  func futureBirth() throws {
    online(stream, 3)
    #expect(
      !scenario.birth(session(stream, 1 << 53)).contains { effect in
        if case .store = effect { true } else { false }
      })
    #expect(scenario.birth(session(stream, 3)).contains(.announce(gate)))
    #expect(try scenario.view.life.birth?.session == session(stream, 3))
  }

  @Test("a station that tried all night to connect comes back as itself")
  func longAway() throws {
    online(stream, 3, 5)
    lost(stream, 3, 5)
    scenario.advance(.seconds(40_000))
    online(stream, 3, 1_400)
    #expect(try scenario.view.isOnline == true)
    scenario.advance(.seconds(40_000))
    online(stream, 4_000, 1)
    #expect(try scenario.view.isOnline == true)
    #expect(try alarms.isEmpty)
  }

  @Test("what the broker kept says nothing of how long ago it was, and shuts no later session out")
  func keptByTheBroker() throws {
    _ = scenario.status(session(stream, 3, 5), isOnline: false, isRetained: true)
    online(stream, 3, 9_000)
    #expect(try scenario.view.isOnline == true)
    #expect(try alarms.isEmpty)
  }

  @Test("a birth of a new stream beside the status of the old one, as kept, is no second machine")
  func keptOutOfOrder() throws {
    // The store was replaced in the middle of a session, which broke off right after.
    _ = scenario.birth(session(otherStream, 1, 1), isRetained: true)
    _ = scenario.status(session(stream, 6, 1), isOnline: true, isRetained: true)
    online(otherStream, 1, 2)
    #expect(try alarms.isEmpty)
    #expect(try scenario.view.isOnline == true)
  }

  @Test("two machines with stores of their own alternate, and an alarm says so")
  func alternating() throws {
    online(stream, 3, 1)
    lost(stream, 3, 1)
    online(otherStream, 7, 4)
    #expect(try alarms.isEmpty)
    lost(otherStream, 7, 4)
    online(stream, 3, 2)
    #expect(try alarms == [.nameShared])
    #expect(try scenario.view.isOnline == true)
  }

  @Test("two machines with one store go back in the connections of one boot, and an alarm says so")
  func sameStore() throws {
    online(stream, 8, 5)
    online(stream, 8, 2)
    #expect(try alarms == [.nameShared])
    #expect(try scenario.view.life.status?.session == session(stream, 8, 2))
    lost(stream, 8, 2)
    #expect(try scenario.view.isOnline == false)
  }

  @Test("one step back to an older boot is a card from a copy, and counts from then on")
  func copy() throws {
    online(stream, 8)
    lost(stream, 8)
    online(stream, 5)
    #expect(try alarms.isEmpty)
    #expect(try scenario.view.isOnline == true)
    lost(stream, 5)
    #expect(try scenario.view.isOnline == false)
    online(stream, 6)
    online(otherStream, 1)
    #expect(try alarms.isEmpty)
  }

  @Test("the end of an older session, long after it, leaves open whose it was")
  func lateEnd() throws {
    online(stream, 3, 1)
    // Said by whoever holds the station's account, and it cannot be told from the truth.
    online(stream, 3, 2)
    scenario.advance(.seconds(61))
    #expect(
      scenario.status(session(stream, 3, 1), isOnline: false)
        == [.note(.nameShared(gate)), .announce(gate), .announce(gate)])
    #expect(try scenario.view.isOnline == nil)
    #expect(try alarms == [.nameShared])
    online(stream, 3, 3)
    #expect(try scenario.view.isOnline == true)
  }
}
