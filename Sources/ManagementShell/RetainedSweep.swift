// Clears what the broker should not keep, no faster than the broker and the others can bear.
import Linux

/// Topics that wait to be cleared by an empty retained message. Bounded: what is beyond is found
/// again at the next subscription.
final class RetainedSweep {
  /// The most topics that wait.
  static let mostWaiting = 10_000
  /// The most bytes of their names: one topic may have 64 KB.
  static let mostBytes = 1_048_576
  /// Topics that are cleared at a time, and how often.
  static let atOnce = 20
  static let pause: Duration = .milliseconds(100)

  private let loop: EventLoop
  /// - Returns: false where there is no session; all that waits is then forgotten.
  private let clear: (String) -> Bool
  /// In the order of their arrival; those before `next` are done.
  private var waiting: [String] = []
  private var next = 0
  private var known: Set<String> = []
  private var bytes = 0
  private var timer: Timer?

  init(loop: EventLoop, clear: @escaping (String) -> Bool) {
    self.loop = loop
    self.clear = clear
  }

  /// How many wait.
  var count: Int { waiting.count - next }

  func add(_ topic: String) {
    let size = topic.utf8.count
    guard count < Self.mostWaiting, bytes + size <= Self.mostBytes, known.insert(topic).inserted
    else { return }
    waiting.append(topic)
    bytes += size
    if timer?.isPending != true { schedule() }
  }

  private func schedule() {
    timer = loop.schedule(after: Self.pause) { [weak self] in self?.step() }
  }

  private func step() {
    for topic in waiting[next...].prefix(Self.atOnce) {
      guard clear(topic) else { return forget() }
      next += 1
    }
    if count == 0 { return forget() }
    schedule()
  }

  private func forget() {
    waiting = []
    next = 0
    known = []
    bytes = 0
  }
}
