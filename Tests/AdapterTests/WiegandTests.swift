// Frames of Wiegand readers: their bits, their pulses, and what is made of them on a loop.
import GPIO
import Linux
import TestBed
import Testing
import Time

@Suite("Wiegand frames")
struct WiegandFrameTests {
  /// Bits, and what they mean. The first two frames of 26 bits are facility 12, number 34567 and
  /// facility 1, number 1; their parities were computed by hand.
  private static let table = """
    1 00001100 1000011100000111 1 | card 26 820999
    1 00000001 0000000000000001 0 | card 26 65537
    0 00001100 1000011100000111 1 | refused: a parity bit is wrong
    1 00001100 1000011100000111 0 | refused: a parity bit is wrong
    1 00001101 1000011100000111 1 | refused: a parity bit is wrong
    1 00001100 1000011100000110 1 | refused: a parity bit is wrong
    0 0000000000000000 0000000000000000 1 | card 34 0
    0 1111111111111111 1111111111111111 1 | card 34 4294967295
    0 1111111111111111 1111111111111111 0 | refused: a parity bit is wrong
    10000000 0000000000000000 | card 24 8388608
    00000000 00000000 00000000 00000001 | card 32 1
    0 00000000000000000 0 10000000000000000 0 | card 37 65536
    0 00000000000000001 1 00000000000000000 0 | card 37 393216
    0 11111111111111111 1 11111111111111111 1 | card 37 34359738367
    1 11111111111111111 1 11111111111111111 1 | refused: a parity bit is wrong
    0 1111111111111111111111111111 0000000000000000000000000001 0 | card 58 72057593769492481
    0 1111111111111111111111111111 0000000000000000000000000001 1 | refused: a parity bit is wrong
    0 0000 1 | key 0
    1 1001 0 | key 9
    1 1011 1 | key #
    0 1001 0 | refused: a parity bit is wrong
    0 1100 1 | refused: no keypad has such a key
    0000 | key 0
    1001 | key 9
    1010 | key *
    1011 | key #
    1100 | refused: no keypad has such a key
    1111 0000 | key 0
    0110 1001 | key 9
    0100 1011 | key #
    0000 0000 | refused: the halves of a key do not agree
    1001 1001 | refused: the halves of a key do not agree
    0011 1100 | refused: no keypad has such a key
    0 | refused: 1 bits are neither a card's nor a key's
    000 | refused: 3 bits are neither a card's nor a key's
    1 00001100 100001110000011 1 | refused: 25 bits are neither a card's nor a key's
    1 00001100 1000011100000111 10 | refused: 27 bits are neither a card's nor a key's
    """

  @Test("a table of bits and what they mean")
  func meanings() {
    for line in Self.table.split(separator: "\n") {
      let fields = line.split(separator: "|")
      let bits = fields[0].filter { $0 != " " }.map { $0 == "1" }
      #expect(WiegandFrame.meaning(of: bits).text == fields[1].dropFirst(), "\(fields[0])")
    }
  }

  @Test("a card with any one bit turned round or missing is refused")
  func damage() {
    for width in [26, 34, 37, 58] {
      for _ in 0..<200 {
        let number = UInt64.random(in: 0..<(1 << UInt64(width - 2)))
        let bits = WiegandBits.card(width, number)
        #expect(WiegandFrame.meaning(of: bits) == .card(bits: width, number: number))
        for index in bits.indices {
          var turned = bits
          turned[index].toggle()
          #expect(WiegandFrame.meaning(of: turned) == .refused(.parity))
          var short = bits
          short.remove(at: index)
          #expect(WiegandFrame.meaning(of: short) == .refused(.length(width - 1)))
        }
      }
    }
  }
}

@Suite("Wiegand pulses")
struct WiegandPulsesTests {
  private static let gap: Duration = .milliseconds(40)
  private let start = Instant(nanoseconds: 1_000_000_000)

  @Test("frames come out whole in whatever order and portions their edges were read")
  func orders() {
    var numbers = SystemRandomNumberGenerator()
    for _ in 0..<200 {
      let bits = (0..<Int.random(in: 1...34)).map { _ in Bool.random() }
      let more = (0..<4).map { _ in Bool.random() }
      var pulses = WiegandPulses(gap: Self.gap)
      let first = Self.times(bits, from: start, every: .milliseconds(2))
      let second = Self.times(
        more, from: first[first.count - 1] + Self.gap, every: .milliseconds(2))
      var waiting = [false, true].map { bit in
        zip(bits + more, first + second).filter { $0.0 == bit }.map(\.1)
      }
      while !waiting.allSatisfy(\.isEmpty) {
        let wire = Int.random(in: 0...1, using: &numbers)
        let count = min(waiting[wire].count, Int.random(in: 0...15))
        pulses.receive(
          Array(waiting[wire].prefix(count)), of: wire == 1, isFull: false, at: start)
        waiting[wire].removeFirst(count)
      }
      let end = second[second.count - 1] + Self.gap
      #expect(pulses.deadline == end)
      #expect(pulses.passed(at: end) == [.bits(bits), .bits(more)])
      #expect(pulses.deadline == nil)
    }
  }

