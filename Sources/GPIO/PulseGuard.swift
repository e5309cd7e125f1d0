// The thread that ends a pulse of current where the loop that began it stands still.
import Linux
import Time

/// Drives the outputs whose coils bear current in pulses only. Each pulse gets its end with its
/// beginning, and that end is kept by a thread of its own, which does nothing else and waits for
/// nobody: a loop that hangs in a call, or turns without end, leaves no coil under current for
/// longer than the coil bears. The loop mostly ends a pulse itself, and nothing is left to do.
///
/// A process that is stopped as a whole stops this thread too; that is what the watchdog is for.
package final class PulseGuard: Sendable {
  private enum Job: Sendable {
    case look
  }

  private let pulses = Pulses()
  private let worker: WorkerThread<Job>

  package init() {
    let pulses = pulses
    worker = WorkerThread<Job>(name: "pulse guard") {
      { _ in pulses.cut(at: Clock.now) }
    }
  }

  /// Drives a line, and where that gives it current, sees to it that this ends.
  /// - Parameters:
  ///   - line: what it drives; held until the pulse has ended.
  ///   - name: one pulse at a time belongs to it.
  ///   - longest: how long the coil bears current, from now on.
  package func drive(
    _ line: any RequestedLine, _ name: BoardLine, to level: Bool, longest: Duration
  ) throws(SystemError) {
    let failure = pulses.drive(line, name, to: level, until: Clock.now + longest)
    if level { worker.submit(.look) }
    if let failure { throw failure }
  }

  /// The line is no more: it is not driven again.
  package func forget(_ name: BoardLine) { pulses.forget(name) }

  /// How many pulses it had to end, because the loop had not.
  package var cuts: Int { pulses.cuts }

  /// Ends the thread; to be called once.
  package func finish() { worker.finish() }
}

/// The pulses under way, which two threads share.
private final class Pulses: @unchecked Sendable {
  // Sendable because everything in it is used under the lock alone. A line is driven by one call
  // of the kernel's, which may come from any thread.
  private struct Pulse {
    var line: any RequestedLine
    var until: Instant
  }

  private let lock = Lock()
  private var underWay: [BoardLine: Pulse] = [:]
  private var count = 0

  func drive(
    _ line: any RequestedLine, _ name: BoardLine, to level: Bool, until: Instant
  ) -> SystemError? {
    lock.withLock {
      // Known before there is any current.
      underWay[name] = level ? Pulse(line: line, until: until) : nil
      return Self.attempt(line, level)
    }
  }

  func forget(_ name: BoardLine) { lock.withLock { underWay[name] = nil } }

  var cuts: Int { lock.withLock { count } }

  /// - Returns: when the next pulse is to end.
  func cut(at now: Instant) -> Instant? {
    lock.withLock {
      for (name, pulse) in underWay where pulse.until <= now {
        // Where a chip has gone there is nothing to drive; its board lets its relays fall.
        _ = Self.attempt(pulse.line, false)
        underWay[name] = nil
        count += 1
      }
      return underWay.values.map(\.until).min()
    }
  }

  private static func attempt(_ line: any RequestedLine, _ level: Bool) -> SystemError? {
    do throws(SystemError) {
      try line.drive(level)
      return nil
    } catch {
      return error
    }
  }
}
