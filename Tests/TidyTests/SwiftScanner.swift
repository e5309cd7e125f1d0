// Reads Swift text just well enough to tell code from comments and strings, and to find words.

/// One word of the code, with what stands around it.
struct Token {
  let text: String
  /// From 1.
  let line: Int
  /// Where it stands in `SwiftScanner.code`.
  let range: Range<Int>
}

/// A string literal without its quotes; what it interpolates is left out.
struct Literal: Equatable {
  let text: String
  let line: Int
}

/// Splits one file. Comments and the insides of strings become spaces in `code`, of the same length,
/// so that lines and columns stay; interpolated code stays code.
struct SwiftScanner {
  private(set) var code: [UInt8]
  private(set) var literals: [Literal] = []
  private(set) var tokens: [Token] = []
  /// All words that occur, to find out fast that one does not.
  private(set) var words: Set<String> = []
  /// Where in `code` the interpolations begin, at their parenthesis.
  private(set) var interpolations: [Int] = []
  private let text: [UInt8]
  private var index = 0
  private var line = 1

  init(_ source: String) {
    text = Array(source.utf8)
    code = text
    scanCode(insideParentheses: false)
    findTokens()
    words = Set(tokens.map(\.text))
  }

  /// The nearest byte before (`step` -1) or after (+1) a position that is not white space; 0 at an end.
  func neighbour(_ position: Int, step: Int) -> UInt8 {
    var position = position
    while code.indices.contains(position) {
      if !isSpace(code[position]) { return code[position] }
      position += step
    }
    return 0
  }

  func before(_ token: Token) -> UInt8 { neighbour(token.range.lowerBound - 1, step: -1) }
  func after(_ token: Token) -> UInt8 { neighbour(token.range.upperBound, step: 1) }

  private func at(_ offset: Int) -> UInt8 {
    index + offset < text.count ? text[index + offset] : 0
  }

  private func starts(with word: StaticString) -> Bool {
    for offset in 0..<word.utf8CodeUnitCount where at(offset) != word.utf8Start[offset] {
      return false
    }
    return true
  }

  private mutating func copy() {
    if text[index] == newline { line += 1 }
    index += 1
  }

  private mutating func blank(_ count: Int = 1) {
    for _ in 0..<count where index < text.count {
      if text[index] == newline { line += 1 } else { code[index] = space }
      index += 1
    }
  }

  private mutating func scanCode(insideParentheses: Bool) {
    var depth = 0
    while index < text.count {
      switch at(0) {
      case slash where at(1) == slash: while index < text.count, at(0) != newline { blank() }
      case slash where at(1) == star: skipBlockComment()
      case hash where starts(with: "#/"): skipRegex()
      case quote: scanString(hashes: 0)
      case hash:
        var hashes = 1
        while at(hashes) == hash { hashes += 1 }
        if at(hashes) == quote { scanString(hashes: hashes) } else { copy() }
      case UInt8(ascii: "("):
        depth += 1
        copy()
      case UInt8(ascii: ")"):
        depth -= 1
        copy()
        if insideParentheses, depth == 0 { return }
      default: copy()
      }
    }
  }

  /// Block comments nest.
  private mutating func skipBlockComment() {
    var depth = 0
    repeat {
      if starts(with: "/*") {
        depth += 1
        blank(2)
      } else if starts(with: "*/") {
        depth -= 1
        blank(2)
      } else {
        blank()
      }
    } while depth > 0 && index < text.count
  }

  private mutating func skipRegex() {
    blank(2)
    while index < text.count, !starts(with: "/#"), at(0) != newline { blank() }
    if starts(with: "/#") { blank(2) }
  }

  private mutating func scanString(hashes: Int) {
    let start = line
    index += hashes
    let isMultiline = starts(with: "\"\"\"")
    let quotes = isMultiline ? 3 : 1
    index += quotes
    var content: [UInt8] = []
    while index < text.count {
      if at(0) == quote, closes(quotes, hashes) {
        index += quotes + hashes
        break
      }
      if at(0) == newline, !isMultiline { break }
      if at(0) == backslash, (1...max(hashes, 1)).allSatisfy({ hashes == 0 || at($0) == hash }) {
        if at(hashes + 1) == UInt8(ascii: "(") {
          blank(1 + hashes)
          interpolations.append(index)
          scanCode(insideParentheses: true)
        } else {
          blank(2 + hashes)
        }
        continue
      }
      content.append(at(0))
      blank()
    }
    literals.append(Literal(text: String(decoding: content, as: UTF8.self), line: start))
  }

  private func closes(_ quotes: Int, _ hashes: Int) -> Bool {
    (0..<quotes).allSatisfy { at($0) == quote }
      && (0..<hashes).allSatisfy { at(quotes + $0) == hash }
  }

  private mutating func findTokens() {
    var position = 0
    var line = 1
    while position < code.count {
      if isWordByte(code[position]) {
        let start = position
        while position < code.count, isWordByte(code[position]) { position += 1 }
        tokens.append(
          Token(
            text: String(decoding: code[start..<position], as: UTF8.self), line: line,
            range: start..<position))
      } else {
        if code[position] == newline { line += 1 }
        position += 1
      }
    }
  }
}

private let newline = UInt8(ascii: "\n")
private let space = UInt8(ascii: " ")
private let slash = UInt8(ascii: "/")
private let star = UInt8(ascii: "*")
private let hash = UInt8(ascii: "#")
private let quote = UInt8(ascii: "\"")
private let backslash = UInt8(ascii: "\\")

private func isSpace(_ byte: UInt8) -> Bool { byte == space || (9...13).contains(byte) }

func isWordByte(_ byte: UInt8) -> Bool {
  switch byte {
  case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F, 0x80...0xFF: true
  default: false
  }
}
