// Puts the pulses of a reader's two wires into one row by their time, and cuts it into frames.
import Time

/// The pulses of DATA0 and DATA1. Each wire's come in their order, those of the two in none: one is
/// read before the other. So a frame is put together when silence has ended it, from the kernel's
/// stamps alone. Where edges may be missing nothing is guessed: every frame that may lack one is
/// refused.
package struct WiegandPulses: Equatable, Sendable {
  /// Closer than this no two pulses are: readers pulse for 20 to 100 µs, every 0.2 to 20 ms.
  package static let closest: Duration = .microseconds(100)
  /// So many pulses are kept of a frame. It is refused already when it has more than the longest.
  private static let mostKept = WiegandFrame.longest + 1

  package enum Frame: Equatable, Sendable {
    case bits([Bool])
    /// - Parameter bits: of those that were kept; repetitions of the same noise have the same.
    case unusable(WiegandFault, bits: [Bool])
  }

  private struct Pulse: Equatable, Sendable {
    var at: Instant
    var bit: Bool
  }

  /// How long both wires are silent before what has come is a whole frame.
  package let gap: Duration
  /// By their time.
  private var pulses: [Pulse] = []
  /// The latest pulse of each wire.
  private var latest: [Instant?] = [nil, nil]
  /// Between these instants pulses may be missing.
  private var doubt: ClosedRange<Instant>?

  package init(gap: Duration) { self.gap = gap }

  /// When silence ends what has come; nil where nothing has.
  package var deadline: Instant? { pulses.last.map { $0.at + gap } }

  /// Takes the edges of one wire that begin pulses, as they were read.
  /// - Parameter isFull: whether there were as many as the kernel keeps, so that it may have
  ///   dropped some.
  package mutating func receive(
    _ edges: [Instant], of bit: Bool, isFull: Bool, at now: Instant
  ) {
    let wire = bit ? 1 : 0
    if isFull, let first = edges.first, let last = edges.last {
      // libgpiod 1 drops what comes last, libgpiod 2 what came first.
      let from = min(latest[wire] ?? first, first)
      doubtAlso(from, max(last, now))
    }
    for at in edges {
      latest[wire] = max(at, latest[wire] ?? at)
      insert(Pulse(at: at, bit: bit))
    }
  }

  /// What silence has ended. To be asked after both wires were read.
  package mutating func passed(at now: Instant) -> [Frame] {
    var frames: [Frame] = []
    while let end = firstEnd(at: now) {
      frames.append(frame(Array(pulses[..<end])))
      pulses.removeFirst(end)
    }
    if pulses.isEmpty, let last = doubt?.upperBound, now - last >= gap { doubt = nil }
    return frames
  }

  private mutating func doubtAlso(_ from: Instant, _ to: Instant) {
    doubt = min(from, doubt?.lowerBound ?? from)...max(to, doubt?.upperBound ?? to)
  }

  /// Too many pulses: the latest are forgotten but one, which says when they ended.
  private mutating func insert(_ pulse: Pulse) {
    let place = pulses.lastIndex { $0.at <= pulse.at }.map { $0 + 1 } ?? 0
    pulses.insert(pulse, at: place)
    guard pulses.count > 2 * Self.mostKept else { return }
    let forgotten = pulses.remove(at: pulses.count - 2)
    doubtAlso(forgotten.at, pulses[pulses.count - 1].at)
  }

  /// The end of the first frame that is over; nil while it may go on.
  private func firstEnd(at now: Instant) -> Int? {
    guard let last = pulses.last else { return nil }
    for index in pulses.indices.dropFirst() where pulses[index].at - pulses[index - 1].at >= gap {
      return index
    }
    return now - last.at >= gap ? pulses.count : nil
  }

  private func frame(_ pulses: [Pulse]) -> Frame {
    let bits = pulses.prefix(Self.mostKept).map(\.bit)
    guard bits.count < Self.mostKept else {
      return .unusable(.length(Self.mostKept), bits: bits)
    }
    if let doubt, let first = pulses.first, let last = pulses.last,
      first.at <= doubt.upperBound, last.at >= doubt.lowerBound
    {
      return .unusable(.missingEdges, bits: bits)
    }
    for (one, other) in zip(pulses, pulses.dropFirst()) where other.at - one.at < Self.closest {
      return .unusable(.overlap, bits: bits)
    }
    return .bits(bits)
  }
}
