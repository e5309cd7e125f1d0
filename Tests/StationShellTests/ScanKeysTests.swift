// The keys of a scanner that plays a keyboard, as a table and at random.
import Linux
import TestBed
import Testing
import Time

@testable import StationShell

@Suite("Scan keys")
struct ScanKeysTests {
  /// Keys by name, `+` before one that goes down and stays, `-` before one that goes up, `=` for
  /// one that repeats; with `_` behind, the report goes on until `end`. A name alone is a stroke of
  /// two reports. On the right
  /// what is typed, with `⏎` for an end and `?` for what is no character of a keyboard.
  private static let table = """
    letters are capital   | A B Z                         | ABZ
    with Shift as well    | +shift A +rshift -shift B     | AB
    and with caps lock    | caps A +shift B -shift caps C | ABC
    digits go by Shift    | 1 4 +shift 4 5 8 -shift 0     | 14$%*0
    signs                 | - . / space ] +shift = ; -shift = ; | -./ ]+:=;
    Shift is let go       | +shift -shift 4               | 4
    either Shift holds    | +shift +rshift -shift 4 -rshift 4 | $4
    keypad                | kp0 kp1 kp9 kp+ kp- kp. kp/ kp* | 019+-./*
    keypad, num lock      | numlock kp7 numlock kp7       | 77
    keypad, Shift         | +shift kp4 -shift             | 4
    ends                  | A enter B kpenter C tab D     | A⏎B⏎C⏎D
    an end under Shift    | +shift A enter -shift         | A⏎
    Alt and a number      | +alt kp0 kp6 kp5 -alt         | A
    Alt without a zero    | +alt kp3 kp6 -alt             | $
    the right Alt         | +ralt kp5 kp8 -ralt           | :
    two in a row          | +alt kp6 kp5 -alt +alt kp6 kp6 -alt | AB
    with both, let go one | +alt +ralt kp6 -alt kp5 -ralt | A
    Alt ends a code       | A +alt kp0 kp1 kp3 -alt B     | A⏎B
    Alt and Tab's number  | A +alt kp9 -alt B             | A⏎B
    Alt, small letter     | +alt kp9 kp7 -alt             | a
    Alt alone             | +alt -alt A                   | A
    Alt, more than a byte | +alt kp2 kp5 kp6 -alt         | ?
    Alt, too many digits  | +alt kp0 kp0 kp0 kp6 kp5 -alt | ?
    Alt and a letter      | +alt A -alt B                 | ?B
    Alt, digits of letters| +alt 6 5 -alt                 | ?
    one report, in order  | +alt_ +kp6_ -kp6_ +kp5_ -kp5_ -alt_ end | A
    Shift after its key   | +4_ +shift_ end -4_ -shift_ end | $
    one report, two keys  | +A_ +B_ end -A_ -B_ end       | AB
    rollover              | +A +B -A +C -B -C             | ABC
    repeats say nothing   | +A =A =A =A -A                | A
    control characters    | +ctrl M J B C -ctrl           | ⏎<0A><02><03>
    Control and a bracket | +ctrl ] -ctrl                 | <1D>
    Control and a digit   | +ctrl 1 -ctrl                 | ?
    Control and Tab's     | +ctrl I -ctrl                 | ⏎
    the system's key      | +meta A -meta A               | ?A
    unknown keys          | f1 volume                     | ??
    lower signs are told  | , ' ` [                       | ,'`[
    """

  @Test("a table of keys and what they type")
  func keys() {
    for line in Self.table.split(separator: "\n") {
      let fields = line.split(separator: "|").map { $0.trimmed }
      var keys = ScanKeys()
      let typed = Self.events(fields[1]).flatMap { keys.take($0) }
      #expect(Self.text(typed) == fields[2], "\(fields[0])")
    }
  }

  @Test("keys that were down before anybody listened mean nothing until they are let go")
  func held() {
    var keys = ScanKeys(held: [42, 30])
    let typed = Self.events("-A 4 -shift A +shift 4 -shift").flatMap { keys.take($0) }
    #expect(Self.text(typed) == "4A$")
  }

