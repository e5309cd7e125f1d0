// One requested line of a GPIO chip, through libgpiod.
import CGPIO
import Linux
import StationProtocol

/// What `ChipLines` needs of one requested line. `ChipLine` is the real one; tests of what
/// happens when lines fail have their own, because a kernel without a chip has none to offer.
package protocol RequestedLine: AnyObject {
  /// Readable when an edge waits; -1 for an output. Closed with the object.
  var descriptor: Int32 { get }
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

/// A line of the kernel's. It is let go with the object.
package final class ChipLine: RequestedLine {
  private let place: String
  private let chip: String
  private var handle = gpio_line()

  /// - Parameter isOutput: an output starts inactive.
  package init(_ wiring: LineWiring, isOutput: Bool) throws(SystemError) {
    place = "line \(wiring.offset) of"
    chip = wiring.chip
    let bias =
      switch wiring.bias {
      case .asIs: GPIO_BIAS_AS_IS
      case .pullUp: GPIO_BIAS_PULL_UP
      case .pullDown: GPIO_BIAS_PULL_DOWN
      }
    let status = gpio_line_open(
      &handle, chip, wiring.offset, isOutput, wiring.isActiveLow, Int32(bias), "stationd")
    guard status == 0 else { throw SystemError("request \(place)", path: chip) }
  }

  deinit { gpio_line_close(&handle) }

  package var descriptor: Int32 { handle.fd }

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
