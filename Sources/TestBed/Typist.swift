// The keys that a scanner presses to type a code, in each of the ways in which scanners do it.
import Linux

/// A scanner's own side of a keyboard. Its table stands here a second time, so that the product's
/// is not tested against itself.
package struct Typist {
  /// What a code of QR's alphanumeric mode has.
  package static let alphabet = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:".utf8)

  private var state: UInt64

  /// The same seed types the same.
  package init(seed: UInt64) { state = seed }

  package mutating func number(in range: ClosedRange<Int>) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return range.lowerBound + Int(state >> 33) % range.count
  }

  /// A code of base45, which may begin with a space and never ends with one (RFC 9285: the last
  /// character is a digit, or the highest of three, which is at most `W`).
  package mutating func code(_ lengths: ClosedRange<Int>) -> [UInt8] {
    let alphabet = Self.alphabet
    var code = (0..<number(in: lengths)).map { _ in
      alphabet[number(in: 0...(alphabet.count - 1))]
    }
    if code.last == UInt8(ascii: " ") { code[code.count - 1] = UInt8(ascii: "W") }
    return code
  }

  /// Presses and releases for one character, each ended as a report of its own: on the letters'
  /// keys, on the keypad, or as its number with Alt held; caps and num lock change now and then.
  package mutating func keys(for character: UInt8) -> [InputEvent] {
    var events: [InputEvent] = []
    switch number(in: 0...19) {
    case 0: events += stroke(58)
    case 1: events += stroke(69)
    default: break
    }
    switch number(in: 0...9) {
    case 0: return events + altCode(character)
    case 1...3:
      if let key = keypad[character] { return events + stroke(key) }
    default: break
    }
    guard let (key, isShifted) = letters[character] else { return events + altCode(character) }
    let isLetter = (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(character)
    // With caps lock on, a scanner presses Shift for what shall be small, or not at all.
    guard isShifted || isLetter && number(in: 0...1) == 1 else { return events + stroke(key) }
    return events + held(number(in: 0...1) == 0 ? 42 : 54, stroke(key))
  }

  /// Enter, Enter of the keypad or Tab.
  package mutating func end() -> [InputEvent] { stroke([28, 96, 15][number(in: 0...2)]) }

  private mutating func altCode(_ character: UInt8) -> [InputEvent] {
    let digits = (number(in: 0...1) == 0 ? "0" : "") + String(character)
    let strokes = digits.utf8.flatMap { digit in stroke(keypad[digit] ?? 0) }
    return held(number(in: 0...1) == 0 ? 56 : 100, strokes)
  }

  private func stroke(_ key: UInt16) -> [InputEvent] {
    [.key(key, .pressed), .reportEnds, .key(key, .released), .reportEnds]
  }

  private func held(_ modifier: UInt16, _ keys: [InputEvent]) -> [InputEvent] {
    [.key(modifier, .pressed), .reportEnds] + keys + [.key(modifier, .released), .reportEnds]
  }
}

/// The keys of the characters on a US keyboard, and whether they need Shift.
private let letters: [UInt8: (key: UInt16, isShifted: Bool)] = {
  var keys: [UInt8: (UInt16, Bool)] = [:]
  for (index, digit) in "1234567890".utf8.enumerated() { keys[digit] = (UInt16(2 + index), false) }
  let rows: [(UInt16, String)] = [(16, "QWERTYUIOP"), (30, "ASDFGHJKL"), (44, "ZXCVBNM")]
  for (first, row) in rows {
    for (index, letter) in row.utf8.enumerated() { keys[letter] = (first + UInt16(index), false) }
  }
  let signs: [(Character, UInt16, Bool)] = [
    (" ", 57, false), ("$", 5, true), ("%", 6, true), ("*", 9, true), ("+", 13, true),
    ("-", 12, false), (".", 52, false), ("/", 53, false), (":", 39, true),
  ]
  for (sign, key, isShifted) in signs { keys[sign.asciiValue ?? 0] = (key, isShifted) }
  return keys
}()

private let keypad: [UInt8: UInt16] = {
  let keys: [(Character, UInt16)] = [
    ("0", 82), ("1", 79), ("2", 80), ("3", 81), ("4", 75), ("5", 76), ("6", 77), ("7", 71),
    ("8", 72), ("9", 73), ("*", 55), ("+", 78), ("-", 74), (".", 83), ("/", 98),
  ]
  return Dictionary(uniqueKeysWithValues: keys.map { ($0.0.asciiValue ?? 0, $0.1) })
}()
