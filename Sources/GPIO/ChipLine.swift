// One requested line of a GPIO chip, through libgpiod.
import CGPIO
import Glibc
import Linux
import Time

/// What `ChipLines` needs of one requested line. `ChipLine` is the real one; tests of what
/// happens when lines fail have their own, because a kernel without a chip has none to offer.
package protocol RequestedLine: AnyObject {
  /// Readable when an edge waits; -1 for an output. Closed with the object.
  var descriptor: Int32 { get }
  /// The device of the chip that it was found on.
  var chip: String { get }
  /// Whether the kernel tells of an edge only when the line has stood still after it.
  var isSettledByKernel: Bool { get }
  /// The level: true where the line is active.
  func level() throws(SystemError) -> Bool
  func drive(_ level: Bool) throws(SystemError)
  /// Takes edges that wait, the oldest first, `mostEdges` at once at most; none where none waits.
  func takeEdges() throws(SystemError) -> [LineEdge]
}

/// The most edges that are taken at once: so many the kernel keeps for a line.
package let mostEdges = 16

/// One change of a line.
package struct LineEdge: Equatable, Sendable {
  /// When the kernel saw it, on the monotonic clock.
  package var at: Instant
  /// Whether the line became active with it.
  package var level: Bool

  package init(at: Instant, level: Bool) {
    self.at = at
    self.level = level
  }
}

/// What a line is requested for.
package enum LineUse: Equatable, Sendable {
  /// - Parameter settling: how long the kernel is asked to let a level stand before it tells of
  ///   it; zero for every edge. libgpiod 1 and some drivers cannot: see `isSettledByKernel`.
  case input(settling: Duration)
  /// An input of which only the edges count that make it active, each of them. Asked for both, the
  /// kernel that libgpiod 1 talks to reads the level to tell which one it was, and that of a short
  /// pulse is over by then.
  case pulses
  /// Driven to the level from the first moment.
  case output(Bool)

  package var isOutput: Bool {
    if case .output = self { true } else { false }
  }
}

/// A line of the kernel's. It is let go with the object.
package final class ChipLine: RequestedLine {
  package let chip: String
  private let place: String
  private var handle = gpio_line()

  /// Finds the line where it is now, and makes it this process' own.
  /// - Parameter consumer: what other programs are told of who has it, 31 bytes at most.
  package init(
    _ wiring: LineWiring, _ use: LineUse, consumer: String = "stationd"
  ) throws(SystemError) {
    let found = try wiring.address.placeNow
    chip = found.device
    place =
      switch wiring.address.line {
      case .offset: "line \(found.offset) of"
      case .name(let name): "line \(found.offset) (\(name)) of"
      }
    let bias =
      switch wiring.bias {
      case .asIs: GPIO_BIAS_AS_IS
      case .pullUp: GPIO_BIAS_PULL_UP
      case .pullDown: GPIO_BIAS_PULL_DOWN
      }
    let (kind, settling) =
      switch use {
      case .input(let settling): (GPIO_INPUT, UInt32(settling.wholeNanoseconds / 1000))
      case .pulses: (GPIO_PULSES, 0)
      case .output(let level): (level ? GPIO_OUTPUT_ACTIVE : GPIO_OUTPUT_INACTIVE, 0)
      }
    let status = gpio_line_open(
      &handle, chip, found.offset, Int32(kind), wiring.isActiveLow,
      Int32(bias), settling, consumer)
    guard status == 0 else {
      let error = SystemError("request \(place)", path: chip)
      guard error.code == EBUSY, let user = found.consumer else { throw error }
      throw SystemError(
        error.operation, path: chip, detail: "it is used by \"\(user)\"; stop that program")
    }
  }

  deinit { gpio_line_close(&handle) }

  package var descriptor: Int32 { handle.fd }
  package var isSettledByKernel: Bool { handle.is_settled }

  package func level() throws(SystemError) -> Bool {
    let level = gpio_line_get(&handle)
    guard level >= 0 else { throw SystemError("read \(place)", path: chip) }
    return level == 1
  }

  package func drive(_ level: Bool) throws(SystemError) {
    guard gpio_line_set(&handle, level) == 0 else {
      throw SystemError("drive \(place)", path: chip)
    }
  }

  /// Kernels before 5.7 stamp the edges of libgpiod 1 with the wall clock. What is not of the
  /// last seconds of the monotonic clock is none of its readings, and counts as seen just now.
  package func takeEdges() throws(SystemError) -> [LineEdge] {
    var edges = [gpio_edge](repeating: gpio_edge(), count: mostEdges)
    let count = gpio_line_edges(&handle, &edges, Int32(mostEdges))
    guard count >= 0 else { throw SystemError("read \(place)", path: chip) }
    let now = Clock.now
    return edges.prefix(Int(count)).map { edge in
      let at = Instant(nanoseconds: edge.nanoseconds)
      let isRecent = at <= now && now - at < .seconds(10)
      return LineEdge(at: isRecent ? at : now, level: edge.is_rising)
    }
  }
}

extension LineAddress {
  /// The place of the line at this moment. A number on a device needs no search.
  fileprivate var placeNow: LinePlace {
    get throws(SystemError) {
      switch (chip, line) {
      case (.device(let path), .offset(let offset)):
        return LinePlace(device: path, offset: offset)
      case (.device(let path), .name):
        // Opened by its path, which may be a link; what is wrong with it has an errno.
        guard let facts = ChipFacts(device: path) else { throw SystemError("open", path: path) }
        return try place(among: [facts])
      default:
        return try place(among: ChipFacts.all())
      }
    }
  }
}
