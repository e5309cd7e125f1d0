// Tables of fixtures are written as they are read.
import Testing

@Suite("Fixture tables")
struct FixtureTableTests {
  @Test(
    "every input is written so that it is read again",
    arguments: [
      "", "\n", "a", "a\n", "a\nb", "a\n\nb\n", "== valid x", "=> 200", "~~ why", "# no",
      "{}\r\n\t",
      "\\x41", "\\\\x41", "\\x4", "\\xg1", "\\u0041", "中文\u{200B}\u{FEFF}", "\u{A0}", "\u{7F}",
    ])
  func texts(text: String) {
    let lines = FixtureTable.lines(Array(text.utf8))
    #expect(FixtureTable.bytes(lines.joined(separator: "\n")) == Array(text.utf8), "\(lines)")
    #expect(lines.allSatisfy { line in !["== ", "=> ", "~~ "].contains { line.hasPrefix($0) } })
  }

  @Test("bytes that are no UTF-8 are escapes")
  func bytes() {
    #expect(FixtureTable.lines([0x22, 0xFF, 0xC3, 0x22]) == ["\"\\xFF\\xC3\""])
    #expect(FixtureTable.lines([0xC3, 0xA9]) == ["é"])
  }
}
