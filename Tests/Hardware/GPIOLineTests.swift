// Lines of a kernel's chip as the product finds, reads, loses and gets them back.
import GPIO
import Linux
import TestBed
import Testing
import Time

@Suite("Lines of a kernel's chip")
final class GPIOLineTests {
  private let loop: EventLoop
  private var levels: [String] = []
  private var readable: [String] = []
  private var instants: [Instant] = []

  init() throws { loop = try EventLoop() }

  private func wiring(_ text: String) throws -> LineWiring {
    try #require(LineWiring(text: text), "\(text)")
  }

  private func read(_ text: String) throws -> Bool {
    try ChipLine(wiring(text), .input(settling: .zero)).level()
  }

  private func refusal(_ text: String) throws -> String {
    do throws(SystemError) {
      let line = try ChipLine(LineWiring(text: text)!, .input(settling: .zero))
      return "found on \(line.chip)"
    } catch {
      return "\(error)"
    }
  }

  @Test("a line is found by number and by name, on a chip by device and by label, or on any")
  func finding() throws {
    let other = try GPIOSim(lines: 4, label: "other", names: [1: "TWICE"])
    let sim = try GPIOSim(label: "header", names: [3: "DOOR-CONTACT", 4: "TWICE"])
    for isUp in [true, false] {
      try sim.pull(3, up: isUp)
      for text in [
        "\(sim.chip):3", "\(sim.device):3", "\(sim.chip):DOOR-CONTACT", "header:3",
        "header:DOOR-CONTACT", "DOOR-CONTACT",
      ] {
        #expect(try read(text) == isUp, "\(text)")
      }
    }
    let refusal = try refusal("TWICE")
    #expect(refusal.contains("line 1 of \(other.device)"), "\(refusal)")
    #expect(refusal.contains("line 4 of \(sim.device)"), "\(refusal)")
    #expect(try self.refusal("header:TWICE") == "found on \(sim.device)")
    #expect(try self.refusal("BELL") == "cannot find line BELL: no line has that name")
  }

  @Test("active-low turns the meaning, both ways, and a bias pulls")
  func wires() throws {
    let sim = try GPIOSim()
    try sim.pull(2, up: false)
    #expect(try read("\(sim.chip):2 active-low"))
    try sim.pull(2, up: true)
    #expect(try !read("\(sim.chip):2 active-low"))
    try sim.pull(6, up: false)
    #expect(try read("\(sim.chip):6 pull-up"))
    try sim.pull(7, up: true)
    #expect(try !read("\(sim.chip):7 pull-down"))
    #expect(try read("\(sim.chip):7 pull-down active-low"))
    try sim.pull(8, up: true)
    let relay = try ChipLine(wiring("\(sim.chip):8 active-low"), .output(true))
    #expect(try !sim.isHigh(8))
    #expect(try relay.level())
    try relay.drive(false)
    #expect(try sim.isHigh(8))
  }

  /// One door on one chip, whose strike is on another.
  private func lines(
    _ contact: String, _ strike: String, settling: Duration = .milliseconds(10),
    isByKernel: Bool = false
  ) throws -> ChipLines {
    let lines = ChipLines(
      loop: loop,
      wiring: [
        (BoardLine(.exit, 1), try wiring(contact)), (BoardLine(.strike, 2), try wiring(strike)),
      ], settling: ChipLines.Settling(settling, isByKernel: isByKernel), pause: .milliseconds(100))
    lines.onLevel = { [unowned self] line, level, at in
      levels.append("\(line) \(level)")
      instants.append(at)
    }
    lines.onReadable = { [unowned self] point, areReadable, reason in
      readable.append("\(point ?? 0) \(areReadable) \(reason)")
    }
    return lines
  }

  /// All of this takes 10 to 30 times as long here as on a board, so the press of 20 ms is ten times
  /// longer.
  private let press: Duration = .milliseconds(200)

  @Test("bounce that is shorter than the settling time is no level, a press of 20 ms is one")
  func settling() throws {
    let sim = try GPIOSim()
    try sim.pull(1, up: false)
    // So long because the guest's writes are slow: what is bounce must be written within it.
    let slow = try lines("\(sim.chip):1", "\(sim.chip):2", settling: .seconds(1))
    slow.start()
    #expect(levels == ["exit-1 false"])
    let bounce = Clock.now
    for _ in 1...5 {
      try sim.pull(1, up: true)
      try sim.pull(1, up: false)
    }
    try #require(Clock.now - bounce < .milliseconds(900), "the guest is too slow for this test")
    let later = Clock.now + .seconds(2)
    try loop.serve(60, until: "a time in which it would have counted") { Clock.now > later }
    #expect(levels == ["exit-1 false"])
    slow.stop()

    levels = []
    instants = []
    let fast = try lines("\(sim.chip):1", "\(sim.chip):2")
    fast.start()
    let pressed = Clock.now
    try sim.pull(1, up: true)
    // From when it is written, which may take longer than the press.
    Clock.rest(until: Clock.now + press)
    try sim.pull(1, up: false)
    // Nobody has served the loop meanwhile: it is over when it is first seen.
    try loop.serve(60, until: "the press, after \(levels)") { [unowned self] in levels.count == 3 }
    #expect(levels == ["exit-1 false", "exit-1 true", "exit-1 false"])
    #expect(instants[1] >= pressed && instants[2] - instants[1] >= .milliseconds(190))
    fast.stop()
  }

