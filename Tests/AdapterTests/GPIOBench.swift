// A chip for tests of what happens when lines come, fail and return.
import GPIO
import Glibc
import Linux
import Testing
import Time

/// The lines of a chip that the kernel of a test machine does not have.
final class Bench {
  var missing: Set<UInt32> = []
  var levels: [UInt32: Bool] = [:]
  /// Whether the kernel settles the lines, as libgpiod 2 can have it.
  var isSettling = false
  /// Whether an output reads as it is driven.
  var isEcho = false
  private(set) var uses: [UInt32: LineUse] = [:]
  private(set) var requests: [UInt32: Int] = [:]
  private(set) var lines: [UInt32: State] = [:]

  /// One line as it was last requested.
  final class State {
    weak var line: BenchLine?
    var driven: [Bool] = []
    var fails = false
  }

  func request(_ wiring: LineWiring, _ use: LineUse) throws(SystemError) -> BenchLine {
    guard case .device(let chip) = wiring.address.chip,
      case .offset(let offset) = wiring.address.line
    else { throw SystemError("find", detail: "the bench knows numbers alone") }
    guard !missing.contains(offset) else {
      throw SystemError("request line \(offset)", detail: "gone")
    }
    requests[offset, default: 0] += 1
    uses[offset] = use
    let state = State()
    let line = try BenchLine(self, chip, offset, state)
    if case .output(let level) = use { state.driven = [level] }
    state.line = line
    lines[offset] = state
    return line
  }

  func edge(_ offset: UInt32, to level: Bool, at instant: Instant? = nil) throws {
    levels[offset] = level
    try #require(lines[offset]?.line).move(LineEdge(at: instant ?? Clock.now, level: level))
  }
}

final class BenchLine: RequestedLine {
  let descriptor: Int32
  let chip: String
  var isSettledByKernel: Bool { bench.isSettling }
  /// The kernel's end of the descriptor.
  private var other: Int32
  private var edges: [LineEdge] = []
  private let bench: Bench
  private let offset: UInt32
  private let state: Bench.State

  init(
    _ bench: Bench, _ chip: String, _ offset: UInt32, _ state: Bench.State
  ) throws(SystemError) {
    var ends: [Int32] = [-1, -1]
    let kind = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue)
    guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else { throw SystemError("make a pair") }
    descriptor = ends[0]
    other = ends[1]
    self.chip = chip
    self.bench = bench
    self.offset = offset
    self.state = state
  }

  deinit {
    close(descriptor)
    hangUp()
  }

  func move(_ edge: LineEdge) {
    edges.append(edge)
    _ = write(other, "e", 1)
  }

  func hangUp() {
    if other >= 0 { close(other) }
    other = -1
  }

  func level() throws(SystemError) -> Bool {
    guard !state.fails else { throw SystemError("read line \(offset)", detail: "gone") }
    if bench.isEcho, let driven = state.driven.last { return driven }
    return bench.levels[offset] ?? false
  }

  func drive(_ level: Bool) throws(SystemError) {
    guard !state.fails else { throw SystemError("drive line \(offset)", detail: "gone") }
    state.driven.append(level)
  }

  func takeEdges() throws(SystemError) -> [LineEdge] {
    var bytes = [UInt8](repeating: 0, count: 4096)
    _ = read(descriptor, &bytes, bytes.count)
    defer { edges = [] }
    return edges
  }
}
