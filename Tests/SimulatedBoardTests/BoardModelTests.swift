// Tests of the simulated hardware: what people can do to a door, and which wires that moves.
import GPIO
import Testing
import Time

@testable import SimulatedBoard

/// A board of one access point with a clock that the test moves by hand.
private struct Bench {
  var model = BoardModel(accessPoints: 1)
  var now = Instant(nanoseconds: 1_000_000_000)

  /// Does it and gives the lines that went to the daemon.
  mutating func perform(_ action: BoardModel.Action) throws -> [String] {
    Self.lines(try model.perform(action, accessPoint: 1, at: now))
  }

  mutating func strike(_ level: Bool) {
    _ = model.ordered(.output(BoardLine(.strike, 1), level), at: now)
  }

  /// Lets the board run until nothing more happens by itself before `limit`.
  mutating func run(for limit: Duration) -> [String] {
    let end = now + limit
    var lines: [String] = []
    while let next = model.nextWake, next <= end {
      now = next
      lines += Self.lines(model.wake(at: now))
    }
    now = end
    return lines
  }

  private static func lines(_ effects: [BoardModel.Effect]) -> [String] {
    // The bolt goes with the strike and the leaf, and has tests of its own.
    effects.filter { !"\($0)".contains("strike-feedback") }.map { effect in
      switch effect {
      case .report(let report): report.line
      case .outputMoved(let line, let level): "moved \(line) \(level)"
      case .shown(let point, let outcome): "shown \(point) \(outcome)"
      }
    }
  }
}