  @Test("a line says truly whether the kernel settles it: with libgpiod 2 it does")
  func settledByKernel() throws {
    let sim = try GPIOSim()
    try sim.pull(1, up: false)
    let line = try ChipLine(wiring("\(sim.chip):1"), .input(settling: .seconds(2)))
    let moved = Clock.now
    try sim.pull(1, up: true)
    let edges = try Deadline.wait(for: "the edge") {
      let edges = try line.takeEdges()
      return edges.isEmpty ? nil : edges
    }
    #expect(edges.map(\.level) == [true])
    #expect((Clock.now - moved >= .milliseconds(1900)) == line.isSettledByKernel)
    print("The kernel settles lines: \(line.isSettledByKernel)")
  }

  /// libgpiod 1 cannot ask the kernel for it, and this program does it then.
  @Test("asked to, the kernel lets a line stand still, and its level counts once it does")
  func kernelSettling() throws {
    let sim = try GPIOSim()
    try sim.pull(1, up: false)
    let lines = try lines(
      "\(sim.chip):1 active-low", "\(sim.chip):2", settling: .seconds(1), isByKernel: true)
    lines.start()
    #expect(levels == ["exit-1 true"])
    let bounce = Clock.now
    for _ in 1...5 {
      try sim.pull(1, up: true)
      try sim.pull(1, up: false)
    }
    try #require(Clock.now - bounce < .milliseconds(900), "the guest is too slow for this test")
    let later = Clock.now + .seconds(2)
    try loop.serve(60, until: "a time in which it would have counted") { Clock.now > later }
    #expect(levels == ["exit-1 true"])
    let moved = Clock.now
    try sim.pull(1, up: true)
    try loop.serve(60, until: "the level") { [unowned self] in levels.count == 2 }
    #expect(levels == ["exit-1 true", "exit-1 false"])
    #expect(Clock.now - moved >= .milliseconds(990))
    lines.stop()
  }

  @Test("a line that somebody has is named with who has it, and had once it is let go")
  func taken() throws {
    let sim = try GPIOSim()
    try sim.pull(1, up: true)
    var visitor: ChipLine? = try ChipLine(
      wiring("\(sim.chip):1"), .input(settling: .zero), consumer: "visitor")
    let lines = try lines("\(sim.chip):1", "\(sim.chip):2")
    lines.start()
    #expect(
      readable == [
        "1 false exit-1: cannot request line 1 of \(sim.device): it is used by \"visitor\"; stop "
          + "that program; it is requested again every 100 ms", "2 true ",
      ])
    #expect(try visitor?.level() == true)
    visitor = nil
    try loop.serve(60, until: "the line") { [unowned self] in levels == ["exit-1 true"] }
    #expect(readable.last == "1 true ")
    #expect(LinePlace(device: sim.device, offset: 1).consumer == "stationd exit-1")
    #expect(LinePlace(device: sim.device, offset: 9).consumer == nil)
    lines.stop()
  }

  @Test("a chip that vanishes is lost within seconds, disturbs no other, and is found renumbered")
  func vanishing() throws {
    let gone = try GPIOSim(label: "expander", names: [5: "STRIKE"])
    let stays = try GPIOSim(label: "header")
    try stays.pull(1, up: true)
    let lines = try lines("header:1", "expander:STRIKE")
    lines.start()
    lines.set(BoardLine(.strike, 2), to: true)
    #expect(try gone.isHigh(5))
    let before = gone.chip
    readable = []
    try gone.unplug()
    try loop.serve(60, until: "the loss") { [unowned self] in !readable.isEmpty }
    #expect(
      readable.count == 1 && readable[0].hasPrefix("2 false strike-2: cannot "), "\(readable)")
    // Its number is taken when it comes back.
    let usurper = try GPIOSim(label: "usurper")
    lines.set(BoardLine(.strike, 2), to: false)
    lines.set(BoardLine(.strike, 2), to: true)
    try gone.plug()
    try gone.pull(5, up: false)
    try loop.serve(60, until: "the chip") { [unowned self] in readable.last == "2 true " }
    #expect(gone.chip != before && gone.chip != usurper.chip)
    #expect(try gone.isHigh(5))
    #expect(levels == ["exit-1 true"])
    try stays.pull(1, up: false)
    try loop.serve(60, until: "the other chip's line") { [unowned self] in levels.count == 2 }
    #expect(levels == ["exit-1 true", "exit-1 false"])
    lines.stop()
  }

  @Test("an input whose chip vanishes is lost, the loop does not spin, and it is read again")
  func vanishingInput() throws {
    let sim = try GPIOSim(label: "expander")
    try sim.pull(1, up: true)
    let lines = try lines("expander:1", "expander:2")
    lines.start()
    readable = []
    try sim.unplug()
    try loop.serve(60, until: "the loss") { [unowned self] in readable.count == 2 }
    #expect(Set(readable.map { $0.prefix(7) }) == ["1 false", "2 false"])
    var turns = 0
    let count = loop.afterTurn
    loop.afterTurn = { turns += 1 }
    let end = Clock.now + .seconds(1)
    loop.schedule(at: end) { [unowned self] in loop.stop() }
    try loop.run()
    loop.afterTurn = count
    #expect(turns < 40, "\(turns) turns of the loop in a second")
    levels = []
    try sim.plug()
    try sim.pull(1, up: false)
    try loop.serve(60, until: "the line") { [unowned self] in levels.last == "exit-1 false" }
    #expect(readable.suffix(2) == ["1 true ", "2 true "])
    lines.stop()
  }
}
