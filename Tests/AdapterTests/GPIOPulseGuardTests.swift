// What becomes of a coil that bears current in pulses when the loop that began one stands still.
import GPIO
import Linux
import StationProtocol
import TestBed
import Testing
import Time

/// An output that may be driven from any thread.
private final class Coil: RequestedLine, @unchecked Sendable {
  // Sendable because the lock guards all that changes.
  let descriptor: Int32 = -1
  let chip = "/dev/gpiochip0"
  let isSettledByKernel = false
  private let lock = Lock()
  private var driven: [(level: Bool, at: Instant)] = []
  private var isGone = false

  func level() throws(SystemError) -> Bool { levels.last ?? false }

  func drive(_ level: Bool) throws(SystemError) {
    let isRefused = lock.withLock {
      if !isGone { driven.append((level, Clock.now)) }
      return isGone
    }
    if isRefused { throw SystemError("drive", path: chip, detail: "gone") }
  }

  func takeEdges() throws(SystemError) -> [LineEdge] { [] }

  func vanish() { lock.withLock { isGone = true } }
  var levels: [Bool] { lock.withLock { driven.map(\.level) } }

  /// When it was last driven.
  var drivenAt: Instant? { lock.withLock { driven.last?.at } }
}

@Suite("Pulses and a loop that stands still")
struct PulseGuardTests {
  private let strike = BoardLine(.strike, 1)

  @Test("a pulse that nobody ends is ended when the coil has borne enough")
  func ends() throws {
    let (guardian, coil) = (PulseGuard(), Coil())
    defer { guardian.finish() }
    // The guardian counts from before the first current, so that no pulse is longer than it may be.
    let before = Clock.now
    try guardian.drive(coil, strike, to: true, longest: .milliseconds(30))
    try Deadline.wait(until: "the current to end") { coil.levels == [true, false] }
    #expect(try #require(coil.drivenAt) - before >= .milliseconds(30))
    #expect(guardian.cuts == 1)
  }

  @Test("a pulse that is ended in time is left alone, and so is the next one's beginning")
  func endedBefore() throws {
    let (guardian, coil, other) = (PulseGuard(), Coil(), Coil())
    defer { guardian.finish() }
    try guardian.drive(coil, strike, to: true, longest: .milliseconds(20))
    try guardian.drive(coil, strike, to: false, longest: .milliseconds(20))
    // A second output whose pulse ends later shows that the first one's end has passed.
    try guardian.drive(other, BoardLine(.strike, 2), to: true, longest: .milliseconds(60))
    try Deadline.wait(until: "the other pulse to end") { other.levels == [true, false] }
    #expect(coil.levels == [true, false])
    #expect(guardian.cuts == 1)
  }

  @Test("a chip that has gone fails at the loop, and its pulse is forgotten")
  func gone() throws {
    let (guardian, coil, other) = (PulseGuard(), Coil(), Coil())
    defer { guardian.finish() }
    coil.vanish()
    #expect(throws: SystemError.self) {
      try guardian.drive(coil, strike, to: true, longest: .milliseconds(10))
    }
    guardian.forget(strike)
    try guardian.drive(other, strike, to: true, longest: .milliseconds(20))
    try Deadline.wait(until: "the pulse to end") { other.levels == [true, false] }
    #expect(coil.levels.isEmpty)
  }

  @Test("where the loop stands still, a coil for pulses loses its current and a magnet keeps it")
  func standingStill() throws {
    let (pulsed, magnet) = (Coil(), Coil())
    let lines = ChipLines(
      loop: try EventLoop(),
      wiring: [
        (strike, LineWiring(chip: "/dev/gpiochip0", offset: 1)),
        (BoardLine(.strike, 2), LineWiring(chip: "/dev/gpiochip0", offset: 2)),
      ], pulses: [strike: .milliseconds(25)],
      request: { (line, _, use) throws(SystemError) in
        let coil = line == BoardLine(.strike, 1) ? pulsed : magnet
        if case .output(let level) = use { try coil.drive(level) }
        return coil
      })
    lines.start()
    lines.set(strike, to: true)
    lines.set(BoardLine(.strike, 2), to: true)
    // The loop does not turn once.
    try Deadline.wait(until: "the current to end") { pulsed.levels == [false, true, false] }
    #expect(magnet.levels == [false, true])
    lines.stop()
    #expect(magnet.levels == [false, true, false])
  }

  @Test("a pulse whose line was away does not begin again when the line is back")
  func comesBack() throws {
    let loop = try EventLoop()
    var coils = [Coil(), Coil()]
    var requested: [Coil] = []
    let lines = ChipLines(
      loop: loop, wiring: [(strike, LineWiring(chip: "/dev/gpiochip0", offset: 1))],
      pulses: [strike: .seconds(20)], pause: .milliseconds(5),
      request: { (_, _, use) throws(SystemError) in
        let coil = coils.removeFirst()
        requested.append(coil)
        if case .output(let level) = use { try coil.drive(level) }
        return coil
      })
    lines.start()
    lines.set(strike, to: true)
    requested[0].vanish()
    // The loop notices at its next word to the line.
    lines.set(strike, to: true)
    try loop.serve(until: "the line to come back") { requested.count == 2 }
    #expect(requested[1].levels == [false])
    lines.set(strike, to: true)
    #expect(requested[1].levels == [false, true])
    lines.stop()
  }
}
