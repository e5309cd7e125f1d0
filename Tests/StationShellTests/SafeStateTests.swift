// What outputs are left in, of good files and of spoilt ones.
import Configuration
import Foundation
import GPIO
import TestBed
import Testing

@testable import StationShell

@Suite("Safe states of outputs")
struct SafeStateTests {
  private func states(_ text: String) -> SafeStates { SafeStates(Array(text.utf8)) }

  private func outputs(_ text: String) -> [String] {
    states(text).outputs.map { output in
      let place = output.wiring.map { "\($0.address)" } ?? "nowhere"
      return "\(output.line) \(output.level ? "on" : "off") \(place)"
    }
  }

  private let station = """
    [access-point 1]
    lock = fail-safe
    strike-contact = normally-closed
    strike-line = gpiochip0:24 active-low
    contact-line = gpiochip0:17
    [access-point 2]
    strike-line = STRIKE-2
    [relay climate]
    line = relays:3
    safe-state = on
    [relay lights]
    line = gpiochip0:25
    """

  @Test("a strike is left without current whatever its lock, a relay as its key says")
  func levels() {
    #expect(
      outputs(station) == [
        "strike-1 off line 24 of /dev/gpiochip0", "strike-2 off line STRIKE-2",
        "climate on line 3 of the chip \"relays\"", "lights off line 25 of /dev/gpiochip0",
      ])
    #expect(states(station).problems == [])
    #expect(states(station).outputs[0].wiring?.isActiveLow == true)
  }

  @Test("a file that is refused elsewhere still says where its outputs are")
  func spoilt() {
    let spoilt =
      "[broker]\nport = none\nnonsense\n\u{1}\n[\n[no-section]\nx = 1\n" + station
      + "\n[reader front]\n"
    #expect(throws: ConfigurationError.self) {
      try StationSettings.read(Array(spoilt.utf8), version: "test")
    }
    #expect(outputs(spoilt) == outputs(station))
  }

  @Test("an output whose own line is wrong or missing is named, and the others are read")
  func wrong() {
    let text = """
      [access-point 1]
      strike-line = gpiochip0:x24:
      [access-point 2]
      [access-point 3]
      strike-line = gpiochip0:9
      """
    #expect(outputs(text) == ["strike-3 off line 9 of /dev/gpiochip0"])
    #expect(
      states(text).problems.map(\.description) == [
        "line 2: \"gpiochip0:x24:\" does not say where strike-1 is",
        "line 3: [access-point 2] does not say where strike-2 is",
      ])
  }

  @Test("a line that stands in the file twice may be somebody's input, and is not driven")
  func twice() {
    let text = "[access-point 1]\nstrike-line = gpiochip0:9\ncontact-line = gpiochip0:9 pull-up"
    #expect(outputs(text) == [])
    #expect(
      states(text).problems.map(\.description) == [
        "line 2: line 9 of /dev/gpiochip0 stands in the file twice, so it is not driven"
      ])
  }

  @Test("the outputs of a simulated board have no wires here")
  func simulated() {
    let text = "[board]\nkind = simulated\n[access-point 1]\n[relay sockets]\nsafe-state = on\n"
    #expect(outputs(text) == ["strike-1 off nowhere", "sockets on nowhere"])
    #expect(states(text).levels == [BoardLine(.strike, 1): false, BoardLine(.sockets): true])
  }
}

@Suite("stationd --make-safe")
struct SafeStateCommandTests {
  private let folder: WorkFolder

  init() throws { folder = try WorkFolder() }

  private func run(
    _ words: [String], result: String? = nil
  ) throws -> (status: Int32, output: String) {
    let ending = try Program.run(
      Checkout.program("stationd"), ["--make-safe"] + words, seconds: 30,
      environment: result.map { ["SERVICE_RESULT": $0] } ?? [:])
    return (ending.status, ending.output.replacingOccurrences(of: folder.path, with: "FOLDER"))
  }

  private var least: String {
    get throws {
      try String(
        contentsOfFile: Checkout.file("Tests/StationShellTests/Fixtures/valid/least.conf"),
        encoding: .utf8)
    }
  }

  @Test(
    "a wrong command line is told the right one",
    arguments: [
      [], ["--config"], ["--hold", "2 s"], ["--config", "a", "--hold", "2"],
      ["--config", "a", "--hold", "61 s"], ["--config", "a", "--config", "b"],
      ["--config", "a", "b"],
    ])
  func usage(words: [String]) throws {
    let ending = try run(words)
    #expect(ending.status == 2)
    #expect(ending.output == "usage: stationd --make-safe [--hold TIME] --config FILE\n")
  }

  @Test("a file that cannot be read leaves nothing known, and says so")
  func noFile() throws {
    let ending = try run(["--config", folder.file("none")])
    #expect(ending.status == 1)
    #expect(
      ending.output
        == "error: cannot open FOLDER/none: No such file or directory (errno 2); no line was made "
        + "safe\n")
  }

  @Test("a simulated board has no line of this machine, and nothing is waited for")
  func simulated() throws {
    let file = try folder.write(least, to: "stationd.conf")
    let ending = try run(["--config", file, "--hold", "60 s"])
    #expect(ending.status == 0)
    #expect(
      ending.output == "the board is simulated, so this machine has no line to make safe\n")
  }

  @Test("a line that cannot be had is asked for, named, and the exit status tells")
  func absentChip() throws {
    let file = try folder.write(
      "[access-point 1]\nstrike-line = /dev/gpiochip99:1\n", to: "stationd.conf")
    let began = Date()
    let ending = try run(["--config", file, "--hold", "60 s"], result: "success")
    #expect(Date().timeIntervalSince(began) >= 3)
    #expect(ending.status == 1)
    #expect(
      ending.output == """
        error: FOLDER/stationd.conf is refused; what it says of outputs is used
        error: strike-1 is not known to be safe: cannot request line 1 of /dev/gpiochip99: No such \
        file or directory (errno 2)

        """)
  }

  @Test("it ends at once when it is asked to")
  func ending() throws {
    let file = try folder.write(
      "[access-point 1]\nstrike-line = /dev/gpiochip99:1\n", to: "stationd.conf")
    let program = try Program(
      Checkout.program("stationd"), ["--make-safe", "--hold", "60 s", "--config", file],
      log: folder.file("log"))
    try Deadline.wait(until: "its first look") { program.log.contains("not known to be safe") }
    #expect(try program.stop(seconds: 2) == 1)
  }
}
