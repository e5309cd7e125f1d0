// What the scanner takes for code, for a comment and for a string.
import Testing

@Suite("The scanner tells code from text")
struct ScannerTests {
  @Test(
    "words of code are found, words of comments and strings are not",
    arguments: [
      ("let a = b", ["let", "a", "b"]),
      ("a // b\nc", ["a", "c"]),
      ("a /* b /* c */ d */ e", ["a", "e"]),
      ("a \"b\" c", ["a", "c"]),
      ("a \"b \\\" c\" d", ["a", "d"]),
      ("a \"b \\(c) d\" e", ["a", "c", "e"]),
      ("a \"b \\(c(\"d \\(e)\", f)) g\" h", ["a", "c", "e", "f", "h"]),
      ("a #\"b \\(c) \" d\"# e", ["a", "e"]),
      ("a #\"b \\#(c) d\"# e", ["a", "c", "e"]),
      ("a \"\"\"\n b \" c // d\n \"\"\" e", ["a", "e"]),
      ("a \"// b\" c", ["a", "c"]),
      ("a #/b\"/# c", ["a", "c"]),
      ("#if a\nb\n#endif", ["if", "a", "b", "endif"]),
      ("a \"unclosed\nb", ["a", "b"]),
    ])
  func words(source: String, words: [String]) {
    #expect(SwiftScanner(source).tokens.map(\.text) == words)
  }

  @Test("each word knows its line, behind strings and comments of several lines")
  func lines() {
    let scanner = SwiftScanner("a\n/* b\n c */ d\nlet e = \"\"\"\n f\n \"\"\"\ng")
    #expect(scanner.tokens.map(\.text) == ["a", "d", "let", "e", "g"])
    #expect(scanner.tokens.map(\.line) == [1, 3, 4, 4, 7])
  }

  @Test("literals keep their text without quotes and what they interpolate")
  func literals() {
    let scanner = SwiftScanner("a(\"b \\(c) d\")\n#\"e\"#")
    #expect(
      scanner.literals == [Literal(text: "b  d", line: 1), Literal(text: "e", line: 2)])
  }

  @Test("the text that is left has the length of the text that was read")
  func length() {
    let source = "let 门 = \"开 \\(a)\" /* 关 */ // 锁\n"
    #expect(SwiftScanner(source).code.count == source.utf8.count)
  }

  @Test("functions are measured by their own braces")
  func functions() {
    let source = """
      struct A {
        init(b: @escaping () -> Void = {}) throws(E) {
          b()
        }
        func c<D>(d: D) -> [D]
        where D: F {
          [d].map { $0 }
        }
        var e: Int { 1 }
      }
      """
    #expect(TidyTests.functions(SwiftScanner(source)) == [2...4, 5...8])
  }
}
