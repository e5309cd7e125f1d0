// The bits that a Wiegand reader sends for a card or a key.

package enum WiegandBits {
  /// - Parameter width: 26 or 34, the two parity bits among them.
  package static func card(_ width: Int, _ number: UInt32) -> [Bool] {
    let middle = (0..<(width - 2)).reversed().map { number >> UInt32($0) & 1 == 1 }
    let half = middle.count / 2
    let isFirstOdd = middle[..<half].count { $0 } % 2 == 1
    let isLastOdd = middle[half...].count { $0 } % 2 == 1
    return [isFirstOdd] + middle + [!isLastOdd]
  }

  /// - Parameter key: one of 0 to 9, `*` and `#`.
  package static func key(_ key: Character, width: Int = 4) -> [Bool] {
    let number = Array("0123456789*#").firstIndex(of: key) ?? 15
    let bits = (0..<4).reversed().map { number >> $0 & 1 == 1 }
    return width == 8 ? bits.map { !$0 } + bits : bits
  }
}
