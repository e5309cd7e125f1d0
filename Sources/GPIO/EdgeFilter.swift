// Makes levels of an input's edges: what lasted counts, what bounced does not, what chatters is said.
import Time

/// One input. A level counts when it has stood for `settling`, whether the line still stands at it
/// or has moved on since: a press of 20 ms counts although the loop was busy for 50. A line that
/// does not stand still is read all the same after four times as long. One that moves more than
/// 200 times within a second is no contact any more but a fault; so is one whose level
/// changes more often than any hand or leaf can: each change is a record, and a loose wire that
/// swings slowly would fill the journal as surely as a fast one.
package struct EdgeFilter: Equatable, Sendable {
  static let window: Duration = .seconds(1)

  /// The number of edges that a working input does not exceed.
  package struct Limits: Equatable, Sendable {
    /// So many edges within `window` are more than any sound contact makes.
    package var edges: Int
    /// So many levels that count within `window`, or four times as many within ten, are more than
    /// somebody brings about who presses a button or waves a hand through a beam.
    package var levels: Int

    package static let wires = Limits(edges: 200, levels: 30)
    /// Tests and benchmarks open a simulated door more often than people open a real one.
    package static let simulated = Limits(edges: 800, levels: 800)
  }

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
  private let limits: Limits
  /// The level last reported.
  private var told: Bool?
  /// The level of the line since its last edge.
  private var stretch: Level?
  /// The first edge since it last stood still.
  private var movingSince: Instant?
  /// Until when an edge is waited for that must have been and is not told yet.
  private var awaited: Instant?
  /// Whether one was waited for since the line last stood still; there is no second time.
  private var hasAwaited = false
  private var counted = 0
  private var rate = LevelRate()
  private var windowEnds = Instant(nanoseconds: 0)
  private var lastEdge = Instant(nanoseconds: 0)
  package private(set) var isChattering = false

  package init(settling: Duration, limits: Limits = .wires) {
    self.settling = settling
    self.limits = limits
  }

  /// When the line is to be read; nil while it stands still or chatters.
  package var deadline: Instant? {
    guard !isChattering, let stretch, let movingSince else { return nil }
    return awaited ?? min(stretch.at + settling, movingSince + settling * 4)
  }

  /// Takes edges, the oldest first.
  /// - Returns: the levels that have counted, in their order.
  package mutating func take(_ edges: [LineEdge]) -> [Level] {
    var levels: [Level] = []
    if !edges.isEmpty { awaited = nil }
    for edge in edges {
      count(edge.at)
      guard !isChattering else { break }
      if let stretch, edge.at - stretch.at >= settling {
        // It has stood still before this edge.
        movingSince = nil
        hasAwaited = false
        if stretch.level != told {
          told = stretch.level
          guard isBelievable(at: edge.at) else { break }
          levels.append(stretch)
        }
      }
      stretch = Level(edge.level, at: edge.at)
      movingSince = movingSince ?? edge.at
    }
    if let last = edges.last { lastEdge = max(lastEdge, last.at) }
    return levels
  }

  /// How long an edge is waited for, where the settling time is shorter: the kernel's own thread
  /// tells it.
  private static let handOver: Duration = .milliseconds(5)

  /// The line was read because its time had come, or because somebody has to be told.
  ///
  /// Where it has moved on since its last edge, the edge that took it there is on its way: only its
  /// stamp says whether the level before it had stood long enough. It is waited for once.
  /// - Returns: its level, where that is news.
  package mutating func read(_ level: Bool, at now: Instant) -> Level? {
    if let stretch, stretch.level != level, !hasAwaited {
      hasAwaited = true
      awaited = now + max(settling, Self.handOver)
      return nil
    }
    awaited = nil
    hasAwaited = false
    let since = stretch.flatMap { $0.level == level ? $0.at : nil } ?? now
    stretch = nil
    movingSince = nil
    guard level != told else { return nil }
    told = level
    return isBelievable(at: now) ? Level(level, at: since) : nil
  }

  /// The listener has forgotten the level that it was told.
  package mutating func forget() { told = nil }

  /// Looks whether a chattering line is quiet by now.
  /// - Parameter edges: what it has done since it was last looked at.
  package mutating func poll(_ edges: [LineEdge], at now: Instant) -> Bool {
    if let last = edges.last { lastEdge = max(lastEdge, last.at) }
    guard isChattering, now - lastEdge >= Self.quiet else { return false }
    isChattering = false
    counted = 0
    rate = LevelRate()
    return true
  }

  /// Counts a level that is news.
  /// - Returns: whether it can be believed.
  private mutating func isBelievable(at now: Instant) -> Bool {
    if rate.isAbove(limits.levels, at: now) { mistrust() }
    return !isChattering
  }

  private mutating func mistrust() {
    isChattering = true
    stretch = nil
    movingSince = nil
    awaited = nil
    hasAwaited = false
  }

  private mutating func count(_ instant: Instant) {
    if instant >= windowEnds {
      windowEnds = instant + Self.window
      counted = 0
    }
    counted += 1
    if counted > limits.edges { mistrust() }
  }

  /// How often the level changes, over a short and a long time.
  private struct LevelRate: Equatable, Sendable {
    private var short = Window()
    private var long = Window()

    private struct Window: Equatable, Sendable {
      var ends = Instant(nanoseconds: 0)
      var count = 0

      mutating func add(at now: Instant, length: Duration) -> Int {
        if now >= ends { self = Window(ends: now + length) }
        count += 1
        return count
      }
    }

    mutating func isAbove(_ most: Int, at now: Instant) -> Bool {
      let inShort = short.add(at: now, length: EdgeFilter.window)
      let inLong = long.add(at: now, length: EdgeFilter.window * 10)
      return inShort > most || inLong > most * 4
    }
  }
}
