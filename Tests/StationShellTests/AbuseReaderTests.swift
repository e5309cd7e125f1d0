// Noise and bad codes at the readers of a running daemon, while good codes open its door.
import Foundation
import Linux
import StationProtocol
import TestBed
import Testing
import Time
import Twins

@testable import StationShell

@Suite("Readers under abuse")
struct AbuseReaderTests {
  private let bench: DaemonBench
  private let board: TestBoard

  init() throws {
    bench = try DaemonBench()
    board = try TestBoard(bench.socketPath)
  }

  /// How often the strike was released so far.
  private var releases: Int { board.counts["output strike-1 1", default: 0] }

  /// A new code is shown at a reader; the strike must be released within the 2 s of GB 50396.
  private func comeIn(_ reader: PseudoTerminal, _ number: Int) throws {
    let before = releases
    // Whatever stands unfinished on the line is ended first.
    var code = [0x0D] + (try bench.code("m-\(number)"))
    let secured = board.counts["output strike-1 0", default: 0]
    try board.wait(2, for: "output strike-1 1", count: before + 1) {
      code.removeFirst(reader.write(code))
    }
    #expect(releases == before + 1)
    board.say("input contact-1 0")
    board.say("input contact-1 1")
    try board.wait(for: "output strike-1 0", count: secured + 1)
  }

  private func records() throws -> [Record] {
    let rows = try Program.run("sqlite3", [bench.store, "SELECT record FROM outbox ORDER BY seq"])
    return rows.output.split(separator: "\n").compactMap { try? Record(json: Array($0.utf8)) }
  }

  /// Refusals of malformed codes that were recorded one by one, by fault, and those counted.
  private func refusals() throws -> (faults: [CodeFault], counted: Int64) {
    var faults: [CodeFault] = []
    var counted: Int64 = 0
    for record in try records() {
      switch record.body {
      case .entry(.refused(_, _, let fault, _, _)): if let fault { faults.append(fault) }
      case .entry(.refusalsCounted(_, let count)): counted += count
      default: break
      }
    }
    return (faults, counted)
  }

  @Test("a minute of noise at full line rate: nothing opens but good codes, and they all do")
  func noise() throws {
    let good = try bench.plugInReader()
    let loud = try bench.plugInReader(named: "second")
    let daemon = try bench.start()
    try board.greet("input contact-1 1")
    let seed = UInt64.random(in: 1...UInt64.max)
    print("noise: seed \(seed)")
    let start = Clock.now
    var opened = 0
    for kind in AbuseNoise.Kind.allCases {
      let line = AbuseLine(loud.master, kind, seed: seed)
      let end = Clock.now + .seconds(20)
      while Clock.now < end {
        opened += 1
        try comeIn(good, opened)
      }
      line.stop()
      #expect(line.sent >= AbuseNoise.bytesPerSecond * 19, "the line did not take the noise")
    }
    // The same at the very reader, and as fast as the line takes it.
    for rate in [AbuseNoise.bytesPerSecond, nil] {
      let line = AbuseLine(loud.master, .text, seed: seed, bytesPerSecond: rate)
      for _ in 0..<20 {
        opened += 1
        try comeIn(good, opened)
      }
      line.stop()
    }
    print("noise: \(opened) good codes in \(Clock.now - start)")
    opened += 1
    try comeIn(loud, opened)
    #expect(opened > 40)
    #expect(releases == opened, "the strike was released by noise (seed \(seed))")
    // Refusals and alarms have twenty lines a minute each, and a line for those left out.
    let lines = daemon.log.split(separator: "\n")
    let minutes = Int((Clock.now - start) / .seconds(60)) + 1
    let others = lines.filter { !$0.contains("refus") && !$0.contains("alarm") }
    #expect(others.count < 20, "\(daemon.log)")
    #expect(lines.count - others.count <= minutes * 2 * 21, "\(daemon.log)")
    let (faults, counted) = try refusals()
    #expect(faults.contains(.noise))
    // The first minute is over, so what had no record of its own has been counted.
    #expect(counted > 1000)
    #expect(try daemon.stop() == 0)
    #expect(try records().count { $0.kind == .entry(.granted) } == opened)
  }

  @Test("every fault that a code can have is recorded by its name, and opens nothing")
  func faults() throws {
    let reader = try bench.plugInReader()
    let daemon = try bench.start()
    try board.greet("input contact-1 1")
    let codes = AbuseCodes.oneOfEach()
    for (index, code) in codes.enumerated() {
      try show(code.text, reader, refusals: index + 1)
    }
    try comeIn(reader, 1)
    #expect(try daemon.stop() == 0)
    #expect(try refusals().faults == codes.map(\.fault))
    #expect(codes.map(\.fault) == CodeFault.allCases)
    #expect(releases == 1)
  }

  @Test(
    "every beginning of a good code, deep and doubled ones: all refused, and the whole one opens")
  func brokenCodes() throws {
    let reader = try bench.plugInReader()
    let daemon = try bench.start()
    try board.greet("input contact-1 1")
    let good = Array(try bench.code().dropLast())
    var bad = AbuseCodes.beginnings(of: good)
    bad += [15, 16, 17, 18, 340, 10_000].map { AbuseCodes.nested($0).text }
    bad += AbuseCodes.duplicateKeys().map(\.text)
    // Of what is too long the beginning tells one presentation from the next.
    for (letter, count) in [(0x41, 513), (0x42, 514), (0x43, 4096), (0x44, 100_000)] {
      bad.append([UInt8](repeating: UInt8(letter), count: count))
    }
    bad.append(good + good)
    for (index, code) in bad.enumerated() { try show(code, reader, refusals: index + 1) }
    #expect(releases == 0)
    try comeIn(reader, 1)
    #expect(try daemon.stop() == 0)
    // Ten one by one, all others in one number when their minute ends, or at the latest at the
    // next refusal: here it is not over.
    #expect(try refusals().faults.count == 10)
  }

  /// Shows a bad code and waits until the board is told that it was refused.
  private func show(_ code: [UInt8], _ reader: PseudoTerminal, refusals count: Int) throws {
    var rest = code + [0x0D]
    try Deadline.wait(until: "refusal \(count) of a malformed code, whatever its fault") {
      rest.removeFirst(reader.write(rest))
      board.listen()
      let told = board.counts.filter { $0.key.hasPrefix("show 1 refused malformed ") }
      return told.values.reduce(0, +) >= count
    }
  }
}
