// stationd and its wires: fire, a lost daemon, and a contact that never rests.
import Linux
import SQL
import SQLite
import TestBed
import Testing

@testable import StationShell

@Suite("stationd and its wires")
struct StationdWiresTests {
  private let bench: DaemonBench

  init() throws {
    bench = try DaemonBench()
    bench.sections = """
      [fire]
      wiring = two-lines
      [relay lights]
      """
  }

  @Test("fire releases the strike, stays over a kill, and ends by the key at the station alone")
  func fire() throws {
    let board = try TestBoard(bench.socketPath)
    var daemon = try bench.start()
    try board.greet("input contact-1 1", "input fire 1", "input fire-b 0")
    try board.wait(until: "the lights") { $0.contains("output lights 1") }
    try board.wait(until: "the strike to be secured") { $0.contains("output strike-1 0") }
    board.say("input fire 0")
    board.say("input fire-b 1")
    try board.wait(until: "the release") { $0.last == "output strike-1 1" }
    board.say("input fire-b 0")
    board.say("input fire 1")
    // The record of the alarm, and with it the latch, is durable within 50 ms.
    try Deadline.wait(until: "the latch") {
      isFireLatched
    }
    daemon.kill()
    daemon = try bench.start()
    try board.greet("input contact-1 1", "input fire 1", "input fire-b 0")
    try board.wait(until: "the release again") { $0.contains("output strike-1 1") }
    #expect(!board.lines.contains("output strike-1 0"))
    board.say("input fire-reset 1")
    try board.wait(until: "the strike to be secured") { $0.last == "output strike-1 0" }
  }

  private var isFireLatched: Bool {
    guard let store = try? Database(path: bench.store, mode: .readOnly) else { return false }
    defer { store.close() }
    var count: Int64 = 0
    try? store.prepare("SELECT count(*) FROM latch WHERE name = 'fire'").rows {
      count = $0.int64(0)
    }
    return count == 1
  }

  @Test("a magnet is held by its relay, and let go with the daemon")
  func magnet() throws {
    bench.sections = ""
    bench.door = "lock = fail-safe\negress = button-circuit"
    let board = try TestBoard(bench.socketPath)
    let daemon = try bench.start()
    try board.greet("input contact-1 1")
    try board.wait(until: "the magnet to hold") { $0.last == "output strike-1 1" }
    board.say("input exit-1 1")
    try board.wait(until: "the magnet to let go") { $0.last == "output strike-1 0" }
    board.say("input exit-1 0")
    #expect(try daemon.stop() == 0)
    board.listen()
    #expect(board.lines.last { $0.hasPrefix("output") } == "output strike-1 0")
  }
}
