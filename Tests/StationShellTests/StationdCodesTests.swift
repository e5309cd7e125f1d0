// stationd with a keypad and typed codes, without any broker.
import Foundation
import Linux
import MemberCode
import StationCore
import StationProtocol
import TestBed
import Testing
import Time

@testable import StationShell

@Suite("stationd and typed codes")
struct StationdCodesTests {
  private let bench: DaemonBench
  private static let digits = "4071936258"
  private static let point = AccessPointID(1)!

  init() throws { bench = try DaemonBench() }

  /// The store of a station that was told this code before the broker went away.
  private func set(uses: Int64) throws {
    let station = try #require(StationID("one"))
    let hash = try #require(
      TypedCodeHash(
        digits: Array(Self.digits.utf8), station: station, accessPoint: Self.point))
    let code = TypedCode(
      try #require(TypedCodeID("c-1")), hash, from: Clock.wall + .seconds(-60),
      until: Clock.wall + .seconds(3600), uses: uses)
    let (store, _) = try StationStore.open(path: bench.store, fresh: StreamID(bits: 1))
    var batch = StationStore.Batch()
    batch.operations = [.remember([.typedCode(Self.point, .kept(KeptCode(code)))])]
    try store.commit(batch)
    try store.close()
  }

  private func rows(_ sql: String) throws -> String {
    try Program.run("sqlite3", [bench.store, sql]).output
  }

  @Test(
    "a one-time code opens once, also after the power was cut and after a restart; no digit is kept"
  )
  func once() throws {
    try set(uses: 1)
    let board = try TestBoard(bench.socketPath)
    let daemon = try bench.start()
    try board.greet("input contact-1 1")
    board.say("keys 1 \(Self.digits)")
    try board.wait(for: "show 1 granted -", count: 1)
    try Deadline.wait(until: "the use to be in the file") {
      try rows("SELECT used FROM typed_code").hasPrefix("1")
    }
    daemon.kill()
    let again = try bench.start()
    try board.greet("input contact-1 1")
    board.say("keys 1 \(Self.digits)#")
    try board.wait(for: "show 1 refused typed-code-used", count: 1)
    #expect(try again.stop() == 0)
    let last = try bench.start()
    try board.greet("input contact-1 1")
    board.say("keys 1 \(Self.digits)#")
    try board.wait(for: "show 1 refused typed-code-used", count: 1)
    #expect(try last.stop() == 0)
    let records = try rows("SELECT CAST(record AS TEXT) FROM outbox")
    #expect(records.contains(#""kind":"entry-granted","ap":1,"with":"typed","credential":"c-1""#))
    let hash = try rows("SELECT hash FROM typed_code").prefix(64)
    #expect(hash.count == 64 && !records.contains(hash))
    for text in [daemon.log, again.log, last.log, records, try rows(".dump")] {
      #expect(!text.contains(Self.digits))
    }
  }

  @Test("a code is typed whole and alone: with a star, a digit more or fewer it is a wrong PIN")
  func keys() throws {
    try set(uses: 100)
    let board = try TestBoard(bench.socketPath)
    let daemon = try bench.start()
    try board.greet("input contact-1 1")
    let wrong = ["\(Self.digits)0", String(Self.digits.dropLast()), "40719*36258", "4071936258##"]
    for (count, keys) in wrong.enumerated() {
      board.say("keys 1 \(keys)")
      try board.wait(for: "show 1 refused wrong-pin", count: count + 1)
    }
    board.say("keys 1 \(Self.digits)")
    try board.wait(for: "show 1 granted -", count: 1)
    #expect(try daemon.stop() == 0)
  }

  @Test("whoever guesses at codes waits, and so does whoever knows one then")
  func guesses() throws {
    try set(uses: 100)
    let board = try TestBoard(bench.socketPath)
    let daemon = try bench.start()
    try board.greet("input contact-1 1")
    for number in 1...5 {
      board.say("keys 1 900000000\(number)")
      try board.wait(for: "show 1 refused wrong-typed-code", count: number)
    }
    board.say("keys 1 \(Self.digits)")
    try board.wait(for: "show 1 refused paused", count: 1)
    #expect(try daemon.stop() == 0)
    #expect(!daemon.log.contains("900000000"))
  }
}
