// A series of rounds: one thread sends, the loop's thread answers, the time between is noted.
import Glibc
import Linux
import StationProtocol

/// Sends round after round from a thread of its own, each a moment after the one before was
/// answered and the loop had come to rest.
final class Run: @unchecked Sendable {
  // Sendable because a round is started only after the one before was answered, so the sender
  // and the loop's thread never touch `starts` and `ends` at the same time.
  private(set) var current = 0
  var whenDone: () -> Void

  private let count: Int
  private let loop: EventLoop
  private let send: (Int) -> Void
  private var starts: [Instant]
  private var ends: [Instant]
  private var sender: WorkerThread<Int>?

  init(count: Int, loop: EventLoop, send: @escaping (Int) -> Void) {
    self.count = count
    self.loop = loop
    self.send = send
    starts = Array(repeating: Instant(nanoseconds: 0), count: count)
    ends = starts
    whenDone = { loop.stop() }
  }

  func begin() {
    sender = WorkerThread(name: "sender") { [self] in
      { rounds in
        for round in rounds {
          self.starts[round] = Clock.now
          self.send(round)
        }
        return nil
      }
    }
    sender?.submit(0)
  }

  /// The round was answered; called on the loop's thread.
  func finishOne() {
    guard sender != nil, current < count else { return }
    ends[current] = Clock.now
    current += 1
    loop.schedule(after: .microseconds(300)) { [self] in
      if current < count {
        sender?.submit(current)
      } else {
        sender?.finish()
        sender = nil
        whenDone()
      }
    }
  }

  func times() -> Quantiles {
    Quantiles(zip(starts, ends).map { ($1 - $0).wholeNanoseconds })
  }
}

/// A folder on the disk of this machine, removed at the end.
final class ScratchFolder {
  let path: String

  init() throws(SystemError) {
    var template = Array("/var/tmp/bench-XXXXXX".utf8CString)
    guard let made = mkdtemp(&template) else { throw SystemError("make a folder") }
    path = String(cString: made)
  }

  deinit {
    for name in (try? Files.names(in: path)) ?? [] { unlink("\(path)/\(name)") }
    rmdir(path)
  }
}
