// Tests of the noise itself: a test that fails must not let it loose on other files.
import Foundation
import Linux
import TestBed
import Testing
import Twins

@Suite("Noise on a line")
struct AbuseLineTests {
  @Test("noise goes on in its own line when its number belongs to another file")
  func closedLine() throws {
    let folder = try WorkFolder()
    let path = folder.file("store")
    var line: PseudoTerminal? = try PseudoTerminal()
    let master = try #require(line?.master)
    let noise = AbuseLine(master, .text, seed: 1)
    line = nil
    // Takes the number that the line had, and those up to it.
    let files = try (0...master).map { _ in
      let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
      try #require(file >= 0)
      return file
    }
    defer { for file in files { close(file) } }
    let before = noise.sent
    try Deadline.wait(until: "more noise") { noise.sent > before }
    noise.stop()
    #expect(FileManager.default.contents(atPath: path) == Data())
  }
}
