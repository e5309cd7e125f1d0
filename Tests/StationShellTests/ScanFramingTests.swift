// The cutting of a scanner's bytes, as a table and at random.
import Testing
import Time

@testable import StationShell

@Suite("Scan framing")
struct ScanFramingTests {
  /// Bytes with `<CR>` and the like; what comes out, with `!` before noise.
  private static let table: [(String, [String])] = [
    ("CODE<CR>", ["CODE"]),
    ("CODE<LF>", ["CODE"]),
    ("CODE<CR><LF>", ["CODE"]),
    ("CODE<LF><CR><LF><CR>", ["CODE"]),
    ("<CR><LF>", []),
    ("CODE", ["CODE"]),
    ("<STX>CODE<ETX>", ["CODE"]),
    ("<STX>CODE<ETX><CR><LF>", ["CODE"]),
    ("<STX>CODE<CR>", ["CODE"]),
    ("<STX>CODE", ["CODE"]),
    ("<STX><ETX>", []),
    ("NOISE<STX>CODE<ETX>", ["NOISE", "CODE"]),
    ("CODE<CR><00>", ["CODE"]),
    ("CODE<00>", ["CODE"]),
    ("CODE<00><00><00>MORE<00>", ["CODE", "MORE"]),
    ("CODE<CR><LF><00><04><1D>", ["CODE"]),
    ("<00><00>CODE<CR>", ["CODE"]),
    ("CODE <CR>", ["CODE"]),
    ("CODE    ", ["CODE"]),
    (" CODE <CR>", [" CODE"]),
    ("   <CR>", []),
    ("CODE<09>", ["CODE"]),
    ("CODE<0C>", ["CODE"]),
    ("<1D>CODE<CR>", ["CODE"]),
    ("CODE<1D><CR>", ["CODE"]),
    ("CODE<04>", ["CODE"]),
    ("<04>CODE<CR>", ["CODE"]),
    ("<1E><1F><1C>CODE<06><15><7F><CR>", ["CODE"]),
    ("<BOM>CODE<CR>", ["CODE"]),
    ("CODE<BOM><CR>", ["CODE"]),
    ("<BOM>]Q1CODE<CR>", ["CODE"]),
    ("]Q1<BOM>CODE<CR>", ["CODE"]),
    ("]Q3<1D>CODE<CR>", ["CODE"]),
    ("<1D> ]Q1CODE <1D> <CR>", ["CODE"]),
    ("]Q2\\000026CODE<CR>", ["CODE"]),
    ("]Q2\\00002CODE<CR>", ["!\\00002CODE"]),
    ("CO<1D>DE<CR>", ["!CO<1D>DE"]),
    ("CO<BOM>DE<CR>", ["!CO<BOM>DE"]),
    ("CODE<1A><CR>", ["!CODE<1A>"]),
    ("<1A><CR>", ["!<1A>"]),
    ("<STX><STX>CODE<ETX>", ["CODE"]),
    ("CODE<ETX><CR>", ["CODE"]),
    ("]Q1CODE<CR>", ["CODE"]),
    ("]Q1<CR>", []),
    ("]Q<CR>", ["!]Q"]),
    ("]<CR>", ["!]"]),
    ("A]Q1<CR>", ["!A]Q1"]),
    ("]d2CODE<CR>", ["CODE"]),
    ("]11CODE<CR>", ["!]11CODE"]),
    ("<STX>]Q1CODE<ETX>", ["CODE"]),
    ("FIRST<CR>SECOND<CR>", ["FIRST", "SECOND"]),
    ("FIRST<CR><LF>SECOND", ["FIRST", "SECOND"]),
    ("<STX>FIRST<ETX><STX>SECOND<ETX>", ["FIRST", "SECOND"]),
    ("FIRSTSECOND<CR>", ["FIRSTSECOND"]),
    ("0 $%*+-./:Z<CR>", ["0 $%*+-./:Z"]),
    ("code<CR>GOOD<CR>", ["!code", "GOOD"]),
    ("<FF><FF><FF><CR>GOOD<CR>", ["!<FF><FF><FF>", "GOOD"]),
    ("<FF>CODE<CR>", ["!<FF>CODE"]),
    ("A@B<CR>", ["!A@B"]),
  ]

  @Test("what a scanner sends is cut into codes and noise, in one piece or byte by byte")
  func cases() {
    for (text, expected) in Self.table {
      let bytes = Self.bytes(text)
      #expect(Self.frames([bytes]) == expected, "\(text) in one piece")
      #expect(Self.frames(bytes.map { [$0] }) == expected, "\(text) byte by byte")
      for cut in 0...bytes.count {
        let pieces = [Array(bytes[..<cut]), Array(bytes[cut...])]
        #expect(Self.frames(pieces) == expected, "\(text) cut at \(cut)")
      }
    }
  }

  @Test("a code of 512 characters is passed on, a longer one is too long, with its first 64")
  func length() {
    let longest = String(repeating: "X", count: ScanFraming.longestCode)
    #expect(Self.frames([Self.bytes("\(longest)<CR>")]) == [longest])
    let start = String(repeating: "X", count: 64)
    #expect(Self.frames([Self.bytes("\(longest)X<CR>")]) == ["#" + start])
    let endless = [UInt8](repeating: 0x58, count: 1_000_000)
    #expect(Self.frames([endless]) == ["#" + start])
    #expect(Self.frames([endless, Self.bytes("<CR>GOOD<CR>")]) == ["#" + start, "GOOD"])
    // Padding is no part of a code, however long it is.
    let padding = String(repeating: " ", count: 2000)
    #expect(Self.frames([Self.bytes("\(longest)\(padding)<CR>")]) == [longest])
    #expect(Self.frames([Self.bytes("<BOM>]Q1\(longest)<1D> <CR>")]) == [longest])
    // A byte that no code has says more than the length, wherever it stands.
    #expect(Self.frames([endless, Self.bytes("<FF><CR>")]) == ["!" + start])
  }

