// Random numbers that a seed repeats, for tests that try many values.

/// SplitMix64 (Steele, Lea and Flood, 2014): one word of state, every seed good.
package struct SeededGenerator: RandomNumberGenerator, Sendable {
  private var state: UInt64

  package init(seed: UInt64) { state = seed }

  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  package mutating func bytes(_ count: Int) -> [UInt8] {
    (0..<count).map { _ in UInt8.random(in: 0...0xFF, using: &self) }
  }

  /// Text with everything that JSON escapes, and with scalars of every length.
  package mutating func text() -> String {
    let scalars: [Character] = [
      "a", "0", " ", "\"", "\\", "/", "\n", "\r", "\t", "\u{0}", "\u{8}", "\u{C}", "\u{1F}",
      "\u{7F}", "é", "站", "🚪", "\u{FFFD}", "\u{10FFFF}", "\u{2028}",
    ]
    let count = Int.random(in: 0...24, using: &self)
    return String((0..<count).map { _ in scalars.randomElement(using: &self)! })
  }
}
