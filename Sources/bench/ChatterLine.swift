// What a contact that chatters at 1 kHz costs the thread of the doors.
import GPIO
import Glibc
import Linux
import Time

/// The lines of a chip as `ChipLines` sees them, with one that another thread turns over a
/// thousand times a second, both ways. A kernel without a chip has none to offer.
enum ChatterLine {
  static let part = Part(name: "chatter", what: "a contact at 1 kHz: processor time of the loop") {
    report in
    let loop = try EventLoop()
    let edges = try Mailbox<LineEdge>()
    let lines = ChipLines(
      loop: loop, wiring: [(BoardLine(.contact, 1), LineWiring(chip: "none", offset: 0))],
      request: { (_, _, _) throws(SystemError) in NoisyLine(edges) })
    var found: Instant?
    var ended: Instant?
    lines.onChatter = { _, isChattering in
      if isChattering { found = Clock.now } else { ended = Clock.now }
    }
    lines.start()
    let start = Clock.now
    let end = start + noise
    let noiseMaker = WorkerThread<Instant>(name: "noise") {
      var at = start
      var level = false
      return { _ in
        // Late by some of them, it makes up for them: the rate is what counts.
        while at <= Clock.now, at < end {
          level.toggle()
          edges.send(LineEdge(at: at, level: level))
          at = at + .microseconds(500)
        }
        return at < end ? at : nil
      }
    }
    noiseMaker.submit(start)
    let before = processorNanoseconds
    loop.schedule(at: end) { loop.stop() }
    try loop.run()
    let used = Double(processorNanoseconds - before) / Double(noise.wholeNanoseconds) * 100
    noiseMaker.finish()
    loop.schedule(after: .seconds(3)) { loop.stop() }
    try loop.run()
    guard let found, let ended else {
      throw SystemError("measure", path: "a chattering line", detail: "nobody noticed it")
    }
    try report.add(
      Figure(name: "chatter.loop", value: used, unit: "% of a core", bound: .atMost(5)))
    try report.add(
      Figure(
        name: "chatter.noticed", value: (found - start).seconds * 1000, unit: "ms",
        bound: .atMost(400)))
    try report.add(
      Figure(name: "chatter.believed-again", value: (ended - end).seconds * 1000, unit: "ms"))
    lines.stop()
  }

  private static let noise: Duration = .seconds(10)

  /// The processor time of the calling thread alone.
  private static var processorNanoseconds: Int64 {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}

/// A line of which, as of a kernel's, the first edges of a queue wait and the others are lost.
private final class NoisyLine: RequestedLine {
  let descriptor: Int32
  let chip = "none"
  let isSettledByKernel = false
  private let edges: Mailbox<LineEdge>
  private var last = false

  init(_ edges: Mailbox<LineEdge>) {
    self.edges = edges
    descriptor = edges.descriptor
  }

  func level() throws(SystemError) -> Bool { last }
  func drive(_ level: Bool) throws(SystemError) {}

  func takeEdges() throws(SystemError) -> [LineEdge] {
    let all = edges.drain()
    last = all.last?.level ?? last
    return Array(all.prefix(mostEdges))
  }
}
