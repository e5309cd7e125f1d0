// Tells from two light beams, one behind the other, which way someone went.
import StationProtocol

/// The beams of one access point. A passage begins when a beam is broken and ends when both are
/// clear; the first beam broken and the last one cleared give the direction.
package struct BeamPair: Equatable, Sendable {
  package private(set) var state = State.clear
  private var broken = Levels()

  private struct Levels: Equatable, Sendable {
    var outer = false
    var inner = false
  }

  package enum State: Equatable, Sendable {
    /// Nobody is in the beams. Can become `passing`.
    case clear
    /// Someone broke `first`; `overlapped` once both were broken together. Can become `clear`.
    case passing(first: Beam, overlapped: Bool)
  }

  package init() {}

  /// - Returns: what went through, when both beams are clear again.
  package mutating func sense(_ beam: Beam, isBroken: Bool) -> Passage? {
    switch beam {
    case .outer: broken.outer = isBroken
    case .inner: broken.inner = isBroken
    }
    switch state {
    case .clear:
      if isBroken {
        state = .passing(first: beam, overlapped: broken.outer && broken.inner)
      }
      return nil
    case .passing(let first, let overlapped):
      let both = overlapped || (broken.outer && broken.inner)
      guard !broken.outer, !broken.inner else {
        state = .passing(first: first, overlapped: both)
        return nil
      }
      state = .clear
      return Self.passage(first: first, last: beam, overlapped: both)
    }
  }

  /// The beams can no longer be read; a passage under way is forgotten.
  package mutating func lose() { self = BeamPair() }

  private static func passage(first: Beam, last: Beam, overlapped: Bool) -> Passage {
    switch (first, last, overlapped) {
    case (.outer, .inner, true): .inward
    case (.inner, .outer, true): .outward
    case (.outer, .outer, _), (.inner, .inner, _): .turnBack
    case (_, _, false): .ambiguous
    }
  }
}
