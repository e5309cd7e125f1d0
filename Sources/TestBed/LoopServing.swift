// Runs an event loop on the test's own thread until what is waited for has come.
import Foundation
import Linux

extension EventLoop {
  /// Serves until `look` finds it; looks after every turn, and often where nothing turns.
  /// - Parameters:
  ///   - seconds: when to give up.
  ///   - what: the thing, in words that follow "waited in vain for".
  package func serve(
    _ seconds: Double = 20, until what: @autoclosure () -> String, _ look: @escaping () -> Bool
  ) throws {
    let watch = Watch(self, look)
    defer { watch.end() }
    guard !watch.looks() else { return }
    let limit = schedule(after: .milliseconds(Int64(seconds * 1000))) { [unowned self] in stop() }
    watch.tick()
    try run()
    limit.cancel()
    guard watch.isThere else {
      throw TestBedError("waited \(seconds) s in vain for \(what())")
    }
  }
}

/// Looks for one thing during the turns of a loop.
private final class Watch {
  private let loop: EventLoop
  private let look: () -> Bool
  private let before: (() -> Void)?
  private var ticking: Linux.Timer?
  private(set) var isThere = false

  init(_ loop: EventLoop, _ look: @escaping () -> Bool) {
    self.loop = loop
    self.look = look
    before = loop.afterTurn
    loop.afterTurn = { [unowned self] in
      before?()
      if looks() { loop.stop() }
    }
  }

  func looks() -> Bool {
    isThere = isThere || look()
    return isThere
  }

  /// Makes turns where there would be none.
  func tick() {
    ticking = loop.schedule(after: .milliseconds(5)) { [unowned self] in tick() }
  }

  func end() {
    ticking?.cancel()
    loop.afterTurn = before
  }
}
