// Readers that are no serial lines: the keys of a scanner, the pulses of a card reader.
import GPIO
import Linux
import StationShell
import Time

extension Probe {
  static let readers = [scanKeys, wiegand]

  /// Three bytes an event: the key's number, and a byte that says what becomes of the key (0 to 2),
  /// that a report ends (3 to 5), or that the kernel dropped some (6, the number as the one key that
  /// is held). A fuzzer finds the keys by their numbers; the second byte reaches all 65,536.
  private static let scanKeys = Probe("scan-keys", longest: 1536) { (bytes) throws(Violation) in
    var keys = ScanKeys()
    var framing = ScanFraming()
    let now = Instant(nanoseconds: 0)
    var frames: [ScanFraming.Frame] = []
    var presses = 0
    var typed = 0
    var wasLost = false
    for index in stride(from: 0, to: bytes.count - bytes.count % 3, by: 3) {
      let code = UInt16(bytes[index]) | UInt16(bytes[index + 1]) << 8
      let event: InputEvent =
        switch bytes[index + 2] % 7 {
        case 0: .key(code, .released)
        case 1: .key(code, .pressed)
        case 2: .key(code, .repeated)
        case 6: .lost(held: [code])
        default: .reportEnds
        }
      if case .key(_, .pressed) = event { presses += 1 }
      if case .lost = event { wasLost = true }
      let characters = keys.take(event)
      try expect(characters.count <= 32, "one event types no more than its report has keys")
      typed += characters.count
      if wasLost, !characters.isEmpty {
        let first = characters[0]
        try expect(first == ScanKeys.substitute, "what is lost is told before anything else")
        wasLost = false
      }
      frames += framing.receive(characters, at: now)
    }
    let losses = stride(from: 2, to: bytes.count, by: 3).count { bytes[$0] % 7 == 6 }
    try expect(typed <= presses + losses, "nothing is typed that was not pressed")
    for frame in frames {
      guard case .code(let code) = frame else { continue }
      try expect(!code.contains(ScanKeys.substitute), "what was not understood is in no code")
    }
  }

  /// The first byte sets the gap that ends a frame. Then two bytes a pulse: the line, whether its
  /// queue was full, whether it is read before the last one of the other line, and the time since
  /// the pulse before in steps of 50 µs, or of 5 ms.
  private static let wiegand = Probe("wiegand", longest: 1024) { (bytes) throws(Violation) in
    guard let first = bytes.first else { return }
    let gap = Duration.milliseconds(25 + Int64(first))
    var whole = WiegandPulses(gap: gap)
    var sent: [Bool] = []
    var now = Instant(nanoseconds: 0)
    var frames: [WiegandPulses.Frame] = []
    var wasFull = false
    for index in stride(from: 1, to: bytes.count - 1, by: 2) {
      let step: Duration = bytes[index] & 4 == 0 ? .microseconds(50) : .milliseconds(5)
      now = now + step * Int(bytes[index + 1])
      let bit = bytes[index] & 1 == 1
      let isFull = bytes[index] & 2 == 2
      wasFull = wasFull || isFull
      whole.receive([now], of: bit, isFull: isFull, at: now)
      sent.append(bit)
      if bytes[index] & 8 == 8 { frames += whole.passed(at: now) }
    }
    frames += whole.passed(at: now + gap)
    try expect(whole.deadline == nil, "silence ends every frame")
    try check(frames, sent, wasFull)
  }

  private static func check(
    _ frames: [WiegandPulses.Frame], _ sent: [Bool], _ wasFull: Bool
  ) throws(Violation) {
    var rest = sent[...]
    for frame in frames {
      switch frame {
      case .unusable(let fault, let bits):
        try expect(bits.count <= WiegandFrame.longest + 1, "of a frame little is kept")
        if fault == .missingEdges, !wasFull {
          try expect(sent.count > WiegandFrame.longest, "nothing is missing that was not dropped")
        }
        rest = rest.dropFirst(bits.count)
      case .bits(let bits):
        try expect((1...WiegandFrame.longest).contains(bits.count), "a frame has 1 to 58 bits")
        if sent.count <= WiegandFrame.longest {
          try expect(rest.starts(with: bits), "bits come in their order")
        }
        rest = rest.dropFirst(bits.count)
        if case .card(let width, let number) = WiegandFrame.meaning(of: bits) {
          try expect(width == bits.count, "a card has the bits that it came with")
          let room = [24: 24, 26: 24, 32: 32, 34: 32, 37: 35, 58: 56][width] ?? 0
          try expect(number >> UInt64(room) == 0, "a card's number is no wider than the card")
        }
      }
    }
  }
}
