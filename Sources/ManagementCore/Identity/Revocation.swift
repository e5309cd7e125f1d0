// How boards that count no more are got out of the broker, and how that is known.
import StationProtocol
import Time

/// A list of revoked certificates acts when a connection begins, and when the broker has read it. A
/// session that is open goes on. It ends when somebody else comes by the same name, which the
/// authority can: it certifies itself for that name, connects, and leaves.
///
/// A round begins with that for every station concerned, by which the broker is known to be there.
/// Then a revoked certificate is tried that nobody has: where it is refused, the list counts. As a
/// board may have come back in between, every session is taken over once more, and the round is the
/// last one.
package struct Revocation: Equatable, Sendable {
  /// Something to do at the broker.
  package enum Step: Equatable, Sendable {
    /// Take a station's session over and leave.
    case endSession(StationID)
    /// Try to connect with the newest certificate of the list.
    case tryRevoked
    /// Do nothing for so long; then `waited`.
    case wait(Duration)
  }

  /// The time for which a broker may go on without the list before people are told.
  package static let patience: Duration = .seconds(60)
  /// Between two looks at a broker that has not read the list.
  static let pause: Duration = .seconds(2)
  /// Between two attempts at a broker that cannot be reached.
  static let longPause: Duration = .seconds(10)
  /// After `patience`.
  static let longestPause: Duration = .seconds(60)

  private enum Phase: Equatable, Sendable {
    case idle
    case first([StationID])
    case trying
    case last([StationID])
    case waiting
  }

  /// The stations whose boards are to be out, sorted.
  private(set) package var stations: [StationID] = []
  /// Since when the oldest of them waits; nil where none does.
  private(set) package var since: Instant?
  private var phase = Phase.idle
  /// A list was written after this round had begun.
  private var isAgain = false

  package init() {}

  /// Whether a step is under way.
  package var isBusy: Bool { phase != .idle }

  /// Certificates of a station count no more, and the list that says so is written. A round that is
  /// under way may have begun before that, so that another one follows.
  /// - Returns: what to do; nil where a step is under way.
  package mutating func add(_ station: StationID, at now: Instant) -> Step? {
    if !stations.contains(station) { stations = (stations + [station]).sorted() }
    since = since ?? now
    guard phase == .idle || phase == .waiting else {
      isAgain = true
      return nil
    }
    return phase == .waiting ? nil : begin()
  }

  /// A session was taken over, or the broker could not be reached.
  package mutating func sessionEnded(_ isDone: Bool, at now: Instant) -> Step? {
    switch phase {
    case .first(let rest):
      guard isDone else { return wait(Self.longPause, at: now) }
      if let next = rest.first {
        phase = .first(Array(rest.dropFirst()))
        return .endSession(next)
      }
      phase = .trying
      return .tryRevoked
    case .last(let rest):
      guard isDone else { return wait(Self.longPause, at: now) }
      if let next = rest.first {
        phase = .last(Array(rest.dropFirst()))
        return .endSession(next)
      }
      return finish()
    case .idle, .trying, .waiting: return nil
    }
  }

  /// A certificate of the list was tried.
  package mutating func revokedTried(isAccepted: Bool, at now: Instant) -> Step? {
    guard phase == .trying else { return nil }
    if isAccepted { return wait(Self.pause, at: now) }
    guard let first = stations.first else { return finish() }
    phase = .last(Array(stations.dropFirst()))
    return .endSession(first)
  }

  package mutating func waited() -> Step? {
    guard phase == .waiting else { return nil }
    return begin()
  }

  /// Whether a board has been revoked for longer than people should not know of.
  package func isOverdue(at now: Instant) -> Bool {
    since.map { now - $0 >= Self.patience } ?? false
  }

  private mutating func begin() -> Step? {
    isAgain = false
    guard let first = stations.first else { return finish() }
    phase = .first(Array(stations.dropFirst()))
    return .endSession(first)
  }

  private mutating func wait(_ pause: Duration, at now: Instant) -> Step {
    phase = .waiting
    return .wait(isOverdue(at: now) ? Self.longestPause : pause)
  }

  private mutating func finish() -> Step? {
    if isAgain { return begin() }
    phase = .idle
    stations = []
    since = nil
    return nil
  }
}
