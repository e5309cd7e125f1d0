// Tests the fleetsim command as it is run: what it prints, and what its exit code says.
import Foundation
import Testing

@testable import FleetSimulator

@Suite struct FleetsimCommandTests {
  /// The program beside the test bundle.
  private static let program = URL(fileURLWithPath: CommandLine.arguments[0])
    .deletingLastPathComponent().appendingPathComponent("fleetsim")

  /// Runs the command in a process of its own, where hashes of collections are seeded anew.
  private func run(_ arguments: String...) throws -> (code: Int32, lines: [String]) {
    let process = Process()
    process.executableURL = Self.program
    process.arguments = arguments
    process.environment = ["LANG": "C"]
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    let text = String(decoding: output, as: UTF8.self)
    return (process.terminationStatus, text.split(separator: "\n").map(String.init))
  }

  /// Runs the command in this process.
  private func call(_ arguments: String...) -> (code: Int32, lines: [String]) {
    let page = Page()
    var tool = CommandLineTool { page.lines.append($0) }
    let code = tool.run(arguments, freshSeed: 77)
    return (code, page.lines)
  }

  private final class Page {
    var lines: [String] = []
  }

  @Test("the same seed gives the same trace hash in two processes")
  func twoProcesses() throws {
    let first = try run("--seeds", "11..12", "--days", "1", "--stations", "2")
    let second = try run("--seeds", "11..12", "--days", "1", "--stations", "2")
    let hashes = { (lines: [String]) in lines.filter { $0.hasPrefix("seed ") } }
    #expect(first.code == 0)
    #expect(hashes(first.lines).count == 2)
    #expect(hashes(first.lines) == hashes(second.lines))
    #expect(first.lines.last == "violations 0")
  }

  @Test("a run that goes wrong exits 1 and prints its seed and the last 50 events")
  func wrong() throws {
    let result = try run("--seed", "1", "--days", "1", "--mutation", "publish-before-commit")
    #expect(result.code == CommandLineTool.wrong)
    #expect(result.lines.last == "violations 1")
    #expect(result.lines.count { $0.hasPrefix("  ") } == Trace.usual)
    #expect(result.lines.contains { $0.hasPrefix("seed 1: wrong: station") })
  }

  @Test("a run that traps exits 3 and prints its seed and the last 50 events")
  func crash() throws {
    let result = try run(
      "--seeds", "5..9", "--days", "1", "--stations", "1", "--mutation", "invariant-broken")
    #expect(result.code == CommandLineTool.crash)
    #expect(result.lines.last == "violations 1")
    #expect(result.lines.count { $0.hasPrefix("  ") } == Trace.usual)
    #expect(result.lines.contains { $0.hasPrefix("seed 5: crash: signal ") })
  }

  @Test("a run in which something never finishes exits 2 and prints its seed")
  func stuck() throws {
    let result = try run(
      "--seed", "3", "--days", "1", "--stations", "1", "--mutation", "ack-withheld")
    #expect(result.code == CommandLineTool.stuck)
    #expect(result.lines.last == "violations 1")
    #expect(result.lines.contains { $0.hasPrefix("seed 3: stuck: station 1 still holds") })
  }

  @Test("options and drawn faults are printed, and how fast it went")
  func report() {
    let result = call("--runs", "1", "--days", "1", "--stations", "1", "--faults", "drop,restart")
    #expect(result.code == 0)
    #expect(result.lines[0] == "stations 1, days 1, faults drop,restart, mutation none")
    #expect(result.lines[1].hasPrefix("seed 77  trace "))
    #expect(result.lines[2].hasPrefix("1 station-days, "))
    #expect(result.lines.count == 4)
  }

  @Test("planted bugs and faults are listed by name, with a sentence each")
  func lists() {
    let mutations = call("--mutations")
    #expect(mutations.code == 0)
    #expect(
      mutations.lines.map { $0.split(separator: " ")[0] }
        == PlantedBug.allCases.map { $0.rawValue[...] })
    // `make mutations` goes by the word behind the name.
    #expect(
      mutations.lines.map { $0.split(separator: " ")[1] }
        == PlantedBug.allCases.map { $0.finding.rawValue[...] })
    #expect(call("--list-faults").lines.count == Fault.allCases.count)
    #expect(call("--help").lines.first?.hasPrefix("usage: fleetsim") == true)
  }

  @Test(
    "arguments that mean nothing are refused with a sentence",
    arguments: [
      (["--seed"], "--seed needs a value"), (["--sed", "1"], "unknown option or word '--sed'"),
      (["--seed", "x"], "--seed takes a whole number from 0 to 18446744073709551615, not 'x'"),
      (
        ["--seeds", "5"],
        "--seeds takes A..B, at most a million seeds, the smaller one first, not '5'"
      ),
      (
        ["--seeds", "5..2"],
        "--seeds takes A..B, at most a million seeds, the smaller one first, not '5..2'"
      ),
      (["--days", "0"], "--days takes a whole number from 1 to 1000, not '0'"),
      (["--faults", "drop,rain"], "--faults takes names that --list-faults lists, not 'rain'"),
      (["--mutation", "none"], "--mutation takes a name that --mutations lists, not 'none'"),
    ])
  func usage(_ arguments: [String], _ sentence: String) {
    let page = Page()
    var tool = CommandLineTool { page.lines.append($0) }
    #expect(tool.run(arguments, freshSeed: 0) == CommandLineTool.usage)
    #expect(page.lines.first == "fleetsim: \(sentence)")
  }
}
