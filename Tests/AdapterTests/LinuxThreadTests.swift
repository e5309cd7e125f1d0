// Mailboxes and worker threads between real threads.
import Foundation
import Linux
import TestBed
import Testing
import Time

@Suite("Threads")
struct ThreadTests {
  @Test("what four threads send into a mailbox arrives whole, each thread's in its order")
  func mailbox() throws {
    let loop = try EventLoop()
    let mailbox = try Mailbox<(thread: Int, number: Int)>()
    let threads = (0..<4).map { thread in
      WorkerThread<Int>(name: "sender-\(thread)") {
        { jobs in
          for job in jobs { mailbox.send((thread, job)) }
          return nil
        }
      }
    }
    var received = [[Int]](repeating: [], count: 4)
    try loop.receive(from: mailbox) { received[$0.thread].append($0.number) }
    for number in 0..<1000 { for thread in threads { thread.submit(number) } }
    try loop.serve(until: "4000 messages") { received.allSatisfy { $0.count == 1000 } }
    for thread in threads { thread.finish() }
    #expect(received.allSatisfy { $0 == Array(0..<1000) })
  }

  @Test("a worker takes jobs in their order and finish waits for the last of them")
  func order() throws {
    let done = Box<[Int]>([])
    let worker = WorkerThread<Int>(name: "worker") {
      { jobs in
        done.value += jobs
        return nil
      }
    }
    for job in 0..<5000 { worker.submit(job) }
    worker.finish()
    #expect(done.value == Array(0..<5000))
  }

  @Test("a worker that hangs is given no more jobs than may wait, and whoever submits is told so")
  func full() throws {
    let begun = try Mailbox<Int>()
    let gate = try Mailbox<Int>()
    let worker = WorkerThread<Int>(name: "worker", most: 3) {
      { jobs in
        for job in jobs { begun.send(job) }
        while gate.drain().isEmpty { Clock.rest(until: Clock.now + .milliseconds(1)) }
        return nil
      }
    }
    #expect(worker.submit(1))
    let loop = try EventLoop()
    var first: [Int] = []
    try loop.receive(from: begun) { first.append($0) }
    try loop.serve(until: "the first job") { first == [1] }
    #expect([2, 3, 4, 5, 6].map { worker.submit($0) } == [true, true, true, false, false])
    gate.send(1)
    gate.send(1)
    try loop.serve(until: "the others") { first == [1, 2, 3, 4] }
    gate.send(1)
    worker.finish()
  }

  @Test("a worker that asks for it is called again at its time, and once more at the end")
  func waking() throws {
    let calls = try Mailbox<(jobs: Int, at: Instant)>()
    let worker = WorkerThread<Int>(name: "worker") {
      { jobs in
        calls.send((jobs.count, Clock.now))
        return jobs.isEmpty ? nil : Clock.now + (jobs == [1] ? .milliseconds(30) : .seconds(3600))
      }
    }
    let start = Clock.now
    worker.submit(1)
    var seen: [(jobs: Int, at: Instant)] = []
    try Deadline.wait(until: "the wake-up") {
      seen += calls.drain()
      return seen.count == 2
    }
    #expect(seen.map(\.jobs) == [1, 0])
    #expect(seen[1].at - start >= .milliseconds(30))
    worker.submit(2)
    worker.finish()
    #expect(calls.drain().map(\.jobs) == [1, 0])
  }

  @Test("an abandoned worker holds nobody up and does its jobs all the same")
  func abandoning() throws {
    let gate = DispatchSemaphore(value: 0)
    let done = try Mailbox<Int>()
    let worker = WorkerThread<Int>(name: "slow") {
      { jobs in
        gate.wait()
        for job in jobs { done.send(job) }
        return nil
      }
    }
    worker.submit(1)
    worker.submit(2)
    worker.abandon()
    gate.signal()
    gate.signal()
    var seen: [Int] = []
    try Deadline.wait(until: "both jobs") {
      seen += done.drain()
      return seen == [1, 2]
    }
  }

  @Test("a worker's thread has its name and sees no signal")
  func thread() throws {
    let found = Box<(name: String, blocked: Bool)>(("", false))
    let worker = WorkerThread<Int>(name: "journal") {
      { _ in
        let status = (try? Files.read("/proc/thread-self/comm")) ?? []
        let text = String(decoding: status.dropLast(), as: UTF8.self)
        var mask = sigset_t()
        pthread_sigmask(SIG_BLOCK, nil, &mask)
        found.value = (text, sigismember(&mask, SIGTERM) == 1)
        return nil
      }
    }
    worker.submit(1)
    worker.finish()
    #expect(found.value.name == "journal")
    #expect(found.value.blocked)
  }
}
