// Many who watch the event stream at once, read by one thread.
import Glibc
import Linux
import StationProtocol
import TestBed

/// Open event streams of a service. What they bring is counted and thrown away.
final class WatcherCrowd {
  private let thread: WorkerThread<Int32>
  private let seen: Counts

  /// States that each stream has brought.
  private final class Counts: @unchecked Sendable {
    // Sendable because its lock guards what both threads touch.
    private let lock = Lock()
    private var states: [Int32: Int] = [:]
    private var isRunning = true

    func add(_ count: Int, of descriptor: Int32) {
      lock.withLock { states[descriptor, default: 0] += count }
    }
    func forget() { lock.withLock { for key in states.keys { states[key] = 0 } } }
    var fewest: Int { lock.withLock { states.values.min() ?? 0 } }
    func end() { lock.withLock { isRunning = false } }
    var goesOn: Bool { lock.withLock { isRunning } }
  }

  /// - Parameter count: as many as the actors of the service's watchers may open.
  init(_ management: ManagementUnderTest, count: Int) throws {
    let seen = Counts()
    self.seen = seen
    let descriptors = try (0..<count).map { number in
      let token = management.watcherTokens[number % management.watcherTokens.count]
      let descriptor = try StreamReader.connect(management.address)
      let request = Array(
        ("GET /api/v1/events/stream HTTP/1.1\r\nHost: here\r\nAuthorization: Bearer \(token)"
          + "\r\n\r\n").utf8)
      guard write(descriptor, request, request.count) == request.count else {
        throw SystemError("ask for the event stream")
      }
      seen.add(0, of: descriptor)
      return descriptor
    }
    thread = WorkerThread(name: "watchers") {
      var polls = descriptors.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
      var buffer = [UInt8](repeating: 0, count: 262_144)
      return { _ in
        while seen.goesOn {
          guard poll(&polls, nfds_t(polls.count), 100) > 0 else { continue }
          for index in polls.indices where polls[index].revents != 0 {
            let size = recv(polls[index].fd, &buffer, buffer.count, 0)
            guard size > 0 else {
              polls[index].fd = -1
              continue
            }
            seen.add(Self.states(buffer, size), of: descriptors[index])
          }
        }
        for descriptor in descriptors { close(descriptor) }
        return nil
      }
    }
    thread.submit(0)
  }

  /// The ends of events in a piece of a stream: two line feeds. One that lies across two pieces is
  /// missed, so that a wait for a number of them waits a little longer.
  private static func states(_ bytes: [UInt8], _ size: Int) -> Int {
    bytes.withUnsafeBufferPointer { bytes in
      var count = 0
      for index in 1..<max(1, size) where bytes[index] == 0x0A && bytes[index - 1] == 0x0A {
        count += 1
      }
      return count
    }
  }

  func forget() { seen.forget() }

  func waitForStates(_ count: Int, _ what: String) throws {
    try Deadline.wait(300, until: what) { seen.fewest >= count * 98 / 100 }
  }

  func stop() {
    seen.end()
    thread.finish()
  }
}
