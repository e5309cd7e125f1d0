// What the bits of one Wiegand frame mean: a card, a key, or nothing that can be believed.

/// The bits that a reader sent in a row, the first one first.
package enum WiegandFrame {
  package static let longest = 58

  package enum Meaning: Equatable, Sendable {
    case card(bits: Int, number: UInt64)
    /// One of 0 to 9, `*` and `#`.
    case key(Character)
    case refused(WiegandFault)
  }

  /// Cards of 26, 34 and 58 bits have a bit of even parity over the first half in front and one of
  /// odd parity over the second half behind (SIA AC-01); of 37 bits the two parts share the middle
  /// one (HID H10302). Cards of 24 and 32 bits have no parity: they count like any other, where a
  /// list names them. A key is its four bits; or six, with a parity in front and behind; or eight,
  /// of which the first four are the complement of the others.
  package static func meaning(of bits: [Bool]) -> Meaning {
    switch bits.count {
    case 4: key(number(bits[...]))
    case 6: isSound(bits) ? key(number(bits[1..<5])) : .refused(.parity)
    case 8:
      number(bits[..<4]) == ~number(bits[4...]) & 0xF
        ? key(number(bits[4...])) : .refused(.complement)
    case 24, 32: .card(bits: bits.count, number: number(bits[...]))
    case 26, 34, 37, 58:
      isSound(bits)
        ? .card(bits: bits.count, number: number(bits[1..<(bits.count - 1)])) : .refused(.parity)
    default: .refused(.length(bits.count))
    }
  }

  /// Even parity of the first half, odd of the second; both have the middle one of an odd number.
  private static func isSound(_ bits: [Bool]) -> Bool {
    let half = (bits.count + 1) / 2
    let isEven = bits.prefix(half).count { $0 }.isMultiple(of: 2)
    return isEven && !bits.suffix(half).count { $0 }.isMultiple(of: 2)
  }

  private static func key(_ number: UInt64) -> Meaning {
    switch number {
    case 0...9: .key(Character(UnicodeScalar(UInt8(ascii: "0") + UInt8(number))))
    case 10: .key("*")
    case 11: .key("#")
    default: .refused(.unknownKey)
    }
  }

  private static func number(_ bits: ArraySlice<Bool>) -> UInt64 {
    bits.reduce(0) { $0 << 1 | ($1 ? 1 : 0) }
  }
}

/// Why a frame, or what was typed key by key, is not believed.
package enum WiegandFault: Equatable, Sendable, CustomStringConvertible {
  /// - Parameter bits: so many came, or more where it is one more than the longest frame has.
  case length(_ bits: Int)
  case parity
  case complement
  case unknownKey
  /// Two pulses came closer than any reader sends them.
  case overlap
  /// The kernel may not have had room for all of its edges.
  case missingEdges
  case tooManyKeys

  package var description: String {
    switch self {
    case .length(let bits): "\(bits) bits are neither a card's nor a key's"
    case .parity: "a parity bit is wrong"
    case .complement: "the halves of a key do not agree"
    case .unknownKey: "no keypad has such a key"
    case .overlap: "two pulses came at the same time: look at the wires"
    case .missingEdges: "pulses were lost"
    case .tooManyKeys: "too many keys were pressed"
    }
  }
}
