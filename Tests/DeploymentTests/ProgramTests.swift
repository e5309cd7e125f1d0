// Tests of the way in which other tests run programs.
import Foundation
import TestBed
import Testing

@Suite struct ProgramTests {
  private static func descriptors() throws -> Int {
    try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count
  }

  @Test("programs that were run leave no descriptor open, with input and without")
  func descriptors() throws {
    // Other tests open and close some meanwhile, and fewer than this by far.
    let runs = 300
    let before = try Self.descriptors()
    for _ in 0..<runs {
      #expect(try Program.run("cat", [], input: "said").output == "said")
      #expect(try Program.run("true", []).status == 0)
    }
    #expect(try Self.descriptors() - before < runs / 2)
  }
}
