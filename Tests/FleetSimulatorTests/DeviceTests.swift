// Tests of the simulated devices that everything else rests on.
import StationCore
import StationProtocol
import Testing
import Time

@testable import FleetSimulator

@Suite struct AgendaTests {
  @Test("what is planned comes in the order of its time, and of its planning at one time")
  func order() {
    var dice = SeededGenerator(seed: 1, "agenda")
    var agenda = Agenda()
    let log = Log()
    var expected: [(Int, Int)] = []
    for number in 0..<500 {
      let time = dice.below(60)
      expected.append((time, number))
      agenda.add(at: Instant(nanoseconds: Int64(time))) { log.numbers.append(number) }
    }
    while let body = agenda.takeNext() { body() }
    #expect(log.numbers == expected.sorted { $0 < $1 }.map(\.1))
    #expect(agenda.nextInstant == nil)
  }

  private final class Log {
    var numbers: [Int] = []
  }
}

@Suite struct DiceTests {
  @Test("a seed and a concern give one sequence, any other gives another")
  func concerns() {
    let draw = { (seed: UInt64, concern: StaticString, index: Int) in
      var dice = SeededGenerator(seed: seed, concern, index)
      return (0..<4).map { _ in dice.next() }
    }
    #expect(draw(1, "disk", 0) == draw(1, "disk", 0))
    #expect(draw(1, "disk", 0) != draw(2, "disk", 0))
    #expect(draw(1, "disk", 0) != draw(1, "broker", 0))
    #expect(draw(1, "disk", 0) != draw(1, "disk", 1))
  }

  @Test("draws stay within their bounds and reach them")
  func bounds() {
    var dice = SeededGenerator(seed: 3, "bounds")
    let sides = Set((0..<500).map { _ in dice.below(6) })
    #expect(sides == Set(0..<6))
    for _ in 0..<500 {
      #expect((Duration.seconds(2)...Duration.seconds(3)).contains(dice.seconds(2...3)))
    }
  }
}

@Suite struct SimulatedDiskTests {
  private func world() -> World {
    World(
      seed: 9, plan: FaultPlan(seed: 9, allowed: [], required: []), mutation: nil, stations: 1)
  }

  private func insert(_ seq: UInt64, _ disk: SimulatedDisk) -> SimulatedDisk.Operation {
    let row = [UInt8](repeating: UInt8(seq % 256), count: 3)
    return .insert(disk.image.stream, seq: seq, row: row, changes: [])
  }

  @Test("an urgent entry is durable within 50 ms, any other within some seconds")
  func lanes() {
    let world = world()
    let disk = SimulatedDisk(world, station: 0)
    disk.write(insert(1, disk), urgent: true)
    world.run(until: world.now + .milliseconds(50))
    #expect(disk.image.next == 2)
    disk.write(insert(2, disk), urgent: false)
    world.run(until: world.now + .milliseconds(3000))
    #expect(disk.image.next == 3)
    #expect(disk.isIdle)
  }

  @Test("a power cut takes what has not begun to commit, and keeps a prefix of what has")
  func powerCut() {
    var survived: Set<UInt64> = []
    for milliseconds in 0..<40 {
      let world = world()
      let disk = SimulatedDisk(world, station: 0)
      disk.write(insert(1, disk), urgent: true)
      world.run(until: world.now + .milliseconds(milliseconds))
      disk.cut()
      #expect(disk.isIdle)
      #expect(disk.image.rows.count == Int(disk.image.next - 1))
      survived.insert(disk.image.next)
    }
    #expect(survived == [1, 2])
  }

  @Test("rows are there from the moment they are written until they are trimmed")
  func rows() {
    let world = world()
    let disk = SimulatedDisk(world, station: 0)
    for seq in 1...1500 as ClosedRange<UInt64> { disk.write(insert(seq, disk), urgent: false) }
    #expect(disk.row(1500) != nil)
    world.run(until: world.now + .seconds(3))
    disk.write(.trim(through: 1400), urgent: true)
    world.run(until: world.now + .seconds(1))
    #expect(disk.row(1400) == nil)
    #expect(disk.row(1401)?.first == UInt8(1401 % 256))
    #expect(disk.image.rows.floor == 1401)
    #expect(disk.image.rows.count == 100)
    disk.write(.trim(through: 9999), urgent: true)
    world.run(until: world.now + .seconds(1))
    #expect(disk.image.rows.count == 0)
    #expect(disk.image.next == 1501)
  }

