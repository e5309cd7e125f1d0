// Tests of the grammar that the simulated board and the daemon share.
import BoardLink
import GPIO
import StationProtocol
import Testing

@Suite("Board protocol")
struct BoardProtocolTests {
  private static let lines =
    (1...4).flatMap { point in
      BoardLine.Kind.ofAccessPoint.map { BoardLine($0, point) }
    } + BoardLine.Kind.ofStation.map { BoardLine($0) }

  @Test("every wire has one name, and the name gives the wire back")
  func wires() {
    for line in Self.lines { #expect(BoardLine(line.description) == line) }
    #expect(Set(Self.lines.map(\.description)).count == Self.lines.count)
    #expect(BoardLine(.outerBeam, 2).description == "outer-beam-2")
  }

  /// Each format with the most that its number can be.
  private static let cards: [(bits: Int, number: UInt64)] = [
    (26, 0), (26, 0xFF_FFFF), (34, 0xFFFF_FFFF), (24, 0xFF_FFFF), (32, 0xFFFF_FFFF),
    (37, 0x7_FFFF_FFFF), (58, 0xFF_FFFF_FFFF_FFFF),
  ]

  @Test("what the board writes is what the daemon reads, for every message")
  func reports() {
    var reports: [BoardReport] = [.hello(version: 1), .hello(version: 42)]
    for line in Self.lines where line.kind.isInput {
      reports += [.input(line, true), .input(line, false)]
    }
    for point in 1...4 {
      for (bits, number) in Self.cards {
        reports.append(.shown(accessPoint: point, .card(bits: bits, number: number)))
      }
      reports.append(.shown(accessPoint: point, .keys("4711*258046#")))
    }
    for report in reports { #expect(BoardReport(line: report.line) == report) }
    #expect(BoardReport.input(BoardLine(.contact, 1), true).line == "input contact-1 1")
  }

  @Test("what the daemon writes is what the board reads, for every message and every denial")
  func orders() {
    var orders: [BoardOrder] = []
    for point in 1...4 {
      orders += [
        .output(BoardLine(.strike, point), true), .output(BoardLine(.strike, point), false),
      ]
      orders.append(.show(accessPoint: point, .granted))
      orders.append(.show(accessPoint: point, .advice("close-door")))
      orders += Denial.allCases.map {
        .show(accessPoint: point, .refused(reason: $0.rawValue))
      }
      orders += CodeFault.allCases.map {
        .show(accessPoint: point, .refused(reason: "malformed", fault: $0.rawValue))
      }
    }
    for order in orders { #expect(BoardOrder(line: order.line) == order) }
    #expect(BoardOrder.show(accessPoint: 1, .granted).line == "show 1 granted -")
    #expect(
      BoardOrder.show(accessPoint: 2, .refused(reason: "replayed")).line
        == "show 2 refused replayed")
  }

  private static let strangeLines = [
    "", " ", "hello", "hello 0", "hello 01", "hello +1", "hello 1 ", " hello 1", "hello 1 2",
    "input contact-1", "input contact-1 2", "input contact-1  1", "input contact-5 1",
    "input contact-01 1", "input contact 1", "input strike-1 1", "input contact-1 1 7",
    "output contact-1 1", "output strike-1 on", "output strike-0 1", "output strike--1 1",
    "show 1 granted", "show 1 granted x", "show 1 granted - noise",
    "show 1 refused malformed -", "show 1 refused malformed noise x", "show 1 refused malformed ",
    "show 1 refused -", "show 1 refused",
    "show 0 granted -",
    "show 1 refused Expired", "show 1 refused ex Pired", "show 1 opened -",
    "show 1 refused \(String(repeating: "a", count: 33))", "INPUT contact-1 1",
    "input\tcontact-1 1", "card 1 26", "card 1 26 16777216", "card 1 34 4294967296",
    "card 1 36 1", "card 1 37 34359738368", "card 1 58 72057594037927936", "card 5 26 1",
    "card 1 26 01", "card 1 26 -1", "card 1 26 1 1", "keys 1 ",
    "keys 1 12a", "keys 0 12", "keys 1 1 2", "keys 1 \(String(repeating: "1", count: 33))",
  ]

  @Test("a line that is not in the grammar is no message", arguments: strangeLines)
  func strangers(line: String) {
    #expect(BoardReport(line: line) == nil)
    #expect(BoardOrder(line: line) == nil)
  }
}
