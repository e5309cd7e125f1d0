// What a run leaves behind for whoever watches it from outside, should it end by a trap.

/// Counts the lines of the trace in memory that outlives the process. A run goes the same way every
/// time, so the same seed can be run again and be stopped at the very line after which it trapped.
package final class Watch {
  /// The seed, and how many lines its trace has.
  private let words: UnsafeMutablePointer<UInt64>
  private let stopAt: UInt64?
  private let stop: ([String]) -> Never

  /// How many words are written.
  package static let size = 2

  /// - Parameters:
  ///   - words: `size` of them, for as long as the process lives.
  ///   - stopAt: the line at which the story is told; nil where the run is to go on.
  ///   - stop: is given the story.
  package init(
    words: UnsafeMutablePointer<UInt64>, stopAt: UInt64? = nil,
    stop: @escaping ([String]) -> Never
  ) {
    self.words = words
    self.stopAt = stopAt
    self.stop = stop
  }

  func begin(seed: UInt64) {
    words[0] = seed
    words[1] = 0
  }

  func count(_ lines: Int, _ story: () -> [String]) {
    words[1] = UInt64(lines)
    if words[1] == stopAt { stop(story()) }
  }
}