  @Test("a replaced store is a new stream in which nothing is left")
  func replaced() {
    let world = world()
    let disk = SimulatedDisk(world, station: 0)
    let before = disk.image.stream
    disk.write(insert(1, disk), urgent: true)
    world.run(until: world.now + .seconds(1))
    disk.replace()
    #expect(disk.image.stream != before)
    #expect(disk.image.next == 1)
    #expect(disk.row(1) == nil)
  }

  @Test("a new store can be made to draw the very number that a machine remembers")
  func drawn() {
    let disk = SimulatedDisk(world(), station: 0)
    for number in [1, 2, 77, 254, 255] as [UInt8] {
      disk.replace(drawing: number)
      // As a station draws it from the stream's name.
      #expect(disk.image.stream.bits % 255 + 1 == UInt64(number))
    }
  }
}

@Suite struct SimulatedBrokerTests {
  private let station = StationID("station-1")!

  private final class Inbox {
    var texts: [String] = []
    var isClosed = false
  }

  /// A broker with one station and the service connected, and what the service gets.
  private func connected() -> (World, SimulatedBroker, Inbox) {
    let world = World(
      seed: 4, plan: FaultPlan(seed: 4, allowed: [], required: []), mutation: nil, stations: 1)
    let broker = SimulatedBroker(world, stations: [station])
    let inbox = Inbox()
    join(broker, 1, .serviceStatus, inbox)
    join(broker, 0, .status(station), Inbox())
    return (world, broker, inbox)
  }

  private func join(_ broker: SimulatedBroker, _ client: Int, _ topic: Topic, _ inbox: Inbox) {
    let will = SimulatedBroker.Message(topic: topic, payload: Array("will".utf8), isRetained: true)
    let isIn = broker.connect(client, will: will) { path, payload, isOld in
      inbox.texts.append(
        "\(path) \(String(decoding: payload, as: UTF8.self))\(isOld ? " old" : "")")
    } onClosed: {
      inbox.isClosed = true
    }
    #expect(isIn)
  }

  private func publish(_ broker: SimulatedBroker, _ topic: Topic, _ text: String, retained: Bool) {
    broker.publish(
      SimulatedBroker.Message(topic: topic, payload: Array(text.utf8), isRetained: retained),
      from: 0)
  }

  @Test("messages arrive in their order, at whom they are meant for")
  func order() {
    let (world, broker, inbox) = connected()
    for number in 0..<20 { publish(broker, .out(station), "\(number)", retained: false) }
    world.run(until: world.now + .seconds(1))
    #expect(inbox.texts == (0..<20).map { "ws/v1/station-1/out \($0)" })
  }

  @Test("a retained message waits for those who come later, and says that it is old")
  func retained() {
    let (world, broker, _) = connected()
    publish(broker, .birth(station), "one", retained: true)
    publish(broker, .birth(station), "two", retained: true)
    publish(broker, .out(station), "three", retained: false)
    world.run(until: world.now + .seconds(1))
    let later = Inbox()
    join(broker, 1, .serviceStatus, later)
    world.run(until: world.now + .seconds(1))
    #expect(later.texts == ["ws/v1/station-1/birth two old"])
  }

  @Test("a client that vanishes leaves its will within 20 seconds, one that says goodbye none")
  func wills() {
    let (world, broker, inbox) = connected()
    broker.vanish(0)
    world.run(until: world.now + .seconds(21))
    #expect(inbox.texts == ["ws/v1/station-1/status will"])
    join(broker, 0, .status(station), Inbox())
    broker.disconnect(0)
    world.run(until: world.now + .seconds(60))
    #expect(inbox.texts.count == 1)
  }

  @Test("a broker that goes away closes every session, and nothing passes until it is back")
  func away() {
    let (world, broker, inbox) = connected()
    publish(broker, .out(station), "lost", retained: false)
    broker.goAway()
    world.run(until: world.now + .seconds(1))
    #expect(inbox.isClosed)
    #expect(inbox.texts.isEmpty)
    let will = SimulatedBroker.Message(topic: .serviceStatus, payload: [], isRetained: true)
    #expect(!broker.connect(1, will: will, deliver: { _, _, _ in }, onClosed: {}))
    broker.comeBack()
    join(broker, 1, .serviceStatus, Inbox())
  }

  @Test("through a silent network nothing passes, and both sides notice within 20 seconds")
  func silent() {
    let (world, broker, inbox) = connected()
    broker.silence(0)
    publish(broker, .out(station), "lost", retained: false)
    world.run(until: world.now + .seconds(21))
    #expect(inbox.texts == ["ws/v1/station-1/status will"])
  }
}