  @Test("silence ends a frame, and only silence that is long enough")
  func silence() {
    var pulses = WiegandPulses(gap: Self.gap)
    pulses.receive([start], of: true, isFull: false, at: start)
    #expect(pulses.passed(at: start + Self.gap + .nanoseconds(-1)).isEmpty)
    pulses.receive([start + .milliseconds(39)], of: false, isFull: false, at: start)
    #expect(pulses.passed(at: start + Self.gap).isEmpty)
    #expect(pulses.passed(at: start + .milliseconds(79)) == [.bits([true, false])])
  }

  @Test("pulses that come closer than any reader sends them are no bits")
  func overlap() {
    for (distance, isRefused) in [(0, true), (99, true), (100, false)] {
      var pulses = WiegandPulses(gap: Self.gap)
      pulses.receive([start], of: true, isFull: false, at: start)
      pulses.receive(
        [start + .microseconds(Int64(distance))], of: false, isFull: false, at: start)
      let frames = pulses.passed(at: start + .seconds(1))
      #expect(frames.count == 1)
      let isUnusable = if case .unusable(.overlap, _) = frames[0] { true } else { false }
      #expect(isUnusable == isRefused, "\(distance) µs")
    }
  }

  @Test("where the kernel's queue was full no frame of that time is believed, the next one is")
  func fullQueue() {
    var pulses = WiegandPulses(gap: Self.gap)
    let zeros = Self.times(Array(repeating: false, count: 16), from: start, every: .milliseconds(2))
    let read = start + .milliseconds(60)
    pulses.receive(zeros, of: false, isFull: true, at: read)
    // What the other line had while edges of this one may have been dropped.
    pulses.receive([start + .milliseconds(50)], of: true, isFull: false, at: read)
    let next = Self.times([true, false], from: start + .milliseconds(150), every: .milliseconds(2))
    pulses.receive([next[0]], of: true, isFull: false, at: next[1])
    pulses.receive([next[1]], of: false, isFull: false, at: next[1])
    #expect(
      pulses.passed(at: start + .milliseconds(300)) == [
        .unusable(.missingEdges, bits: Array(repeating: false, count: 16) + [true]),
        .bits([true, false]),
      ])
  }

  @Test("a frame that never ends is cut, refused, and takes no more room for it")
  func endless() {
    var pulses = WiegandPulses(gap: Self.gap)
    var now = start
    var frames: [WiegandPulses.Frame] = []
    for index in 0..<10_000 {
      now = now + .milliseconds(2)
      pulses.receive([now], of: index.isMultiple(of: 3), isFull: false, at: now)
      frames += pulses.passed(at: now)
    }
    frames += pulses.passed(at: now + Self.gap)
    #expect((1...500).contains(frames.count))
    for frame in frames {
      guard case .unusable(_, let bits) = frame else {
        Issue.record("\(frame)")
        continue
      }
      #expect(bits.count <= WiegandFrame.longest + 1)
    }
    now = now + .seconds(1)
    pulses.receive([now], of: true, isFull: false, at: now)
    #expect(pulses.passed(at: now + Self.gap) == [.bits([true])])
  }

  static func times(_ bits: [Bool], from start: Instant, every pause: Duration) -> [Instant] {
    bits.indices.map { start + pause * $0 }
  }
}

@Suite("Keypad entry")
struct KeypadEntryTests {
  private let start = Instant(nanoseconds: 1)

  @Test("a row of keys ends with #, and # alone clears")
  func rows() {
    var entry = KeypadEntry()
    #expect(typed("4711*258046#", &entry) == [.entered(.keys("4711*258046"))])
    #expect(typed("##1#", &entry) == [.entered(.keys("1"))])
  }

  @Test("what nobody finishes is forgotten")
  func patience() {
    var entry = KeypadEntry(patience: .seconds(10))
    _ = entry.press("1", at: start)
    _ = entry.press("2", at: start + .milliseconds(9_999))
    _ = entry.press("3", at: start + .milliseconds(19_999))
    #expect(entry.press("#", at: start + .seconds(20)) == .entered(.keys("3")))
  }

  @Test("too many keys are said once and count for nothing, up to the next #")
  func tooLong() {
    var entry = KeypadEntry()
    #expect(typed(String(repeating: "1", count: 32) + "#", &entry).count == 1)
    #expect(typed(String(repeating: "1", count: 40) + "#", &entry) == [.tooLong])
    #expect(typed("1#", &entry) == [.entered(.keys("1"))])
  }

  private func typed(_ keys: String, _ entry: inout KeypadEntry) -> [KeypadEntry.Outcome] {
    var outcomes: [KeypadEntry.Outcome] = []
    for key in keys { if let outcome = entry.press(key, at: start) { outcomes.append(outcome) } }
    return outcomes
  }
}

extension WiegandFrame.Meaning {
  fileprivate var text: String {
    switch self {
    case .card(let bits, let number): "card \(bits) \(number)"
    case .key(let key): "key \(key)"
    case .refused(let fault): "refused: \(fault)"
    }
  }
}
