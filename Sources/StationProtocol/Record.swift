// What a station writes down: one thing that happened, at one moment, kept until it is acknowledged.

/// A record of a station's journal. Its place in the stream is not part of it: the first
/// sequence number stands in the batch or in the store's key.
package struct Record: Equatable, Sendable {
  package var at: WallTime
  /// Whether the wall clock could be believed when this was written.
  package var isTrusted: Bool
  package var body: Body

  package init(at: WallTime, isTrusted: Bool, body: Body) {
    self.at = at
    self.isTrusted = isTrusted
    self.body = body
  }

  /// More refusals than any reader can bring about in a minute. A larger count is no record: sums
  /// of such counts must never overflow, whatever a station says.
  package static let mostRefusals: Int64 = 1_000_000

  package enum Body: Equatable, Sendable {
    /// The daemon came up: its boot number in this stream, how it had ended, its version.
    case started(boot: Int64, after: Ending, version: String)
    case entryGranted(AccessPointID, member: MemberID, code: CodeDigest)
    /// The fault is there exactly where the reason is `malformed`.
    case entryRefused(
      AccessPointID, reason: Denial, fault: CodeFault? = nil, member: MemberID?, code: CodeDigest)
    /// Refusals above the rate that is recorded one by one; at most `mostRefusals`.
    case refusalsCounted(AccessPointID, count: Int64)
    /// Messages of the broker that were refused on one ground since the last such record; 1 to
    /// `mostRefusals`.
    case messagesRefused(MessageRefusal, count: Int64)
    case doorOpened(AccessPointID, cause: OpenCause)
    case doorClosed(AccessPointID)
    case doorLocked(AccessPointID, cause: LockCause)
    case exitRequested(AccessPointID)
    /// Someone went through the beams; `inside` is the count afterwards.
    case passage(AccessPointID, Passage, inside: Int64)
    case alarmRaised(Alarm, AccessPointID?)
    case alarmCleared(Alarm, AccessPointID?)
    /// The wall clock moved against the monotonic one, by this many milliseconds.
    case clockStepped(milliseconds: Int64)
    /// Records that will never come: sequence numbers `from` to `to` of this stream.
    case gap(from: UInt64, to: UInt64, reason: GapReason)
    /// A row of the store that could no longer be read; it keeps its sequence number.
    case unreadable
  }
}

/// How the previous life of the daemon ended.
package enum Ending: String, CaseIterable, Sendable {
  case newStore = "new-store"
  case clean
  case unclean
}

/// Why an entry is refused: one closed list, shown to the worker and to the manager.
/// The grounds are examined in this order.
package enum Denial: String, CaseIterable, Sendable {
  case malformed
  case unsupportedAlgorithm = "unsupported-algorithm"
  case unknownKey = "unknown-key"
  case badSignature = "bad-signature"
  /// The station does not know the time well enough to judge a code.
  case clockUntrusted = "clock-untrusted"
  case notYetValid = "not-yet-valid"
  case expired
  case tooLongLived = "too-long-lived"
  case noSubject = "no-subject"
  /// This code has opened a door before.
  case replayed
  /// Outside the opening hours.
  case closed
  /// As many are inside as may be.
  case full

  package init(_ refusal: CodeRefusal) {
    self =
      switch refusal {
      case .malformed: .malformed
      case .unsupportedAlgorithm: .unsupportedAlgorithm
      case .unknownKey: .unknownKey
      case .badSignature: .badSignature
      case .notYetValid: .notYetValid
      case .expired: .expired
      case .tooLongLived: .tooLongLived
      case .noSubject: .noSubject
      }
  }
}

/// Why a station refuses a message that the broker brought.
package enum MessageRefusal: String, CaseIterable, Sendable {
  /// On a topic that is not one of this station's.
  case unknownTopic = "unknown-topic"
  /// Kept by the broker from an earlier time: nothing that a station obeys may be.
  case retained
  /// Too large, not JSON, or not what its topic asks for.
  case unreadable
  /// An acknowledgement of another stream, or of records that were never written.
  case foreignAcknowledgement = "foreign-acknowledgement"
}

/// On whose behalf a door leaf opened.
package enum OpenCause: String, CaseIterable, Sendable {
  case granted
  case exit
  case forced
  /// It stood open when the station began to look.
  case found
}

/// Why the strike was secured again.
package enum LockCause: String, CaseIterable, Sendable {
  case closed
  case timeout
}

/// What the beam pair saw.
package enum Passage: String, CaseIterable, Sendable {
  case inward = "in"
  case outward = "out"
  case turnBack = "turn-back"
  /// Something passed, but which way cannot be told.
  case ambiguous
}

/// What needs attention at a station.
package enum Alarm: String, CaseIterable, Sendable, Comparable {
  case heldOpen = "held-open"
  case forcedOpen = "forced-open"
  /// The lines of an access point cannot be read.
  case linesLost = "lines-lost"
  case readerLost = "reader-lost"
  /// The store was damaged or cannot be written; a new stream began.
  case storeLost = "store-lost"

  package static func < (one: Alarm, other: Alarm) -> Bool { one.rawValue < other.rawValue }
}

/// Why sequence numbers are missing from a stream.
package enum GapReason: String, CaseIterable, Sendable {
  /// The outbox was full; the oldest records gave way.
  case full
  /// The service was restored from a backup that is older than the station's floor.
  case restored
}
