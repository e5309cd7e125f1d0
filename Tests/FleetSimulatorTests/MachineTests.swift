// Tests of the simulated exchange machine and its line.
import StationCore
import StationProtocol
import Testing
import Time

@testable import FleetSimulator

/// A station whose machine has something in its first slot, and checkers that know of its orders.
private final class Bench {
  let world: World
  let station: SimulatedStation
  let machine: SimulatedMachine
  let line: SimulatedLine
  let slot: SlotID
  private var seq: UInt64 = 1

  init?(faults: [Fault] = []) {
    for seed in 1...50 as ClosedRange<UInt64> {
      let world = World(
        seed: seed, plan: FaultPlan(seed: seed, allowed: [], required: faults), mutation: nil,
        stations: 1)
      let id = StationID("station-1")!
      let broker = SimulatedBroker(world, stations: [id])
      let station = SimulatedStation(world, broker, index: 0, id: id)
      guard let machine = station.machine, let line = station.line,
        let slot = machine.spirals.keys.min(), machine.spirals[slot]!.stock > 1
      else { continue }
      (self.world, self.station, self.machine) = (world, station, machine)
      (self.line, self.slot) = (line, slot)
      return
    }
    return nil
  }

  var stock: Int64 { machine.spirals[slot]?.stock ?? -1 }

  func pass(_ duration: Duration) { world.run(until: world.now + duration) }

  /// Writes down all that has to be durable before a motor is told by this number.
  func decide(_ serial: UInt8) {
    let stream = station.disk.image.stream
    let exchange = Exchange(
      id: ExchangeID(stream: stream, seq: seq), member: Operators.members[0], slot: slot,
      article: ArticleID("soap")!, price: Points(3)!)
    let code = CodeDigest(high: 1, low: seq)
    let bodies: [Record.Body] = [
      .exchange(.intended(exchange, code: code)),
      .exchange(.dispensing(exchange.id, serial: Int64(serial))),
    ]
    for body in bodies {
      let record = Record(at: WallTime(milliseconds: 0), isTrusted: true, body: body)
      world.referee.durable(0, stream, seq, record.json)
      seq += 1
    }
    world.referee.step(0, .wake, [.exchange(.dispense(slot, serial: serial))], at: world.now)
  }

  var complaint: String? { world.referee.violation?.description }
}

@Suite struct SimulatedMachineTests {
  @Test("of a slot that it does not have the board says that its spiral is away from home")
  func missingSlot() throws {
    let bench = try #require(Bench())
    #expect(bench.machine.check(SlotID(SlotID.most)!) == .resting([.notHome]))
    #expect(bench.machine.check(bench.slot) == .resting([]))
  }

  @Test("the machine turns once for a serial number, and a repetition asks how it stands")
  func once() throws {
    let bench = try #require(Bench())
    let before = bench.stock
    bench.decide(7)
    #expect(bench.machine.dispense(bench.slot, serial: 7) == .busy)
    #expect(bench.machine.check(bench.slot) == .busy)
    #expect(bench.machine.look(bench.slot) == nil)
    #expect(bench.machine.dispense(bench.slot, serial: 8) == .busy)
    bench.pass(.seconds(7))
    for _ in 0..<3 {
      #expect(bench.machine.dispense(bench.slot, serial: 7) == .dropped(fault: nil))
    }
    bench.pass(.seconds(7))
    #expect(bench.stock == before - 1)
    #expect(bench.complaint == nil)
  }

  @Test("a machine that lost power is dark, and then turns again for a number that it forgot")
  func forgets() throws {
    let bench = try #require(Bench())
    bench.decide(7)
    _ = bench.machine.dispense(bench.slot, serial: 7)
    bench.pass(.seconds(7))
    bench.machine.powerCut()
    #expect(bench.machine.dispense(bench.slot, serial: 7) == nil)
    #expect(bench.machine.check(bench.slot) == nil)
    bench.machine.powerOn()
    bench.pass(.milliseconds(2400))
    #expect(!bench.machine.isPowered)
    bench.pass(.seconds(8))
    #expect(bench.machine.dispense(bench.slot, serial: 7) == .busy)
    bench.pass(.seconds(7))
    #expect(bench.complaint?.contains("2 articles fall for") == true)
  }
}

@Suite struct SimulatedLineTests {
  @Test("an order that the line swallows is reported as one silence after the window")
  func silence() throws {
    let bench = try #require(Bench())
    bench.line.die(for: .seconds(5))
    bench.line.dispense(bench.slot, serial: 7)
    bench.pass(.milliseconds(250))
    #expect(bench.line.isDead)
    #expect(bench.machine.check(bench.slot) == .resting([]))
    bench.pass(.seconds(6))
    #expect(!bench.line.isDead)
  }

  @Test("on a bad line about half of the answers get lost, never more than three in a row")
  func badLine() throws {
    let bench = try #require(Bench(faults: [.machineLine]))
    bench.decide(7)
    bench.line.turnBad()
    var (answers, silences, inARow) = (0, 0, 0)
    bench.line.onReport = { event in
      if case .exchange(.silent) = event { inARow += 1 } else { inARow = 0 }
      if inARow == 0 { answers += 1 } else { silences += 1 }
      #expect(inARow <= 3)
    }
    for _ in 0..<24 {
      bench.line.dispense(bench.slot, serial: 7)
      bench.pass(.milliseconds(250))
    }
    #expect(answers > 4)
    #expect(silences > 4)
    #expect(bench.complaint == nil)
  }

  @Test("an order reaches the machine within milliseconds, also when its daemon is no more")
  func underWay() throws {
    let bench = try #require(Bench())
    bench.decide(7)
    bench.line.dispense(bench.slot, serial: 7)
    bench.line.forget()
    bench.pass(.milliseconds(50))
    #expect(bench.machine.check(bench.slot) == .busy)
    #expect(bench.complaint == nil)
  }
}
