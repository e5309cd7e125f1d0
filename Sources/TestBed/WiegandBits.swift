// The bits that a Wiegand reader sends for a card or a key.

package enum WiegandBits {
  /// - Parameter width: 24 or 32 without parity; 26, 34, 37 or 58 with two parity bits among them.
  package static func card(_ width: Int, _ number: UInt64) -> [Bool] {
    guard width != 24, width != 32 else { return bits(of: number, width) }
    return withParity(bits(of: number, width - 2))
  }

  /// - Parameter key: one of 0 to 9, `*` and `#`.
  package static func key(_ key: Character, width: Int = 4) -> [Bool] {
    let number = UInt64(Array("0123456789*#").firstIndex(of: key) ?? 15)
    let four = bits(of: number, 4)
    switch width {
    case 6: return withParity(four)
    case 8: return four.map { !$0 } + four
    default: return four
    }
  }

  private static func bits(of number: UInt64, _ count: Int) -> [Bool] {
    (0..<count).reversed().map { number >> UInt64($0) & 1 == 1 }
  }

  /// Even over the first half, odd over the second; both have the middle one of an odd number.
  private static func withParity(_ middle: [Bool]) -> [Bool] {
    let half = (middle.count + 1) / 2
    let isFirstOdd = middle.prefix(half).count { $0 } % 2 == 1
    let isLastOdd = middle.suffix(half).count { $0 } % 2 == 1
    return [isFirstOdd] + middle + [!isLastOdd]
  }
}
