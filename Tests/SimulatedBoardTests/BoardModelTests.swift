// Tests of the simulated hardware: what people can do to a door, and which wires that moves.
import GPIO
import StationProtocol
import Testing

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
    effects.map { effect in
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
        "hello 1",
        "input contact-1 1", "input exit-1 0", "input outer-beam-1 1", "input inner-beam-1 1",
        "input contact-2 1", "input exit-2 0", "input outer-beam-2 1", "input inner-beam-2 1",
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
}