@Suite("Board model")
struct BoardModelTests {
  @Test("a daemon that connects is greeted with the level of every input")
  func greeting() {
    var model = BoardModel(accessPoints: 2)
    let lines = model.daemonConnected().map(\.line)
    #expect(
      lines == [
        "hello 2",
        "input contact-1 1", "input exit-1 0", "input outer-beam-1 1", "input inner-beam-1 1",
        "input strike-feedback-1 1", "input tamper-1 1", "input counter-1 0",
        "input contact-2 1", "input exit-2 0", "input outer-beam-2 1", "input inner-beam-2 1",
        "input strike-feedback-2 1", "input tamper-2 1", "input counter-2 0",
        "input fire 1", "input fire-b 0", "input fire-reset 0", "input lock-down 0",
        "input maintenance 0", "input emergency 0", "input motion 0", "input machine-door 1",
        "input mains 1", "input leak 0",
        "input lights-override 0",
        "input climate-override 0", "input sockets-override 0",
      ])
  }

  @Test("a shut door opens by hand only while the strike is energised")
  func strikeHolds() throws {
    var bench = Bench()
    #expect(throws: BoardRefusal.locked) { try bench.perform(.open) }
    bench.strike(true)
    #expect(try bench.perform(.open) == ["input contact-1 0"])
    bench.strike(false)
    #expect(try bench.perform(.close) == ["input contact-1 1"])
    #expect(throws: BoardRefusal.locked) { try bench.perform(.open) }
  }

  @Test("force opens a locked door, and the contact shows it")
  func force() throws {
    var bench = Bench()
    #expect(try bench.perform(.force) == ["input contact-1 0"])
    #expect(try bench.perform(.force) == [])
  }

  @Test("a walk in breaks the outer beam, both, the inner one, and shuts the door behind it")
  func walkIn() throws {
    var bench = Bench()
    bench.strike(true)
    #expect(try bench.perform(.walk(.inward)) == [])
    let lines = bench.run(for: .seconds(5))
    #expect(
      lines == [
        "input contact-1 0", "input outer-beam-1 0", "input inner-beam-1 0",
        "input outer-beam-1 1", "input inner-beam-1 1", "input contact-1 1",
      ])
    #expect(bench.model.nextWake == nil)
  }

  @Test("a walk out presses the exit button, which lets the door go without the strike")
  func walkOut() throws {
    var bench = Bench()
    #expect(try bench.perform(.walk(.outward)) == ["input exit-1 1"])
    #expect(
      bench.run(for: .seconds(5)) == [
        "input exit-1 0", "input contact-1 0", "input inner-beam-1 0", "input outer-beam-1 0",
        "input inner-beam-1 1", "input outer-beam-1 1", "input contact-1 1",
      ])
  }

  @Test("who turns back half-way breaks both beams and leaves by the outer one")
  func turnBack() throws {
    var bench = Bench()
    bench.strike(true)
    _ = try bench.perform(.walk(.turnBack))
    #expect(
      bench.run(for: .seconds(5)) == [
        "input contact-1 0", "input outer-beam-1 0", "input inner-beam-1 0",
        "input inner-beam-1 1", "input outer-beam-1 1", "input contact-1 1",
      ])
  }

  @Test("nobody walks in through a locked door, and one person at a time through any")
  func oneAtATime() throws {
    var bench = Bench()
    #expect(throws: BoardRefusal.locked) { try bench.perform(.walk(.inward)) }
    bench.strike(true)
    _ = try bench.perform(.walk(.inward))
    #expect(throws: BoardRefusal.occupied) { try bench.perform(.walk(.inward)) }
  }

  @Test("a person who finds the strike dropped before the hand is on the door stays outside")
  func tooLate() throws {
    var bench = Bench()
    bench.strike(true)
    _ = try bench.perform(.walk(.inward))
    bench.strike(false)
    #expect(bench.run(for: .seconds(5)) == [])
    #expect(bench.model.doors[0].walker == nil)
  }

  @Test("a propped door stays open after a walk, until it is shut by hand")
  func propped() throws {
    var bench = Bench()
    bench.strike(true)
    _ = try bench.perform(.prop)
    bench.strike(false)
    _ = try bench.perform(.walk(.inward))
    let walk = bench.run(for: .seconds(5))
    #expect(!walk.contains("input contact-1 1"))
    #expect(try bench.perform(.close) == ["input contact-1 1"])
    #expect(!bench.model.doors[0].isPropped)
  }

  @Test("the leaf does not shut on a person or a thing in the doorway")
  func doorwayIsGuarded() throws {
    var bench = Bench()
    bench.strike(true)
    _ = try bench.perform(.walk(.inward))
    _ = bench.run(for: .milliseconds(900))
    #expect(throws: BoardRefusal.occupied) { try bench.perform(.close) }
    _ = bench.run(for: .seconds(5))
    _ = try bench.perform(.open)
    #expect(
      try bench.perform(.setBeam(outer: true, isClear: false)) == ["input outer-beam-1 0"])
    #expect(throws: BoardRefusal.occupied) { try bench.perform(.close) }
    #expect(
      try bench.perform(.setBeam(outer: true, isClear: true)) == ["input outer-beam-1 1"])
  }

  @Test("the exit button is down for 300 ms and holds the lock's power off for 30 s")
  func exitButton() throws {
    var bench = Bench()
    #expect(try bench.perform(.pressExit) == ["input exit-1 1"])
    #expect(bench.run(for: .milliseconds(299)) == [])
    #expect(bench.run(for: .milliseconds(1)) == ["input exit-1 0"])
    _ = bench.run(for: .seconds(29))
    #expect(bench.model.doors[0].canBeOpened)
    _ = bench.run(for: .seconds(1))
    #expect(throws: BoardRefusal.locked) { try bench.perform(.open) }
  }

  @Test("outputs fall when the daemon goes, and an open leaf stays as it is")
  func daemonLeaves() throws {
    var bench = Bench()
    _ = bench.model.daemonConnected()
    bench.strike(true)
    _ = try bench.perform(.open)
    #expect(bench.model.daemonLeft() == [.outputMoved(BoardLine(.strike, 1), false)])
    #expect(bench.model.level(of: BoardLine(.contact, 1)) == false)
    #expect(bench.model.level(of: BoardLine(.strike, 1)) == false)
  }

  @Test("what the daemon has the worker told is kept as the last message")
  func messages() {
    var bench = Bench()
    let effects = bench.model.ordered(
      .show(accessPoint: 1, .refused(reason: "expired")), at: bench.now)
    #expect(effects == [.shown(accessPoint: 1, .refused(reason: "expired"))])
    #expect(bench.model.messages[0]?.at == bench.now)
  }

  @Test("an access point that the board does not have can be neither ordered nor touched")
  func strangers() {
    var bench = Bench()
    #expect(bench.model.ordered(.output(BoardLine(.strike, 2), true), at: bench.now) == nil)
    #expect(bench.model.ordered(.show(accessPoint: 4, .granted), at: bench.now) == nil)
    #expect(throws: BoardRefusal.noSuchAccessPoint) {
      try bench.model.perform(.open, accessPoint: 2, at: bench.now)
    }
  }

  @Test("the bolt is told as it stands, and a jammed one stays where it was")
  func bolt() throws {
    let feedback = BoardLine(.strikeFeedback, 1)
    var bench = Bench()
    #expect(bench.model.level(of: feedback) == true)
    bench.strike(true)
    #expect(bench.model.level(of: feedback) == false)
    _ = try bench.perform(.setFault(.jam, true))
    bench.strike(false)
    #expect(bench.model.level(of: feedback) == false)
    _ = try bench.perform(.open)
    _ = try bench.perform(.setFault(.jam, false))
    _ = try bench.perform(.close)
    #expect(bench.model.level(of: feedback) == true)
    _ = try bench.perform(.setFault(.jam, true))
    bench.strike(true)
    #expect(throws: BoardRefusal.locked) { try bench.perform(.open) }
  }

  @Test("a magnet holds while its relay is energised, and lets go without the daemon")
  func failSafe() throws {
    var bench = Bench(model: BoardModel(accessPoints: 1, lock: .failSafe))
    bench.strike(true)
    #expect(throws: BoardRefusal.locked) { try bench.perform(.open) }
    _ = bench.model.daemonLeft()
    #expect(try bench.perform(.open) == ["input contact-1 0"])
  }

  @Test("covers, a stuck and a loose contact, a counter: each moves its own wire")
  func faults() throws {
    var bench = Bench()
    #expect(try bench.perform(.setFault(.tamper, true)) == ["input tamper-1 0"])
    #expect(try bench.perform(.passCounter) == ["input counter-1 1"])
    #expect(bench.run(for: .seconds(1)) == ["input counter-1 0"])
    _ = try bench.perform(.setFault(.stuck, true))
    #expect(try bench.perform(.force) == [])
    #expect(try bench.perform(.setFault(.stuck, false)) == ["input contact-1 0"])
    _ = try bench.perform(.setFault(.chatter, true))
    #expect(bench.run(for: .milliseconds(400)).count > 150)
    _ = try bench.perform(.setFault(.chatter, false))
    #expect(bench.run(for: .seconds(1)) == [])
  }

  @Test("the fire alarm's two circuits, whole, cut and touching")
  func fireWires() {
    var model = BoardModel(accessPoints: 1)
    let now = Instant(nanoseconds: 0)
    func levels() -> [Bool?] { [.fire, .secondFire].map { model.level(of: BoardLine($0)) } }
    #expect(levels() == [true, false])
    _ = model.perform(.setFire(true), at: now)
    #expect(levels() == [false, true])
    _ = model.perform(.cutWires(true), at: now)
    #expect(levels() == [false, false])
    _ = model.perform(.shortWires(true), at: now)
    #expect(levels() == [true, true])
    _ = model.perform(.shortWires(false), at: now)
    _ = model.perform(.setFire(false), at: now)
    #expect(levels() == [true, false])
    _ = model.perform(.turnReset, at: now)
    #expect(model.level(of: BoardLine(.fireReset)) == true)
    _ = model.wake(at: now + .seconds(1))
    #expect(model.level(of: BoardLine(.fireReset)) == false)
  }
}
