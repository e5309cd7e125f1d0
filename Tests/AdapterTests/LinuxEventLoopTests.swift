// The event loop with real descriptors and timers.
import Glibc
import Linux
import TestBed
import Testing
import Time

@Suite("Event loop")
struct EventLoopTests {
  let loop: EventLoop

  init() throws { loop = try EventLoop() }

  @Test("timers fire in the order of their deadlines, equal ones in the order they were made")
  func order() throws {
    var fired: [Int] = []
    let start = Clock.now
    for (name, delay) in [(3, 20), (1, 5), (4, 20), (2, 10), (0, -5)] {
      loop.schedule(at: start + .milliseconds(delay)) { fired.append(name) }
    }
    try loop.serve(until: "five timers") { fired.count == 5 }
    #expect(fired == [0, 1, 2, 3, 4])
    #expect(Clock.now - start >= .milliseconds(20))
  }

  @Test("a timer cancelled by one that is due in the same turn stays silent")
  func cancelling() throws {
    var fired: [String] = []
    let due = Clock.now
    let second = Box<Linux.Timer?>(nil)
    loop.schedule(at: due) {
      fired.append("first")
      second.value?.cancel()
    }
    second.value = loop.schedule(at: due) { fired.append("second") }
    loop.schedule(after: .milliseconds(5)) { fired.append("last") }
    try loop.serve(until: "the last timer") { fired.last == "last" }
    #expect(fired == ["first", "last"])
    #expect(second.value?.isPending == false)
  }

  @Test("a timer that sets itself again for a time gone by does not keep descriptors waiting")
  func overdue() throws {
    var fired = 0
    func again() {
      fired += 1
      if fired < 1_000_000 { loop.schedule(at: Instant(nanoseconds: 1)) { again() } }
    }
    again()
    let mailbox = try Mailbox<Int>()
    var received = 0
    try loop.receive(from: mailbox) { received = $0 }
    mailbox.send(7)
    try loop.serve(until: "the mailbox") { received == 7 }
    #expect(fired < 1000)
  }

  @Test("a descriptor let go by an earlier one of the same turn hears nothing more")
  func unwatching() throws {
    let pipes = [try Pipe(), try Pipe()]
    var heard: [Int] = []
    for (index, pipe) in pipes.enumerated() {
      try loop.watch(pipe.reading, for: .read) { [loop] _ in
        heard.append(index)
        // Whichever comes first takes the other one away.
        for pipe in pipes { loop.unwatch(pipe.reading) }
      }
      pipe.write()
    }
    try loop.serve(until: "one of the pipes") { !heard.isEmpty }
    var turns = 0
    try loop.serve(until: "more turns") {
      turns += 1
      return turns > 3
    }
    #expect(heard.count == 1)
  }

  @Test("a descriptor watched anew in the turn in which its number was ready is asked afresh")
  func watchingAnew() throws {
    let trigger = try Pipe()
    let other = try Pipe()
    var stale = 0
    try loop.watch(trigger.reading, for: .read) { [loop] _ in
      loop.unwatch(trigger.reading)
      loop.unwatch(other.reading)
      other.drain()
      try? loop.watch(other.reading, for: .read) { _ in stale += 1 }
    }
    try loop.watch(other.reading, for: .read) { [loop] _ in loop.unwatch(other.reading) }
    trigger.write()
    other.write()
    var turns = 0
    try loop.serve(until: "some turns") {
      turns += 1
      return turns > 4
    }
    #expect(stale == 0)
  }

  @Test("a peer that is gone is reported as a hang-up")
  func hangUp() throws {
    let pipe = try Pipe()
    var readiness: Readiness = []
    try loop.watch(pipe.reading, for: .read) { [loop] in
      readiness = $0
      loop.unwatch(pipe.reading)
    }
    pipe.closeWriting()
    try loop.serve(until: "the hang-up") { !readiness.isEmpty }
    #expect(!readiness.isDisjoint(with: .hangUp))
  }

  @Test("ten thousand timers, set and mostly cancelled, cost milliseconds")
  func many() throws {
    let start = Clock.now
    var fired = 0
    var timers: [Linux.Timer] = []
    for number in 0..<10_000 {
      let delay = Duration.microseconds((number * 7919) % 20_000)
      timers.append(loop.schedule(after: delay) { fired += 1 })
    }
    for (number, timer) in timers.enumerated() where number % 10 != 0 { timer.cancel() }
    try loop.serve(until: "the timers that were left") { fired == 1000 }
    let took = Clock.now - start
    print("10,000 timers: \(took)")
    #expect(took < .seconds(1))
  }

  @Test("after a turn comes the call that a watchdog hangs on, once for each")
  func afterTurn() throws {
    var turns = 0
    var fired = 0
    loop.afterTurn = { turns += 1 }
    for delay in [1, 5, 9] { loop.schedule(after: .milliseconds(delay)) { fired += 1 } }
    loop.schedule(after: .milliseconds(15)) { [loop] in loop.stop() }
    try loop.run()
    #expect(fired == 3)
    #expect((2...5).contains(turns))
  }

  @Test("a signal becomes an event of the loop")
  func signals() throws {
    var received: [Int32] = []
    try loop.receive(signals: [SIGUSR2]) { received.append($0) }
    pthread_kill(pthread_self(), SIGUSR2)
    try loop.serve(until: "the signal") { !received.isEmpty }
    #expect(received == [SIGUSR2])
  }
}

/// Two ends of a pipe, closed with the object.
private final class Pipe {
  let reading: Int32
  private var writing: Int32

  init() throws {
    var ends: [Int32] = [-1, -1]
    try #require(pipe(&ends) == 0)
    reading = ends[0]
    writing = ends[1]
  }

  deinit {
    close(reading)
    closeWriting()
  }

  func write() { _ = Glibc.write(writing, "x", 1) }
  func drain() {
    var byte: UInt8 = 0
    _ = read(reading, &byte, 1)
  }
  func closeWriting() {
    if writing >= 0 { close(writing) }
    writing = -1
  }
}
