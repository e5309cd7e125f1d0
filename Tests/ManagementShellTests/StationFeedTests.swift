// Tests that watchers of many stations cost what changes, not how many watch.
import Linux
import ManagementCore
import StationProtocol
import Testing
import Time

@testable import HTTP
@testable import ManagementShell

@Suite struct StationFeedTests {
  private func station(_ number: Int) -> StationID { StationID("s-\(number)")! }

  private func read(_ feed: StationFeed, from place: inout Int) -> [StationID] {
    var stations: [StationID] = []
    while let station = feed.next(from: &place) {
      stations.append(station)
      place += 1
    }
    return stations
  }

  @Test("a station that changes again within a turn is read once, and later once more")
  func turns() {
    var feed = StationFeed()
    for number in [1, 2, 1, 1] { feed.note(station(number)) }
    var place = StationFeed.start
    #expect(read(feed, from: &place).isEmpty)
    feed.offer()
    #expect(read(feed, from: &place) == [station(1), station(2)])
    feed.note(station(1))
    #expect(feed.hasNews)
    feed.offer()
    #expect(read(feed, from: &place) == [station(1)])
    var late = StationFeed.start
    #expect(read(feed, from: &late) == [station(2), station(1)])
  }

  @Test("what is kept of a station is shared until it changes, or until time makes it untrue")
  func messages() {
    var feed = StationFeed()
    let time = WallTime(seconds: 1000)
    feed.note(station(1))
    feed.offer()
    #expect(feed.message(of: station(1), at: time) == nil)
    feed.keep([1], of: station(1), from: time, until: time + .seconds(5))
    #expect(feed.message(of: station(1), at: time + .seconds(4)) == [1])
    #expect(feed.message(of: station(1), at: time + .seconds(5)) == nil)
    #expect(feed.message(of: station(1), at: WallTime(seconds: 999)) == nil)
    feed.note(station(1))
    #expect(feed.message(of: station(1), at: time) == nil)
  }

  @Test("a line that is closed up is read on from every place as before")
  func closedUp() {
    var random = StationFeedTests.Random(state: 7)
    var feed = StationFeed()
    var places = [0, 0, 0, 0]
    var copies: [[StationID: Int]] = [[:], [:], [:], [:]]
    var versions: [StationID: Int] = [:]
    var closings = 0
    for turn in 0..<3000 {
      for _ in 0..<random.below(4) {
        let station = station(random.below(20))
        versions[station, default: 0] += 1
        feed.note(station)
      }
      feed.offer()
      if feed.isSpread {
        let moved = feed.closeUp()
        for index in places.indices { places[index] = moved[places[index]] }
        closings += 1
      }
      let reader = random.below(turn % 3 == 0 ? 4 : 2)
      for station in read(feed, from: &places[reader]) {
        copies[reader][station] = versions[station]
      }
    }
    for index in places.indices {
      for station in read(feed, from: &places[index]) { copies[index][station] = versions[station] }
      #expect(copies[index] == versions)
    }
    #expect(closings > 0)
  }

  private struct Random {
    var state: UInt64

    mutating func below(_ limit: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % limit
    }
  }

  @Test("5,000 stations that change for 50 watchers are each encoded once, a bounded number a turn")
  func shared() throws {
    let loop = try EventLoop()
    var looks = 0
    let hub = EventHub(
      loop: loop, newest: 0, read: MemoryStore().sendEvents,
      now: { Now(instant: Instant(nanoseconds: 0), wall: WallTime(seconds: 1000)) },
      view: { station in
        looks += 1
        let life = StationLife(names: StationNames(station))
        let now = Now(instant: Instant(nanoseconds: 0), wall: WallTime(seconds: 1000))
        return StationView(id: station, life: life, isLinkUp: true, at: now)
      })
    let streams = try (0..<50).map { number in
      try hub.open(lastEventID: nil, for: "actor-\(number)")
    }
    for number in 0..<5000 { hub.announce(station(number)) }
    #expect(looks == 0, "nothing is encoded while a message is served")
    var mostOfTurn = 0
    var before = 0
    var bytes = [Int](repeating: 0, count: streams.count)
    var buffer = [CChar](repeating: 0, count: 65_536)
    var quietTurns = 0
    loop.afterTurn = {
      mostOfTurn = max(mostOfTurn, looks - before)
      before = looks
      let sum = bytes.reduce(0, +)
      for (index, stream) in streams.enumerated() {
        bytes[index] += stream.read(into: &buffer, buffer.count)
      }
      quietTurns = bytes.reduce(0, +) == sum && looks > 0 ? quietTurns + 1 : 0
      if quietTurns == 10 { loop.stop() }
    }
    func tick() { loop.schedule(after: .milliseconds(1)) { tick() } }
    tick()
    try loop.run()
    #expect(looks == 5000 && hub.encodings == 5000)
    #expect(mostOfTurn <= 500)
    // Every watcher was sent every station, out of the same bytes.
    #expect(Set(bytes).count == 1 && bytes[0] > 5000 * 100)
    hub.close()
  }
}
