// People who walk through two light barriers on the lines of a kernel's chip.
import Foundation
import Linux
import TestBed
import Testing
import Time

@Suite("Beams of an installed station")
struct BeamWalkTests {
  private let contact = 1
  private let outer = 2
  private let inner = 3

  /// A body of 25 to 30 cm at walking pace: it breaks the second beam 150 ms after the first, and
  /// leaves one of them after 400 ms, the other after 550.
  /// - Parameter last: the beam that it leaves last.
  private func walk(_ sim: GPIOSim, from first: Int, to second: Int, leaving last: Int) throws {
    let start = Clock.now
    for (milliseconds, line, isClear) in [
      (0, first, false), (150, second, false), (400, first + second - last, true),
      (550, last, true),
    ] {
      Clock.rest(until: start + .milliseconds(milliseconds))
      try sim.pull(line, up: isClear)
    }
  }

  @Test("who comes in, goes out, and turns round half-way is told by the order of the beams")
  func walks() throws {
    let sim = try GPIOSim()
    for line in [contact, outer, inner] { try sim.pull(line, up: true) }
    let station = try InstalledStation(
      """
      [access-point 1]
      program = free
      strike-line = \(sim.chip):0
      contact-line = \(sim.chip):\(contact)
      outer-beam-line = \(sim.chip):\(outer)
      inner-beam-line = \(sim.chip):\(inner)
      """)
    try station.start()
    try sim.pull(contact, up: false)
    try Deadline.wait(until: "the open door (\(station.log))") {
      try station.records().contains("door-opened")
    }
    var expected: [String] = []
    for (first, second, last, passage) in [
      (outer, inner, inner, "in 1"), (outer, inner, inner, "in 2"), (inner, outer, outer, "out 1"),
      // Somebody breaks both beams and steps back to the street.
      (outer, inner, outer, "turn-back 1"),
    ] {
      try walk(sim, from: first, to: second, leaving: last)
      expected.append(passage)
      try Deadline.wait(until: "\(expected) (\(station.log))") {
        try station.passages() == expected
      }
    }
  }
}
