// QR symbols: the same modules in every drawing, and a scanner that reads them back.

import MemberCode
import QRCode
import StationProtocol
import Testing

@Suite("QR symbols")
struct QRSymbolTests {
  private func code() throws -> String {
    let member = try #require(MemberID("member-1"))
    return try CodeIssuer(SigningKey.generate()).issue(
      member, life: .seconds(60), at: TestCode.time, issuer: "union")
  }

  /// Rows of modules with the quiet zone, true where dark.
  private func modules(_ symbol: QRSymbol) -> [[Bool]] {
    let extent = -QRSymbol.quietZone..<symbol.side + QRSymbol.quietZone
    return extent.map { row in extent.map { symbol.isDark(column: $0, row: row) } }
  }

  @Test("a scanner reads the image of a code back", arguments: [2, 4, 8])
  func scanned(scale: Int) throws {
    let files = try Workspace()
    let code = try code()
    try files.write("code.png", try QRSymbol(text: code).png(scale: scale))
    let outcome = try files.run("zbarimg", ["--quiet", "--raw", "code.png"])
    #expect(outcome.status == 0)
    #expect(outcome.text == code + "\n")
  }

  @Test("the longest code is a symbol of 57 modules")
  func size() throws {
    let longest = String(repeating: "%", count: CodeIssuer.mostCharacters)
    #expect(try QRSymbol(text: longest).side == 57)
    #expect(try QRSymbol(text: "A").side == 21)
  }

  @Test("base45 takes fewer modules than the same number of other characters")
  func mode() throws {
    let count = 200
    let plain = try QRSymbol(text: String(repeating: "A", count: count))
    let other = try QRSymbol(text: String(repeating: "a", count: count))
    #expect(plain.side < other.side)
  }

  @Test("the three finder patterns stand in their corners, and nothing in the quiet zone")
  func finders() throws {
    let symbol = try QRSymbol(text: try code())
    let last = symbol.side - 7
    for (column, row) in [(0, 0), (last, 0), (0, last)] {
      for step in 0..<7 {
        #expect(symbol.isDark(column: column + step, row: row))
        #expect(symbol.isDark(column: column, row: row + step))
        #expect(symbol.isDark(column: column + step, row: row + 6))
      }
      #expect(!symbol.isDark(column: column + 1, row: row + 1))
      #expect(symbol.isDark(column: column + 3, row: row + 3))
    }
    #expect(!symbol.isDark(column: -1, row: 0))
    #expect(!symbol.isDark(column: symbol.side, row: 0))
  }

  @Test("the terminal shows every module, in colours of its own")
  func terminal() throws {
    let symbol = try QRSymbol(text: try code())
    var rows: [[Bool]] = []
    for line in symbol.terminal().split(separator: "\n") {
      #expect(line.hasPrefix("\u{1B}[30;107m") && line.hasSuffix("\u{1B}[0m"))
      let blocks = line.dropFirst(9).dropLast(4)
      rows.append(blocks.map { "█▀".contains($0) })
      rows.append(blocks.map { "█▄".contains($0) })
    }
    // The number of rows is odd, so that the last line has a lower half beyond the symbol.
    #expect(rows.last?.contains(true) == false)
    #expect(rows.dropLast() == modules(symbol)[...])
  }

  @Test("the SVG path covers the dark modules and no others")
  func svg() throws {
    let symbol = try QRSymbol(text: try code())
    let expected = modules(symbol)
    var drawn = expected.map { $0.map { _ in false } }
    let svg = symbol.svg()
    #expect(svg.contains("viewBox=\"0 0 \(expected.count) \(expected.count)\""))
    for run in svg.matches(of: /M(\d+) (\d+)h(\d+)v1h-\d+z/) {
      let (column, row, length) = (Int(run.1) ?? 0, Int(run.2) ?? 0, Int(run.3) ?? 0)
      for step in 0..<length { drawn[row][column + step] = true }
    }
    #expect(drawn == expected)
  }

  @Test("nothing, and more than a symbol holds, are refused")
  func refusals() throws {
    #expect(throws: QRError.empty) { try QRSymbol(text: "") }
    #expect(throws: QRError.tooLong(bytes: 3392)) {
      try QRSymbol(text: String(repeating: "A", count: 3392))
    }
    #expect(throws: QRError.tooLong(bytes: 2332)) {
      try QRSymbol(text: String(repeating: "a", count: 2332))
    }
    #expect(try QRSymbol(text: String(repeating: "A", count: 3391)).side == 177)
    #expect(try QRSymbol(text: "a\u{0}Zoë").side == 21)
  }
}
