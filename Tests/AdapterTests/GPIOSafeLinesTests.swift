// Outputs that are driven to their safe states: had, busy, lost, and stuck.
import GPIO
import Linux
import Testing

@Suite("Outputs in their safe states")
struct SafeLinesTests {
  private let bench = Bench()
  private let lines: SafeLines

  init() {
    let wiring = { LineWiring(chip: "/dev/gpiochip0", offset: $0) }
    lines = SafeLines(
      [
        SafeOutput(BoardLine(.strike, 1), level: false, wiring: wiring(0)),
        SafeOutput(BoardLine(.climate), level: true, wiring: wiring(1)),
      ],
      request: { [bench] (_, wiring, use) throws(SystemError) in
        try bench.request(wiring, use)
      })
    bench.isEcho = true
  }

  private func look() -> [String] { lines.look().map { "\($0.output.line) \($0.state)" } }

  @Test("each is driven to its own level, said once, and held")
  func driving() {
    #expect(!lines.areAllSafe)
    #expect(look() == ["strike-1 safe", "climate safe"])
    #expect(lines.areAllSafe)
    #expect(look() == [])
    #expect(bench.requests == [0: 1, 1: 1])
    #expect(bench.lines[0]?.driven == [false, false])
    #expect(bench.lines[1]?.driven == [true, true])
    #expect(bench.lines[0]?.line != nil)
  }

  @Test("one that is busy is named, keeps nothing from the others, and is had once it is free")
  func busy() {
    bench.missing = [0]
    #expect(look() == ["strike-1 missing(\"cannot request line 0: gone\")", "climate safe"])
    #expect(look() == [])
    #expect(!lines.areAllSafe)
    bench.missing = []
    #expect(look() == ["strike-1 safe"])
    #expect(lines.areAllSafe)
  }

  @Test("one whose chip goes is lost, and requested again")
  func lost() {
    _ = look()
    bench.lines[1]?.fails = true
    #expect(look() == ["climate missing(\"cannot drive line 1: gone\")"])
    #expect(look() == ["climate safe"])
    #expect(bench.requests == [0: 1, 1: 2])
  }

  @Test("one that reads otherwise than it is driven is not safe, and driven on")
  func stuck() {
    bench.isEcho = false
    bench.levels = [0: true, 1: true]
    #expect(look() == ["strike-1 stuck", "climate safe"])
    #expect(!lines.areAllSafe)
    bench.levels[0] = false
    #expect(look() == ["strike-1 safe"])
    #expect(bench.lines[0]?.driven == [false, false])
    #expect(bench.requests[0] == 1)
  }
}
