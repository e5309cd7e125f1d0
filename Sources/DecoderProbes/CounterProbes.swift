// The serial line of a people counter: bytes in any portions.
import StationShell

extension Probe {
  static let counters = [
    /// The first byte says how long the portions are.
    Probe("counter-frames", longest: 1024) { (bytes) throws(Violation) in
      let size = Int(bytes.first ?? 0) % 40 + 1
      let stream = bytes.dropFirst()
      var whole = CounterFrames()
      var parts = CounterFrames()
      var told: [CounterFrames.Frame] = []
      var rest = stream
      while !rest.isEmpty {
        told += parts.receive(rest.prefix(size))
        rest = rest.dropFirst(size)
      }
      try expectEqual(whole.receive(stream), told, "portions change no frame")
      try expectEqual(whole, parts, "portions change no state")
      try expect(told.count * 7 <= stream.count, "no more comes out than went in")
      for case .totals(let one, let other) in told {
        try expect(
          (0..<65_536).contains(one) && (0..<65_536).contains(other), "totals have 16 bits")
      }
    }
  ]
}
