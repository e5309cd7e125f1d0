// The client of the simulated board against a board of the test's own, over a real socket.
import BoardLink
import GPIO
import Linux
import TestBed
import Testing
import Time

@Suite("Lines of the simulated board")
final class SimulatedLinesTests {
  let folder: WorkFolder
  let loop: EventLoop
  let lines: SimulatedLines
  var readable: [String] = []
  var stationReadable: [Bool] = []
  var levels: [String] = []

  init() throws {
    folder = try WorkFolder()
    loop = try EventLoop()
    lines = SimulatedLines(
      loop: loop, path: folder.file("board"), accessPoints: [1, 2], patience: .milliseconds(100),
      limits: .wires)
    lines.onReadable = { [unowned self] point, areReadable, reason in
      guard let point else { return stationReadable.append(areReadable) }
      readable.append("\(point) \(areReadable) \(reason)")
    }
    lines.onLevel = { [unowned self] line, level, _ in levels.append("\(line) \(level)") }
    lines.onChatter = { [unowned self] line, isChattering in
      levels.append("\(line) \(isChattering ? "chatters" : "is quiet")")
    }
  }

  @Test("a board that is not there is told of once, tried again, and greeted when it comes")
  func absent() throws {
    lines.start()
    let path = folder.file("board")
    let missing = "cannot connect to \(path): No such file or directory (errno 2)"
    #expect(readable == ["1 false \(missing)", "2 false \(missing)"])
    let attempts = Clock.now + .milliseconds(1200)
    try loop.serve(until: "two more attempts") { Clock.now > attempts }
    #expect(readable.count == 2)
    let board = try FakeBoard(path)
    try loop.serve(until: "the connection") { board.accept() }
    board.say("hello 2", "input contact-1 1", "input exit-1 0")
    try loop.serve(until: "the levels") { [unowned self] in levels.count == 2 }
    #expect(readable[2...] == ["1 true ", "2 true "])
    #expect(stationReadable == [false, true])
    #expect(levels == ["contact-1 true", "exit-1 false"])
  }

  @Test("a board that comes back is told what is wanted now, not what was wanted before")
  func drivingAgain() throws {
    let board = try connected()
    lines.set(BoardLine(.strike, 1), to: true)
    lines.set(BoardLine(.strike, 2), to: false)
    try loop.serve(until: "the orders") { board.heard(2) }
    #expect(board.orders == ["output strike-1 1", "output strike-2 0"])
    board.hangUp()
    try loop.serve(until: "the loss") { [unowned self] in readable.last?.hasPrefix("2 f") == true }
    lines.set(BoardLine(.strike, 1), to: false)
    lines.set(BoardLine(.strike, 2), to: true)
    try loop.serve(until: "the board again") { board.accept() }
    // Someone presses the exit button while the lines come back.
    board.say("hello 2", "input exit-1 1")
    try loop.serve(until: "the orders") { board.heard(2) }
    #expect(board.orders.sorted() == ["output strike-1 0", "output strike-2 1"])
    try loop.serve(until: "the exit") { [unowned self] in levels.last == "exit-1 true" }
  }

  @Test(
    "a board that breaks the protocol is dropped with the reason and tried again",
    arguments: [
      (["hello 9", "hello 9"], "the board speaks version 9, this daemon 2"),
      (["nonsense", "hello 2"], "the board says what its protocol does not know"),
      (["hello 2", "nonsense", "nonsense"], "the board says what its protocol does not know"),
    ])
  func protocolFaults(said: [String], reason: String) throws {
    let board = try FakeBoard(folder.file("board"))
    lines.start()
    for _ in 1...3 {
      try loop.serve(until: "a connection") { board.accept() }
      board.say(said)
      try loop.serve(until: "the refusal") { board.isDropped }
      #expect(readable.last == "2 false \(reason)")
    }
    #expect(!readable.contains { $0.hasPrefix("1 false the board has gone") })
  }

  @Test("a board that takes the connection and says nothing is no board")
  func silent() throws {
    let board = try FakeBoard(folder.file("board"))
    lines.start()
    try loop.serve(until: "a connection") { board.accept() }
    try loop.serve(until: "the end of patience") { board.isDropped }
    #expect(readable.last == "2 false the board does not say what it is")
  }

  @Test("a level that comes before the greeting is not believed")
  func early() throws {
    let board = try FakeBoard(folder.file("board"))
    lines.start()
    try loop.serve(until: "a connection") { board.accept() }
    board.say("input contact-1 1", "hello 2", "input contact-2 1")
    try loop.serve(until: "a level") { [unowned self] in !levels.isEmpty }
    #expect(levels == ["contact-2 true"])
  }

  @Test("a line that chatters is said to, and told again when it has been quiet")
  func chatter() throws {
    let board = try connected()
    levels = []
    for round in 0..<60 { board.say("input contact-1 \(round % 2)", "input contact-1 1") }
    try loop.serve(until: "the chatter") { [unowned self] in levels.last == "contact-1 chatters" }
    // Each message but the first goes on to another level; the last one is the fault.
    #expect(levels.count < 120)
    board.say("input contact-1 0", "input tamper-1 0")
    try loop.serve(until: "another line") { [unowned self] in levels.last == "tamper-1 false" }
    try loop.serve(until: "quiet") { [unowned self] in levels.last == "contact-1 false" }
    #expect(levels.suffix(2) == ["contact-1 is quiet", "contact-1 false"])
  }

  @Test("stop lets go, and nothing is tried again")
  func stopping() throws {
    let board = try connected()
    lines.set(BoardLine(.strike, 1), to: false)
    lines.stop()
    try loop.serve(until: "the board to see it") { board.isDropped }
    #expect(board.orders == ["output strike-1 0"])
    let later = Clock.now + .milliseconds(700)
    try loop.serve(until: "a time in which it would have tried") { Clock.now > later }
    #expect(!board.accept())
  }

  private func connected() throws -> FakeBoard {
    let board = try FakeBoard(folder.file("board"))
    lines.start()
    try loop.serve(until: "a connection") { board.accept() }
    board.say("hello 2")
    try loop.serve(until: "the greeting") { [unowned self] in readable.last == "2 true " }
    return board
  }
}

/// A board of the test: what it hears is kept, what it says is the test's.
private final class FakeBoard {
  private let listener: LocalListener
  private var connection: LocalConnection?
  private(set) var orders: [String] = []

  init(_ path: String) throws { listener = try LocalListener(path: path) }

  func accept() -> Bool {
    guard let caller = listener.accept() else { return false }
    connection = caller
    orders = []
    return true
  }

  func say(_ lines: String...) { say(lines) }
  func say(_ lines: [String]) { for line in lines { _ = connection?.send(line: line) } }
  func hangUp() { connection = nil }

  func heard(_ count: Int) -> Bool {
    orders += connection?.lines() ?? []
    return orders.count >= count
  }

  var isDropped: Bool {
    guard let lines = connection?.lines() else { return true }
    orders += lines
    return false
  }
}
