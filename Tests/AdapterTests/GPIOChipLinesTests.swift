// What the station makes of GPIO lines that come, fail and return.
import GPIO
import Linux
import StationProtocol
import TestBed
import Testing
import Time

@Suite("Lines of GPIO chips")
final class ChipLinesTests {
  let loop: EventLoop
  let lines: ChipLines
  let bench = Bench()
  let again = "; it is requested again every 30 ms"
  var readable: [String] = []
  var levels: [String] = []
  var instants: [Instant] = []

  init() throws {
    loop = try EventLoop()
    let kinds: [(BoardLine.Kind, Int)] = [
      (.contact, 1), (.exit, 1), (.strike, 1), (.contact, 2), (.strike, 2),
    ]
    lines = ChipLines(
      loop: loop,
      wiring: kinds.enumerated().map { offset, kind in
        (BoardLine(kind.0, kind.1), LineWiring(chip: "/dev/gpiochip0", offset: UInt32(offset)))
      }, pause: .milliseconds(30),
      request: { [bench] (_, wiring, use) throws(SystemError) in
        try bench.request(wiring, use)
      })
    lines.onReadable = { [unowned self] point, areReadable, reason in
      readable.append("\(point ?? 0) \(areReadable) \(reason)")
    }
    lines.onLevel = { [unowned self] line, level, at in
      levels.append("\(line) \(level)")
      instants.append(at)
    }
    lines.onChatter = { [unowned self] line, isChattering in
      levels.append("\(line) \(isChattering ? "chatters" : "is quiet")")
    }
  }

