// Texts for people: what shows nothing, what hides something, and how much of it is repeated.
import Configuration
import Testing
import Text

@Suite("Plain text")
struct PlainTextTests {
  @Test(
    "what shows something passes, in any script and with the marks that belong to it",
    arguments: [
      "helped at the typhoon", "三班 环卫", " a ", ".", "é e\u{301}", "\u{1F6A7}\u{FE0F} 施工",
      "葛\u{E0100}城", "किताब", "كتاب", "1 < 2", "\u{1F1E8}\u{1F1F3}",
    ])
  func passes(text: String) { #expect(PlainText.fault(of: text, most: 200) == nil) }

  @Test(
    "what is made of blanks is no text",
    arguments: [
      "", " ", "   ", "\u{3000}", "\u{A0}\u{2003}", "\u{2800}\u{2800}", "\u{301}", "\u{1D159}",
      "\u{13441}", "\u{13442}", " \u{1D159}\u{2800}\u{301} ",
    ])
  func blank(text: String) { #expect(PlainText.fault(of: text, most: 200) == .blank) }

  @Test(
    "nothing invisible is taken, wherever it stands",
    arguments: [
      "\u{0}", "\u{9}", "\u{A}", "\u{7F}", "\u{85}", "\u{AD}", "\u{34F}", "\u{61C}", "\u{115F}",
      "\u{180E}", "\u{200B}", "\u{200D}", "\u{200E}", "\u{202A}", "\u{202E}", "\u{2028}",
      "\u{2060}", "\u{2066}", "\u{2069}", "\u{206A}", "\u{3164}", "\u{FE0F}", "\u{FEFF}",
      "\u{FFA0}", "\u{FFF9}", "\u{FFFE}", "\u{E0001}", "\u{E0041}", "\u{E0100}",
    ] as [Unicode.Scalar])
  func invisible(scalar: Unicode.Scalar) {
    let hidden = String(scalar)
    #expect(PlainText.fault(of: hidden, most: 200) == .invisible(scalar, place: 1))
    #expect(PlainText.fault(of: hidden + "ab", most: 200) == .invisible(scalar, place: 1))
    #expect(PlainText.fault(of: "a " + hidden + "b", most: 200) == .invisible(scalar, place: 3))
  }

  @Test(
    "fillers, vowels without a shape, forms, beams of notes and tags are invisible, all of them")
  func invisibleRanges() {
    let ranges: [ClosedRange<UInt32>] = [
      0x115F...0x1160, 0x17B4...0x17B5, 0x180B...0x180F, 0x3164...0x3164, 0xFFA0...0xFFA0,
      0x1D173...0x1D17A, 0xE0000...0xE007F,
    ]
    for scalar in ranges.joined().compactMap(Unicode.Scalar.init) {
      let hidden = String(scalar)
      #expect(PlainText.fault(of: hidden, most: 200) == .invisible(scalar, place: 1))
      #expect(PlainText.fault(of: "\u{2800}" + hidden, most: 200) == .invisible(scalar, place: 2))
    }
  }

  @Test("what is blank is no harm beside what shows something")
  func blankBeside() {
    #expect(PlainText.fault(of: "a\u{2800}b \u{1D159}", most: 200) == nil)
  }

  @Test("the length counts characters, and the words name the place")
  func length() {
    let long = String(repeating: "\u{1F6A7}", count: 200)
    #expect(PlainText.fault(of: long, most: 200) == nil)
    #expect(PlainText.fault(of: long + "x", most: 200) == .tooLong(most: 200))
    let words = PlainText.fault(of: "ab\u{202E}", most: 9)?.description
    #expect(words == "its character 3 is U+202E, which nobody sees")
  }

  @Test("an excerpt is bounded in bytes, stays on its line and shows what hides")
  func excerpt() {
    #expect(Excerpt("plain 文").description == "plain 文")
    #expect(Excerpt("a\nb\u{202E}c").description == "a<U+000A>b<U+202E>c")
    let marks = "a" + String(repeating: "\u{301}", count: 10_000)
    #expect(Excerpt(marks).description.utf8.count <= Excerpt.longest + 3)
    #expect(Excerpt(String(repeating: "x", count: 65)).description.hasSuffix("x…"))
    #expect(Excerpt.named([1, 2, 3], most: 2) { "\($0)" } == ["1", "2", "and 1 more"])
    #expect(Excerpt.named([1, 2], most: 2) { "\($0)" } == ["1", "2"])
  }

  @Test(
    "a file behind a byte order mark is read like the one without, and a mark inside is refused")
  func byteOrderMark() {
    let text = "[a]\nkey = 1\n"
    #expect(INI(Array("\u{FEFF}\(text)".utf8)) == INI(Array(text.utf8)))
    let inside = INI(Array("[a]\n\u{FEFF}key = 1\nother = \u{202E}2\n".utf8))
    #expect(
      inside.problems.map(\.description) == [
        "line 2: the line holds U+FEFF, which nobody would see",
        "line 3: the line holds U+202E, which nobody would see",
      ])
  }

  @Test("ten thousand mistakes are named by fifty lines, and none repeats more than it must")
  func manyMistakes() {
    let key = String(repeating: "k", count: 5000)
    let text = "[a]\n" + String(repeating: "\(key) = 1\n", count: 300)
    let table = ConfigurationTable([ConfigurationTable.Section("a", "A section.", keys: [])])
    do throws(ConfigurationError) {
      _ = try table.read(Array(text.utf8))
      Issue.record("it was read")
    } catch {
      #expect(error.lines.count == Excerpt.mostNamed + 1)
      #expect(error.lines.last == "and 250 more")
      #expect(error.lines.allSatisfy { $0.utf8.count < 200 })
    }
  }
}
