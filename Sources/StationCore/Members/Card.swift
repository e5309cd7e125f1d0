// The number of a card, as a Wiegand reader tells it.

/// A card as a Wiegand reader tells it: a number in one of these widths, parity already checked.
/// A number on a wire proves little; that is why a card counts only where a list names it.
package struct Card: Hashable, Sendable, CustomStringConvertible {
  package enum Width: Int, CaseIterable, Sendable {
    /// All of it number, without parity.
    case bits24 = 24
    /// 8 bits of facility and 16 of number between two parity bits.
    case bits26 = 26
    /// All of it number, without parity: what most readers of contactless cards send.
    case bits32 = 32
    /// 32 bits between two parity bits.
    case bits34 = 34
    /// 35 bits between two parity bits.
    case bits37 = 37
    /// 56 bits between two parity bits: a number of seven bytes.
    case bits58 = 58

    /// How many bits of number there are.
    package var numberBits: Int {
      switch self {
      case .bits24, .bits32: rawValue
      case .bits26, .bits34, .bits37, .bits58: rawValue - 2
      }
    }
  }

  /// How a card is written, as words after "expected".
  package static let form = "26:FACILITY:NUMBER, or 24, 32, 34, 37 or 58 and :NUMBER"

  package let width: Width
  /// Without the parity bits.
  package let number: UInt64

  /// - Returns: nil where the width has no room for the number.
  package init?(_ width: Width, number: UInt64) {
    guard number >> UInt64(width.numberBits) == 0 else { return nil }
    self.width = width
    self.number = number
  }

  /// `26:FACILITY:NUMBER`, or any other width and `:NUMBER`, in decimal without leading zeros.
  package init?(text: some StringProtocol) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    let numbers = parts.map { part in UInt64(part).flatMap { String($0) == part ? $0 : nil } }
    guard let first = numbers.first, let bits = first,
      let width = Width(rawValue: Int(clamping: bits))
    else { return nil }
    switch (width, numbers.count) {
    case (.bits26, 3):
      guard let facility = numbers[1], facility < 256, let number = numbers[2], number < 65_536
      else { return nil }
      self.init(.bits26, number: facility << 16 | number)
    case (.bits26, _): return nil
    case (_, 2):
      guard let number = numbers[1] else { return nil }
      self.init(width, number: number)
    default: return nil
    }
  }

  package var description: String {
    switch width {
    case .bits26: "26:\(number >> 16):\(number & 0xFFFF)"
    case .bits24, .bits32, .bits34, .bits37, .bits58: "\(width.rawValue):\(number)"
    }
  }
}
