// Makes characters of the keys that a scanner presses where it plays a keyboard.
import Linux

/// The keyboard that a scanner plays: US layout, or any layout where it types codes with Alt.
///
/// Keys go by their numbers, so that no layout of this machine matters. Letters are capital
/// whatever Shift and caps lock say, because the alphabet of a QR code's alphanumeric mode
/// (ISO/IEC 18004 7.3.4) has no others; digits and signs go by Shift alone. The keypad types what is
/// printed on it with and without num lock, and with Alt held the number of a character in decimal.
/// Control with a letter is that control character. Enter and Tab end a code. What is none of this
/// becomes `substitute`, which no code has, so that a code is never shorter by what was not
/// understood.
package struct ScanKeys: Equatable, Sendable {
  /// ASCII's own character for one that is invalid.
  package static let substitute: UInt8 = 0x1A
  private static let end: UInt8 = 0x0D
  /// So many keys of one report wait for its modifiers; none has as many fingers.
  private static let mostWaiting = 32

  /// Keys that were down before anybody listened.
  private var ignored: Set<UInt16>
  private var modifiers: Set<UInt16> = []
  /// The keys that the report under way has pressed: it may press Shift after them, and means it
  /// for them.
  private var waiting: [UInt16] = []
  private var altCode = AltCode()

  /// - Parameter held: the keys that are down already. Until they are let go they mean nothing.
  package init(held: [UInt16] = []) { ignored = Set(held) }

  /// - Returns: what has been typed, for `ScanFraming`.
  package mutating func take(_ event: InputEvent) -> [UInt8] {
    switch event {
    case .key(_, .repeated): return []
    case .reportEnds: return typed()
    case .lost(let held):
      self = ScanKeys(held: held)
      // Whatever code is under way lacks something, and so is none.
      return [Self.substitute]
    case .key(let code, .pressed):
      ignored.remove(code)
      if Modifier(code) != nil {
        modifiers.insert(code)
        return []
      }
      waiting.append(code)
      return waiting.count < Self.mostWaiting ? [] : typed()
    case .key(let code, .released):
      guard ignored.remove(code) == nil else { return [] }
      let before = typed()
      modifiers.remove(code)
      guard Modifier(code) == .alt, !isHeld(.alt) else { return before }
      defer { altCode = AltCode() }
      return before + (altCode.character.map { [$0 == 0x09 ? Self.end : $0] } ?? [])
    }
  }

  private mutating func typed() -> [UInt8] {
    defer { waiting = [] }
    var bytes: [UInt8] = []
    for code in waiting {
      if isHeld(.alt) {
        altCode.take(Self.keypad[code])
      } else if let byte = character(of: code) {
        bytes.append(byte)
      }
    }
    return bytes
  }

  /// - Returns: nil where the key types nothing.
  private func character(of code: UInt16) -> UInt8? {
    if Self.silent.contains(code) { return nil }
    if Self.ends.contains(code) { return Self.end }
    guard !isHeld(.meta) else { return Self.substitute }
    guard let key = Self.keypad[code].map({ Key($0, $0) }) ?? Self.keys[code] else {
      return Self.substitute
    }
    let byte = isHeld(.shift) ? key.shifted : key.plain
    guard isHeld(.control) else { return byte }
    guard (0x40...0x5F).contains(byte) else { return Self.substitute }
    return byte & 0x1F == 0x09 ? Self.end : byte & 0x1F
  }

  private func isHeld(_ modifier: Modifier) -> Bool {
    modifiers.contains { Modifier($0) == modifier }
  }

  private enum Modifier {
    case shift, control, alt, meta

    init?(_ code: UInt16) {
      switch code {
      case 42, 54: self = .shift
      case 29, 97: self = .control
      case 56, 100: self = .alt
      case 125, 126: self = .meta
      default: return nil
      }
    }
  }

  /// A character by its number, typed on the keypad while Alt is held.
  private struct AltCode: Equatable, Sendable {
    private static let mostDigits = 4
    private var number = 0
    private var digits = 0
    private var isBroken = false

    /// - Parameter key: what the keypad's key has printed on it; nil for any other key.
    mutating func take(_ key: UInt8?) {
      let zero = UInt8(ascii: "0")
      guard let key, (zero...UInt8(ascii: "9")).contains(key), digits < Self.mostDigits else {
        isBroken = true
        return
      }
      number = number * 10 + Int(key - zero)
      digits += 1
    }

    /// nil where nothing was typed.
    var character: UInt8? {
      if digits == 0, !isBroken { return nil }
      return isBroken ? ScanKeys.substitute : UInt8(exactly: number) ?? ScanKeys.substitute
    }
  }
}

// MARK: - The keys by their numbers (input-event-codes.h of Linux)

extension ScanKeys {
  private struct Key: Sendable {
    var plain: UInt8
    var shifted: UInt8

    init(_ plain: UInt8, _ shifted: UInt8) {
      self.plain = plain
      self.shifted = shifted
    }
  }

  /// Enter, Tab, and Enter of the keypad.
  private static let ends: Set<UInt16> = [28, 15, 96]
  /// Caps lock, num lock and scroll lock.
  private static let silent: Set<UInt16> = [58, 69, 70]

  /// The rows of the US layout, each from the key with the first number.
  private static let keys: [UInt16: Key] = {
    let rows: [(first: UInt16, plain: String, shifted: String)] = [
      (2, "1234567890-=", "!@#$%^&*()_+"), (16, "QWERTYUIOP[]", "QWERTYUIOP{}"),
      (30, "ASDFGHJKL;'`", "ASDFGHJKL:\"~"), (43, "\\ZXCVBNM,./", "|ZXCVBNM<>?"),
      (57, " ", " "),
    ]
    var keys: [UInt16: Key] = [:]
    for row in rows {
      for (index, (plain, shifted)) in zip(row.plain.utf8, row.shifted.utf8).enumerated() {
        keys[row.first + UInt16(index)] = Key(plain, shifted)
      }
    }
    return keys
  }()

  private static let keypad: [UInt16: UInt8] = {
    var keys: [UInt16: UInt8] = [55: UInt8(ascii: "*"), 98: UInt8(ascii: "/")]
    for (index, byte) in "789-456+1230.".utf8.enumerated() { keys[71 + UInt16(index)] = byte }
    return keys
  }()
}
