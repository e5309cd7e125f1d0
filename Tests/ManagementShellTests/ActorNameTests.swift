// The names of the people who call the API: nobody is two of them by the look of a letter.
import ManagementShell
import Testing

@Suite("Names of actors")
struct ActorNameTests {
  private static let letters =
    "a name is made of a-z, A-Z, 0-9, \".\", \"_\", \"-\", \"@\" and Chinese characters"

  /// A file of these names, each a manager's with a token of its own, and then zoe's.
  private func read(_ names: String...) -> (faults: [String], actors: [String]) {
    let lines = (names + ["zoe"]).enumerated().map { "\($1):manager:0123456789abcdef-\($0)" }
    let (tokens, faults) = Tokens.read(lines.joined(separator: "\n"))
    let actors = lines.indices.compactMap {
      tokens.actor(authorization: "Bearer 0123456789abcdef-\($0)")?.name
    }
    return (faults.map(\.description), actors)
  }

  @Test(
    "names of Latin letters, digits, signs of addresses and Chinese characters are taken",
    arguments: [
      "a", "Ann.Lee", "ann_lee-2", "ann@union.example", "王师傅", "王wang", "㐀", "\u{20000}",
      "\u{FA0E}",
      String(repeating: "王", count: 64),
    ])
  func good(name: String) {
    let (faults, actors) = read(name)
    #expect(faults.isEmpty)
    #expect(actors == [name, "zoe"])
  }

  private static let strange: [(String, String)] = [
    ("\u{430}lice", "its character 1 is U+0430; \(letters)"),
    ("alic\u{435}", "its character 5 is U+0435; \(letters)"),
    ("\u{FF41}lice", "its character 1 is U+FF41; \(letters)"),
    ("al\u{131}ce", "its character 3 is U+0131; \(letters)"),
    ("a\u{301}lice", "its character 2 is U+0301; \(letters)"),
    ("王\u{E0100}", "its character 2 is U+E0100; \(letters)"),
    ("\u{F900}", "its character 1 is U+F900; \(letters)"),
    ("\u{2F00}", "its character 1 is U+2F00; \(letters)"),
    ("alice ", "its character 6 is U+0020; \(letters)"),
    ("a\u{200B}b", "its character 2 is U+200B; \(letters)"),
    ("", "it is empty"),
    (String(repeating: "a", count: 65), "it is longer than 64 characters"),
  ]

  @Test(
    "a name with a letter that looks like another, or with a space, spoils its own line alone",
    arguments: strange)
  func foreign(name: String, reason: String) {
    let (faults, actors) = read(name)
    #expect(faults == ["api-tokens, line 1: the name of the actor: \(reason)"])
    #expect(actors == ["zoe"])
  }

  @Test("a name that is another's but for case is nobody's; the same name again is the same person")
  func alike() {
    let (faults, actors) = read("Alice", "alice", "bob", "Alice", "ALICE", "bob", "ALICE2")
    let reason =
      "the name of the actor: but for case it is \"Alice\", the name of an earlier line; a second "
      + "person needs another name, the same person the same spelling"
    #expect(faults == ["api-tokens, line 2: \(reason)", "api-tokens, line 5: \(reason)"])
    #expect(actors == ["Alice", "bob", "Alice", "bob", "ALICE2", "zoe"])
  }

  @Test("a line that is skipped for another reason takes no name")
  func skipped() {
    let (tokens, faults) = Tokens.read("Ann:king:0123456789abcdef\nann:viewer:0123456789abcdef")
    #expect(faults.map(\.line) == [1])
    #expect(tokens.actor(authorization: "Bearer 0123456789abcdef")?.name == "ann")
  }
}
