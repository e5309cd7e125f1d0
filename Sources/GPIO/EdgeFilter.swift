// Makes levels of an input's edges: what lasted counts, what bounced does not, what chatters is said.
import StationProtocol

/// One input. A level counts when it has stood for `settling`, whether the line still stands at it
/// or has moved on since: a press of 20 ms counts although the loop was busy for 50. A line that
/// does not stand still is read all the same after four times as long. One that moves more than
/// `mostEdges` times within a second is no contact any more but a fault.
package struct EdgeFilter: Equatable, Sendable {
  /// So many edges within `window` are more than any sound contact makes.
  package static let mostEdges = 200
  static let window: Duration = .seconds(1)
  /// For so long a chattering line must be quiet before it is believed again.
  package static let quiet: Duration = .seconds(1)
  /// How often a chattering line is looked at.
  package static let pollInterval: Duration = .milliseconds(50)

  package struct Level: Equatable, Sendable {
    package var level: Bool
    package var at: Instant

    package init(_ level: Bool, at: Instant) {
      self.level = level
      self.at = at
    }
  }

  private let settling: Duration
  /// What was last told.
  private var told: Bool?
  /// Where the line has been since its last edge.
  private var stretch: Level?
  /// The first edge since it last stood still.
  private var movingSince: Instant?
  private var counted = 0
  private var windowEnds = Instant(nanoseconds: 0)
  private var lastEdge = Instant(nanoseconds: 0)
  package private(set) var isChattering = false

  package init(settling: Duration) { self.settling = settling }

  /// When the line is to be read; nil while it stands still or chatters.
  package var deadline: Instant? {
    guard !isChattering, let stretch, let movingSince else { return nil }
    return min(stretch.at + settling, movingSince + settling * 4)
  }

  /// Takes edges, the oldest first.
  /// - Returns: the levels that have counted, in their order.
  package mutating func take(_ edges: [LineEdge]) -> [Level] {
    var levels: [Level] = []
    for edge in edges {
      count(edge.at)
      guard !isChattering else { break }
      if let stretch, edge.at - stretch.at >= settling {
        // It has stood still before this edge.
        movingSince = nil
        if stretch.level != told {
          told = stretch.level
          levels.append(stretch)
        }
      }
      stretch = Level(edge.level, at: edge.at)
      movingSince = movingSince ?? edge.at
    }
    if let last = edges.last { lastEdge = max(lastEdge, last.at) }
    return levels
  }

  /// The line was read because its time had come, or because somebody has to be told.
  /// - Returns: its level, where that is news.
  package mutating func read(_ level: Bool, at now: Instant) -> Level? {
    let since = stretch.flatMap { $0.level == level ? $0.at : nil } ?? now
    stretch = nil
    movingSince = nil
    guard level != told else { return nil }
    told = level
    return Level(level, at: since)
  }

  /// Whoever was told has forgotten it.
  package mutating func forget() { told = nil }

  /// Looks whether a chattering line is quiet by now.
  /// - Parameter edges: what it has done since it was last looked at.
  package mutating func poll(_ edges: [LineEdge], at now: Instant) -> Bool {
    if let last = edges.last { lastEdge = max(lastEdge, last.at) }
    guard isChattering, now - lastEdge >= Self.quiet else { return false }
    isChattering = false
    counted = 0
    return true
  }

  private mutating func count(_ instant: Instant) {
    if instant >= windowEnds {
      windowEnds = instant + Self.window
      counted = 0
    }
    counted += 1
    guard counted > Self.mostEdges else { return }
    isChattering = true
    stretch = nil
    movingSince = nil
  }
}
