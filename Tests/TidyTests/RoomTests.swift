// Plants circles of rooms, and uses that look like one and are none.
import Testing

@Suite("The rooms of a module are held apart")
struct RoomTests {
  private func file(_ path: String, _ text: String) -> SourceFile {
    SourceFile("Sources/StationCore/\(path).swift", text)
  }

  private var innocent: [SourceFile] {
    [
      file("Step/Step", "struct Step {}\n"),
      file("Door/Door", "struct Door { var leaf: Step }\nstruct Latch {}\n"),
      file("Entry/Entry", "struct Entry {\n  let door: Door\n  struct Grant {}\n}\n"),
      file("Station", "struct Station { var door: Door; var entry: Entry }\n"),
    ]
  }

  @Test("rooms that use each other one way only are found innocent")
  func oneWay() {
    #expect(roomFaults(innocent, in: "StationCore").map(\.description) == [])
    let uses = roomUses(innocent, in: "StationCore").map { "\($0.from) \($0.type)" }
    #expect(uses == ["Door Step", "Entry Door", " Door", " Entry"])
  }

  @Test("a circle of two rooms is found, with a use for each step")
  func two() {
    let planted = file("Door/Knock", "let knock = 1\nfunc ask(_ entry: Entry) {}\n")
    let faults = roomFaults(innocent + [planted], in: "StationCore").map(\.description)
    #expect(faults.count == 1)
    #expect(faults.first?.hasPrefix("Sources/StationCore/Door/Knock.swift:2: ") == true)
    #expect(
      faults.first?.contains("Door uses Entry of Entry (Sources/StationCore/Door/Knock.swift:2)")
        == true)
    #expect(
      faults.first?.contains("Entry uses Door of Door (Sources/StationCore/Entry/Entry.swift:2)")
        == true)
  }

  @Test("a circle of three rooms is found, also through an extension")
  func three() {
    let planted = file("Step/Upward", "extension Entry { var step: Step? { nil } }\n")
    let faults = roomFaults(innocent + [planted], in: "StationCore").map(\.description)
    #expect(faults.count == 1)
    #expect(faults.first?.contains("Step uses Entry of Entry") == true)
  }

  @Test(
    "what is no use of another room closes no circle",
    arguments: [
      // In a comment and in a text.
      "// Asks an Entry.\nlet text = \"Entry\"\n",
      // A member and a case of that name.
      "let a = Walk.Entry()\n",
      // A type of its own, which hides the other.
      "struct Walk { struct Entry {}\n  var entry: Entry }\n",
    ])
  func innocentUses(text: String) {
    #expect(
      roomFaults(innocent + [file("Door/More", text)], in: "StationCore").map(\.description) == [])
  }

  @Test("a folder of 26 files is found, one of 25 is not")
  func sizes() {
    let files = (1...26).map { file("Door/A\($0)", "// A door.\n") }
    #expect(crowdFaults(Array(files.dropLast())).isEmpty)
    #expect(crowdFaults(files).count == 1)
  }
}