  @Test("silence ends a code, and only silence that is long enough")
  func silence() {
    var framing = ScanFraming(idleGap: .milliseconds(100))
    let start = Instant(nanoseconds: 1)
    #expect(framing.deadline == nil)
    #expect(framing.receive([0x41], at: start).isEmpty)
    #expect(framing.deadline == start + .milliseconds(100))
    #expect(framing.passed(at: start + .milliseconds(99)).isEmpty)
    #expect(framing.receive([0x42], at: start + .milliseconds(99)).isEmpty)
    #expect(framing.passed(at: start + .milliseconds(198)).isEmpty)
    #expect(framing.passed(at: start + .milliseconds(199)) == [.code([0x41, 0x42])])
    #expect(framing.deadline == nil)
    #expect(framing.passed(at: start + .seconds(1000)).isEmpty)
  }

  @Test("bytes that come after the silence belong to the next code, however late it is noticed")
  func lateNotice() {
    var framing = ScanFraming(idleGap: .milliseconds(100))
    let start = Instant(nanoseconds: 1)
    _ = framing.receive([0x41], at: start)
    let frames = framing.receive([0x42, 0x0D], at: start + .milliseconds(150))
    #expect(frames == [.code([0x41]), .code([0x42])])
  }

  @Test("any bytes in any pieces: frames are bounded, codes clean, and a good code gets through")
  func random() {
    for seed in 1...300 as ClosedRange<UInt64> {
      var generator = Noise(state: seed)
      var framing = ScanFraming()
      var now = Instant(nanoseconds: 1)
      var frames: [ScanFraming.Frame] = []
      var whole: [UInt8] = []
      for _ in 0..<40 {
        let piece = (0...Int(generator.next() % 60)).map { _ in generator.byte() }
        whole += piece
        frames += framing.receive(piece, at: now)
        now = now + .milliseconds(Int64(generator.next() % 90))
      }
      for frame in frames {
        switch frame {
        case .code(let code):
          #expect((1...ScanFraming.longestCode).contains(code.count), "seed \(seed)")
          #expect(code.allSatisfy(Self.isOfAlphabet), "seed \(seed)")
          #expect(code.last != 0x20, "seed \(seed)")
        case .unusable(_, let start): #expect((1...64).contains(start.count), "seed \(seed)")
        }
      }
      // The same bytes in one piece, without silence, give the same frames.
      var twin = ScanFraming()
      let isSame = twin.receive(whole, at: Instant(nanoseconds: 1)) == frames
      #expect(isSame, "seed \(seed)")
      _ = framing.receive([0x0D], at: now)
      #expect(framing.receive(Self.bytes("GOOD<CR>"), at: now) == [.code(Self.bytes("GOOD"))])
    }
  }

  private static func isOfAlphabet(_ byte: UInt8) -> Bool {
    Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:".utf8).contains(byte)
  }

  private static func frames(_ pieces: [[UInt8]]) -> [String] {
    var framing = ScanFraming()
    let now = Instant(nanoseconds: 1)
    var frames: [ScanFraming.Frame] = []
    for piece in pieces { frames += framing.receive(piece, at: now) }
    frames += framing.passed(at: now + .seconds(1))
    return frames.map {
      switch $0 {
      case .code(let code): text(code)
      case .unusable(.tooLong, let start): "#" + text(start)
      case .unusable(_, let start): "!" + text(start)
      }
    }
  }

  /// `<STX>` and its like, `<BOM>`, and `<1D>` for any other byte.
  private static let names: [String: [UInt8]] = [
    "STX": [0x02], "ETX": [0x03], "LF": [0x0A], "CR": [0x0D], "BOM": [0xEF, 0xBB, 0xBF],
  ]

  private static func bytes(_ text: String) -> [UInt8] {
    var bytes: [UInt8] = []
    for piece in text.split(separator: "<", omittingEmptySubsequences: false).enumerated() {
      let (index, part) = (piece.offset, piece.element)
      guard index > 0 else {
        bytes += Array(part.utf8)
        continue
      }
      let halves = part.split(separator: ">", maxSplits: 1, omittingEmptySubsequences: false)
      let name = String(halves[0])
      bytes += names[name] ?? [UInt8(name, radix: 16)!]
      bytes += Array(halves[1].utf8)
    }
    return bytes
  }

  private static func text(_ bytes: [UInt8]) -> String {
    var text = ""
    var rest = bytes[...]
    while let first = rest.first {
      if rest.starts(with: [0xEF, 0xBB, 0xBF]) {
        text += "<BOM>"
        rest = rest.dropFirst(3)
        continue
      }
      let name = names.first { $0.value == [first] }?.key
      let isPlain = (0x20..<0x7F).contains(first)
      let digits = String(first, radix: 16, uppercase: true)
      text +=
        isPlain ? String(UnicodeScalar(first)) : "<\(name ?? (first < 16 ? "0" : "") + digits)>"
      rest = rest.dropFirst()
    }
    return text
  }
}

/// Bytes as a scanner line brings them: mostly codes, often their ends, sometimes anything.
private struct Noise {
  var state: UInt64

  mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return state >> 33
  }

  mutating func byte() -> UInt8 {
    switch next() % 20 {
    case 0: 0x0D
    case 1: 0x0A
    case 2: 0x02
    case 3: 0x03
    case 4: 0x5D
    case 5: UInt8(truncatingIfNeeded: next())
    default: UInt8(0x30 + next() % 10)
    }
  }
}
