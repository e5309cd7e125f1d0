// Noise on a serial line: what a loose plug, a wrong speed or an ill-disposed device sends.
import Foundation
import Linux
import StationProtocol
import Time

/// An endless stream of bytes, the same for the same seed.
package struct AbuseNoise: Sendable {
  package enum Kind: CaseIterable, Sendable {
    /// Any byte.
    case any
    /// Printable characters and line ends, so that there are many frames.
    case text
    /// Only what base45 uses, with line ends: it passes the framing and reaches the decoders.
    case base45
  }

  /// What 115,200 baud carry: ten bits a byte.
  package static let bytesPerSecond = 11_520

  private let kind: Kind
  private var generator: SeededGenerator

  package init(_ kind: Kind, seed: UInt64) {
    self.kind = kind
    generator = SeededGenerator(seed: seed)
  }

  package mutating func next(_ count: Int) -> [UInt8] { (0..<count).map { _ in byte() } }

  private mutating func byte() -> UInt8 {
    let draw = generator.next()
    switch kind {
    case .any: return UInt8(truncatingIfNeeded: draw)
    case .text: return draw % 20 == 0 ? 0x0D : UInt8(0x20 + draw % 0x5F)
    case .base45: return draw % 64 == 0 ? 0x0D : Self.alphabet[Int(draw % 45)]
    }
  }

  private static let alphabet = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:".utf8)
}

/// Noise at a reader, from a thread of its own, until it is stopped or let go of.
///
/// The thread writes to a descriptor of its own: were it the caller's, noise would go on into whatever
/// file has that number after a test has failed and closed the line.
package final class AbuseLine {
  private let state = State()

  /// The values that both threads touch.
  private final class State: @unchecked Sendable {
    // Sendable because `lock` guards all of it.
    private let lock = NSLock()
    private var isStopped = false
    private var written = 0
    let ended = DispatchSemaphore(value: 0)

    var isRunning: Bool { lock.withLock { !isStopped } }
    var sent: Int { lock.withLock { written } }
    func stop() { lock.withLock { isStopped = true } }
    func count(_ bytes: Int) { lock.withLock { written += bytes } }
  }

  /// - Parameters:
  ///   - descriptor: the master of a pseudo-terminal, which must not block.
  ///   - bytesPerSecond: nil for as much as the line takes.
  package init(
    _ descriptor: Int32, _ kind: AbuseNoise.Kind, seed: UInt64,
    bytesPerSecond: Int? = AbuseNoise.bytesPerSecond
  ) {
    let own = dup(descriptor)
    precondition(own >= 0, "no descriptor is left for the noise")
    Thread.detachNewThread { [state] in
      var noise = AbuseNoise(kind, seed: seed)
      let start = Clock.now
      while state.isRunning {
        // What should have been sent by now, in steps of a hundredth of a second.
        var due = 4096
        if let bytesPerSecond {
          let microseconds = Int((Clock.now - start).wholeNanoseconds / 1000)
          due = microseconds * bytesPerSecond / 1_000_000 - state.sent
        }
        if due > 0 {
          let bytes = noise.next(min(due, 4096))
          let count = write(own, bytes, bytes.count)
          if count > 0 { state.count(count) }
        }
        var pause = timespec(tv_sec: 0, tv_nsec: bytesPerSecond == nil ? 100_000 : 10_000_000)
        nanosleep(&pause, nil)
      }
      close(own)
      state.ended.signal()
    }
  }

  deinit { state.stop() }

  /// Bytes that the line has taken.
  package var sent: Int { state.sent }

  /// Stops, and waits until nothing is written any more.
  package func stop() {
    state.stop()
    state.ended.wait()
  }
}
