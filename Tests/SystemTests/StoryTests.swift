// The demo's story, told by the demo's own program.
import Foundation
import TestBed
import Testing

@Suite(.serialized) struct StoryTests {
  @Test("the whole story happens, and leaves no process behind")
  func story() throws {
    let before = try Self.ownPrograms()
    let told = try Program.run(Checkout.program("demo"), ["--once"], seconds: 180)
    print(told.output)
    #expect(told.status == 0)
    #expect(told.output.contains("all of them happened"))
    let left = try Self.ownPrograms().subtracting(before)
    #expect(left.isEmpty)
  }

  /// Processes of the demo's programs that run from this build.
  private static func ownPrograms() throws -> Set<String> {
    let listing = try Program.run("ps", ["-eo", "pid=,args="]).output
    return Set(
      listing.split(separator: "\n").map(String.init).filter {
        $0.contains("\(Checkout.programs)/station")
          || $0.contains("\(Checkout.programs)/managementd")
      })
  }
}
