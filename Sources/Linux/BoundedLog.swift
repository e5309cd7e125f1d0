// Lines of one kind in the log: all of them while they are few, never a flood.
import Time

/// Bounds the lines of a minute. What is left out is counted, and said when the next minute's first
/// line comes. For one thread.
package final class BoundedLog {
  private let subject: String
  private let mostPerMinute: Int
  private let output: (Log.Priority, String) -> Void
  private var minute = Instant(nanoseconds: 0)
  private var written = 0
  private var omitted = 0

  /// - Parameters:
  ///   - subject: what its lines are about, in words that follow "3 more lines about".
  ///   - output: where the lines go.
  package init(
    _ subject: String, mostPerMinute: Int = 20,
    output: @escaping (Log.Priority, String) -> Void = Log.write
  ) {
    self.subject = subject
    self.mostPerMinute = mostPerMinute
    self.output = output
  }

  package func write(_ priority: Log.Priority, _ text: String, at now: Instant) {
    if now - minute >= .seconds(60) {
      if omitted > 0 { output(.warning, "\(omitted) more lines about \(subject) were left out") }
      minute = now
      written = 0
      omitted = 0
    }
    guard written < mostPerMinute else {
      omitted += 1
      return
    }
    written += 1
    output(priority, text)
  }
}
