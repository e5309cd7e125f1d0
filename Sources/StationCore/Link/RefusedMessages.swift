// Counts the broker's messages that a station refuses, so that none goes unseen and none floods.
import StationProtocol
import Time

/// The first message refused on a ground is recorded at once; those of the minute that follows
/// become one number. So a flood costs two records a minute for each ground.
package struct RefusedMessages: Equatable, Sendable {
  static let window: Duration = .seconds(60)

  /// In the order in which they began; one for each ground at most.
  private var windows: [Window] = []

  private struct Window: Equatable, Sendable {
    let refusal: MessageRefusal
    let ends: Instant
    /// Beyond the one that opened it.
    var count: Int64
  }

  package init() {}

  /// Takes note of a message.
  /// - Returns: whether it is the first one and gets a record of its own.
  package mutating func count(_ refusal: MessageRefusal, at now: Instant) -> Bool {
    if let index = windows.firstIndex(where: { $0.refusal == refusal }) {
      windows[index].count = min(windows[index].count + 1, RecordBounds.mostRefusals)
      return false
    }
    windows.append(Window(refusal: refusal, ends: now + Self.window, count: 0))
    return true
  }

  /// When the next minute ends.
  package var deadline: Instant? { windows.map(\.ends).min() }

  /// Ends the minutes that are over.
  /// - Returns: how many messages of each had no record of their own; none where that is zero.
  package mutating func close(at now: Instant) -> [(refusal: MessageRefusal, count: Int64)] {
    let over = windows.filter { $0.ends <= now }
    windows.removeAll { $0.ends <= now }
    return over.filter { $0.count > 0 }.map { ($0.refusal, $0.count) }
  }
}
