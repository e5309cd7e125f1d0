// One thread's loop over epoll: descriptors, timers, and one callback after each turn.
import CLinux
import Glibc
import Time

/// What a descriptor is watched for, and what it turned out to be ready for.
package struct Readiness: OptionSet, Sendable {
  package let rawValue: UInt32
  package init(rawValue: UInt32) { self.rawValue = rawValue }

  package static let read = Readiness(rawValue: EPOLLIN.rawValue)
  package static let write = Readiness(rawValue: EPOLLOUT.rawValue)
  /// The other side is gone or the descriptor failed; always watched for.
  package static let hangUp = Readiness(rawValue: EPOLLHUP.rawValue | EPOLLERR.rawValue)
}

/// A deadline on an `EventLoop`. Dropping it does not cancel it.
package final class Timer {
  package fileprivate(set) var deadline: Instant
  fileprivate var body: (() -> Void)?

  fileprivate init(deadline: Instant, body: @escaping () -> Void) {
    self.deadline = deadline
    self.body = body
  }

  package func cancel() { body = nil }
  package var isPending: Bool { body != nil }
}

/// An epoll loop. It belongs to the thread that runs it; descriptors stay their openers'.
package final class EventLoop {
  private let epoll: Int32
  private let clock: Int32
  private var watches: [UInt64: Watch] = [:]
  private var tokens: [Int32: UInt64] = [:]
  private var nextToken: UInt64 = 1
  /// In the order of their deadlines, equal ones in the order they were made; cancelled ones
  /// stay among them until a sweep.
  private var timers: [Timer] = []
  private var sweepAt = EventLoop.fewTimers
  private var armed: Instant?
  private var isStopping = false
  /// Called when every descriptor and timer that was ready has been served: a thread that is
  /// stuck in one of them never gets here, which is what a watchdog wants to know.
  package var afterTurn: (() -> Void)?

  /// So few timers are not worth a sweep.
  private static let fewTimers = 64

  private struct Watch {
    let descriptor: Int32
    var interest: Readiness
    let body: (Readiness) -> Void
  }

  package init() throws(SystemError) {
    // The properties are set when both are there: from then on deinit closes them.
    let epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
    guard epoll >= 0 else { throw SystemError("create an epoll instance") }
    let clock = timerfd_create(CLOCK_MONOTONIC, Int32(TFD_CLOEXEC | TFD_NONBLOCK))
    guard clock >= 0 else {
      let error = SystemError("create a timer descriptor")
      close(epoll)
      throw error
    }
    self.epoll = epoll
    self.clock = clock
    try watch(clock, for: .read) { [unowned self] _ in self.acknowledgeClock() }
  }

  deinit {
    close(clock)
    close(epoll)
  }

  /// Calls `body` whenever the descriptor is ready. One watch per descriptor.
  package func watch(
    _ descriptor: Int32, for interest: Readiness, _ body: @escaping (Readiness) -> Void
  ) throws(SystemError) {
    precondition(tokens[descriptor] == nil, "descriptor \(descriptor) is watched already")
    let token = nextToken
    nextToken += 1
    guard linux_epoll_set(epoll, EPOLL_CTL_ADD, descriptor, interest.rawValue, token) == 0 else {
      throw SystemError("watch descriptor \(descriptor)")
    }
    watches[token] = Watch(descriptor: descriptor, interest: interest, body: body)
    tokens[descriptor] = token
  }

  package func change(_ descriptor: Int32, to interest: Readiness) {
    guard let token = tokens[descriptor], watches[token]?.interest != interest else { return }
    watches[token]?.interest = interest
    _ = linux_epoll_set(epoll, EPOLL_CTL_MOD, descriptor, interest.rawValue, token)
  }

  /// To be called before the descriptor is closed. Nothing of this turn reaches it any more.
  package func unwatch(_ descriptor: Int32) {
    guard let token = tokens.removeValue(forKey: descriptor) else { return }
    watches[token] = nil
    _ = linux_epoll_set(epoll, EPOLL_CTL_DEL, descriptor, 0, 0)
  }

  @discardableResult
  package func schedule(at deadline: Instant, _ body: @escaping () -> Void) -> Timer {
    let timer = Timer(deadline: deadline, body: body)
    if timers.count >= sweepAt {
      timers.removeAll { !$0.isPending }
      sweepAt = max(Self.fewTimers, 2 * timers.count)
    }
    timers.insert(timer, at: countOfTimers(dueAt: deadline))
    return timer
  }

  @discardableResult
  package func schedule(after delay: Duration, _ body: @escaping () -> Void) -> Timer {
    schedule(at: Clock.now + delay, body)
  }

  /// Serves until `stop()`.
  package func run() throws(SystemError) {
    isStopping = false
    var events = [epoll_event](repeating: epoll_event(), count: 64)
    while !isStopping {
      arm()
      let count = epoll_wait(epoll, &events, Int32(events.count), -1)
      if count < 0 {
        if errno == EINTR { continue }
        throw SystemError("wait for events")
      }
      for index in 0..<Int(count) {
        let token = linux_epoll_token(&events[index])
        watches[token]?.body(Readiness(rawValue: events[index].events))
      }
      fireDueTimers()
      afterTurn?()
    }
  }

  /// Ends `run()` after the current turn.
  package func stop() { isStopping = true }

  /// Fires what is due now. What one of these schedules belongs to the next turn, however
  /// overdue, so that timers cannot keep descriptors waiting.
  private func fireDueTimers() {
    let due = timers.prefix(countOfTimers(dueAt: Clock.now))
    timers.removeFirst(due.count)
    for timer in due {
      let body = timer.body
      timer.body = nil
      body?()
    }
  }

  /// How many timers have a deadline that is not after an instant.
  private func countOfTimers(dueAt instant: Instant) -> Int {
    var low = 0
    var high = timers.count
    while low < high {
      let middle = (low + high) / 2
      if timers[middle].deadline <= instant { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// Sets the kernel's timer to the earliest deadline.
  private func arm() {
    timers.removeFirst(timers.prefix { !$0.isPending }.count)
    let next = timers.first?.deadline
    guard next != armed else { return }
    armed = next
    var time = itimerspec()
    if let next {
      // A value of zero would disarm the timer, so what is overdue is due in a nanosecond.
      let nanoseconds = max(1, next.nanoseconds)
      time.it_value.tv_sec = time_t(nanoseconds / 1_000_000_000)
      time.it_value.tv_nsec = Int(nanoseconds % 1_000_000_000)
    }
    timerfd_settime(clock, Int32(TFD_TIMER_ABSTIME), &time, nil)
  }

  private func acknowledgeClock() {
    var expirations: UInt64 = 0
    _ = read(clock, &expirations, 8)
    armed = nil
  }
}