  @Test("a chip that does not exist is named, once, and requested again")
  func absentChip() throws {
    let wiring = LineWiring(chip: "/dev/gpiochip99", offset: 17)
    let absent = ChipLines(
      loop: loop, wiring: [(BoardLine(.contact, 1), wiring), (BoardLine(.strike, 1), wiring)],
      pause: .milliseconds(5))
    absent.onReadable = { [unowned self] point, areReadable, reason in
      readable.append("\(point ?? 0) \(areReadable) \(reason)")
    }
    absent.start()
    let later = Clock.now + .milliseconds(50)
    try loop.serve(until: "more attempts") { Clock.now > later }
    #expect(
      readable == [
        "1 false contact-1: cannot request line 17 of /dev/gpiochip99: "
          + "No such file or directory (errno 2); it is requested again every 5 ms"
      ])
    absent.set(BoardLine(.strike, 1), to: true)
    absent.stop()
  }

  @Test("each access point becomes readable and then its inputs are reported")
  func start() {
    bench.levels[0] = true
    lines.start()
    #expect(readable == ["1 true ", "2 true "])
    #expect(levels == ["contact-1 true", "exit-1 false", "contact-2 false"])
  }

  @Test("a missing contact does not take the strike, and its return disturbs no other door")
  func missingContact() throws {
    bench.missing = [0]
    lines.start()
    #expect(readable == ["1 false contact-1: cannot request line 0: gone\(again)", "2 true "])
    lines.set(BoardLine(.strike, 1), to: true)
    #expect(bench.lines[2]?.driven == [false, true])
    lines.set(BoardLine(.strike, 2), to: true)
    bench.levels[0] = true
    bench.missing = []
    try loop.serve(until: "the contact") { [unowned self] in readable.count == 3 }
    #expect(readable.last == "1 true ")
    #expect(levels.suffix(1) == ["contact-1 true"])
    #expect(bench.lines[4]?.driven == [false, true])
    #expect(bench.requests[3] == 1)
  }

  @Test("levels are told again to whoever forgot them, a held exit button is not")
  func forgetting() throws {
    bench.levels = [0: true, 1: true]
    lines.start()
    #expect(levels == ["contact-1 true", "exit-1 true", "contact-2 false"])
    bench.missing = [2]
    bench.lines[2]?.fails = true
    lines.set(BoardLine(.strike, 1), to: true)
    #expect(readable.last == "1 false strike-1: cannot drive line 2: gone\(again)")
    levels = []
    bench.missing = []
    try loop.serve(until: "the strike") { [unowned self] in readable.last == "1 true " }
    #expect(levels == ["contact-1 true"])
    #expect(bench.lines[2]?.driven == [true])
  }

  @Test("a strike that comes back is driven as is wanted now")
  func returningStrike() throws {
    lines.start()
    lines.set(BoardLine(.strike, 1), to: true)
    bench.lines[2]?.fails = true
    bench.missing = [2]
    lines.set(BoardLine(.strike, 1), to: true)
    lines.set(BoardLine(.strike, 1), to: false)
    bench.missing = []
    try loop.serve(until: "the strike") { [unowned self] in readable.last == "1 true " }
    #expect(bench.lines[2]?.driven == [false])
  }

  @Test("a bouncing contact is read when it stands still")
  func bouncing() throws {
    lines.start()
    levels = []
    for level in [true, false, true, false, true] { try bench.edge(0, to: level) }
    try loop.serve(until: "the level") { [unowned self] in !levels.isEmpty }
    #expect(levels == ["contact-1 true"])
  }

  @Test("a line that never stands still is read all the same")
  func restless() throws {
    lines.start()
    levels = []
    let start = Clock.now
    var level = false
    try loop.serve(until: "a level") { [unowned self] in
      level.toggle()
      try? bench.edge(0, to: level)
      return !levels.isEmpty
    }
    #expect(Clock.now - start < .milliseconds(400))
  }

  @Test("a press of 20 ms counts, although the loop only gets there when it is long over")
  func shortPress() throws {
    lines.start()
    levels = []
    instants = []
    let pressed = Clock.now + (.zero - .milliseconds(60))
    try bench.edge(1, to: true, at: pressed)
    try bench.edge(1, to: false, at: pressed + .milliseconds(20))
    try loop.serve(until: "both levels") { [unowned self] in levels.count == 2 }
    #expect(levels == ["exit-1 true", "exit-1 false"])
    #expect(instants == [pressed, pressed + .milliseconds(20)])
  }

  @Test("what is shorter than the settling time is bounce")
  func glitch() throws {
    lines.start()
    levels = []
    let began = Clock.now
    try bench.edge(1, to: true, at: began)
    try bench.edge(1, to: false, at: began + .milliseconds(4))
    try bench.edge(0, to: true)
    try loop.serve(until: "another line's level") { [unowned self] in !levels.isEmpty }
    #expect(levels == ["contact-1 true"])
  }

  @Test("a line that chatters is not waited for, and believed again when it has been quiet")
  func chatter() throws {
    lines.start()
    levels = []
    var level = false
    try loop.serve(until: "the chatter") { [unowned self] in
      level.toggle()
      try? bench.edge(0, to: level)
      return levels.last == "contact-1 chatters"
    }
    let noise = Clock.now + .milliseconds(300)
    levels = []
    try loop.serve(until: "some noise that nobody hears") { [unowned self] in
      level.toggle()
      try? bench.edge(0, to: level)
      return Clock.now > noise
    }
    #expect(levels.isEmpty)
    try bench.edge(0, to: true)
    try loop.serve(until: "quiet") { [unowned self] in levels.count == 2 }
    #expect(levels == ["contact-1 is quiet", "contact-1 true"])
    try bench.edge(0, to: false)
    try loop.serve(until: "the line works") { [unowned self] in levels.last == "contact-1 false" }
  }

  @Test("a wire that swings so slowly that each level counts is not believed either")
  func slowSwing() throws {
    lines.start()
    levels = []
    // The level that was told at the start is one of them.
    for round in 1...EdgeFilter.Limits.wires.levels {
      try bench.edge(0, to: round % 2 == 1)
      // Each level stands until it has been told.
      try loop.serve(until: "level \(round)") { [unowned self] in levels.count == round }
    }
    #expect(levels.last == "contact-1 chatters")
    #expect(levels.dropLast().allSatisfy { $0 != "contact-1 chatters" })
  }

  @Test("a chip that goes takes its own lines alone, at once, and comes back as is wanted then")
  func vanishedChip() throws {
    let two = chips(settling: ChipLines.Settling(.milliseconds(5)))
    two.start()
    two.set(BoardLine(.strike, 2), to: true)
    levels = []
    readable = []
    for offset: UInt32 in [10, 11] { bench.lines[offset]?.fails = true }
    bench.missing = [10, 11]
    // Nobody says so: no edge comes, nothing is written.
    try loop.serve(until: "the check") { [unowned self] in !readable.isEmpty }
    #expect(readable == ["2 false contact-2: cannot read line 10: gone\(again)"])
    #expect(bench.lines[11]?.line == nil)
    two.set(BoardLine(.strike, 2), to: false)
    bench.missing = []
    try loop.serve(until: "the chip") { [unowned self] in readable.last == "2 true " }
    #expect(levels == ["contact-2 false"])
    #expect(bench.lines[11]?.driven == [false])
    #expect(bench.requests[0] == 1 && bench.requests[1] == 1)
    two.stop()
  }

  @Test("a chip that fails at a write takes its inputs with it")
  func failingWrite() {
    let two = chips(settling: ChipLines.Settling(.milliseconds(5)))
    two.start()
    readable = []
    for offset: UInt32 in [10, 11] { bench.lines[offset]?.fails = true }
    bench.missing = [10, 11]
    two.set(BoardLine(.strike, 2), to: true)
    #expect(readable == ["2 false strike-2: cannot drive line 11: gone\(again)"])
    #expect(bench.lines[10]?.line == nil)
    #expect(bench.lines[0]?.line != nil)
    two.stop()
  }

  @Test("a hang-up is a loss, and never a busy loop")
  func hangUp() throws {
    let two = chips(settling: ChipLines.Settling(.milliseconds(5)))
    two.start()
    readable = []
    bench.missing = [10]
    try #require(bench.lines[10]?.line).hangUp()
    try loop.serve(until: "the hang-up") { [unowned self] in !readable.isEmpty }
    #expect(
      readable == ["2 false contact-2: cannot read /dev/gpiochip1: the chip has gone\(again)"])
    #expect(bench.lines[10]?.line == nil)
    two.stop()
  }

  @Test("outputs are in their safe states before anything is wanted of them, and at the end")
  func safeStates() {
    let two = chips(settling: ChipLines.Settling(), safe: [BoardLine(.strike, 2): true])
    two.start()
    let strikes = [bench.lines[1], bench.lines[11]].compactMap { $0 }
    two.set(BoardLine(.strike, 1), to: true)
    two.set(BoardLine(.strike, 2), to: false)
    two.stop()
    #expect(strikes.map(\.driven) == [[false, true, false], [true, false, true]])
  }

  @Test("what the kernel has settled counts at once, and where it cannot, after the time as ever")
  func kernelSettling() throws {
    for isSettling in [true, false] {
      bench.isSettling = isSettling
      let two = chips(settling: ChipLines.Settling(.milliseconds(10), isByKernel: true))
      two.start()
      #expect(bench.uses[0] == .input(settling: .milliseconds(10)))
      levels = []
      instants = []
      let moved = Clock.now
      try bench.edge(0, to: true)
      try loop.serve(until: "the level") { [unowned self] in !levels.isEmpty }
      #expect(levels == ["contact-1 true"])
      #expect((Clock.now - moved >= .milliseconds(10)) == !isSettling)
      two.stop()
      bench.levels = [:]
    }
  }

  /// One door on each of two chips.
  private func chips(
    settling: ChipLines.Settling, safe: [BoardLine: Bool] = [:]
  ) -> ChipLines {
    let first = "/dev/gpiochip0"
    let second = "/dev/gpiochip1"
    let lines = ChipLines(
      loop: loop,
      wiring: [
        (BoardLine(.contact, 1), LineWiring(chip: first, offset: 0)),
        (BoardLine(.strike, 1), LineWiring(chip: first, offset: 1)),
        (BoardLine(.contact, 2), LineWiring(chip: second, offset: 10)),
        (BoardLine(.strike, 2), LineWiring(chip: second, offset: 11)),
      ], settling: settling, safe: safe, pause: .milliseconds(30),
      checkInterval: .milliseconds(10),
      request: { [bench] (_, wiring, use) throws(SystemError) in try bench.request(wiring, use) })
    lines.onReadable = { [unowned self] point, areReadable, reason in
      readable.append("\(point ?? 0) \(areReadable) \(reason)")
    }
    lines.onLevel = { [unowned self] line, level, at in
      levels.append("\(line) \(level)")
      instants.append(at)
    }
    return lines
  }

  @Test("stop lets every output fall and every line go")
  func stopping() {
    lines.start()
    lines.set(BoardLine(.strike, 1), to: true)
    let strikes = [bench.lines[2], bench.lines[4]].compactMap { $0 }
    lines.stop()
    #expect(strikes.map(\.driven) == [[false, true, false], [false, false]])
    #expect(bench.lines.values.allSatisfy { $0.line == nil })
  }
}
