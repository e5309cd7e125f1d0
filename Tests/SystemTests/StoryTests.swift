// The demo's story, told by the demo's own program.
import Foundation
import TestBed
import Testing

@Suite struct StoryTests {
  @Test("the whole story happens, and leaves no process behind")
  func story() throws {
    // Whatever the demo starts inherits this, so that its processes can be told from all others.
    let mark = "STORY_TEST=\(UUID().uuidString)"
    let name = mark.split(separator: "=")
    let told = try Program.run(
      Checkout.program("demo"), ["--once"], seconds: 180,
      environment: [String(name[0]): String(name[1])])
    print(told.output)
    #expect(told.status == 0)
    #expect(told.output.contains("all of them happened"))
    #expect(try Self.processes(marked: mark).isEmpty)
  }

  @Test("a chapter that the story does not have is answered with those that it has")
  func unknownChapter() throws {
    let answer = try Program.run(Checkout.program("demo"), ["--story", "door,flood"])
    #expect(answer.status == 2)
    #expect(answer.output.contains("the story has no chapter flood"))
    #expect(answer.output.contains("\n  exchange  points for goods"))
  }

  @Test("a process that is left behind would be found")
  func finding() throws {
    let folder = try WorkFolder()
    let mark = "STORY_TEST=\(UUID().uuidString)"
    let name = mark.split(separator: "=")
    let sleeper = try Program(
      "tail", ["-f", "/dev/null"], log: folder.file("log"),
      environment: [String(name[0]): String(name[1])])
    try Deadline.wait(until: "the process to be found") {
      try Self.processes(marked: mark).contains { $0.contains("tail") }
    }
    sleeper.kill()
  }

  /// The command lines of all processes whose environment holds the mark.
  private static func processes(marked mark: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: "/proc").filter { Int($0) != nil }
      .compactMap { process in
        guard let environment = FileManager.default.contents(atPath: "/proc/\(process)/environ"),
          environment.range(of: Data(mark.utf8)) != nil
        else { return nil }
        let line = FileManager.default.contents(atPath: "/proc/\(process)/cmdline") ?? Data()
        return String(decoding: line.map { $0 == 0 ? 0x20 : $0 }, as: UTF8.self)
      }
  }
}
