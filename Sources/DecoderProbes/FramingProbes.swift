// The serial line of a scanner: bytes in any portions, at any times.
import StationShell
import Time

extension Probe {
  static let framing = [
    /// The first byte sets the idle gap. Then portions: a byte whose low five bits say how many
    /// bytes follow (31: as many as eight times the next byte says) and whose high three bits say
    /// how many quarters of the gap pass before them.
    Probe("scan-framing", longest: 2048) { (bytes) throws(Violation) in
      var rest = bytes[...]
      let gap = Duration.milliseconds(5 + 8 * Int64(rest.popFirst() ?? 0))
      var whole = ScanFraming(idleGap: gap)
      var single = whole
      var now = Instant(nanoseconds: 0)
      var taken = 0
      var given = 0
      while let head = rest.popFirst() {
        let length = head & 31 < 31 ? Int(head & 31) : 8 * Int(rest.popFirst() ?? 0)
        let portion = rest.prefix(length)
        rest = rest.dropFirst(length)
        now = now + gap * Int(head >> 5) / 4
        let frames = whole.receive(portion, at: now)
        var others = single.receive([], at: now)
        for byte in portion { others += single.receive([byte], at: now) }
        try expectEqual(frames, others, "portions change no frame")
        try check(whole, frames, gap, now)
        taken += portion.count
        given += frames.reduce(0) { $0 + $1.bytes.count }
        try expect(given <= taken, "no more comes out than went in")
      }
      guard let deadline = whole.deadline else { return }
      try check(whole, whole.passed(at: deadline), gap, deadline)
      try expect(whole.deadline == nil, "silence ends every code")
    }
  ]

  private static func check(
    _ framing: ScanFraming, _ frames: [ScanFraming.Frame], _ gap: Duration, _ now: Instant
  ) throws(Violation) {
    if let deadline = framing.deadline {
      try expect(deadline <= now + gap, "what has come is whole one gap after the last byte")
    }
    for frame in frames {
      switch frame {
      case .code(let code):
        try expect(
          (1...ScanFraming.longestCode).contains(code.count), "a code has 1 to 512 characters")
        try expect(code.allSatisfy(alphabet.contains), "a code has characters of base45 alone")
      case .unusable(_, let start):
        try expect((1...64).contains(start.count), "of what is no code at most 64 bytes are kept")
      }
    }
  }

  private static let alphabet = Set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:".utf8)
}

extension ScanFraming.Frame {
  fileprivate var bytes: [UInt8] {
    switch self {
    case .code(let bytes), .unusable(_, let bytes): bytes
    }
  }
}
