// The only source of chance in the simulator: one generator per concern, all of one seed.

/// xoshiro256** (Blackman and Vigna), seeded through SplitMix64. A generator of its own for each
/// concern, so that a fault more or less does not change when the workers come.
struct SeededGenerator: RandomNumberGenerator {
  private var state: (UInt64, UInt64, UInt64, UInt64)

  init(seed: UInt64, _ concern: StaticString, _ index: Int = 0) {
    var mixed = seed &+ UInt64(truncatingIfNeeded: index) &* 0xD1B5_4A32_D192_ED03
    concern.withUTF8Buffer { for byte in $0 { mixed = (mixed ^ UInt64(byte)) &* 0x100_0000_01B3 } }
    func word() -> UInt64 {
      mixed &+= 0x9E37_79B9_7F4A_7C15
      let once = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
      let twice = (once ^ (once >> 27)) &* 0x94D0_49BB_1331_11EB
      return twice ^ (twice >> 31)
    }
    state = (word(), word(), word(), word())
  }

  mutating func next() -> UInt64 {
    func turned(_ word: UInt64, by bits: UInt64) -> UInt64 { word << bits | word >> (64 - bits) }
    let drawn = turned(state.1 &* 5, by: 7) &* 9
    let shifted = state.1 << 17
    state.2 ^= state.0
    state.3 ^= state.1
    state.1 ^= state.2
    state.0 ^= state.3
    state.2 ^= shifted
    state.3 = turned(state.3, by: 45)
    return drawn
  }

  /// Whether something happens that does so once in `times`.
  mutating func once(in times: Int) -> Bool { below(times) == 0 }

  mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }

  mutating func milliseconds(_ range: ClosedRange<Int>) -> Duration {
    .microseconds(range.lowerBound * 1000 + below((range.upperBound - range.lowerBound) * 1000 + 1))
  }

  mutating func seconds(_ range: ClosedRange<Int>) -> Duration {
    milliseconds(range.lowerBound * 1000...range.upperBound * 1000)
  }

  mutating func pick<Element>(_ elements: [Element]) -> Element { elements[below(elements.count)] }
}