  @Test("what the kernel had no room for spoils the code under way, never shortens it")
  func lost() {
    var keys = ScanKeys()
    var framing = ScanFraming()
    let now = Instant(nanoseconds: 1)
    var frames: [ScanFraming.Frame] = []
    let events =
      Self.events("A B +shift C") + [.lost(held: [42, 57])]
      + Self.events("-space 4 -shift D enter 4 5 enter")
    for event in events { frames += framing.receive(keys.take(event), at: now) }
    #expect(
      frames == [
        .unusable(.noise, start: Array("ABC".utf8) + [ScanKeys.substitute] + Array("4D".utf8)),
        .code(Array("45".utf8)),
      ])
  }

  @Test("a device that reports without end is bounded")
  func flood() {
    var keys = ScanKeys()
    var most = 0
    for index in 0..<100_000 {
      most = max(most, keys.take(.key(UInt16(2 + index % 50), .pressed)).count)
    }
    #expect(most <= 32)
  }

  @Test("10,000 random codes, typed in every way that scanners have, are read as they are")
  func random() {
    var typist = Typist(seed: 1)
    var keys = ScanKeys()
    var framing = ScanFraming(idleGap: .milliseconds(20))
    var now = Instant(nanoseconds: 1)
    var wrong = 0
    for _ in 0..<10_000 {
      let code = typist.code(1...40)
      var events = code.flatMap { typist.keys(for: $0) }
      let hasEnd = typist.number(in: 0...3) > 0
      if hasEnd { events += typist.end() }
      var frames: [ScanFraming.Frame] = []
      for event in events {
        now = now + .microseconds(100)
        frames += framing.receive(keys.take(event), at: now)
      }
      if !hasEnd {
        now = now + .milliseconds(20)
        frames += framing.passed(at: now)
      }
      if frames != [.code(code)] { wrong += 1 }
    }
    #expect(wrong == 0)
  }

  private static let names: [String: UInt16] = [
    "shift": 42, "rshift": 54, "ctrl": 29, "alt": 56, "ralt": 100, "meta": 125, "caps": 58,
    "numlock": 69, "enter": 28, "kpenter": 96, "tab": 15, "space": 57, "f1": 59, "volume": 115,
    "kp0": 82, "kp1": 79, "kp2": 80, "kp3": 81, "kp4": 75, "kp5": 76, "kp6": 77, "kp7": 71,
    "kp8": 72, "kp9": 73, "kp+": 78, "kp-": 74, "kp.": 83, "kp/": 98, "kp*": 55, "1": 2, "4": 5,
    "5": 6, "6": 7, "8": 9, "0": 11, "-": 12, "=": 13, ".": 52, "/": 53, ";": 39, ",": 51,
    "'": 40, "`": 41, "[": 26, "]": 27, "A": 30, "B": 48, "C": 46, "D": 32, "I": 23, "J": 36,
    "M": 50, "Z": 44,
  ]

  private static func events(_ text: some StringProtocol) -> [InputEvent] {
    text.split(separator: " ").flatMap { word -> [InputEvent] in
      if word == "end" { return [.reportEnds] }
      if let code = names[String(word)] {
        return [.key(code, .pressed), .reportEnds, .key(code, .released), .reportEnds]
      }
      let isOpen = word.hasSuffix("_")
      let name = String(isOpen ? word.dropFirst().dropLast() : word.dropFirst())
      let motions: [Character: InputEvent.Motion] = [
        "+": .pressed, "-": .released, "=": .repeated,
      ]
      guard let motion = word.first.flatMap({ motions[$0] }), let code = names[name] else {
        Issue.record("no key \(word)")
        return []
      }
      return [.key(code, motion)] + (isOpen ? [] : [.reportEnds])
    }
  }

  private static func text(_ bytes: [UInt8]) -> String {
    bytes.map { byte in
      switch byte {
      case 0x0D: return "⏎"
      case ScanKeys.substitute: return "?"
      case 0x20...0x7E: return String(UnicodeScalar(byte))
      default:
        let digits = String(byte, radix: 16, uppercase: true)
        return "<" + (digits.count == 1 ? "0" : "") + digits + ">"
      }
    }.joined()
  }
}

extension Substring {
  fileprivate var trimmed: String {
    var text = self
    while text.last == " " { text.removeLast() }
    return String(text.drop { $0 == " " })
  }
}
