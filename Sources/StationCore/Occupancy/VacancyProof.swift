// Whether the room is provably empty: a door cycle, and after it nothing that moves.
import StationProtocol
import Time

/// Watches the doors and the motion sensor. Without a motion sensor there is no evidence at all:
/// a closed door says nothing about who sits behind it.
package struct VacancyProof: Equatable, Sendable {
  package private(set) var state = State.nothing
  private let timing: VacancyTiming?
  /// What the sensor says; nil before it has said anything.
  private var isMoving: Bool?

  package enum State: Equatable, Sendable {
    /// No door cycle was seen since the start, or since something could not be sensed. Can become
    /// `open`.
    case nothing
    /// A door is open, and the last one to open did so for the exit button or not. Can become
    /// `watching`, `nothing`.
    case open(byExit: Bool)
    /// All doors are closed, and nothing has moved that was not on its way out. Can become `open`,
    /// `occupied`, `proven`, `nothing`.
    case watching(since: Instant, byExit: Bool)
    /// Someone moved behind closed doors. Can become `open`, `nothing`.
    case occupied
    /// The room was found empty after this cycle, and nobody has come since. Can become `open`,
    /// `occupied`, `nothing`.
    case proven
  }

  package init(_ timing: VacancyTiming?) { self.timing = timing }

  /// A door opened, or was opened for somebody else as well.
  package mutating func opened(byExit: Bool) { state = .open(byExit: byExit) }

  /// Someone was let in through a door that stands open.
  package mutating func granted() {
    if case .open = state { state = .open(byExit: false) }
  }

  /// The last door that was open is closed.
  package mutating func allClosed(at now: Instant) {
    if case .open(let byExit) = state { state = .watching(since: now, byExit: byExit) }
  }

  package mutating func sensed(isMoving: Bool, at now: Instant) {
    self.isMoving = isMoving
    guard isMoving, let timing else { return }
    switch state {
    case .watching(let since, _) where now - since > timing.hold: state = .occupied
    case .proven: state = .occupied
    case .nothing, .open, .watching, .occupied: break
    }
  }

  /// A contact can no longer be sensed: somebody may come and go unseen.
  package mutating func loseDoor() { state = .nothing }

  /// The motion sensor can no longer be sensed: nothing is proven without it.
  package mutating func loseMotion() {
    state = .nothing
    isMoving = nil
  }

  /// When `wake` has something to do.
  package var deadline: Instant? {
    guard let timing, let isMoving, case .watching(let since, let byExit) = state else {
      return nil
    }
    return since + (isMoving ? timing.hold : byExit ? timing.afterExit : timing.afterCycle)
  }

  /// - Parameter areBeamsClear: nobody stands between any posts.
  /// - Returns: why the room is empty, once for each door cycle.
  package mutating func wake(at now: Instant, areBeamsClear: Bool) -> CorrectionCause? {
    guard let deadline, deadline <= now, case .watching(_, let byExit) = state else { return nil }
    // Whoever left has long gone: what moves now, or stands in a beam, has stayed.
    guard isMoving == false, areBeamsClear else {
      state = .occupied
      return nil
    }
    state = .proven
    return byExit ? .emptyAfterExit : .emptyAfterCycle
  }
}
