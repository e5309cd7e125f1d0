// A thread with a name that takes jobs in order and may look how many wait.
import CLinux
import Glibc
import Time

/// A thread that hands jobs, all that wait at once, to its body. It ends when it is told to
/// and every job is done.
package final class WorkerThread<Job: Sendable>: Sendable {
  private let queue: JobQueue<Job>
  private let thread: pthread_t

  /// - Parameters:
  ///   - most: how many jobs may wait. A thread that hangs in a call must not fill the memory.
  ///   - makeBody: called on the new thread; what it makes lives and dies there.
  ///   - body: gets every waiting job; when it asks to be called again at an instant, it is,
  ///     with no jobs, unless some come first.
  package init(
    name: String, most: Int = 65_536,
    _ makeBody: @escaping @Sendable () -> ((_ jobs: [Job]) -> Instant?)
  ) {
    queue = JobQueue(most: most)
    let queue = queue
    thread = startThread {
      _ = linux_name_thread(name)
      let body = makeBody()
      var wake: Instant?
      while let jobs = queue.next(until: wake) { wake = body(jobs) }
    }
  }

  /// - Returns: false where too many wait; the job is not taken then.
  @discardableResult
  package func submit(_ job: consuming Job) -> Bool { queue.submit(job) }

  /// Waits until every job is done and the thread has ended. To be called once.
  package func finish() {
    queue.end()
    pthread_join(thread, nil)
  }
}

extension WorkerThread {
  /// Lets the thread go without waiting for it: for one that may hang in a call for minutes. It
  /// still does the jobs that wait. To be called once, instead of `finish`.
  package func abandon() {
    queue.end()
    pthread_detach(thread)
  }
}

/// What a thread is started with.
private final class ThreadStart: Sendable {
  let body: @Sendable () -> Void
  init(_ body: @escaping @Sendable () -> Void) { self.body = body }
}

/// Starts a thread that never sees a signal: those belong to the loop's signal descriptor.
private func startThread(_ body: @escaping @Sendable () -> Void) -> pthread_t {
  var all = sigset_t()
  var before = sigset_t()
  sigfillset(&all)
  pthread_sigmask(SIG_BLOCK, &all, &before)
  defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
  var thread = pthread_t()
  let status = pthread_create(
    &thread, nil,
    { argument in
      Unmanaged<ThreadStart>.fromOpaque(argument!).takeRetainedValue().body()
      return nil
    }, Unmanaged.passRetained(ThreadStart(body)).toOpaque())
  precondition(status == 0, "cannot start a thread: \(SystemError.text(of: status))")
  return thread
}

/// The jobs that wait, between the submitting threads and the working one.
private final class JobQueue<Job: Sendable>: @unchecked Sendable {
  // Sendable because `lock` guards all that changes.
  private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let woken = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var jobs: [Job] = []
  private var isEnding = false
  private let most: Int

  init(most: Int) {
    self.most = most
    pthread_mutex_init(lock, nil)
    var attributes = pthread_condattr_t()
    pthread_condattr_init(&attributes)
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
    pthread_cond_init(woken, &attributes)
    pthread_condattr_destroy(&attributes)
  }

  deinit {
    pthread_cond_destroy(woken)
    pthread_mutex_destroy(lock)
    woken.deallocate()
    lock.deallocate()
  }

  func submit(_ job: consuming Job) -> Bool {
    pthread_mutex_lock(lock)
    defer { pthread_mutex_unlock(lock) }
    guard jobs.count < most else { return false }
    jobs.append(job)
    pthread_cond_signal(woken)
    return true
  }

  func end() {
    pthread_mutex_lock(lock)
    isEnding = true
    pthread_cond_signal(woken)
    pthread_mutex_unlock(lock)
  }

  /// The jobs that wait; none when `wake` has come; nil when the thread is to end.
  func next(until wake: Instant?) -> [Job]? {
    pthread_mutex_lock(lock)
    defer { pthread_mutex_unlock(lock) }
    while jobs.isEmpty && !isEnding {
      guard let wake else {
        pthread_cond_wait(woken, lock)
        continue
      }
      var deadline = timespec(
        tv_sec: time_t(wake.nanoseconds / 1_000_000_000),
        tv_nsec: Int(wake.nanoseconds % 1_000_000_000))
      if pthread_cond_timedwait(woken, lock, &deadline) == ETIMEDOUT { return [] }
    }
    // At the end the body is called once more for what it has put off.
    if jobs.isEmpty { return wake == nil ? nil : [] }
    defer { jobs = [] }
    return jobs
  }
}
