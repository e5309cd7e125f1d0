// What the other tests stand on: the simulated chip, and the product's way to a line of it.
import GPIO
import Linux
import TestBed
import Testing
import Time

@Suite("The simulated chip")
struct GPIOSimTests {
  @Test("an input reads what the line is pulled to, and its edges carry the kernel's time")
  func input() throws {
    let sim = try GPIOSim()
    try sim.pull(3, up: false)
    let line = try ChipLine(LineWiring(chip: sim.device, offset: 3), .input(settling: .zero))
    #expect(try !line.level())
    let before = Clock.now
    try sim.pull(3, up: true)
    let after = Clock.now
    #expect(try line.level())
    // The kernel hands an edge on from a thread of its own, a moment after it was stamped.
    let edges = try Deadline.wait(for: "the edge") {
      let edges = try line.takeEdges()
      return edges.isEmpty ? nil : edges
    }
    #expect(edges.map(\.level) == [true])
    #expect(edges.allSatisfy { before <= $0.at && $0.at <= after })
  }

  @Test("an output drives the line against its pull, and a freed line falls back to it")
  func output() throws {
    let sim = try GPIOSim()
    try sim.pull(5, up: true)
    do {
      let line = try ChipLine(LineWiring(chip: sim.device, offset: 5), .output(false))
      try line.drive(false)
      #expect(try !sim.isHigh(5))
      try line.drive(true)
      #expect(try sim.isHigh(5))
      try line.drive(false)
      #expect(try !sim.isHigh(5))
    }
    #expect(try sim.isHigh(5))
  }
}
