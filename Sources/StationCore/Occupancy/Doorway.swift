// What a door says about the people who pass it: whether they can have, and for whom it opened.
import StationProtocol
import Time

/// The witness of one access point's sensors. Nobody walks through a shut door: what the beams
/// see then is someone who stands about, or the leaf itself.
package struct Doorway: Equatable, Sendable {
  /// How long after the door has closed a passage may still end, or begin.
  package static let grace: Duration = .seconds(3)
  static let refusalWindow: Duration = .seconds(60)

  package enum Leaf: Equatable, Sendable {
    /// Not sensed: nothing is refused for it. Can become `open` or `closed`.
    case unknown
    /// Can become `closed` or `unknown`.
    case open
    /// Can become `open` or `unknown`.
    case closed(since: Instant)
  }

  /// On whose behalf the door opened, as far as that says which way people go.
  package enum Opener: Equatable, Sendable {
    case grant
    case exit
    case both
    case nobody
  }

  package private(set) var leaf = Leaf.unknown
  /// How many more people the grants are for.
  private var admitted = 0
  private var wasGranted = false
  private var wasExit = false
  /// The leaf stands open for all: free access, fire, or since before anyone looked.
  private var isForAll = false
  /// Since when the leaf is shut and the strike secured.
  private var restingSince: Instant?
  private var refusals: Refusals?

  private struct Refusals: Equatable, Sendable {
    var ends: Instant
    var count: Int64
  }

  /// More than the people of one opening; grants beyond it are not for people who wait.
  private static let mostAdmitted = 100

  package init() {}

  // MARK: - The door

  /// How the door stands now.
  package mutating func follow(isClosed: Bool?, isReleased: Bool, at now: Instant) {
    switch (leaf, isClosed) {
    case (.unknown, nil), (.open, false?), (.closed, true?): break
    case (_, nil): leaf = .unknown
    case (_, true?): leaf = .closed(since: now)
    case (_, false?): leaf = .open
    }
    if case .closed = leaf, !isReleased {
      restingSince = restingSince ?? now
    } else if let since = restingSince {
      // What was granted and never used has gone with that opening.
      if now - since > Self.grace { forget() }
      restingSince = nil
    }
  }

  package mutating func granted() {
    admitted = min(admitted + 1, Self.mostAdmitted)
    wasGranted = true
  }

  package mutating func exitRequested() { wasExit = true }

  package mutating func opened(_ cause: OpenCause) {
    isForAll = !(cause == .granted || cause == .exit || cause == .forced)
  }

  private mutating func forget() {
    admitted = 0
    wasGranted = false
    wasExit = false
    isForAll = false
  }

  package var isClosed: Bool {
    if case .closed = leaf { true } else { false }
  }

  package var opener: Opener {
    switch (wasGranted, wasExit) {
    case (true, true): .both
    case (true, false): .grant
    case (false, true): .exit
    case (false, false): .nobody
    }
  }

  // MARK: - People

  /// Whether someone can have passed who broke the first beam then.
  package func admits(since began: Instant) -> Bool {
    guard case .closed(let since) = leaf else { return true }
    return began - since <= Self.grace
  }

  /// Takes one person from those whom the grants are for.
  /// - Returns: whether there was none left: this one came in on somebody else's opening.
  package mutating func takeInward() -> Bool {
    if admitted > 0 {
      admitted -= 1
      return false
    }
    return leaf != .unknown && !isForAll
  }

  // MARK: - The rate of records

  package mutating func refuse(_ count: Int64, at now: Instant) {
    var current = refusals ?? Refusals(ends: now + Self.refusalWindow, count: 0)
    current.count = min(current.count + count, RecordBounds.mostRefusals)
    refusals = current
  }

  /// When the current minute of refused passages ends.
  package var deadline: Instant? { refusals?.ends }

  /// Ends the minute if it is over.
  /// - Returns: how many passages were refused in it.
  package mutating func closeWindow(at now: Instant) -> Int64? {
    guard let current = refusals, current.ends <= now else { return nil }
    refusals = nil
    return current.count
  }
}
